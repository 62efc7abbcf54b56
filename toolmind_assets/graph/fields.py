"""Functions as the graph sees them: their parameters and result fields, named by what they belong to."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from toolmind_assets.graph import words
from toolmind_assets.graph.params import GraphParams
from toolmind_assets.graph.words import resource_of, split_words
from toolmind_assets.model.functions import Domain, Effect, FunctionSpec
from toolmind_assets.model.ids import canonical_json
from toolmind_assets.model.schemas import SchemaField, schema_fields

DESCRIPTION_CHARS = 240
"""Characters of a field's description that are compared: what it is stands at the beginning."""


class Carrier(StrEnum):
    """What sort of value a field carries, by its name and type."""

    IDENTIFIER = "identifier"
    """Names one thing out of many: `order_id`, `iban`, `slug`."""
    VALUE = "value"
    """A particular value with a meaning of its own: a city, a date, an address, a name."""
    NUMBER = "number"
    """A quantity, which means little without what it measures."""
    CREDENTIAL = "credential"
    """Opens every call alike: an access token, a session."""
    OPAQUE = "opaque"
    """An object or array about whose members nothing is known, or a value of no stated kind."""
    PROSE = "prose"
    """Free text that is written for one call."""
    STATE = "state"
    """A class, state or choice that many things share."""
    AUDIT = "audit"
    """When or by whom something was changed."""
    SETTING = "setting"
    """How a call works: paging, order, format."""
    SECRET = "secret"
    """A password or the like."""
    FLAG = "flag"
    """True or false."""


@dataclass(frozen=True, slots=True)
class FunctionProfile:
    """What a link may know of a function.

    Attributes:
        resource: Words for what the function is about: (`pull`, `request`) of `get_pull_request`.
    """

    function_id: str
    name: str
    source_name: str
    description: str
    namespace: str
    domain: Domain
    effect: Effect
    resource: tuple[str, ...]


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

    @property
    def text(self) -> tuple[str, str]:
        """Label and description: what is compared."""
        return self.label, self.description

    @property
    def depth(self) -> int:
        """Objects and arrays that lie above it."""
        return self.path.count(".") + self.path.count("[]")


@dataclass(frozen=True, slots=True)
class FunctionFields:
    """A function with the fields that links may use."""

    function: FunctionProfile
    inputs: tuple[FunctionField, ...]
    outputs: tuple[FunctionField, ...]


def fields_of(spec: FunctionSpec, params: GraphParams) -> FunctionFields:
    """The parameters and result fields of a function, the most telling first, bounded in number."""
    function = FunctionProfile(
        function_id=spec.function_id,
        name=spec.name,
        source_name=spec.source_name,
        description=spec.description,
        namespace=spec.namespace,
        domain=spec.domain,
        effect=spec.effect,
        resource=resource_of(spec.source_name),
    )
    inputs = [_field(function, field, frozenset()) for field in schema_fields(spec.parameters)]
    own = frozenset(field.label for field in inputs)
    outputs = [_field(function, field, own) for field in schema_fields(spec.returns)]
    return FunctionFields(
        function=function,
        inputs=_most_telling(inputs, params.max_inputs),
        outputs=_most_telling(outputs, params.max_outputs),
    )


def _most_telling(fields: Iterable[FunctionField], limit: int) -> tuple[FunctionField, ...]:
    order = tuple(Carrier)
    ranked = sorted(fields, key=lambda field: (not field.is_required, order.index(field.carrier), field.path))
    return tuple(ranked[:limit])


def _field(function: FunctionProfile, field: SchemaField, own_labels: frozenset[str]) -> FunctionField:
    stated_owner = _stated_owner(field)
    owner = stated_owner or function.resource
    description = " ".join(field.description.split())[:DESCRIPTION_CHARS]
    label = _label(owner, field)
    choices = field.schema.get("enum")
    return FunctionField(
        function=function,
        path=field.path,
        types=field.types,
        format=field.format,
        choices=tuple(sorted(map(canonical_json, choices))) if isinstance(choices, list) else (),
        is_required=field.is_required,
        label=" ".join(label),
        description=description or " ".join(label),
        is_described=bool(description),
        carrier=classify(field),
        owner=owner,
        has_owner=bool(stated_owner),
        is_about=bool(set(label) & set(function.resource)),
        is_echo=" ".join(label) in own_labels,
    )


def _stated_owner(field: SchemaField) -> tuple[str, ...]:
    owner = split_words(field.owner)
    return () if not owner or owner[-1] in words.CONTAINERS else owner


def _label(owner: tuple[str, ...], field: SchemaField) -> tuple[str, ...]:
    name = split_words(field.name)
    if len(name) > 1 or (name and name[0] not in words.GENERIC):
        return name
    return tuple(dict.fromkeys((*owner, *name)))


def classify(field: SchemaField) -> Carrier:
    """What sort of value a field carries; the first rule that fits decides."""
    name = split_words(field.name)
    head, parts = (name[-1], set(name)) if name else ("", set[str]())
    is_number = bool(field.types) and set(field.types) <= {"integer", "number"}
    rules = (
        (field.types == ("boolean",), Carrier.FLAG),
        (bool(parts & words.SECRETS), Carrier.SECRET),
        (bool(parts & words.AUDIT) or head == "at", Carrier.AUDIT),
        (bool(parts) and parts - {"token"} <= words.SETTINGS and parts != {"token"}, Carrier.SETTING),
        (bool(set(split_words(field.owner)) & words.FILTERS) and head != "id", Carrier.SETTING),
        (parts - {"id"} <= words.PREPOSITIONS and not parts <= {"id"}, Carrier.SETTING),
        (head in words.SETTINGS and parts <= words.SETTINGS | words.PREPOSITIONS, Carrier.SETTING),
        (head == "token" or (head == "key" and bool(parts & words.ACCESS)), Carrier.CREDENTIAL),
        (head in words.IDENTIFIERS or field.format == "uuid", Carrier.IDENTIFIER),
        (bool(set(field.types) & {"object", "array"}), Carrier.OPAQUE),
        (parts <= words.VAGUE or head in words.VAGUE_HEADS, Carrier.OPAQUE),
        (head in words.STATES or "enum" in field.schema or "const" in field.schema, Carrier.STATE),
        (head in words.PROSE, Carrier.PROSE),
        (is_number, Carrier.NUMBER),
    )
    return next((carrier for holds, carrier in rules if holds), Carrier.VALUE)
