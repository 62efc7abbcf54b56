"""All fields of all functions as a frame of NumPy columns: millions of pairs are weighed at once.

Each column is declared once, with its type and with how it is made of a field; where an attribute of the field can be
had of it again, with that too. Texts and tuples are numbered by pools; equal numbers mean equal values.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Annotated, Any

import numpy as np

from toolmind_assets.model.functions import Domain, Effect
from toolmind_assets.stages.graph.column_kinds import (
    Bools,
    Ints,
    Numbered,
    Pool,
    attribute,
    decoders,
    encoded,
    given,
    joined,
    made,
    member,
    pooled,
)
from toolmind_assets.stages.graph.field import FunctionField, FunctionFields, FunctionProfile
from toolmind_assets.stages.graph.name_words import verb_of
from toolmind_assets.stages.graph.text_cues import conversion_of, is_reserving, makes_its_object
from toolmind_assets.stages.graph.value_classes import ValueClass
from toolmind_assets.stages.graph.value_roles import ValueRole

TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
"""JSON types by the bit that stands for them."""
NUMBER_BITS = 1 << TYPES.index("integer") | 1 << TYPES.index("number")
"""Those of the types that are numbers."""
ROLES, CLASSES = tuple(ValueRole), tuple(ValueClass)
EFFECTS, DOMAINS = tuple(Effect), tuple(Domain)
Places = Ints
"""Places of fields, or of functions, in the columns."""
NONE = -1
"""Where there is no such value."""
FIELDS_AT_ONCE = 20_000
"""Fields that are held until their columns are made."""


@dataclass(frozen=True, slots=True)
class Pools:
    """The values behind the numbers."""

    paths: list[str]
    labels: list[str]
    descriptions: list[str]
    texts: list[tuple[int, int]]
    formats: list[str]
    choices: list[tuple[str, ...]]
    words: list[str]
    resources: list[str]
    kinds: list[str]
    keys: list[tuple[int, int]]
    owners: list[tuple[str, ...]]
    templates: list[tuple[str, ...]]
    subtypes: list[tuple[str, ...]]
    namespaces: list[str]
    documents: list[str]
    names: list[str]
    conversions: list[frozenset[str]]


Flag = Annotated[Bools, attribute()]
Number = Annotated[Ints, attribute()]


def _word(words: Sequence[str], place: int, pools: Numbered) -> int:
    """The number of the word at a place from the end, `NONE` where there are fewer."""
    return pools["words"][words[-place]] if len(words) >= place else NONE


def _text(one: FunctionField, pools: Numbered) -> int:
    return pools["texts"][pools["labels"][one.label], pools["descriptions"][one.description]]


def _key(one: FunctionField, pools: Numbered) -> int:
    if not one.identifier:
        return NONE
    return pools["keys"][pools["resources"][one.resource], pools["kinds"][one.identifier]]


def _said_resource(one: FunctionField, pools: Numbered) -> int:
    return pools["words"][one.said_resource] if one.said_resource else NONE


def _word_of(number: int, pools: Pools) -> str:
    return pools.words[number] if number != NONE else ""


def _resource_word(place: int) -> Callable[[FunctionField, Numbered], int]:
    return lambda one, pools: _word(one.resource.split(), place, pools) if one.identifier else NONE


@dataclass(frozen=True, slots=True)
class FieldColumns:
    """Columns of shape (n,), in the order of functions, inputs before outputs; those without a word are `FunctionField`'s.

    Attributes:
        function: Place of its function.
        is_input: It is a parameter.
        text: Label and description together.
        types: One bit a type, 0 where none is stated.
        key: Resource and identifier together, `NONE` where it identifies nothing.
        resource_head, resource_before: The last two words of the resource of an identifier.
        owner_head, owner_before: The last two words of its owner.
    """

    function: Annotated[Ints, given()]
    is_input: Annotated[Bools, given()]
    path: Annotated[Ints, pooled("paths")]
    label: Annotated[Ints, pooled("labels")]
    description: Annotated[Ints, pooled("descriptions")]
    text: Annotated[Ints, made(_text)]
    types: Annotated[Ints, made(lambda one, _: type_mask(one.types), lambda mask, _: types_in(int(mask)))]
    format: Annotated[Ints, pooled("formats")]
    choices: Annotated[Ints, pooled("choices")]
    is_required: Flag
    is_described: Flag
    role: Annotated[Ints, member(ROLES)]
    owner: Annotated[Ints, pooled("owners")]
    owner_head: Annotated[Ints, made(lambda one, pools: _word(one.owner, 1, pools))]
    owner_before: Annotated[Ints, made(lambda one, pools: _word(one.owner, 2, pools))]
    has_owner: Flag
    is_about: Flag
    is_echo: Flag
    is_listed: Flag
    depth: Number
    resource: Annotated[Ints, pooled("resources")]
    identifier: Annotated[Ints, pooled("kinds")]
    key: Annotated[Ints, made(_key)]
    resource_head: Annotated[Ints, made(_resource_word(1))]
    resource_before: Annotated[Ints, made(_resource_word(2))]
    value_class: Annotated[Ints, member(CLASSES)]
    is_classed_by_name: Flag
    takes_any: Flag
    one_side: Number
    other_side: Number
    asks_for_new: Flag
    is_fixed: Flag
    is_own_login: Flag
    has_stronger: Flag
    said_kind: Annotated[Ints, pooled("kinds")]
    template: Annotated[Ints, pooled("templates")]
    is_crowded: Flag
    said_resource: Annotated[Ints, made(_said_resource, _word_of)]
    said_subtype: Annotated[Ints, pooled("subtypes")]
    is_report: Flag
    is_bound: Flag
    has_id_beside: Flag

    def __len__(self) -> int:
        return len(self.function)


def _conversion(function: FunctionProfile, pools: Numbered) -> int:
    found = conversion_of(function.source_name)
    return pools["conversions"][found] if found else NONE


@dataclass(frozen=True, slots=True)
class FunctionColumns:
    """Columns of functions, of shape (n,).

    Attributes:
        resource_head, resource_before: The last two words of what a function is about.
        api, version: The document that a function stands in, without its version, and that version.
        name: As found.
        conversion: The two units that a function converts from and to, `NONE` where it is none.
        makes_its_object: It makes what it is about, where it makes anything.
        is_reserving: It gives identifiers of what is yet to be made.
        verb: The first verb of its name, `NONE` where there is none.
    """

    namespace: Annotated[Ints, pooled("namespaces")]
    api: Annotated[Ints, made(lambda one, pools: pools["documents"][one.api])]
    version: Annotated[Ints, made(lambda one, pools: pools["documents"][one.version])]
    domain: Annotated[Ints, member(DOMAINS)]
    effect: Annotated[Ints, member(EFFECTS)]
    resource_head: Annotated[Ints, made(lambda one, pools: _word(one.resource, 1, pools))]
    resource_before: Annotated[Ints, made(lambda one, pools: _word(one.resource, 2, pools))]
    name: Annotated[Ints, made(lambda one, pools: pools["names"][one.source_name])]
    conversion: Annotated[Ints, made(_conversion)]
    makes_its_object: Annotated[Bools, made(lambda one, _: makes_its_object(one.source_name))]
    is_reserving: Annotated[Bools, made(lambda one, _: is_reserving(one.source_name))]
    verb: Annotated[Ints, made(lambda one, pools: _word(verb_of(one.source_name).split(), 1, pools))]


@dataclass(frozen=True, slots=True)
class Columns:
    """Functions, in the order of their keys, with all their fields; labels and descriptions of texts by their numbers."""

    profiles: list[FunctionProfile]
    functions: FunctionColumns
    fields: FieldColumns
    pools: Pools
    text_labels: Ints
    text_descriptions: Ints

    def field(self, place: int) -> FunctionField:
        """The field at a place, as it was."""
        values = {
            name: decode(getattr(self.fields, name)[place], self.pools) for name, decode in _DECODED.items()
        }
        return FunctionField(function=self.profiles[self.fields.function[place]], **values)

    def function(self, place: int) -> FunctionFields:
        """The function at a place, with its fields, as it was."""
        start, end = np.searchsorted(self.fields.function, (place, place + 1)).tolist()
        inputs = [self.field(at) for at in range(start, end) if self.fields.is_input[at]]
        outputs = [self.field(at) for at in range(start, end) if not self.fields.is_input[at]]
        return FunctionFields(self.profiles[place], tuple(inputs), tuple(outputs))


_DECODED = decoders(FieldColumns, {attribute.name for attribute in fields(FunctionField)})


@lru_cache(maxsize=1_000)
def type_mask(types: tuple[str, ...]) -> int:
    """One bit a JSON type."""
    return sum(1 << TYPES.index(name) for name in types)


def types_in(mask: int) -> tuple[str, ...]:
    """The types of a mask, sorted."""
    return tuple(name for place, name in enumerate(TYPES) if mask >> place & 1)


class ColumnsBuilder:
    """Takes functions in, in the order of their keys, and keeps nothing of them but numbers and profiles."""

    def __init__(self) -> None:
        self._profiles: list[FunctionProfile] = []
        self._pools: dict[str, Pool[Any]] = {pool.name: Pool() for pool in fields(Pools)}
        self._chunk: list[FunctionField] = []
        self._given: dict[str, list[int]] = {"function": [], "is_input": []}
        self._parts: list[FieldColumns] = []

    def add(self, function: FunctionFields) -> None:
        """Takes a function in."""
        n_inputs, n_outputs = len(function.inputs), len(function.outputs)
        self._given["function"] += [len(self._profiles)] * (n_inputs + n_outputs)
        self._given["is_input"] += [1] * n_inputs + [0] * n_outputs
        self._profiles.append(function.function)
        self._chunk += (*function.inputs, *function.outputs)
        if len(self._chunk) > FIELDS_AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        self._parts.append(encoded(FieldColumns, self._chunk, self._pools, self._given))
        self._chunk, self._given = [], {name: [] for name in self._given}

    def finish(self) -> Columns:
        """The columns of all that was taken in."""
        self._flush()
        functions = encoded(FunctionColumns, self._profiles, self._pools, {})
        texts = np.array(list(self._pools["texts"]), dtype=np.int32).reshape(-1, 2)
        return Columns(
            profiles=self._profiles,
            functions=functions,
            fields=joined(self._parts),
            pools=Pools(**{name: list(pool) for name, pool in self._pools.items()}),
            text_labels=texts[:, 0],
            text_descriptions=texts[:, 1],
        )


def columns_of(functions: Iterable[FunctionFields]) -> Columns:
    """The columns of functions that come in the order of their keys."""
    builder = ColumnsBuilder()
    for function in functions:
        builder.add(function)
    return builder.finish()


def labels_of_resources(columns: Columns) -> Ints:
    """Number of the label that is called like each resource, `NONE` where there is none."""
    numbers = {label: number for number, label in enumerate(columns.pools.labels)}
    named = [numbers.get(name, NONE) if name else NONE for name in columns.pools.resources]
    return np.array(named, dtype=np.int32)


def pair_columns(*ends: FunctionField) -> Columns:
    """The columns of single fields, each as if its function had no other; for weighing one pair."""
    return columns_of(FunctionFields(end.function, (end,), ()) for end in ends)
