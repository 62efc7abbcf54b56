"""What factors are computed from: tables of what single values and pairs of them say for a link, and pairs of fields.

Types, formats, enums and names are looked up by their numbers; a pair knows both ends.
"""

from collections.abc import Set
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from toolmind_assets.model.functions import Effect
from toolmind_assets.stages.graph.columns import (
    EFFECTS,
    NONE,
    ROLES,
    TYPES,
    Bools,
    Columns,
    FunctionColumns,
    Ints,
    Places,
    types_in,
)
from toolmind_assets.stages.graph.factors import (
    DATE_TO_TIME,
    NUMBER_TO_INTEGER,
    OPEN_TO_CHOICE,
    PARTIAL_TYPE,
    UNKNOWN_TYPE,
    WRITTEN_NUMBER,
)
from toolmind_assets.stages.graph.lexicon import CONTENTS, RELATIONAL, WORLDLY
from toolmind_assets.stages.graph.named_leaves import WEAK_KINDS
from toolmind_assets.stages.graph.text_cues import OPERATIONS, URL_KIND
from toolmind_assets.stages.graph.value_roles import ValueRole

WORLD_KINDS = frozenset(("email", "symbol", "code", "sku"))
"""Identifiers that mean the same to everybody."""

_MOMENTS = frozenset({"date", "date-time"})
_EXCLUSIVE = frozenset({"uuid", "email", "uri", "ipv4", "ipv6", "time", "binary", "byte"}) | _MOMENTS
_SAME_FORMATS = {"url": "uri"}
"""Names of formats -> the name that JSON Schema has for the same."""

Factors = NDArray[np.float32]


@lru_cache(maxsize=10_000)
def type_factor(source: tuple[str, ...], target: tuple[str, ...]) -> float:
    """1 where the target admits every type of the source, 0 where it admits none.

    An integer is a number. An unknown type is neither a match nor a mismatch.
    """
    if not source or not target:
        return UNKNOWN_TYPE
    admitted = set(target) | ({"integer"} if "number" in target else set())
    if set(source) <= admitted:
        return 1.0
    if set(source) & admitted:
        return PARTIAL_TYPE
    if "number" in source and "integer" in target:
        return NUMBER_TO_INTEGER
    return WRITTEN_NUMBER if set(source) <= {"integer", "number"} and "string" in target else 0.0


def format_factor(source: str, target: str) -> float:
    """0 where the formats, or the beginnings of the patterns, exclude each other."""
    if source.startswith("^") and target.startswith("^"):
        return float(source.startswith(target) or target.startswith(source))
    source, target = _SAME_FORMATS.get(source, source), _SAME_FORMATS.get(target, target)
    if source == target or source not in _EXCLUSIVE or target not in _EXCLUSIVE:
        return 1.0
    return DATE_TO_TIME if {source, target} <= _MOMENTS else 0.0


def choice_factor(source: Set[str], target: Set[str]) -> float:
    """The share of the source's enum that the target takes."""
    if not target:
        return 1.0
    return len(source & target) / len(source) if source else OPEN_TO_CHOICE


@lru_cache(maxsize=1)
def type_table() -> Factors:
    """`type_factor` of all pairs of masks."""
    masks = range(1 << len(TYPES))
    return np.array(
        [[type_factor(types_in(source), types_in(target)) for target in masks] for source in masks],
        dtype=np.float32,
    )


@lru_cache(maxsize=200_000)
def is_common(label: str) -> bool:
    """Whether a name speaks of something that has the same name for everybody: a place, a day, a currency."""
    found = label.split()
    return not WORLDLY.isdisjoint(found[-2:]) and found[-1:] != ["id"]


@lru_cache(maxsize=200_000)
def is_content(label: str) -> bool:
    """Whether a name speaks of what a thing is called or says, rather than of another thing."""
    found = label.split()
    is_name = found[-1:] == ["name"] and found[-2] in CONTENTS | {"display"} if len(found) > 1 else False
    return bool(found) and (found[-1] in CONTENTS or is_name)


@dataclass(frozen=True, slots=True)
class FactorTables:
    """What the factors need to know of single values, by their numbers in the pools.

    Attributes:
        formats: Factor of two formats, of shape (formats, formats).
        choices: The enums.
        no_choice: Number of the empty enum.
        no_subtype: Number of the empty subtype.
        no_kind: Number of the empty kind of identifier.
        nowhere: Number of the empty namespace, of functions of which nobody says where they belong.
        of_world, is_name: Of kinds of identifiers: they mean the same to everybody; they are a name.
        is_url: Of kinds that descriptions speak of: it says where a thing is.
        is_weak: Of kinds of identifiers: a resource may be given another.
        is_common, is_content: Of labels.
        is_template: Of templates: there is one.
        is_operation, is_any_operation: Of templates: it is that of a long-running operation, of one or any method.
        is_relational: Of resources: each is always that of something.
        acts: Namespace, verb and the last two words of the resource of each function.
        managed: Namespaces and last words of the resources that functions are about, in one number, sorted.
    """

    formats: Factors
    choices: list[frozenset[str]]
    no_choice: int
    no_subtype: int
    no_kind: int
    nowhere: int
    of_world: Bools
    is_name: Bools
    is_url: Bools
    is_weak: Bools
    is_common: Bools
    is_content: Bools
    is_template: Bools
    is_operation: Bools
    is_any_operation: Bools
    is_relational: Bools
    acts: frozenset[tuple[int, int, int, int]]
    managed: NDArray[np.int64]

    @classmethod
    def of(cls, columns: Columns) -> "FactorTables":
        """What has to be known of the values of some columns."""
        pools = columns.pools
        formats = [[format_factor(ours, theirs) for theirs in pools.formats] for ours in pools.formats]
        places = (place for place, one in enumerate(columns.profiles) if not one.namespace)
        unnamed = next(places, NONE)
        return cls(
            formats=np.array(formats, dtype=np.float32).reshape(len(formats), len(formats)),
            choices=[frozenset(one) for one in pools.choices],
            no_choice=pools.choices.index(()) if () in pools.choices else NONE,
            no_subtype=pools.subtypes.index(()) if () in pools.subtypes else NONE,
            no_kind=pools.kinds.index("") if "" in pools.kinds else NONE,
            nowhere=int(columns.functions.namespace[unnamed]) if unnamed != NONE else NONE,
            of_world=np.array([kind in WORLD_KINDS for kind in pools.kinds], dtype=bool),
            is_name=np.array([kind == "name" for kind in pools.kinds], dtype=bool),
            is_url=np.array([kind == URL_KIND for kind in pools.kinds], dtype=bool),
            is_weak=np.array([kind in WEAK_KINDS for kind in pools.kinds], dtype=bool),
            is_common=np.array([is_common(label) for label in pools.labels], dtype=bool),
            is_content=np.array([is_content(label) for label in pools.labels], dtype=bool),
            is_template=np.array([bool(one) for one in pools.templates], dtype=bool),
            is_operation=np.array([one[-1:] == OPERATIONS for one in pools.templates], dtype=bool),
            is_any_operation=np.array([one == OPERATIONS for one in pools.templates], dtype=bool),
            is_relational=np.array([one in RELATIONAL for one in pools.resources], dtype=bool),
            acts=_acts(columns.functions),
            managed=np.unique(
                columns.functions.namespace.astype(np.int64) << 32
                | columns.functions.resource_head.astype(np.int64) & 0xFFFFFFFF
            ),
        )


def _acts(functions: FunctionColumns) -> frozenset[tuple[int, int, int, int]]:
    columns = (functions.namespace, functions.verb, functions.resource_before, functions.resource_head)
    return frozenset(zip(*(column.tolist() for column in columns), strict=True))


WRITES = np.array([effect in (Effect.CREATE, Effect.UPDATE) for effect in EFFECTS])
"""Whether an effect makes or changes something, by its place."""
READ, CREATE, UPDATE, DELETE, EXECUTE = (
    EFFECTS.index(one) for one in (Effect.READ, Effect.CREATE, Effect.UPDATE, Effect.DELETE, Effect.EXECUTE)
)
IDENTIFIER, CREDENTIAL = ROLES.index(ValueRole.IDENTIFIER), ROLES.index(ValueRole.CREDENTIAL)
ATTRIBUTES = np.array([role in (ValueRole.VALUE, ValueRole.NUMBER) for role in ROLES])
"""Whether a role is an attribute of something, by its place."""


class FieldPairs:
    """Pairs of a source and a target field.

    Attributes:
        is_result: The source is a field of a result, else a parameter.
        sources, targets: Places of the fields.
        givers, takers: Places of their functions.
        give_effect, take_effect: Effects of their functions.
    """

    def __init__(
        self, columns: Columns, tables: FactorTables, sources: Places, targets: Places, *, is_result: bool
    ) -> None:
        self.columns, self.tables, self.is_result = columns, tables, is_result
        self.sources, self.targets = sources, targets
        self.givers, self.takers = columns.fields.function[sources], columns.fields.function[targets]
        self.give_effect = columns.functions.effect[self.givers]
        self.take_effect = columns.functions.effect[self.takers]

    def ones(self) -> Factors:
        """A factor that changes nothing."""
        return np.ones(len(self.sources), dtype=np.float32)

    def both(self, column: Ints | Bools) -> tuple[NDArray, NDArray]:
        """The values of a column at both ends."""
        return column[self.sources], column[self.targets]


def lowered(factors: Factors, where: Bools, by: float) -> Factors:
    """Factors, times a number at some places."""
    return np.where(where, factors * np.float32(by), factors)


def replaced(factors: Factors, where: Bools, by: float) -> Factors:
    """Factors, with another one in their stead at some places."""
    return np.where(where, np.float32(by), factors)
