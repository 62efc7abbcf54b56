"""Strings that match a regular expression and can be read, the same ones in every process.

What a pattern repeats of one set of characters is spelled in words where the set has the letters for it
(`^[a-z0-9-]{3,20}$` is `harbor-12`), and counted on where it has those of hexadecimal numbers, as the ids of
documentation are (`^vpc-[0-9a-f]{8}$` is `vpc-7c2e0123`).
"""

import random
import re
import re._parser as parser  # the standard library has no other reader of patterns
import string
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from toolmind_resources.plausible.legible_strings import spell

MORE_REPEATS = 3
"""Repeats beyond the fewest of what a pattern lets be repeated more often: what is longer says no more."""

Groups = dict[int, str]
"""What the groups of a pattern stand for, by their number."""
Draw = Callable[[random.Random, Groups], str]
"""Draws a string for a part of a pattern."""

_REPEATS = ("MAX_REPEAT", "MIN_REPEAT")
_AMAZON_NAME = re.compile(r"\barn\W")
_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_ACCOUNTS = ("111122223333", "444455556666", "123456789012")
"""The accounts of Amazon's own documentation."""
_PLACE = re.compile(r"(?<=:)[\w-]*(?=:\d{12}(?!\d))")
_REGIONS = ("eu-west-1", "us-east-1", "us-west-2", "ap-southeast-2")
_LETTERS = string.ascii_letters + string.digits
_WORD = f"{_LETTERS}_"
_CLASSES = {
    "CATEGORY_DIGIT": string.digits,
    "CATEGORY_NOT_DIGIT": string.ascii_letters + string.punctuation,
    "CATEGORY_SPACE": string.whitespace,
    "CATEGORY_NOT_SPACE": string.printable.strip(),
    "CATEGORY_WORD": _WORD,
    "CATEGORY_NOT_WORD": "".join(one for one in string.printable if one not in _WORD),
}


@lru_cache(maxsize=1_000)
def drawer(pattern: str) -> Draw:
    """What draws a string for a pattern, given a generator and an empty dict.

    Raises:
        re.error, OverflowError, RecursionError: Python has no such pattern.
        KeyError: the pattern says what is not drawn here, as `(?>...)` does.
    """
    draw = _sequence(parser.parse(pattern))
    if not _AMAZON_NAME.search(pattern):
        return draw
    compiled = re.compile(pattern)

    def documented(rng: random.Random, groups: Groups) -> str:
        drawn = _ACCOUNT.sub(lambda _: rng.choice(_ACCOUNTS), draw(rng, groups))
        placed = _PLACE.sub(rng.choice(_REGIONS), drawn)
        return placed if compiled.search(placed) else drawn

    return documented


def _sequence(states: Any) -> Draw:
    parts = [(opcode.name, value) for opcode, value in states]
    draws = [_MAKERS[name](value) for place, (name, value) in enumerate(parts) if not _is_idle(parts, place)]
    return lambda rng, groups: "".join([draw(rng, groups) for draw in draws])


def _is_idle(parts: Sequence[tuple[str, Any]], place: int) -> bool:
    """Whether what may be left out adds nothing: it goes on with a word, as in `aws.*:`, or stands at an edge.

    What stands between signs, as in `:.*:`, or after the last, as in `/.*`, is a part of its own.
    """
    name, value = parts[place]
    if name not in _REPEATS or value[0] > 0 or value[1] == 1 or not _repeated(value[2][0]):
        return False
    before = [part for part in parts[:place] if part[0] != "AT"][-1:]
    after = [part for part in parts[place + 1 :] if part[0] != "AT"][:1]
    return bool(before or after) and not all(_is_sign(part) for part in (*before, *after))


def _is_sign(part: tuple[str, Any]) -> bool:
    return part[0] == "LITERAL" and not chr(part[1]).isalnum()


def _fixed(text: str) -> Draw:
    return lambda _, __: text


def _one_of(characters: Sequence[str]) -> Draw:
    return lambda rng, _: rng.choice(characters)


def _of_set(members: Sequence[tuple[Any, Any]]) -> Draw:
    return _one_of(_members(members))


def _members(members: Sequence[tuple[Any, Any]]) -> str:
    """The characters of a set, in an order that no hash decides."""
    named = "".join(_named(opcode.name, value) for opcode, value in members)
    is_negated = members[0][0].name == "NEGATE"
    return "".join(one for one in string.printable if one not in named) if is_negated else named


def _named(opcode: str, value: Any) -> str:
    """The characters that a part of a set such as `[a-z\\d_]` names."""
    if opcode == "RANGE":
        return "".join(map(chr, range(value[0], value[1] + 1)))
    if opcode == "CATEGORY":
        return _CLASSES[value.name]
    return chr(value) if opcode == "LITERAL" else ""


def _branch(value: tuple[Any, Sequence[Any]]) -> Draw:
    branches = [_sequence(states) for states in value[1]]
    return lambda rng, groups: rng.choice(branches)(rng, groups)


def _group(value: tuple[Any, ...]) -> Draw:
    number, inner = value[0], _sequence(value[-1])

    def draw(rng: random.Random, groups: Groups) -> str:
        groups[number] = inner(rng, groups)
        return groups[number]

    return inner if number is None else draw


def _repeat(value: tuple[int, int, Any]) -> Draw:
    low, most, states = value[0], value[1], list(value[2])
    characters = _repeated(states[0]) if len(states) == 1 else ""
    if characters and most > 1:
        return lambda rng, _: spell(characters, low, int(most), rng)
    inner, high = _sequence(states), min(most, low + MORE_REPEATS)
    return lambda rng, groups: "".join([inner(rng, groups) for _ in range(rng.randint(low, high))])


def _repeated(state: tuple[Any, Any]) -> str:
    """The characters of which a repeated part takes one each time; empty where it is more than one character."""
    match state[0].name:
        case "IN":
            return _members(state[1])
        case "ANY":
            return f"{_LETTERS}-"
        case "NOT_LITERAL":
            return string.printable.replace(chr(state[1]), "")
        case _:
            return ""


_MAKERS: dict[str, Callable[[Any], Draw]] = {
    "LITERAL": lambda value: _fixed(chr(value)),
    "NOT_LITERAL": lambda value: _one_of(string.printable.replace(chr(value), "")),
    "AT": lambda _: _fixed(""),
    "IN": _of_set,
    "ANY": lambda _: _one_of(_LETTERS),
    "BRANCH": _branch,
    "SUBPATTERN": _group,
    "ASSERT": lambda value: _sequence(value[1]),
    "ASSERT_NOT": lambda _: _fixed(""),
    "GROUPREF": lambda value: lambda _, groups: groups[value],
    "MIN_REPEAT": _repeat,
    "MAX_REPEAT": _repeat,
}
