"""Frames of NumPy columns whose columns are declared once: type, how a column is made of values, and how to get them back.

A frame is a dataclass of arrays; each annotation is `Annotated[type, kind]`. What the columns are of is no matter of
this module.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeVar, get_args, get_type_hints

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T", bound=Hashable)
Frame = TypeVar("Frame")
Ints = NDArray[np.integer[Any]]
Bools = NDArray[np.bool_]


class Pool(dict[T, int]):
    """Distinct values, numbered in the order in which they come."""

    def __missing__(self, value: T) -> int:
        self[value] = number = len(self)
        return number

    @property
    def number(self) -> Callable[[T], int]:
        """What gives the number of a value, a new one where it comes for the first time."""
        return self.__getitem__


Numbered = Mapping[str, Pool[Any]]
"""Pools that still grow, by name."""


@dataclass(frozen=True, slots=True)
class ColumnKind:
    """How a column is made, and what a number in it stands for.

    Attributes:
        encode: Numbers of a column of this name, from the values that it is of and the pools; None where whoever
            makes the frame knows them.
        decode: What a number stands for, given the lists of pooled values; None where no attribute can be had of it.
    """

    encode: Callable[[str, Sequence[Any], Numbered], Iterable[int]] | None
    decode: Callable[[Any, Any], Any] | None = None


def given() -> ColumnKind:
    """Known to whoever makes the frame."""
    return ColumnKind(None)


def attribute() -> ColumnKind:
    """The attribute of this name as it is, a number or a bool."""
    return ColumnKind(lambda name, values, _: map(attrgetter(name), values), lambda number, _: number.item())


def pooled(pool: str) -> ColumnKind:
    """The number of the attribute in a pool."""
    return ColumnKind(
        lambda name, values, pools: map(pools[pool].number, map(attrgetter(name), values)),
        lambda number, pools: getattr(pools, pool)[number],
    )


def member(members: Sequence[Hashable]) -> ColumnKind:
    """The place of the attribute among the members of a closed set."""
    places = {one: place for place, one in enumerate(members)}
    return ColumnKind(
        lambda name, values, _: map(places.__getitem__, map(attrgetter(name), values)),
        lambda number, _: members[number],
    )


def made(of: Callable[[Any, Numbered], int], decode: Callable[[Any, Any], Any] | None = None) -> ColumnKind:
    """A number that is made of a whole value and the pools."""
    return ColumnKind(lambda _, values, pools: (of(value, pools) for value in values), decode)


def encoded(
    frame: type[Frame], values: Sequence[Any], pools: Numbered, known: Mapping[str, Sequence[int]]
) -> Frame:
    """The frame of some values; `known` are its columns that are given."""
    columns: dict[str, Any] = {}
    for name, (array, kind) in _declared(frame).items():
        numbers = known[name] if kind.encode is None else kind.encode(name, values, pools)
        columns[name] = np.fromiter(numbers, bool if array == Bools else np.int32, len(values))
    return frame(**columns)


def joined(parts: Sequence[Frame]) -> Frame:
    """One frame of some, in their order."""
    names = [column.name for column in fields(parts[0])]  # type: ignore[arg-type]
    return type(parts[0])(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def decoders(frame: type, attributes: set[str]) -> dict[str, Callable[[Any, Any], Any]]:
    """What gets attributes back, by their names: those of a frame's columns of which an attribute can be had."""
    found = {name: kind.decode for name, (_, kind) in _declared(frame).items() if name in attributes}
    return {name: decode for name, decode in found.items() if decode is not None}


@lru_cache(maxsize=16)
def _declared(frame: type) -> dict[str, tuple[Any, ColumnKind]]:
    """Type and kind of each column."""
    hints = get_type_hints(frame, include_extras=True)
    return {name: (get_args(hint)[0], get_args(hint)[1]) for name, hint in hints.items()}
