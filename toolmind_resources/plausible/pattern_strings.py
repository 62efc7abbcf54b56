"""Strings that match a regular expression, the same ones in every process.

They are those of `rstr.xeger`, but for what `[^...]` and `\\W` leave to choose from: there the order of the
characters is that of a set, which is another one in each process.
"""

import random
import re._parser as parser  # the standard library has no other reader of patterns
import string
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

MOST_REPEATS = 100
"""Repeats of what a pattern lets be repeated without end."""

Groups = dict[int, str]
"""What the groups of a pattern stand for, by their number."""
Draw = Callable[[random.Random, Groups], str]
"""Draws a string for a part of a pattern."""

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
    return _sequence(parser.parse(pattern))


def _sequence(states: Any) -> Draw:
    draws = [_MAKERS[opcode.name](value) for opcode, value in states]
    return lambda rng, groups: "".join([draw(rng, groups) for draw in draws])


def _fixed(text: str) -> Draw:
    return lambda _, __: text


def _one_of(characters: Sequence[str]) -> Draw:
    return lambda rng, _: rng.choice(characters)


def _of_set(members: Sequence[tuple[Any, Any]]) -> Draw:
    named = "".join(_named(opcode.name, value) for opcode, value in members)
    is_negated = members[0][0].name == "NEGATE"
    return _one_of([one for one in string.printable if one not in named] if is_negated else named)


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
    low, high, inner = value[0], min(value[1], MOST_REPEATS), _sequence(value[2])
    return lambda rng, groups: "".join([inner(rng, groups) for _ in range(rng.randint(low, high))])


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
