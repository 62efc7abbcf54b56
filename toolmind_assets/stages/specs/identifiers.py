"""Which resource a field identifies, and how: `VpcId`, `vpc_ids` and the `id` of a `Vpc` are one thing.

The kind of identifier is the last word of the name; the words before it are the resource. A name that is
nothing but the kind (`id`, `name`, `arn`) takes the resource from its owner: the type or definition that it
stands in, the path that it is a segment of, or the function that takes or gives it. Texts are lower-case
words with a blank between them, the last one singular.
"""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from toolmind_assets.stages.specs.resources import MAX_RESOURCE_WORDS, PREPOSITIONS, joined, resource_of
from toolmind_assets.stages.specs.word_splitting import name_words
from toolmind_resources.language.word_sets import word_set

_KINDS = {
    "id": "id", "ids": "id", "gid": "id", "gids": "id", "sid": "id", "sids": "id", "identifier": "id", "identifiers": "id", "uid": "id", "uids": "id",
    "name": "name", "names": "name", "arn": "arn", "arns": "arn", "urn": "urn", "urns": "urn", "key": "key",
    "keys": "key", "slug": "slug", "slugs": "slug", "uuid": "uuid", "uuids": "uuid", "guid": "uuid",
    "guids": "uuid", "number": "number", "numbers": "number", "no": "number", "num": "number", "nr": "number",
    "code": "code", "codes": "code", "email": "email", "emails": "email", "handle": "handle", "sku": "sku",
    "skus": "sku", "symbol": "symbol", "symbols": "symbol",
}  # fmt: skip
"""The last word of a name -> the kind of identifier."""
_STRONG = frozenset(("id", "arn", "urn", "slug", "uuid", "sku"))
"""Kinds that identify whatever stands before them."""
_JOINED = {
    "username": ("user", "name"), "usernames": ("user", "name"), "userid": ("user", "id"), "filename": ("file", "name"),
    "accountid": ("account", "id"), "orderid": ("order", "id"), "customerid": ("customer", "id"), "groupid": ("group", "id"),
    "productid": ("product", "id"), "itemid": ("item", "id"), "projectid": ("project", "id"), "teamid": ("team", "id"),
    "messageid": ("message", "id"), "channelid": ("channel", "id"), "eventid": ("event", "id"), "hostname": ("host", "name"),
    "companyid": ("company", "id"), "userids": ("user", "id"), "deviceid": ("device", "id"), "storeid": ("store", "id"),
    "ticketid": ("ticket", "id"), "taskid": ("task", "id"), "jobid": ("job", "id"), "objectid": ("object", "id"),
}  # fmt: skip


_ROLES = word_set(
    "source destination dest from to origin new old current previous parent child original existing requested selected assigned "
    "my your the a an related linked associated src dst optional default required other primary main iso add remove param input output authenticated x"
)
"""Words that say which one of a resource is meant."""
_OF_ITS_KIND = word_set(
    "parent child new old current previous original existing my your the a unique own self this"
)
"""Those with which a bare `id` is one of the owner's kind; the `source_id` of a job is no job."""
_QUALIFIERS = word_set(
    "external internal global public legacy remote numeric custom alternate alternative secondary web"
)
"""Words that say which of several identifiers of a resource is meant."""
_PLAIN = word_set("unique own self x this")
"""Words that name no resource of their own: the owner is meant."""
_VAGUE = word_set("resource object entity record element entry thing reference ref")
"""Words that may mean any resource, and so name none."""
_NEGATIONS = word_set(
    "not include exclude excluded excludes without min max num count is has total last next first since until no any all sort filter max multiple invalid"
)
_NOT_IDENTIFIED = word_set("request correlation trace span query nonce invocation")
"""What is numbered for the log only."""
_NO_CODES = word_set(
    "status error response return exit reason zip postal postcode area promo verification authentication authorization "
    "security access qr bar color colour source result auth otp confirm confirmation pin"
)
_NO_KEYS = word_set(
    "access api secret public private partition sort encryption ssh foreign cache hash shared signing json"
)
_NO_NAMES = word_set(
    "first last middle full display given family short long legal nick friendly common preferred maiden official "
    "localized formatted original english native pretty real sort technical internal cardholder contact alternate "
    "canonical qualified simple billing shipping father mother type class attribute parameter property field key value unit "
    "header dimension metric variable argument screen print"
)
_NOTHING = {"code": _NO_CODES, "key": _NO_KEYS, "name": _NO_NAMES}
"""Kind -> words before it with which it is no identifier: `first_name`, `zip_code`, `api_key`."""
_NUMBERED = word_set(
    "account invoice order flight tracking ticket case room card policy contract customer employee passport license registration "
    "part reservation booking confirmation check vat issue build pull purchase member shipment claim patient student vehicle train reference receipt "
    "document payment bill series iban routing track quote project work"
)
_CODED = word_set(
    "country currency language airport product item station airline coupon region city course department "
    "warehouse branch location hotel carrier category voucher store customer supplier subject stock bank "
    "project account event district province unit"
)
_KEYED = word_set(
    "issue project object space bucket flag user board epic dataset environment component entity member track"
)
_SYMBOLED = word_set("stock coin token company currency asset ticker instrument security")
_MAILED = word_set(
    "user customer contact account member owner employee attendee recipient sender client guest person admin author student"
)
_ALLOWED = {
    "number": _NUMBERED,
    "code": _CODED,
    "key": _KEYED,
    "symbol": _SYMBOLED,
    "email": _MAILED,
    "handle": _MAILED,
}
"""Kind -> resources that it identifies also without an owner or a description that says so."""
_IDENTIFIES = re.compile(r"(?i)\bidentif(?:y|ies|ier|iers|ied)\b|\bunique\b|\buniquely\b")


class Identified(NamedTuple):
    """A resource and the kind of identifier that a field holds of it."""

    resource: str
    identifier: str


def identify(name: str, owner: str, description: str, schema: dict[str, Any]) -> Identified | None:
    """The resource and identifier that the field `name` speaks of; None where it identifies nothing.

    Args:
        name: As found: `VpcId`, `vpc_ids`, `id`.
        owner: A type (`Vpc`, `#/components/schemas/Vpc`), a path (`/vpcs/{id}`) or a function (`DescribeVpcs`);
            may be empty.
        description: Of the field.
        schema: Of the field; of an array its `items` may stand beside.
    """
    shape = _shape(name)
    if shape is None or not _can_identify(schema):
        return None
    words, kind = shape
    qualifier = ""
    if words and words[-1] in _QUALIFIERS:
        qualifier, words = f"{words[-1]} ", words[:-1]
    if not words:
        resource = resource_of(owner, name)
        is_said = resource != "" and _names_owner(kind, resource, description, schema)
        return Identified(resource, qualifier + kind) if is_said else None
    if (
        words[-1] in _NOTHING.get(kind, ())
        or words[-1] == "resource"
        or (len(words) == 1 and words[0] in _VAGUE)
    ):
        return None
    resource = joined(words)
    if kind in _STRONG or kind == "name" or words[-1] in _ALLOWED[kind]:
        return Identified(resource, qualifier + kind)
    if resource == resource_of(owner, name) or (kind != "email" and _IDENTIFIES.search(description)):
        return Identified(resource, qualifier + kind)
    return None


def names_no_identifier(name: str) -> bool:
    """Whether the name alone shows that the field identifies nothing."""
    return _shape(name) is None


@lru_cache(maxsize=100_000)
def _shape(name: str) -> tuple[tuple[str, ...], str] | None:
    """The words of the resource, perhaps none, and the kind of identifier; None where the name has no kind."""
    words = name_words(re.split(r"[.\[]", name.rstrip("[]"))[-1])
    if not words or len(words) > MAX_RESOURCE_WORDS + 3:
        return None
    if words[-1] in _JOINED:
        resource, kind = _JOINED[words[-1]]
        words = (*words[:-1], resource)
    elif kind := _KINDS.get(words[-1], ""):
        words = words[:-1]
    else:
        return None
    if words and words[0] in _NEGATIONS:
        return None
    words = _after_preposition(words)
    if words is None:
        return None
    stripped = _without_roles(words)
    if (
        stripped is None
        or len(stripped) > MAX_RESOURCE_WORDS
        or (stripped and stripped[-1] in _NOT_IDENTIFIED)
    ):
        return None
    return stripped, kind


def _after_preposition(words: tuple[str, ...]) -> tuple[str, ...] | None:
    """What stands behind the last preposition (`belongs_to_user_id`); None where nothing does (`sort_by_id`)."""
    last = max((place for place, word in enumerate(words) if word in PREPOSITIONS), default=-1)
    if last < 0:
        return words
    return words[last + 1 :] or (None if last > 0 else ())


def _without_roles(found: tuple[str, ...]) -> tuple[str, ...] | None:
    """The resource alone; empty where the owner is meant, None where neither is."""
    words, start = found, 0
    while start < len(words) and words[start] in _ROLES:
        start += 1
    words = words[start:]
    if len(words) > 2 and words[-1] == "resource":
        words = words[:-1]
    if all(word in _PLAIN for word in words):
        return () if not start or found[start - 1] in _OF_ITS_KIND else None
    return words


def _can_identify(schema: dict[str, Any]) -> bool:
    json_type = schema.get("type")
    if json_type == "array":
        items = schema.get("items")
        json_type = items.get("type") if isinstance(items, dict) else None
    return json_type not in ("boolean", "object", "array", "null") and "enum" not in schema


def _names_owner(kind: str, resource: str, description: str, schema: dict[str, Any]) -> bool:
    """Whether a bare kind is an identifier of its owner: `number` or `code` alone may be anything."""
    if kind == "name":
        return schema.get("type") in (None, "string") or isinstance(schema.get("type"), list)
    if kind == "key":
        return schema.get("type") == "string" and (
            resource in _KEYED or bool(_IDENTIFIES.search(description))
        )
    return kind in _STRONG and kind != "sku"
