"""What names, descriptions and patterns say of a field beside what it is: that it is new, fixed, the other side of two.

Only general English and published conventions of API design stand here, never names of one catalog.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from toolmind_assets.stages.graph.lexicon import ADDRESSED, MAKING, RESERVING, RESOURCE_FILLERS, VERBS
from toolmind_assets.stages.graph.name_words import split_words
from toolmind_resources.language.plurals import singular
from toolmind_resources.language.word_sets import word_set

OPPOSITES = (
    ("source", "destination"),
    ("source", "target"),
    ("from", "to"),
    ("sender", "receiver"),
    ("sender", "recipient"),
    ("buyer", "seller"),
    ("payer", "payee"),
    ("parent", "child"),
    ("old", "new"),
    ("previous", "next"),
    ("start", "end"),
    ("begin", "end"),
    ("min", "max"),
    ("minimum", "maximum"),
    ("first", "last"),
    ("local", "remote"),
    ("internal", "external"),
    ("public", "private"),
    ("inbound", "outbound"),
    ("incoming", "outgoing"),
    ("input", "output"),
    ("home", "away"),
    ("open", "close"),
    ("departure", "arrival"),
    ("origin", "destination"),
    ("billing", "shipping"),
    ("primary", "secondary"),
)
"""Words of which a value belongs to the one or to the other."""
_NEW = re.compile(
    r"(?i)^\W*(?:(?:required|optional)\W+)?(?:(?:specifies|the)\s+)*(?:an?\s+)?"
    r"(?:new|updated|desired|user-defined)\b"
    r"|^\W*(?:(?:required|optional)\W+)?(?:the|an?)\s+(?:\w+\s+)?(?:name|alias|title|label|identifier|id|slug)\s+"
    r"(?:for|to\s+(?:give|assign|use\s+for)|that\s+you\s+(?:want|assign|choose))\b|\bto (?:be )?created?\b"
)
_NAMING = re.compile(
    r"(?i)\b(?:must (?:contain|have|be|start|begin|use)|can(?:not|'t) (?:end|start|begin|contain)|can (?:only )?contain)\b"
    r"[^.]{0,60}\b(?:letters?|characters?|alphanumeric|hyphens?)\b"
)
"""How what is made up is to be spelled, which nobody says of what is there."""
_OF_WHAT = re.compile(
    r"(?i)(?:\b(?:ids?|identifiers?|arns?|uuids?|keys?|names?|\(arns?\))\W+(?:that\W+\w+\W+)?of|\bidentifiers?\W+for|\bidentif(?:y|ies|ying))"
    r"\W+(?:the|an?|this|each|your)\W+([a-z][a-z \-]{1,40})"
)
_CUT = re.compile(
    r"(?i)\b(?:for|in|on|that|to|which|whose|with|of|from|where|is|are|being|you|was|and|or|used|associated|containing|using|by|as|at|within|inside|under|into|if|when|per"
    r"|\w+ing\s+(?:the|an?|this|that|your))\b"
)
_NO_RESOURCE = word_set(
    "associated child corresponding element entity instance item object one other owner parent record resource same "
    "selected specified target thing"
)
_NO_SUBTYPE = word_set(
    "aws amazon azure google current destination existing first last latest new next original own parent previous same source target"
)
"""Words before a thing that say which one it is, or whose, and not of what subtype."""
_FIXED = re.compile(r"(?i)^\W*(?:(?:required|optional)\W+)*(?:immutable|output[ -]only|read[ -]?only)\b")
_KIND = re.compile(
    r"(?i)\b(?:(?P<id>g?ids?|identifiers?|guids?|uuids?)|(?P<name>names?|usernames?)|(?P<slug>slugs?)|(?P<email>e-?mails?))\b"
)
_URL = re.compile(
    r"(?i)^\W*(?:(?:required|optional|output[ -]only)\W+)*"
    r"(?:(?!(?:of|for|to|in|on|or|and|ids?|names?)\b)[\w-]+\s+|lists? of\s+){0,5}(?:urls?|uris?)\b"
    r"(?=\W*$|\s?[.,;:()\[]|\s+(?:of|to|for|where|that|which|at|from|by|in|with|identifying|pointing|used|is)\b)"
)
"""The first words name a URL, and no `URL map`."""
_ALSO_URL = re.compile(r"(?i)\bor\b[^.]{0,40}\b(?:urls?|uris?)\b|\b(?:urls?|uris?)\s+or\b")
_MAIL = re.compile(r"(?i)\be-?mails?\b(?! (?:id|template|body|content|subject|message|name)s?\b)")
_INTO = word_set("into onto to")
_LEAD = re.compile(r"\^([\w:/-]{2,})(?![\w?*{:/-])")
_SEGMENT = re.compile(r"[a-z][A-Za-z0-9]*$")
_FORMAT = re.compile(
    r"(?i)\b(?:format|form|example|e\.g\.)\b[^`'\"\n]{0,40}[`'\"]?\s*`?((?:[a-z]\w*/(?:\{[^}]*\}|\*|\[?[\w${}<>\-]+\]?)/?)+)"
)
_OPERATION = "operations/{unique_id}"
"""What the name of a long-running operation is described by, whatever its method is about (AIP-151)."""
OPERATIONS = ("operations",)
URL_KIND = "url"
"""What a field is described as that holds where a thing is, rather than what it is called."""
LOGINS = word_set("authenticate login logon register signin signup")
"""Verbs of functions that take who one is oneself."""
BOUNDS = word_set("least lower max maximum min minimum most threshold upper")
"""Words for the end of a range, which its caller draws."""
_OPERATORS = word_set(
    "n ic nic ie nie isw nisw iew niew empty gt gte lt lte ne eq neq nin contains icontains exact iexact startswith "
    "istartswith endswith iendswith isnull regex iregex"
)
"""What follows two underscores where a filter says how to compare (Django REST)."""


_SUBTYPES = word_set(
    "billing external inbound incoming internal local outbound outgoing primary private public remote secondary shipping"
)
"""Those of these words that say of what sort a thing is, rather than which part it plays in a call."""
_ONE, _OTHER = (
    {
        word: sum(1 << place for place, pair in enumerate(OPPOSITES) if pair[side] == word)
        for word in {pair[side] for pair in OPPOSITES}
    }
    for side in (0, 1)
)


def sides_of(words: Iterable[str]) -> tuple[int, int]:
    """Two masks: the pairs of opposites of which the words name the one, and those of which they name the other."""
    one = other = 0
    for word in words:
        one |= _ONE.get(word, 0)
        other |= _OTHER.get(word, 0)
    return one, other


def subtype_sides(words: Iterable[str]) -> tuple[int, int]:
    """The same for the words around an identifier that tell of which of two subtypes a thing is: `inbound` messages."""
    return sides_of(word for word in words if word in _SUBTYPES)


def asks_for_new(name: str, description: str) -> bool:
    """Whether a parameter asks for a value that is yet to be made up, as a `new_name` is."""
    return split_words(name)[:1] == ("new",) or _describes_new(description)


@lru_cache(maxsize=200_000)
def _describes_new(description: str) -> bool:
    if not description or "existing" in description:
        return False
    return bool(_NEW.search(description) or _NAMING.search(description))


@lru_cache(maxsize=200_000)
def is_fixed(description: str) -> bool:
    """Whether a parameter is described as one that no caller sets, or sets again."""
    return bool(description and _FIXED.match(description))


@lru_cache(maxsize=200_000)
def said_kind(description: str) -> str:
    """What a description says that the value is: `url` where it begins so, else the first of `id`, `name`, `slug`, `email`.

    Empty where it says none, or a name or else a URL.
    """
    if _URL.match(description):
        return URL_KIND
    if _ALSO_URL.search(description):
        return ""
    found = _KIND.search(description)
    return "" if found is None else str(found.lastgroup)


def said_resource(description: str, label: str) -> str:
    """The last word of the thing of which a description says that this is its id or name.

    Empty where it says so of none, or of what the label says too. `The ARN of the Kinesis stream to read` says `stream`;
    an `item` or a `resource` may be anything.
    """
    said = said_thing(description)[-1:]
    return said[0] if said and said[0] not in label.split() else ""


@lru_cache(maxsize=200_000)
def said_thing(description: str) -> tuple[str, ...]:
    """The words for the thing that a description says this identifies; empty where it says none."""
    found = _OF_WHAT.search(description)
    words = split_words(_CUT.split(found.group(1), maxsplit=1)[0]) if found else ()
    noun = next((place for place, word in enumerate(words) if _tells_subtype(word)), len(words))
    end = next(
        (place for place, word in enumerate(words) if place > noun and word.endswith("ed")), len(words)
    )
    while end > 1 and words[end - 1] in RESOURCE_FILLERS:
        end -= 1
    return words[:end] if words and words[end - 1] not in _NO_RESOURCE else ()


def _tells_subtype(word: str) -> bool:
    """Whether a word before a thing may tell its subtype: no participle says more than what was done with it."""
    return word not in _NO_SUBTYPE and not word.endswith("ed")


def said_subtype(description: str) -> tuple[str, ...]:
    """The words for that thing, where some tell its subtype: those of a `media analysis job`, and not of an `imported job`."""
    *subtype, head = said_thing(description) or ("",)
    telling = [word for word in subtype if _tells_subtype(word)]
    return (*telling, head) if telling else ()


@lru_cache(maxsize=200_000)
def are_apart(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether the words for two things name two subtypes of the same: a `face detection job`, and a `media analysis job`."""
    return one[-1:] == other[-1:] and len(one) > 1 and set(one[:-1]).isdisjoint(other[:-1])


def conversion_of(function_name: str) -> frozenset[str]:
    """The two things that a function converts the one to the other, the same for its inverse; empty for others."""
    found = re.fullmatch(r"(?:convert[ _])?(.+?) to (.+)", " ".join(split_words(function_name)))
    return frozenset(found.groups()) if found else frozenset()


def is_reserving(function_name: str) -> bool:
    """Whether a function gives identifiers of what is yet to be made."""
    return not RESERVING.isdisjoint(split_words(function_name))


@lru_cache(maxsize=100_000)
def makes_its_object(function_name: str) -> bool:
    """Whether a function makes the thing that its name speaks of: `create_user`, and not `send_invoice`.

    Who adds something to another thing has it; a name without a verb says nothing against it.
    """
    words = split_words(function_name)
    verb = next((word for word in words if word in VERBS), "")
    return not verb or verb in MAKING or (verb == "add" and _INTO.isdisjoint(words))


def is_mailed_to(name: str, description: str, schema: dict[str, Any]) -> bool:
    """Whether a parameter takes the mail addresses of those whom a message goes to."""
    head = split_words(name)[-1:]
    if not head or head[0] not in ADDRESSED or "boolean" in str(schema.get("type")):
        return False
    return schema.get("format") == "email" or bool(_MAIL.search(description))


def is_comparison(name: str) -> bool:
    """Whether a name ends in an operator of a filter, as `size__gte` does."""
    before, _, operator = name.rpartition("__")
    return bool(before) and operator.lower() in _OPERATORS


def lead_of(schema: dict[str, Any]) -> str:
    """What every value of a field starts with by its pattern, after a `^`: `^CH` of `^CH[0-9a-f]{32}$`; else empty."""
    pattern = schema.get("pattern")
    if not isinstance(pattern, str) or "|" in pattern:
        return ""
    found = _LEAD.match(pattern)
    return found.group() if found else ""


def template_of(schema: dict[str, Any], description: str) -> tuple[str, ...]:
    """The collections of the resource name (AIP-122) that a field holds: `projects/{p}/topics/{t}` has two.

    By its pattern, else by the format that the description gives; empty where neither says so.
    """
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and "/" in pattern:
        return _collections(pattern.strip("^$").replace("[^/]+", "*").replace("\\/", "/"))
    return _described_collections(description) if "/" in description else ()


@lru_cache(maxsize=200_000)
def _described_collections(description: str) -> tuple[str, ...]:
    if _OPERATION in description:
        return OPERATIONS
    found = _FORMAT.search(description)
    return _collections(found.group(1)) if found else ()


@lru_cache(maxsize=100_000)
def _collections(path: str) -> tuple[str, ...]:
    parts = [part for part in path.strip("/").split("/") if part]
    names = tuple(part for part in parts[::2] if _SEGMENT.match(part))
    return names if len(parts) > 1 and len(names) == len(parts[::2]) else ()


def is_operation(paths: Iterable[str]) -> bool:
    """Whether a result with these fields is a long-running operation (AIP-151), which has a name of its own."""
    keys = {path.partition(".")[0] for path in paths}
    return keys >= {"name", "done"} and not keys.isdisjoint({"response", "error"})


@lru_cache(maxsize=100_000)
def own_template(function_name: str, resource: str) -> tuple[str, ...]:
    """The collections in the dotted name of a method, where the last one holds the resource: that of its `name`."""
    parts = function_name.split(".")[1:-1]
    if not parts or not resource:
        return ()
    last = " ".join(split_words(parts[-1]))
    words = last.split()
    is_own = last == resource or (words and resource.split()[-1] == singular(words[-1]))
    return tuple(parts) if is_own else ()
