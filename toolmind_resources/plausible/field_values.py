"""What a string or number is likely to be, told from its name, format and description."""

import datetime as dt
import random
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from toolmind_resources.language.plurals import singular
from toolmind_resources.plausible.field_labels import words_of

if TYPE_CHECKING:
    from faker import Generator

REFERENCE_DATE = dt.date(2025, 6, 2)
"""The day around which dates are made up."""

_PROJECTS = (
    "aurora",
    "northwind",
    "helios",
    "atlas",
    "juniper",
    "meridian",
    "cobalt",
    "harbor",
    "lumen",
    "sierra",
)
_FILES = ("report", "notes", "budget", "summary", "invoice", "inventory", "schedule", "draft")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_ID_WORDS = frozenset(
    ["id", "ids", "uuid", "guid", "key", "identifier", "number", "no", "code", "ref", "reference", "arn"]
)
_PEOPLE = frozenset(
    ["first", "last", "full", "user", "customer", "patient", "contact", "guest", "employee", "author"]
)
_VAGUE = frozenset(
    [
        "code",
        "key",
        "number",
        "value",
        "type",
        "kind",
        "text",
        "status",
        "state",
        "start",
        "end",
        "from",
        "to",
        "since",
        "until",
        "before",
        "after",
        "class",
    ]
)
_PLAIN = frozenset(
    ["id", "ids", "uuid", "email", "url", "uri", "date", "time", "timestamp", "at", "on", "arn"]
)
_NAME = frozenset(("name", "names"))

_OF_FAKER = {
    "email": "ascii_safe_email",
    "first": "first_name",
    "last": "last_name",
    "user": "user_name",
    "person": "name",
    "street": "street_address",
    "company": "company",
}
"""What Faker calls what it makes up."""
_FIELD = re.compile(r"\{(\w+?)(\d*)\}")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What words say of a value.

    Attributes:
        strings: Words of names, and templates of a string that fits them.
        numbers: Words of names, least and greatest number, and decimals.
        formats: Template of a string of each `format`.
    """

    strings: tuple[tuple[frozenset[str], tuple[str, ...]], ...]
    numbers: tuple[tuple[Any, ...], ...]
    formats: dict[str, str]


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary of vocabulary.yaml; read when it is first wanted, since every command loads this module."""
    file = resources.files("toolmind_resources.plausible").joinpath("vocabulary.yaml")
    stated = yaml.safe_load(file.read_text(encoding="utf-8"))
    return Vocabulary(
        tuple((frozenset(entry["words"].split()), tuple(entry["values"])) for entry in stated["strings"]),
        tuple(
            (frozenset(entry["words"].split()), *entry["between"], entry["decimals"])
            for entry in stated["numbers"]
        ),
        stated["formats"],
    )


@cache
def _faker() -> "Generator":
    from faker import Factory  # its word lists cost a fifth of a second

    return Factory.create("en_US")


def fill(template: str, rng: random.Random, words: tuple[str, ...] = ()) -> str:
    """The template with each `{…}` drawn; `words` are those of the field's owner and name."""
    return "".join(
        [part if noun is None else _draw(noun, part, rng, words) for noun, part in _template_parts(template)]
    )


@cache
def _template_parts(template: str) -> tuple[tuple[str | None, str], ...]:
    """The parts of a template of the vocabulary: noun and size of each `{…}`, None and the text of what stands beside."""
    texts = iter(_FIELD.split(template))
    parts: list[tuple[str | None, str]] = [(None, next(texts))]
    for noun, size, text in zip(texts, texts, texts, strict=True):
        parts += [(noun, size), (None, text)]
    return tuple(part for part in parts if part != (None, ""))


def _draw(noun: str, size: str, rng: random.Random, words: tuple[str, ...]) -> str:
    match noun:
        case "digits":
            return str(rng.randint(10 ** (int(size) - 1), 10 ** int(size) - 1))
        case "digit":
            return str(rng.randint(0, 9))
        case "letter":
            return rng.choice(_LETTERS)
        case "project":
            return rng.choice(_PROJECTS)
        case "slug":
            return f"{rng.choice(_PROJECTS)}-{rng.randint(2, 99)}"
        case "file":
            return f"{rng.choice(_FILES)}_{rng.randint(2, 40)}.txt"
        case "code":
            stem = next((singular(word) for word in words if word not in _ID_WORDS and len(word) > 2), "ref")
            return f"{stem[:4].upper()}-{rng.choice(_LETTERS)}{rng.randint(1000, 9999)}"
        case "uuid":
            return str(uuid.UUID(int=rng.getrandbits(128), version=4))
        case "ipv":
            return f"10.{rng.randint(0, 255)}.{rng.randint(0, 255)}.{rng.randint(1, 254)}"
        case "day" | "moment" | "clock":
            return _time(noun, rng)
        case _:
            return _person(noun, rng)


def _time(noun: str, rng: random.Random) -> str:
    day = (REFERENCE_DATE + dt.timedelta(days=rng.randint(-60, 60))).isoformat()
    clock = f"{rng.randint(8, 18):02d}:{rng.choice((0, 15, 30, 45)):02d}"
    return {"day": day, "clock": clock, "moment": f"{day}T{clock}:00Z"}[noun]


def _person(noun: str, rng: random.Random) -> str:
    faker = _faker()
    faker.seed_instance(rng.getrandbits(32))
    return faker.format(_OF_FAKER[noun])


def plausible_string(name: str, owner: str, rng: random.Random) -> str:
    """A string that could stand in a field of this name."""
    given, choices, words = _told(name, owner)
    return fill(given or rng.choice(choices), rng, words)


@lru_cache(maxsize=20_000)
def _told(name: str, owner: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """What a name tells of its string: the template of it, or those to choose from, and the words about it."""
    words, owners = words_of(name), words_of(owner)
    if _NAME & {*words}:
        people = _PEOPLE.intersection(words) or _PEOPLE.intersection(owners)
        if people:
            return {"first": "{first}", "last": "{last}"}.get(min(people), "{person}"), (), ()
        words = tuple(word for word in words if word not in _NAME)
    choices = _templates(words)
    return "" if choices else "{slug}", choices, owners + words


def _templates(words: tuple[str, ...]) -> tuple[str, ...]:
    """What the vocabulary has for a name: its last word, the head of an English noun, decides first.

    Words that say little come after those that say much. Empty where it knows none of them.
    """
    ordered = [*reversed(words)]
    ordered.sort(key=lambda word: word in _VAGUE)
    for word in ordered:
        for names, templates in vocabulary().strings:
            if word in names:
                return templates
    return ()


def plausible_number(name: str, low: float, high: float, is_integer: bool, rng: random.Random) -> float | int:
    """A number between bounds (infinite where not stated) that could stand in a field of this name."""
    start, stop, decimals = _span(words_of(name)) or (2, 40, 0 if is_integer else 1)
    start = start if low <= start <= high else max(low, min(high - 10, start))
    stop = min(max(stop, start + 1), high)
    if is_integer:
        first = -int(-start // 1)
        return rng.randint(first, max(int(stop // 1), first))
    return min(max(round(rng.uniform(start, stop), max(decimals, 1)), low), high)


@lru_cache(maxsize=20_000)
def _span(words: tuple[str, ...]) -> tuple[Any, ...]:
    """Least, greatest and decimals of the numbers that the vocabulary has for a name; empty where it knows none."""
    return next((tuple(span) for names, *span in vocabulary().numbers if names.intersection(words)), ())


_QUOTED = re.compile(r"(?<![\w])['\"“`]([^'\"”`<>\[\]{}]{1,40})['\"”`](?!\w)")
_AFTER_EG = re.compile(
    r"(?:e\.g\.,?|for example,?|such as)\s*:?\s*([^'\"“`<>\[\]{}().;,]{2,40})", re.IGNORECASE
)
_PLACEHOLDER = re.compile(
    r"[\[\]<>{}]|^(?:string|example|value|null|none|true|false|test|n/a|\.+)$|format", re.IGNORECASE
)


def stated_examples(schema: Mapping[str, Any]) -> list[Any]:
    """The values that a schema gives under `examples`; placeholders such as `[USER_ID]` are none."""
    stated = schema.get("examples")
    return [value for value in stated if not is_placeholder(value)] if isinstance(stated, list) else []


@lru_cache(maxsize=20_000)
def named_examples(description: str) -> tuple[str, ...]:
    """The values that a field's description names: those in quotes, else those after "such as"."""
    named = _QUOTED.findall(description) or [text.strip() for text in _AFTER_EG.findall(description)]
    return tuple(text for text in named if text and len(text.split()) <= 4 and not is_placeholder(text))


def is_self_explaining(name: str) -> bool:
    """Whether a field's name alone says what stands there: an address, a date, an identifier."""
    return bool(_PLAIN.intersection(words_of(name)[-1:]))


def is_placeholder(value: Any) -> bool:
    """Whether a value stands for another one instead of being one."""
    return value is None or (isinstance(value, str) and (not value or _PLACEHOLDER.search(value) is not None))


def likely_value(words: tuple[str, ...], rng: random.Random) -> tuple[str, Any] | None:
    """`(word, value)` of the last word that the vocabulary knows, or None: what a thing of this name is."""
    for word in reversed(words):
        single = frozenset({word, singular(word)})
        decimals = next((places for names, _, _, places in vocabulary().numbers if names & single), None)
        if decimals is not None:
            return word, plausible_number(word, float("-inf"), float("inf"), decimals == 0, rng)
        if any(names & single for names, _ in vocabulary().strings):
            return word, plausible_string(singular(word), "", rng)
    return None
