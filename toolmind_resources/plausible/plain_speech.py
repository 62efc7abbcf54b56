"""A function's work as a person asks for it: plain verbs, short objects, and nothing copied from a description."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from toolmind_resources.plausible.field_labels import spoken, words_of
from toolmind_resources.plausible.phrases import goal_of, infinitive

COPIED_WORDS = 6
"""Words in a row of a description that nobody repeats by chance."""

_PLAIN_VERBS = {
    "calculate": ("work out", "calculate"),
    "compute": ("work out", "calculate"),
    "create": ("create", "make"),
    "delete": ("delete", "remove"),
    "describe": ("look at", "see"),
    "determine": ("find out", "work out"),
    "display": ("see", "look at"),
    "enumerate": ("see", "go through"),
    "estimate": ("estimate", "get an idea of"),
    "fetch": ("get", "look up"),
    "get": ("get", "look up", "see"),
    "list": ("see", "go through", "look at"),
    "locate": ("find", "look for"),
    "obtain": ("get", "find out"),
    "perform": ("do", "run"),
    "provide": ("get", "have"),
    "query": ("look up", "look for"),
    "read": ("read", "look at"),
    "retrieve": ("look up", "get", "see"),
    "return": ("get", "see"),
    "search": ("search", "look"),
    "show": ("see", "look at"),
    "update": ("update", "change"),
    "view": ("see", "look at"),
}
"""What people say for a verb of documentations."""
_CARRIER = re.compile(
    r"^(?:send|make|issue|perform|handle|execute) (?:an? )?(?:http )?(?:get|post|put|patch|delete)? ?requests? (?:to|for) ",
    re.IGNORECASE,
)
"""How documentations begin that tell of the request rather than of its purpose."""
_LISTED = re.compile(
    r"^(?:(?:the|a|an) )?(?:full |complete |paginated )?(?:list|collection|set|array)s? of ", re.IGNORECASE
)
_DETAILED = re.compile(
    r"^(?:(?:the|all|some|more|full|detailed) )*(?:details?|information|info|data|metadata|properties) "
    r"(?:of|about|on|for|regarding) ",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"\b(?:specified|specific|given|particular|certain|provided|respective|existing|requested|desired|single|unique|"
    r"supplied|corresponding|various) ",
    re.IGNORECASE,
)
"""Words that mean the values of a call, which a person states."""
_CLAUSE = re.compile(
    r",? (?:using|by using|by (?:its|their|the|a|id|name|means)|with (?:optional|adjustable|the given|a given|specified)|"
    r"based on|given|via|along with|according to|in order to|so that|which|that|where|identified by|as well as|"
    r"in sitefinity|on the server|from the (?:server|database|api)|in (?:this|the) (?:api|system|database)|"
    r"for (?:your|the) (?:account|project))\b.*",
    re.IGNORECASE,
)
_PREPOSITIONS = frozenset(
    [
        "of",
        "for",
        "from",
        "to",
        "in",
        "on",
        "at",
        "with",
        "by",
        "between",
        "within",
        "under",
        "into",
        "during",
        "as",
        "about",
        "against",
        "up",
    ]
)
_PREPOSITION = re.compile(rf" (?:{'|'.join(sorted(_PREPOSITIONS))}) ")
_DETERMINERS = frozenset(
    [
        "a",
        "an",
        "the",
        "all",
        "any",
        "each",
        "every",
        "both",
        "my",
        "your",
        "his",
        "her",
        "its",
        "our",
        "their",
        "this",
        "that",
        "these",
        "those",
        "some",
        "several",
        "many",
        "no",
        "one",
        "two",
        "three",
        "new",
        "multiple",
    ]
)
_UNCOUNTED = frozenset(
    [
        "access",
        "data",
        "help",
        "information",
        "media",
        "music",
        "news",
        "software",
        "something",
        "text",
        "traffic",
        "weather",
    ]
)
_POSSESSIVE = re.compile(r"\b(?:their|your|the user's|a user's)\b", re.IGNORECASE)
_NO_WORK = "get help with"
"""How a phrase begins that was made of a name without a verb."""
_SECOND = re.compile(r",? and (?:then )?(\w+s)\b")
"""Where a second thing that the function does may begin: `and makes it visible`."""
_CODE_WORD = re.compile(r"\b[A-Z]?[a-z]+(?:[A-Z]|_)\w*")
"""What may be a word of a program: `sourceDefinition`, `source_definition`."""
_OTHER_VERB = re.compile(
    rf"^(?:or|and|/) (?:{'|'.join(('create', 'update', 'replace', 'insert', 'modify', 'set'))})s? "
)
"""A second verb for what is done: `create or update the state`."""
_CONDITION = re.compile(r"\b(?:if|whether)\b")
_ARTICLE = re.compile(r"\b(a|an) (?=([A-Za-z]))")


@dataclass(frozen=True, slots=True)
class PlainGoal:
    """What a person wants done: verbs of which any may be said, and what it is done to.

    Attributes:
        verbs: Infinitives, the plainest first.
        object: The rest of the phrase: `the weather forecast`; may be empty.
    """

    verbs: tuple[str, ...]
    object: str


@lru_cache(maxsize=20_000)
def plain_goal(name: str, description: str) -> PlainGoal:
    """The work of a function in plain words, no six of which stand in a row in its description."""
    told = goal_of(name, description)
    phrase = _CARRIER.sub("", told)
    verb, _, rest = phrase.partition(" ")
    if phrase != told and infinitive(verb) is None:
        verb, rest = "get", phrase
    verbs = _verbs(verb)
    rest = _trimmed(_lowered(_in_words(_OTHER_VERB.sub("", rest), name)), verbs, description)
    if not rest or told.startswith(_NO_WORK) or _CONDITION.search(rest):
        verb, rest = _of_name(name)
        verbs = _verbs(verb)
    return PlainGoal(verbs, _with_article(rest, verb).replace("o auth", "OAuth"))


def _verbs(verb: str) -> tuple[str, ...]:
    plain = infinitive(verb) or verb
    return _PLAIN_VERBS.get(plain, (plain,))


def _of_name(name: str) -> tuple[str, str]:
    """Verb and object as far as the name tells them; a last part that is one verb acts on the part before it."""
    before, _, last = name.rpartition(".")
    words = words_of(last)
    if words and infinitive(words[0]):
        about = words[1:] or words_of(before.rpartition(".")[2])
        return words[0], f"the {spoken(about)}" if about else "something"
    return "get", f"the {spoken(words)}" if words else "something"


def _in_words(text: str, name: str) -> str:
    """The text with words of a program in plain ones; a capitalised one, as `GitHub` is, where the name has it too."""

    def plain(code: re.Match[str]) -> str:
        word = code.group()
        return spoken(words_of(word)) if word[0].islower() or "_" in word or word in name else word

    return _CODE_WORD.sub(plain, text)


def _with_article(text: str, verb: str) -> str:
    """The object with an article where its first noun is a single thing without one."""
    head = _PREPOSITION.split(text, maxsplit=1)[0].split()
    is_told = not head or head[0].lower() in _DETERMINERS or head[0].lower() in _PREPOSITIONS
    if is_told or head[-1].endswith("s") or head[-1].lower() in _UNCOUNTED:
        return text
    article = "a" if infinitive(verb) in ("create", "make") else "the"
    return _ARTICLE.sub(_fitting, f"{article} {text}", count=1)


def _fitting(article: re.Match[str]) -> str:
    return "an " if article.group(2).lower() in "aeio" else "a "


def _lowered(text: str) -> str:
    """The text; where half of its words are capitalised as in a title, in lower case but for abbreviations."""
    words = text.split()
    titled = [word for word in words if re.fullmatch(r"[A-Z][a-z]+\W?", word)]
    if 2 * len(titled) < len(words):
        return text
    return " ".join(word.lower() if word in titled else word for word in words)


def _trimmed(text: str, verbs: Sequence[str], description: str) -> str:
    """The object without what only documentations say, cut at its last prepositions until it copies little."""
    text = _CLAUSE.sub("", _FILLER.sub("", text))
    text = _DETAILED.sub("", _LISTED.sub("the ", text))
    text = _POSSESSIVE.sub("my", text)
    text = next((text[: cut.start()] for cut in _SECOND.finditer(text) if infinitive(cut.group(1))), text)
    while _most_copied(text, verbs, description) >= COPIED_WORDS:
        cuts = list(_PREPOSITION.finditer(text))
        if not cuts:
            return ""
        end = (
            cuts[-2]
            if len(cuts) > 1 and [cut.group().strip() for cut in cuts[-2:]] == ["from", "to"]
            else cuts[-1]
        )
        text = text[: end.start()]
    words = _ARTICLE.sub(_fitting, text).strip(" ,.:;").split()
    while words and words[-1].lower() in _PREPOSITIONS | _DETERMINERS:
        words.pop()
    return " ".join(words)


def _most_copied(text: str, verbs: Sequence[str], description: str) -> int:
    """Most words in a row that are copied, whichever verb stands before the object and preposition after it."""
    said = (
        f"{verb} {text} {after}" for verb in verbs for after in ("for", "in", "with", "to", "from", "about")
    )
    return max(copied_words(one, description) for one in said)


def copied_words(text: str, source: str) -> int:
    """Most words in a row that a text has in common with its source."""
    words, found = _words(text), _words(source)
    return max(
        (_alike(words[place:], found[at:]) for place in range(len(words)) for at in range(len(found))),
        default=0,
    )


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words two sequences begin with alike."""
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
