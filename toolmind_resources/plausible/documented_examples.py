"""What the documentation of a field gives as examples, and ids of the same form."""

import random
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from toolmind_resources.plausible.field_labels import words_of
from toolmind_resources.plausible.real_values import real_values

_PLAIN = frozenset(
    ["id", "ids", "uuid", "email", "url", "uri", "date", "time", "timestamp", "at", "on", "arn"]
)
_IDS = frozenset(("id", "ids", "identifier", "arn"))
_ACCOUNT_DIGITS = 12
_QUOTED = re.compile(r"(?<![\w])['\"“`]([^'\"”`<>\[\]{}]{1,40})['\"”`](?!\w)")
_AFTER_EG = re.compile(
    r"(?:e\.g\.,?|for example,?|such as)\s*:?\s*([^'\"“`<>\[\]{}().;,]{2,40})", re.IGNORECASE
)
_PLACEHOLDER = re.compile(
    r"[\[\]<>{}]|^(?:string|example|value|null|none|true|false|test|n/a|\.+)$|format", re.IGNORECASE
)


def stated_examples(schema: Mapping[str, Any]) -> list[Any]:
    """The values that a schema gives under `examples`; none are placeholders such as `[USER_ID]`, and what is somebody's."""
    stated = schema.get("examples")
    if not isinstance(stated, list):
        return []
    return [value for value in stated if not is_placeholder(value) and not is_somebodys(str(value))]


@lru_cache(maxsize=20_000)
def named_examples(description: str) -> tuple[str, ...]:
    """The values that a field's description names: those in quotes, else those after "such as"."""
    named = _QUOTED.findall(description) or [text.strip() for text in _AFTER_EG.findall(description)]
    short = (text for text in named if text and len(text.split()) <= 4)
    return tuple(text for text in short if not is_placeholder(text) and not is_somebodys(text))


@lru_cache(maxsize=20_000)
def is_somebodys(text: str) -> bool:
    """Whether a text may hold somebody's address, number or secret."""
    return bool(real_values(text))


def is_self_explaining(name: str) -> bool:
    """Whether a field's name alone says what stands there: an address, a date, an identifier."""
    return bool(_PLAIN.intersection(words_of(name)[-1:]))


_PART = re.compile(r"[A-Za-z0-9]*\d[A-Za-z0-9]*")
_HEXADECIMAL = re.compile(r"[0-9a-f]{6,}|[0-9A-F]{6,}")


def named_ids(description: str) -> tuple[str, ...]:
    """The ids that the description of an id gives as examples: those of what it names that have no space and a digit."""
    return tuple(text for text in named_examples(description) if re.fullmatch(r"(?=.*\d)[\w.:/-]{4,}", text))


def is_id(name: str) -> bool:
    """Whether a field of this name holds what tells one thing from all others."""
    return bool(_IDS.intersection(words_of(name)[-1:]))


def in_the_form_of(example: str, rng: random.Random) -> str:
    """Another id of the same form: digits for digits, hexadecimal ones for a number that has them.

    Words, and the twelve digits of an account of a cloud, stay as they are documented.
    """
    return _PART.sub(lambda part: _another(part[0], rng), example)


def _another(part: str, rng: random.Random) -> str:
    if part.isdigit():
        return part if len(part) == _ACCOUNT_DIGITS else "".join(rng.choice("123456789") for _ in part)
    if _HEXADECIMAL.fullmatch(part):
        drawn = "".join(rng.choice("0123456789abcdef") for _ in part)
        return drawn if part.upper() != part else drawn.upper()
    return "".join(rng.choice("123456789") if one.isdigit() else one for one in part)


def is_placeholder(value: Any) -> bool:
    """Whether a value stands for another one instead of being one."""
    return value is None or (isinstance(value, str) and (not value or _PLACEHOLDER.search(value) is not None))
