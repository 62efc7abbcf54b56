"""Functions as the graph sees them: their parameters and result fields, named by what they belong to."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from toolmind_assets.graph import words
from toolmind_assets.graph.carriers import Carrier, classify
from toolmind_assets.graph.leaves import Leaf, leaves_of
from toolmind_assets.graph.params import GraphParams
from toolmind_assets.graph.sayings import (
    LOGINS,
    asks_for_new,
    is_fixed,
    own_template,
    said_kind,
    said_resource,
    sides_of,
    template_of,
)
from toolmind_assets.graph.value_classes import ValueClass, class_of_name, class_of_text, takes_any
from toolmind_assets.graph.words import resource_of, split_words
from toolmind_assets.model.functions import Domain, Effect, FunctionSpec, MarkKind
from toolmind_assets.model.ids import JsonObject, canonical_json
from toolmind_assets.model.schemas import types_of

DESCRIPTION_CHARS = 240
"""Characters of a field's description that are compared: what it is stands at the beginning."""
MANY_FIELDS = 64
"""A result with more fields is of a type that many functions share."""
MAX_CHOICES = 64
"""Members of an enum that are compared."""
_UNLINKED = frozenset((MarkKind.PAGINATION, MarkKind.AUTH, MarkKind.TRANSPORT, MarkKind.IDEMPOTENCY))
"""Marks of what no result fills: a page token goes back to where it came from, and nowhere else."""


@dataclass(frozen=True, slots=True)
class FunctionProfile:
    """What a link may know of a function.

    Attributes:
        resource: Words for what the function is about: (`pull`, `request`) of `get_pull_request`.
        function_key: Stays as it is when the function changes.
    """

    function_id: str
    name: str
    source_name: str
    description: str
    namespace: str
    domain: Domain
    effect: Effect
    resource: tuple[str, ...]
    function_key: str = ""


@dataclass(frozen=True, slots=True)
class FunctionField:
    """One parameter or one field of the result.

    Attributes:
        function: The function that it belongs to.
        path: Dotted path, `[]` for the members of an array.
        types, format, choices: What it admits; `choices` are the members of an enum as JSON texts.
        is_required: The call, or the result, always has it.
        label: Its name as words, led by what it belongs to where the name alone does not say so.
        description: First characters of its description; the label where it has none.
        is_described: It has a description of its own.
        carrier: What sort of value it is.
        owner: Words for the object above it; the function's resource where there is none.
        has_owner: There is such an object.
        is_about: It belongs to the function's own resource, rather than to something that is only mentioned.
        is_echo: A result field that repeats one of the function's own parameters.
        resource, identifier: What it identifies, and which of its identifiers it is (`vpc`, `id`); else empty.
        value_class: The sort of thing in the world that its name, else its description, speaks of.
        is_classed_by_name: The name says so.
        takes_any: As a parameter it takes whatever text, or whatever number, somebody has.
        one_side, other_side: The pairs of opposites of which its words name the one, or the other, a bit each.
        asks_for_new: Its value is yet to be made up.
        is_fixed: It is described as one that no caller sets.
        is_own_login: It is who one is oneself.
        has_stronger: Another parameter of the function identifies the same resource by its id.
        said_kind: Of what kind of identifier its description speaks, `id` or `name`, or empty.
        template: The collections of the resource name that it holds, or empty.
        said_resource: What its description says that it identifies, one word, where its label does not say so.
        is_report: It stands in an object that reports what went wrong.
        is_crowded: It is one of more than 64 fields of a result, and may be left out.
    """

    function: FunctionProfile
    path: str
    types: tuple[str, ...]
    format: str
    choices: tuple[str, ...]
    is_required: bool
    label: str
    description: str
    is_described: bool
    carrier: Carrier
    owner: tuple[str, ...]
    has_owner: bool
    is_about: bool
    is_echo: bool
    resource: str = ""
    identifier: str = ""
    value_class: ValueClass = ValueClass.NOTHING
    is_classed_by_name: bool = False
    takes_any: bool = False
    one_side: int = 0
    other_side: int = 0
    asks_for_new: bool = False
    is_fixed: bool = False
    is_own_login: bool = False
    has_stronger: bool = False
    said_kind: str = ""
    template: tuple[str, ...] = ()
    is_crowded: bool = False
    said_resource: str = ""
    is_report: bool = False

    @property
    def depth(self) -> int:
        """Objects and arrays that lie above it."""
        return self.path.count(".") + self.path.count("[]")

    @property
    def is_listed(self) -> bool:
        """It is, or lies within, the member of an array."""
        return "[]" in self.path


@dataclass(frozen=True, slots=True)
class FunctionFields:
    """A function with the fields that links may use."""

    function: FunctionProfile
    inputs: tuple[FunctionField, ...]
    outputs: tuple[FunctionField, ...]


def fields_of(spec: FunctionSpec, params: GraphParams) -> FunctionFields:
    """The parameters and result fields of a function, the most telling first, bounded in number.

    Left out is what a mark of the spec says belongs to paging, to the transport, or to who calls.
    """
    function = FunctionProfile(
        function_id=spec.function_id,
        name=spec.name,
        source_name=spec.source_name,
        description=spec.description,
        namespace=spec.namespace,
        domain=spec.domain,
        effect=spec.effect,
        resource=_resource_words(spec.source_name),
        function_key=spec.function_key,
    )
    marks = _Marks(spec.marks)
    taken = [
        (_field(function, leaf, marks, frozenset()), marks.is_linkable(leaf))
        for leaf in leaves_of(spec.parameters, "/parameters")
    ]
    inputs = _with_stronger([field for field, is_linkable in taken if is_linkable])
    own = frozenset(field.label for field, _ in taken)
    given = leaves_of(spec.returns, "/returns")
    outputs = [_field(function, leaf, marks, own) for leaf in given if marks.is_linkable(leaf)]
    if len(given) > MANY_FIELDS:
        outputs = [field if field.is_required else replace(field, is_crowded=True) for field in outputs]
    return FunctionFields(
        function=function,
        inputs=_most_telling(inputs, params.max_inputs),
        outputs=_most_telling(outputs, params.max_outputs),
    )


class _Marks:
    """What the marks of a spec say of its fields, by pointer."""

    def __init__(self, marks: Iterable[JsonObject]) -> None:
        self._unlinked = {mark["path"] for mark in marks if mark["kind"] in _UNLINKED}
        self._identifiers = {
            mark["path"]: (mark.get("resource", ""), mark.get("value", ""))
            for mark in marks
            if mark["kind"] == MarkKind.IDENTIFIER
        }

    def is_linkable(self, leaf: Leaf) -> bool:
        return leaf.pointer not in self._unlinked

    def identifier(self, leaf: Leaf) -> tuple[str, str]:
        """Resource and identifier that a leaf holds, or two empty texts; members of an array are marked as it is."""
        resource, identifier = self._identifiers.get(leaf.pointer, ("", ""))
        return _without_fillers(resource), identifier


WEAK_KINDS = frozenset(("name", "slug", "handle", "email"))
"""Kinds of identifiers that a resource is given anew."""


def _with_stronger(inputs: list[FunctionField]) -> list[FunctionField]:
    """The parameters, marked where a name stands beside an id of the same resource: there the id says which one."""
    strong = {field.resource for field in inputs if field.identifier and field.identifier not in WEAK_KINDS}
    return [
        replace(field, has_stronger=True)
        if field.identifier in WEAK_KINDS and field.resource in strong
        else field
        for field in inputs
    ]


_CARRIER_ORDER = tuple(Carrier)


def _most_telling(fields: list[FunctionField], limit: int) -> tuple[FunctionField, ...]:
    if len(fields) <= limit:
        return tuple(fields)
    ranked = sorted(
        fields,
        key=lambda field: (
            not field.is_required,
            _CARRIER_ORDER.index(field.carrier),
            field.depth,
            field.path,
        ),
    )
    return tuple(ranked[:limit])


def _field(function: FunctionProfile, leaf: Leaf, marks: _Marks, own_labels: frozenset[str]) -> FunctionField:
    resource, identifier = marks.identifier(leaf)
    name, key = _dotted(leaf)
    if identifier and key and not split_words(name)[:-1]:
        resource = " ".join(key)  # of `filter.issue.id` it is the issue's
    types = types_of(leaf.schema)
    carrier = classify(
        name,
        leaf.owner,
        types,
        leaf.schema,
        is_identifier=bool(identifier),
        is_member=leaf.path.endswith("[]"),
    )
    # What opens every call alike belongs to nothing that a function is about.
    is_owned = carrier is not Carrier.CREDENTIAL
    stated_owner = (key or _owner_words(leaf.owner, leaf.owner_type)) if is_owned else ()
    owner = stated_owner or (function.resource if is_owned else ())
    label = _label(name, owner, resource, identifier)
    description = " ".join(leaf.description[: 2 * DESCRIPTION_CHARS].split())[:DESCRIPTION_CHARS]
    choices = leaf.schema.get("enum")
    by_name = class_of_name(label)
    one_side, other_side = sides_of((*split_words(leaf.name), *owner))
    template = template_of(leaf.schema, leaf.description)
    if not template and identifier == "name":
        template = own_template(function.source_name, resource)
    return FunctionField(
        function=function,
        path=leaf.path,
        types=types,
        format=str(leaf.schema.get("format", "")),
        choices=tuple(sorted(map(canonical_json, choices[:MAX_CHOICES])))
        if isinstance(choices, list)
        else (),
        is_required=leaf.is_required,
        label=label,
        description=description or label,
        is_described=bool(description),
        carrier=carrier,
        owner=owner,
        has_owner=bool(stated_owner),
        is_about=not set(label.split()).isdisjoint(function.resource),
        is_echo=label in own_labels,
        resource=resource,
        identifier=identifier,
        value_class=by_name or class_of_text(description),
        is_classed_by_name=bool(by_name),
        takes_any=takes_any(label, types),
        one_side=one_side,
        other_side=other_side,
        asks_for_new=asks_for_new(leaf.name, leaf.description),
        is_fixed=is_fixed(description),
        is_own_login=not LOGINS.isdisjoint(split_words(function.source_name)),
        said_kind=said_kind(description),
        template=template,
        said_resource=said_resource(description, label),
        is_report=not words.REPORTS.isdisjoint(split_words(leaf.path.rpartition(".")[0])),
    )


def _dotted(leaf: Leaf) -> tuple[str, tuple[str, ...]]:
    """The last part of a name that is a path itself, such as `filter.issue.id`, and the words of the part before."""
    *before, last = [part for part in re.split(r"[.\[\]]+", leaf.name) if part] or [""]
    return last, split_words(before[-1]) if before else ()


@lru_cache(maxsize=100_000)
def _without_fillers(resource: str) -> str:
    """A resource without the words with which its types are told apart: a `vpc summary` is a `vpc`."""
    found = resource.split()
    while len(found) > 1 and found[-1] in words.RESOURCE_FILLERS:
        found.pop()
    return " ".join(found)


def _resource_words(function_name: str) -> tuple[str, ...]:
    """What a function is about, without such words."""
    return tuple(_without_fillers(" ".join(resource_of(function_name))).split())


@lru_cache(maxsize=100_000)
def _owner_words(owner: str, owner_type: str) -> tuple[str, ...]:
    """Words for the object that holds a field: the key above it, else, where that is a mere container, its type."""
    for name in (owner, owner_type):
        found = tuple(word for word in split_words(name) if word not in words.TYPE_FILLERS)
        if found and found[-1] not in words.CONTAINERS:
            return found[-2:]
    return ()


@lru_cache(maxsize=200_000)
def _label(name: str, owner: tuple[str, ...], resource: str, identifier: str) -> str:
    """The name as words; `symbol list` is called after its members, `num2` and `cityB` after what they number."""
    if identifier:
        return f"{resource} {identifier}"
    found = split_words(words.without_ordinal(name))
    core = tuple(word for word in found if word not in words.COLLECTIONS) or found
    if len(core) > 1 or (core and core[0] not in words.GENERIC):
        return " ".join(core)
    return " ".join(dict.fromkeys((*owner, *core)))
