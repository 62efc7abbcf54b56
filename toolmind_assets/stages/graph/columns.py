"""All fields of all functions, an array an attribute: millions of pairs are weighed at once.

Texts and tuples are numbered by pools; equal numbers mean equal values. `FunctionField`s are made again from the
columns where one is to be shown.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from toolmind_assets.model.functions import Domain, Effect
from toolmind_assets.stages.graph.field import FunctionField, FunctionFields, FunctionProfile
from toolmind_assets.stages.graph.name_words import verb_of
from toolmind_assets.stages.graph.text_cues import conversion_of, is_reserving
from toolmind_assets.stages.graph.value_classes import ValueClass
from toolmind_assets.stages.graph.value_roles import ValueRole

T = TypeVar("T", bound=Hashable)
Ints = NDArray[np.integer[Any]]
Bools = NDArray[np.bool_]

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


class Pool(Generic[T]):
    """Distinct values, numbered in the order in which they come."""

    def __init__(self) -> None:
        self._numbers: dict[T, int] = {}

    def number(self, value: T) -> int:
        """The number of a value, a new one where it comes for the first time."""
        return self._numbers.setdefault(value, len(self._numbers))

    def values(self) -> list[T]:
        """The values by their numbers."""
        return list(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


@dataclass(frozen=True, slots=True)
class FieldColumns:
    """Attributes of `FunctionField` of shape (n,), in the order of functions, inputs before outputs.

    Attributes:
        function: Place of its function.
        is_input: It is a parameter.
        path, label, description, text, format, choices: Ints in the pools; `text` is label and description.
        types: One bit a type, 0 where none is stated.
        key: Number of resource and identifier together, `NONE` where it identifies nothing; `resource`, `kind`
            `resource_head` and `resource_before` (the last two words of the resource) are its parts.
        owner_head: The last word of its owner, `NONE` where it has none; `owner_before` the word before that.
    """

    function: Ints
    is_input: Bools
    path: Ints
    label: Ints
    description: Ints
    text: Ints
    types: Ints
    format: Ints
    choices: Ints
    is_required: Bools
    is_described: Bools
    role: Ints
    owner_head: Ints
    owner_before: Ints
    has_owner: Bools
    is_about: Bools
    is_echo: Bools
    is_listed: Bools
    depth: Ints
    key: Ints
    resource: Ints
    resource_head: Ints
    kind: Ints
    value_class: Ints
    is_classed_by_name: Bools
    takes_any: Bools
    one_side: Ints
    other_side: Ints
    asks_for_new: Bools
    is_fixed: Bools
    is_own_login: Bools
    has_stronger: Bools
    said_kind: Ints
    template: Ints
    is_crowded: Bools
    said_resource: Ints
    said_subtype: Ints
    is_report: Bools
    is_bound: Bools
    resource_before: Ints
    has_id_beside: Bools

    def __len__(self) -> int:
        return len(self.function)


@dataclass(frozen=True, slots=True)
class FunctionColumns:
    """Attributes of functions of shape (n,): numbers in the pools, or of enum members.

    Attributes:
        conversion: Number of the two units that a function converts from and to, `NONE` where it is none.
        is_reserving: It gives identifiers of what is yet to be made.
        verb: The first verb of its name, `NONE` where there is none.
    """

    namespace: Ints
    domain: Ints
    effect: Ints
    resource_head: Ints
    resource_before: Ints
    name: Ints
    conversion: Ints
    is_reserving: Bools
    verb: Ints


@dataclass(frozen=True, slots=True)
class Pools:
    """The values behind the numbers."""

    paths: list[str]
    labels: list[str]
    descriptions: list[str]
    formats: list[str]
    choices: list[tuple[str, ...]]
    words: list[str]
    resources: list[str]
    kinds: list[str]
    owners: list[tuple[str, ...]]
    templates: list[tuple[str, ...]]
    subtypes: list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Columns:
    """Functions, in the order of their keys, with all their fields."""

    profiles: list[FunctionProfile]
    functions: FunctionColumns
    fields: FieldColumns
    pools: Pools
    text_labels: Ints
    text_descriptions: Ints
    owner: Ints

    def field(self, place: int) -> FunctionField:
        """The field at a place, as it was."""
        columns, pools = self.fields, self.pools
        resource, kind = int(columns.resource[place]), int(columns.kind[place])
        return FunctionField(
            function=self.profiles[columns.function[place]],
            path=pools.paths[columns.path[place]],
            types=types_in(int(columns.types[place])),
            format=pools.formats[columns.format[place]],
            choices=pools.choices[columns.choices[place]],
            is_required=bool(columns.is_required[place]),
            label=pools.labels[columns.label[place]],
            description=pools.descriptions[columns.description[place]],
            is_described=bool(columns.is_described[place]),
            role=ROLES[columns.role[place]],
            owner=pools.owners[self.owner[place]],
            has_owner=bool(columns.has_owner[place]),
            is_about=bool(columns.is_about[place]),
            is_echo=bool(columns.is_echo[place]),
            resource=pools.resources[resource],
            identifier=pools.kinds[kind],
            value_class=CLASSES[columns.value_class[place]],
            is_classed_by_name=bool(columns.is_classed_by_name[place]),
            takes_any=bool(columns.takes_any[place]),
            one_side=int(columns.one_side[place]),
            other_side=int(columns.other_side[place]),
            asks_for_new=bool(columns.asks_for_new[place]),
            is_fixed=bool(columns.is_fixed[place]),
            is_own_login=bool(columns.is_own_login[place]),
            has_stronger=bool(columns.has_stronger[place]),
            said_kind=pools.kinds[columns.said_kind[place]],
            template=pools.templates[columns.template[place]],
            is_crowded=bool(columns.is_crowded[place]),
            said_resource=pools.words[columns.said_resource[place]]
            if columns.said_resource[place] >= 0
            else "",
            said_subtype=pools.subtypes[columns.said_subtype[place]],
            is_report=bool(columns.is_report[place]),
            is_bound=bool(columns.is_bound[place]),
            has_id_beside=bool(columns.has_id_beside[place]),
        )


def type_mask(types: Iterable[str]) -> int:
    """One bit a JSON type."""
    return sum(1 << TYPES.index(name) for name in types)


def types_in(mask: int) -> tuple[str, ...]:
    """The types of a mask, sorted."""
    return tuple(name for place, name in enumerate(TYPES) if mask >> place & 1)


class ColumnsBuilder:
    """Takes functions in, in the order of their keys, and keeps nothing of them but numbers and profiles."""

    def __init__(self) -> None:
        self._profiles: list[FunctionProfile] = []
        self._functions: list[tuple[int, ...]] = []
        self._rows: list[tuple[int, ...]] = []
        self._owner: list[int] = []
        self._paths, self._labels, self._descriptions = Pool[str](), Pool[str](), Pool[str]()
        self._formats, self._choices = Pool[str](), Pool[tuple[str, ...]]()
        self._words, self._resources, self._kinds = Pool[str](), Pool[str](), Pool[str]()
        self._owners, self._namespaces, self._names = Pool[tuple[str, ...]](), Pool[str](), Pool[str]()
        self._texts, self._keys = Pool[tuple[int, int]](), Pool[tuple[int, int]]()
        self._conversions = Pool[frozenset[str]]()
        self._templates, self._subtypes = Pool[tuple[str, ...]](), Pool[tuple[str, ...]]()
        self._masks: dict[tuple[str, ...], int] = {}
        self._chunks: list[NDArray[np.int32]] = []

    def add(self, function: FunctionFields) -> None:
        """Takes a function in."""
        place, profile = len(self._profiles), function.function
        self._profiles.append(profile)
        head, before = self._heads(profile.resource)
        self._functions.append(
            (
                self._namespaces.number(profile.namespace),
                DOMAINS.index(profile.domain),
                EFFECTS.index(profile.effect),
                head,
                before,
                self._names.number(profile.source_name),
                self._conversions.number(found) if (found := conversion_of(profile.source_name)) else NONE,
                is_reserving(profile.source_name),
                self._words.number(verb) if (verb := verb_of(profile.source_name)) else NONE,
            )
        )
        self._rows += [self._row(place, field, is_input=True) for field in function.inputs]
        self._rows += [self._row(place, field, is_input=False) for field in function.outputs]
        if len(self._rows) > 100_000:
            self._flush()

    def _heads(self, words: Sequence[str]) -> tuple[int, int]:
        head = self._words.number(words[-1]) if words else NONE
        return head, self._words.number(words[-2]) if len(words) > 1 else NONE

    def _flush(self) -> None:
        width = len(fields(FieldColumns))
        self._chunks.append(np.array(self._rows, dtype=np.int32).reshape(len(self._rows), width))
        self._rows = []

    def _row(self, place: int, field: FunctionField, *, is_input: bool) -> tuple[int, ...]:
        label, description = self._labels.number(field.label), self._descriptions.number(field.description)
        resource, kind = self._resources.number(field.resource), self._kinds.number(field.identifier)
        mask = self._masks.get(field.types)
        if mask is None:
            mask = self._masks[field.types] = type_mask(field.types)
        owner_head, owner_before = self._heads(field.owner)
        self._owner.append(self._owners.number(field.owner))
        resource_words = field.resource.split()
        return (
            place,
            is_input,
            self._paths.number(field.path),
            label,
            description,
            self._texts.number((label, description)),
            mask,
            self._formats.number(field.format),
            self._choices.number(field.choices),
            field.is_required,
            field.is_described,
            ROLES.index(field.role),
            owner_head,
            owner_before,
            field.has_owner,
            field.is_about,
            field.is_echo,
            field.is_listed,
            field.depth,
            self._keys.number((resource, kind)) if field.identifier else NONE,
            resource,
            self._heads(resource_words)[0] if field.identifier else NONE,
            kind,
            CLASSES.index(field.value_class),
            field.is_classed_by_name,
            field.takes_any,
            field.one_side,
            field.other_side,
            field.asks_for_new,
            field.is_fixed,
            field.is_own_login,
            field.has_stronger,
            self._kinds.number(field.said_kind),
            self._templates.number(field.template),
            field.is_crowded,
            self._words.number(field.said_resource) if field.said_resource else NONE,
            self._subtypes.number(field.said_subtype),
            field.is_report,
            field.is_bound,
            self._heads(resource_words)[1] if field.identifier else NONE,
            field.has_id_beside,
        )

    def finish(self) -> Columns:
        """The columns of all that was taken in."""
        self._flush()
        matrix = np.concatenate(self._chunks)
        self._chunks = []
        functions = np.array(self._functions, dtype=np.int32).reshape(
            len(self._functions), len(fields(FunctionColumns))
        )
        texts = np.array(self._texts.values(), dtype=np.int32).reshape(len(self._texts), 2)
        pools = Pools(
            *(self._paths.values(), self._labels.values(), self._descriptions.values()),
            *(self._formats.values(), self._choices.values(), self._words.values()),
            *(
                self._resources.values(),
                self._kinds.values(),
                self._owners.values(),
                self._templates.values(),
                self._subtypes.values(),
            ),
        )
        return Columns(
            profiles=self._profiles,
            functions=_named_columns(FunctionColumns, functions),
            fields=_named_columns(FieldColumns, matrix),
            pools=pools,
            text_labels=texts[:, 0],
            text_descriptions=texts[:, 1],
            owner=np.array(self._owner, dtype=np.int32),
        )


C = TypeVar("C", FieldColumns, FunctionColumns)


def _named_columns(kind: type[C], matrix: Ints) -> C:
    """The columns of a matrix as attributes, in their order."""
    named: dict[str, Any] = {
        column.name: matrix[:, place].astype(bool)
        if column.type is Bools
        else np.ascontiguousarray(matrix[:, place])
        for place, column in enumerate(fields(kind))
    }
    return kind(**named)


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
