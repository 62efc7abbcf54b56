"""Names of functions and fields as words: split, made singular, stemmed, and what they say the function is about."""

import re
from functools import lru_cache
from itertools import chain

from toolmind_assets.stages.graph.lexicon import (
    CONTAINERS,
    FILLERS,
    GENERIC,
    IDENTIFIERS,
    PREPOSITIONS,
    SETTINGS,
    SILENT,
    TYPE_FILLERS,
    VAGUE,
    VERBS,
)
from toolmind_resources.language.plurals import singular

_CHUNK = re.compile(r"[^\W\d_]+|\d+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-rt-z]|[A-Z]s[a-z])")
"""Where `camelCase` and `HTTPServer` turn; the plural `IDs` is one word."""
_SLIGHT = 0.4
"""Weight of a word that says little of what a field is, such as `id`, against 1 of one that does."""
_ENDINGS = (("ization", 4), ("isation", 4), ("ation", 4), ("ing", 3), ("ment", 4), ("ed", 3), ("er", 4))
_SYNONYMS = {
    "identifier": "id", "identity": "id", "uid": "id", "pk": "id", "num": "number", "nr": "number", "qty": "quantity",
    "app": "application", "lat": "latitude", "lng": "longitude", "lon": "longitude", "addr": "address", "desc": "description", "org":
    "organization", "organisation": "organization", "repo": "repository", "dir": "directory", "msg": "message",
    "tel": "phone", "mail": "email", "filename": "file name", "filepath": "file path", "href": "url", "link": "url",
    "lang": "language", "src": "source", "dest": "destination", "dst": "destination", "acct": "account", "amt":
    "amount", "temp": "temperature", "loc": "location", "pwd": "password", "passwd": "password",
}  # fmt: skip


@lru_cache(maxsize=200_000)
def split_words(name: str) -> tuple[str, ...]:
    """The words of a name in any of the usual spellings, lower-case and singular, abbreviations written out."""
    return tuple(chain.from_iterable(map(_chunk_words, _CHUNK.findall(name))))


@lru_cache(maxsize=200_000)
def _chunk_words(chunk: str) -> tuple[str, ...]:
    """The words of letters, or digits, that stand together: descriptions of millions of fields share them."""
    words = (singular(word.lower()) for word in _CAMEL.split(chunk))
    return tuple(part for word in words for part in _SYNONYMS.get(word, word).split())


_ROUTED = re.compile(r"(.+?_.+?)_(?:api_)?(?:v\d+_.*|.*__.*)_(?:get|post|put|patch|delete)$")
_ORDINAL = re.compile(r"(?<=[a-z])_?(?:\d|[A-Z]|_[a-z])$")


def without_ordinal(name: str) -> str:
    """A name without the one digit or letter that tells it from its likes: `num2`, `cityB`, `file_a`."""
    return _ORDINAL.sub("", name)


@lru_cache(maxsize=200_000)
def resource_of(function_name: str) -> tuple[str, ...]:
    """The last two words of what a function is about: (`order`,) of `get_order_by_id` and `orders.update`.

    They stand behind the verb, up to a preposition; a name that ends in its verb has them before it.
    """
    words = [
        word for word in split_words(_without_route(function_name)) if word not in FILLERS and word != "id"
    ]
    if words and words[-1] in VERBS and words[0] not in VERBS:
        nouns = words[:-1]
    else:
        verb = next((place for place, word in enumerate(words) if word in VERBS), -1)
        nouns = _until_preposition(words[verb + 1 :]) or words[: max(verb, 0)]
    return tuple(dict.fromkeys(nouns))[-2:]


def _without_route(function_name: str) -> str:
    """A name without the route and method that frameworks write behind it: `get_user` of `get_user_v1_users__id__get`."""
    found = _ROUTED.match(function_name)
    return found.group(1) if found else function_name


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
