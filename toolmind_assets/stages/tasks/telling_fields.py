"""Which fields of a thing tell a person which one it is: names, moments, sorts, amounts."""

import re
from enum import StrEnum

from toolmind_assets.model.schemas import SchemaField
from toolmind_resources.language.plurals import singular
from toolmind_resources.language.word_sets import word_set
from toolmind_resources.plausible.field_labels import words_of


class Telling(StrEnum):
    """How a field tells its thing from others of its kind."""

    NAME = "name"
    """A person calls it so."""
    MOMENT = "moment"
    """Something happened to it, or will, at a date or time."""
    SORT = "sort"
    """It is of one of a few sorts, or in one of a few places."""
    STATE = "state"
    """It is in one of a few states."""
    AMOUNT = "amount"
    """It has more or less of something than others."""


_NAMES = word_set(
    "name title subject headline label username nickname login filename hostname email mail phone mobile domain"
)
"""Last words of fields by which a person knows one thing among its like."""
_UNIQUE = word_set("username login hostname email mail phone mobile domain")
"""Those of them that no two things share."""
_OF_ITSELF = word_set("display full user first last given family company business host file nick")
"""Words before these that leave it the name of the thing itself, and not of another one beside it."""
_OF_PEOPLE = (("first", "name"), ("last", "name"), ("given", "name"), ("family", "name"), ("surname",))
_PARTIES = word_set(
    "sender author owner creator user customer client assignee contact organizer supplier vendor seller buyer company "
    "account team category project product item repository repo channel group location venue city host driver patient "
    "doctor artist album brand department merchant recipient organization event course device"
)
"""What a thing is known by beside itself."""
_SORTS = word_set(
    "type kind category city country region location language currency role level brand color colour "
    "department genre severity priority plan tier platform model team cuisine sport airline carrier "
    "district neighborhood industry"
)
"""Last words of fields that sort things: what one of a few has and the others have not."""
_STATES = word_set("status state stage phase condition progress")
"""Last words of fields that say how far a thing is."""
_AMOUNTS = word_set(
    "price amount cost total subtotal fee fare salary size balance rating score distance duration quantity weight age "
    "stars views likes votes population capacity discount revenue budget area height width length speed temperature "
    "volume popularity points calories followers downloads magnitude stock"
)
"""Words of numbers that say how much: of an id, a code or a place on the map nobody asks for the highest."""
_MOMENTS = word_set("date at on timestamp datetime deadline created updated modified")
"""Last words of fields that hold a moment."""
_TIMED = word_set(
    "created updated modified start started end ended finished published sent departure arrival"
)
"""Words beside `time` that make it a moment rather than a duration."""
_NO_MOMENT = word_set("zone timezone format range expression offset elapsed")
_NO_AMOUNT = word_set("id ids code version page limit offset latitude longitude index position")
_UNSAID = frozenset({"uri", "url", "uuid", "byte", "binary", "password", "regex"})
"""Formats of texts that nobody says."""
_PATH = re.compile(
    r"resource name|fully[- ]qualified|[{`'\"/][\w{}*-]+/[\w{}*-]+/|\barn\b|identifier", re.IGNORECASE
)
"""What descriptions say of a name that is an address, such as `projects/{project}/topics/{topic}`."""
_TEXT, _NUMBERS = ("string",), frozenset({"integer", "number"})


_TEXTS = {Telling.NAME: _NAMES, Telling.SORT: _SORTS, Telling.STATE: _STATES}


def telling_of(field: SchemaField) -> Telling | None:
    """How a field tells its thing, or None where it does not."""
    words = words_of(field.name)
    last = words[-1] if words else ""
    told = next((telling for telling, known in _TEXTS.items() if last in known), None)
    if told is not None and field.types == _TEXT:
        return told if _is_said(field) else None
    if _is_moment(field, last, frozenset(words)):
        return Telling.MOMENT
    is_number = bool(field.types) and _NUMBERS.issuperset(field.types)
    if is_number and _AMOUNTS.intersection(words) and not _NO_AMOUNT.intersection(words):
        return Telling.AMOUNT
    return None


def is_unique(field: SchemaField) -> bool:
    """Whether no two things have the same: an address of mail, a login, a host."""
    return any(word in _UNIQUE for word in words_of(field.name)[-1:])


def is_own_name(field: SchemaField, owner: str) -> bool:
    """Whether a name is that of the thing itself: of `owner`, or with no word that says of what else."""
    others = {singular(word) for word in words_of(field.name)[:-1]} - _OF_ITSELF
    return others <= {singular(word) for word in words_of(owner)}


def is_party(owner: str) -> bool:
    """Whether an object inside of a thing is what people know it by: who it is from or for, what it belongs to."""
    return any(singular(word) in _PARTIES for word in words_of(owner)[-1:])


def is_of_party(field: SchemaField) -> bool:
    """Whether a name is that of what people know a thing by: `supplierName`."""
    return any(singular(word) in _PARTIES for word in words_of(field.name)[:-1])


def is_of_person(field: SchemaField) -> bool:
    """Whether a field is one that only people have: a first or last name."""
    return words_of(field.name) in _OF_PEOPLE


def is_form_of_address(field: SchemaField) -> bool:
    """Whether a field of a person is how one addresses them, which many share."""
    return words_of(field.name) == ("title",)


def is_bare(field: SchemaField) -> bool:
    """Whether a field is called by a single word, which is then about the thing itself."""
    return len(words_of(field.name)) == 1


def _is_said(field: SchemaField) -> bool:
    """Whether the text of a field can be said, and may differ from thing to thing."""
    values = field.schema.get("enum")
    is_fixed = "const" in field.schema or (isinstance(values, list) and len(values) < 2)
    is_path = not isinstance(values, list) and bool(_PATH.search(field.description))
    return not is_fixed and not is_path and field.format not in _UNSAID


def _is_moment(field: SchemaField, last: str, words: frozenset[str]) -> bool:
    if words & _NO_MOMENT or "enum" in field.schema or "const" in field.schema:
        return False
    if field.format in ("date", "date-time"):
        return field.types == _TEXT
    is_named = last in _MOMENTS or (last == "time" and bool(words & _TIMED))
    return is_named and field.types in (_TEXT, ("integer",), ("number",))
