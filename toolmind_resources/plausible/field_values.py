"""What a string or number is likely to be, told from its name, format and description."""

import datetime as dt
import random
import re
import uuid
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import yaml

from toolmind_resources.language.plurals import singular
from toolmind_resources.plausible.field_labels import words_of
from toolmind_resources.plausible.legible_strings import FILES, PROJECTS

if TYPE_CHECKING:
    from faker import Generator

REFERENCE_DATE = dt.date(2025, 6, 2)
"""The day around which dates are made up."""

_DOCUMENTATION_BLOCKS = ("192.0.2", "198.51.100", "203.0.113")
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
            return rng.choice(PROJECTS)
        case "slug":
            return f"{rng.choice(PROJECTS)}-{rng.randint(2, 99)}"
        case "file":
            return f"{rng.choice(FILES)}_{rng.randint(2, 40)}.txt"
        case "code":
            stem = next((singular(word) for word in words if word not in _ID_WORDS and len(word) > 2), "ref")
            return f"{stem[:4].upper()}-{rng.choice(_LETTERS)}{rng.randint(1000, 9999)}"
        case "uuid":
            return str(uuid.UUID(int=rng.getrandbits(128), version=4))
        case "hex":
            return f"{rng.getrandbits(4 * int(size)):0{size}X}"
        case "ipv":
            return _address(int(size), rng)
        case "day" | "moment" | "clock":
            return _time(noun, rng)
        case _:
            return _person(noun, rng)


def _address(version: int, rng: random.Random) -> str:
    """An address of the blocks for documentation (RFC 5737, RFC 3849)."""
    if version == 6:
        return f"2001:db8::{rng.randint(1, 0xFFFF):x}"
    return f"{rng.choice(_DOCUMENTATION_BLOCKS)}.{rng.randint(1, 254)}"


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

    Two words side by side say more than one, and words that say little come last. Empty where it knows none of them.
    """
    single = [*reversed(words)]
    single.sort(key=lambda word: word in _VAGUE)
    for word in (*reversed(_pairs(words)), *single):
        for names, templates in vocabulary().strings:
            if word in names:
                return templates
    return ()


def _pairs(words: tuple[str, ...]) -> list[str]:
    """Words that stand side by side, as the vocabulary writes two of them."""
    return [f"{first}_{second}" for first, second in pairwise(words)]


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
    told = {*words, *_pairs(words)}
    return next((tuple(span) for names, *span in vocabulary().numbers if names & told), ())


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
