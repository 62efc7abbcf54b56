"""Names of functions and fields as words: split, made singular, and sorted into the kinds that links need.

Only general English and programming words stand here, never names of one catalog.
"""

import re
from functools import lru_cache

from toolmind_resources.language.plurals import singular
from toolmind_resources.language.word_sets import word_set

_CHUNK = re.compile(r"[^\W\d_]+|\d+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-rt-z]|[A-Z]s[a-z])")
"""Where `camelCase` and `HTTPServer` turn; the plural `IDs` is one word."""


VERBS = word_set(
    """
    accept activate add adjust analyze apply approve assign attach authenticate batch book calculate call
    cancel change check clear close compare compute configure confirm connect convert copy create deactivate
    decrease delete deploy describe destroy detach determine disable disconnect download edit enable
    estimate evaluate execute export fetch fill filter find fork format generate get import increase insert
    install invite join list load lock login logout lookup make merge modify move open patch pause perform
    place play post predict process publish pull purchase push put query read refresh register reject
    release remove rename replace request reset resolve restart restore resume retrieve revoke run save
    schedule search select send set setup share show sort split start stop submit subscribe sync tag
    terminate track transfer translate trigger unlock unsubscribe untag update upload upsert validate verify
    view watch write
    """
)
PREPOSITIONS = word_set(
    "about after at before between by for from in into of on per since to until using via where with"
)
FILLERS = word_set("a all an and any api current every is my new or own the this v")
CONTAINERS = word_set(
    """
    array body content data detail element embedded entity entry hit item list member meta object
    output page payload property record request response result row value
    """
)
"""Words for a place where members are kept: they do not say what a member is."""
COLLECTIONS = word_set("array collection list set")
"""Words for many of a thing: a `stock list` holds stocks."""
TYPE_FILLERS = word_set(
    "base config configuration detail dto entity full info input item metadata model object option output param "
    "parameter reference request response result schema setting short simple spec summary type view"
)
"""Words with which types are told apart, and which do not say what they are about."""
RESOURCE_FILLERS = word_set(
    "detail dto entity full info object output record response result short simple summary view"
)
"""The same at the end of a resource: a `vpc summary` is a `vpc`, and a `server type` is no server."""
IDENTIFIERS = word_set("arn fqdn guid handle iban id isbn sku slug symbol ticker uri urn username uuid vin")
"""Words that make a value name one thing out of many."""
GENERIC = word_set(
    """
    amount code count date description id key kind label level mode name note number quantity reference
    resource result sid size slug state status summary title token total type unit uuid value
    """
)
"""Words that alone do not say what a field belongs to."""
SETTINGS = word_set(
    """
    alt ascending cache callback cascade compact count cursor decimal depth direction dry exclude expand field
    filter flag force format include indent index limit locale mask max min mode next offset option
    order orderby page pagination per precision pretty previous print quota recursive rounding size skip sort timeout
    timezone unit upload validate verbose version
    """
)
"""Words for how a call works, rather than what it is about."""
PROSE = word_set(
    """
    body comment content description detail error explanation html info instruction markdown message note
    prompt query reason remark search sentence statement success summary text
    """
)
"""Words for free text, which is written for one call and rarely fits another."""
VAGUE = word_set(
    """
    arg argument array attribute condition config configuration context criterion data element entry
    feature function input item list node object operation param parameter property record row value
    variable
    """
)
"""Words for a value of no stated kind."""
VAGUE_HEADS = word_set(
    "arg argument config configuration context criterion data object option param parameter"
)
"""The same, where they end a name: `connection configuration`."""
FILTERS = word_set("filter order orderby page pagination paging range sort")
"""Words for an object that says which results are wanted and how."""
STATES = word_set(
    "category civility gender kind metadata mode permission priority read role scope state status type visibility write"
)
"""Words for a class or state that many things share."""
WORLDLY = word_set(
    "airport city country currency language postcode state stock symbol ticker town zip zipcode"
)
"""Words for what has the same name for everybody."""
COMMON_GROUND = word_set(
    "address airport artist author bank book brand city company country currency customer destination drug "
    "employee film game hotel language location movie patient place player postcode product region school species "
    "sport state stock street symbol team ticker town zip zipcode"
)
"""Words for what a person's errands turn around: the places, days, people and things of the world."""
CONTENTS = word_set(
    "alias caption headline heading keyword label nickname remark snippet subject subtitle tag title"
)
"""Words for what a thing is called or says, of which each has one of its own."""
AUDIT = word_set("created createtime dateutc deleted etag modified revision timestamp updated updatetime")
"""Words for when and by whom something was changed."""
REPORTS = word_set("error exception failure problem violation warning")
"""Words for an object that reports what went wrong."""
RELATIONAL = word_set(
    "association attachment bundle category class command conversion execution job kind operation plan process query request "
    "revision role run status task template tier type version"
)
"""Words for what is always that of something: a `job id` names a job among those of its own sort."""
RESERVING = word_set("allocate generate reserve")
"""Verbs of functions that give identifiers of what is yet to be made."""
ANYTHING = word_set("element entity object record resource thing")
"""Words for a resource of which nothing is said."""
SECRETS = word_set("credential otp passphrase password pin secret")
"""Words for what is never handed from a result to a parameter."""
ACCESS = word_set("access api app auth authkey authorization bearer client private public secret security")
"""Words that make a key one that opens calls."""

SILENT = word_set(
    """
    a above all also an and any are as associated at available base based be been being below between both but by can case certain
    containing contain could current default did different do does done during e each either eg etc every ex example few following
    for from g get given had has have her here his how i id ie if in indicate information instance into is it its known made make many may might more most
    must my name need new no not number object of on one only optional or other our out over own per please possible provide provided
    represent representing required respective result return returned returning same set shall she should so some specific specified specify string such
    than that the their them then there these they this those through to type under unique until up upon us use used using value
    various via was we were what when where whether which while who whom whose will with within without would you your array boolean integer list
    """
)
"""Words of a description that do not say what a field is."""
_SLIGHT = 0.4
"""Weight of a word that says little of what a field is, such as `id`, against 1 of one that does."""
_ENDINGS = (("ization", 4), ("isation", 4), ("ation", 4), ("ing", 3), ("ment", 4), ("ed", 3), ("er", 4))

_SYNONYMS = {
    "identifier": "id", "identity": "id", "uid": "id", "pk": "id", "num": "number", "nr": "number", "qty": "quantity",
    "lat": "latitude", "lng": "longitude", "lon": "longitude", "addr": "address", "desc": "description", "org":
    "organization", "organisation": "organization", "repo": "repository", "dir": "directory", "msg": "message",
    "tel": "phone", "mail": "email", "filename": "file name", "filepath": "file path", "href": "url", "link": "url",
    "lang": "language", "src": "source", "dest": "destination", "dst": "destination", "acct": "account", "amt":
    "amount", "temp": "temperature", "loc": "location", "pwd": "password", "passwd": "password",
}  # fmt: skip


@lru_cache(maxsize=200_000)
def split_words(name: str) -> tuple[str, ...]:
    """The words of a name in any of the usual spellings, lower-case and singular, abbreviations written out."""
    turns = (word for chunk in _CHUNK.findall(name) for word in _CAMEL.split(chunk))
    words = (singular(word.lower()) for word in turns)
    return tuple(part for word in words for part in _SYNONYMS.get(word, word).split())


_ORDINAL = re.compile(r"(?<=[a-z])_?(?:\d|[A-Z]|_[a-z])$")


def without_ordinal(name: str) -> str:
    """A name without the one digit or letter that tells it from its likes: `num2`, `cityB`, `file_a`."""
    return _ORDINAL.sub("", name)


@lru_cache(maxsize=200_000)
def resource_of(function_name: str) -> tuple[str, ...]:
    """The last two words of what a function is about: (`order`,) of `get_order_by_id` and `orders.update`.

    They stand behind the verb, up to a preposition; a name that ends in its verb has them before it.
    """
    words = [word for word in split_words(function_name) if word not in FILLERS and word != "id"]
    if words and words[-1] in VERBS and words[0] not in VERBS:
        nouns = words[:-1]
    else:
        verb = next((place for place, word in enumerate(words) if word in VERBS), -1)
        nouns = _until_preposition(words[verb + 1 :]) or words[: max(verb, 0)]
    return tuple(dict.fromkeys(nouns))[-2:]


@lru_cache(maxsize=200_000)
def verb_of(function_name: str) -> str:
    """The first verb of a function's name; empty where there is none."""
    return next((word for word in split_words(function_name) if word in VERBS), "")


@lru_cache(maxsize=200_000)
def nouns_of(function_name: str) -> frozenset[str]:
    """The words of a function's name that say what it has to do with."""
    return frozenset(split_words(function_name)) - _NO_NOUNS


def _until_preposition(words: list[str]) -> list[str]:
    end = next((place for place, word in enumerate(words) if word in PREPOSITIONS), len(words))
    return words[:end]


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """A lower-case word without what changes only its part of speech: `converted` and `conversion` stay apart."""
    for ending, least in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= least:
            return word[: -len(ending)]
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


def name_stems(label: str) -> frozenset[str]:
    """The stems of a label's words."""
    return frozenset(map(stem, label.split()))


def telling_stems(text: str) -> frozenset[str]:
    """The stems of those words of a sentence that say what it is about."""
    return frozenset(stem(word) for word in split_words(text) if word not in SILENT and len(word) > 1)


_NO_NOUNS = (
    VERBS | PREPOSITIONS | FILLERS | CONTAINERS | TYPE_FILLERS | GENERIC | {"http", "api", "information"}
)
_SLIGHT_STEMS = frozenset(
    map(stem, GENERIC | SETTINGS | VAGUE | CONTAINERS | IDENTIFIERS | {"data", "info", "information", "time"})
)


def weight(stemmed: str) -> float:
    """How much a stem says of what a field is: 0.4 or 1. Fixed, so that no other function changes a score."""
    return _SLIGHT if stemmed in _SLIGHT_STEMS else 1.0
