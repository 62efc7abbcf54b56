"""How well one field's values fit another field, apart from what the texts say: a product of stated factors.

Each factor lies between 0 and 1; 0 means that the link cannot be. They are judgements, written down so that
they can be argued with: docs/adr/0003-graph-thresholds.md says how they were set.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import prod

from toolmind_assets.graph.fields import Carrier, FunctionField
from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.model.functions import Effect

UNKNOWN_TYPE = 0.7
"""Where one side states no type: neither a match nor a mismatch."""
NUMBER_TO_INTEGER = 0.8
"""A number may have a fraction that an integer parameter refuses (IBM fms-dgt: 0.8)."""
PARTIAL_TYPE = 0.9
"""The source may also give a type that the target refuses."""
MEMBER_TO_SINGLE = 0.95
"""One member of a list has to be chosen."""
SINGLE_TO_MEMBER = 0.9
"""A single value has to be put into a list."""
OPEN_TO_CHOICE = 0.6
"""Free text for a parameter that takes one of a few values."""
DATE_TO_TIME = 0.7
"""A date and a moment differ by the time of day."""
OPTIONAL = 0.9
"""The call works without the parameter."""
MENTIONED = 0.9
"""A result field below the first level of something that the function is not about."""
ECHO = 0.45
"""The result only repeats what the caller said; the shared parameter says as much."""
OTHER_OWNER = 0.6
"""The same attribute of two different things, such as the last names of an author and of a customer."""
AFTER_DELETE = 0.4
"""What was deleted is of little use to a later call."""
COPY = 0.5
"""An attribute of one thing written to another of its kind: hardly anybody copies it by hand."""
BEFORE_CREATE = 0.4
"""What is yet to be made has no identifier to be passed."""

RESULT_CARRIERS = {
    Carrier.IDENTIFIER: 1.0,
    Carrier.CREDENTIAL: 1.0,
    Carrier.VALUE: 0.9,
    Carrier.NUMBER: 0.75,
    Carrier.OPAQUE: 0.4,
    Carrier.PROSE: 0.3,
    Carrier.STATE: 0.3,
    Carrier.AUDIT: 0.3,
    Carrier.SETTING: 0.2,
    Carrier.SECRET: 0.1,
    Carrier.FLAG: 0.1,
}
"""How worthwhile it is to hand such a value from a result to a parameter."""
SHARED_CARRIERS = RESULT_CARRIERS | {Carrier.CREDENTIAL: 0.3, Carrier.PROSE: 0.5, Carrier.VALUE: 0.95}
"""How much two functions that take such a value have in common: every call takes the credential."""

_WRITES = (Effect.CREATE, Effect.UPDATE)
_MOMENTS = frozenset({"date", "date-time"})
_EXCLUSIVE = frozenset({"uuid", "email", "uri", "url", "ipv4", "ipv6", "time", "binary", "byte"}) | _MOMENTS


@dataclass(frozen=True, slots=True)
class Compatibility:
    """The factors of one link; `value` is their product.

    Attributes:
        type: Whether the target admits what the source gives.
        format: The same of JSON Schema formats.
        choice: The same of enums.
        carrier: Whether values of this sort link functions at all; the poorer side counts.
        reach: Whether the value means anything outside its namespace and domain.
        owner: Whether an attribute belongs to the same thing on both sides.
        demand: Whether the target needs it, and the source is the place to get it from.
        order: Whether the effects may follow each other.
    """

    type: float
    format: float
    choice: float
    carrier: float
    reach: float
    owner: float
    demand: float
    order: float

    @property
    def value(self) -> float:
        """The product of the factors."""
        factors = (self.type, self.format, self.choice, self.carrier)
        return prod((*factors, self.reach, self.owner, self.demand, self.order))


def compare_fields(kind: EdgeKind, source: FunctionField, target: FunctionField) -> Compatibility:
    """Every factor of a link of this kind from `source` to `target`."""
    return Compatibility(
        type=type_factor(source.types, target.types) * _list_factor(source.path, target.path),
        format=_format_factor(source.format, target.format),
        choice=_choice_factor(source.choices, target.choices),
        carrier=min(carrier_factor(kind, source.carrier), carrier_factor(kind, target.carrier)),
        reach=_reach_factor(source, target),
        owner=_owner_factor(kind, source, target),
        demand=_demand_factor(kind, source, target),
        order=_order_factor(kind, source, target),
    )


def carrier_factor(kind: EdgeKind, carrier: Carrier) -> float:
    """How well a value of this sort links two functions."""
    carriers = RESULT_CARRIERS if kind is EdgeKind.RESULT_TO_PARAMETER else SHARED_CARRIERS
    return carriers[carrier]


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
    return NUMBER_TO_INTEGER if "number" in source and "integer" in target else 0.0


def _list_factor(source_path: str, target_path: str) -> float:
    is_list, wants_list = "[]" in source_path, "[]" in target_path
    if is_list == wants_list:
        return 1.0
    return MEMBER_TO_SINGLE if is_list else SINGLE_TO_MEMBER


def _format_factor(source: str, target: str) -> float:
    if source == target or source not in _EXCLUSIVE or target not in _EXCLUSIVE:
        return 1.0
    return DATE_TO_TIME if {source, target} <= _MOMENTS else 0.0


def _choice_factor(source: tuple[str, ...], target: tuple[str, ...]) -> float:
    if not target:
        return 1.0
    if not source:
        return OPEN_TO_CHOICE
    return len(set(source) & set(target)) / len(source)


SAME_DOMAIN, ELSEWHERE = 0.9, 0.8
"""A value between functions of different namespaces: what it means may differ."""
IDENTIFIER_SAME_DOMAIN, IDENTIFIER_ELSEWHERE = 0.75, 0.5
"""The same of identifiers where one namespace is not stated, so that it may be one API after all."""
FOREIGN_IDENTIFIER = 0.3
"""An identifier of one API names nothing in another."""


def _reach_factor(source: FunctionField, target: FunctionField) -> float:
    ours, theirs = source.function, target.function
    is_local = Carrier.IDENTIFIER in (source.carrier, target.carrier) or source.carrier is Carrier.CREDENTIAL
    if ours.namespace and ours.namespace == theirs.namespace:
        return 1.0
    if is_local and ours.namespace and theirs.namespace:
        return FOREIGN_IDENTIFIER
    is_near = ours.domain is theirs.domain
    if is_local:
        return IDENTIFIER_SAME_DOMAIN if is_near else IDENTIFIER_ELSEWHERE
    return SAME_DOMAIN if is_near else ELSEWHERE


def _owner_factor(kind: EdgeKind, source: FunctionField, target: FunctionField) -> float:
    """An identifier says itself what it names, unless it is an attribute too, as the IBAN of a customer is.

    The owner is the object above the field. A function that writes writes attributes of its own resource, so
    there the resource stands for an owner that is not stated.
    """
    is_written = target.function.effect in _WRITES
    names_owner = bool(set(source.owner) & set(source.label.split()))
    if Carrier.IDENTIFIER in (source.carrier, target.carrier) and (names_owner or not source.has_owner):
        return 1.0
    if kind is EdgeKind.RESULT_TO_PARAMETER and is_written and _is_copy(source, target):
        return COPY
    if set(source.owner) & set(target.owner):
        return 1.0
    effect = target.function.effect
    if kind is EdgeKind.SHARED_PARAMETER:
        is_owned = is_written and source.function.effect in _WRITES
    else:
        is_owned = effect is Effect.UPDATE or (effect is Effect.CREATE and source.has_owner)
    return OTHER_OWNER if is_owned or (source.has_owner and target.has_owner) else 1.0


def _is_copy(source: FunctionField, target: FunctionField) -> bool:
    """Whether both fields are attributes of the same kind of thing, which the target writes."""
    if not source.owner or not target.owner or source.owner[-1] != target.owner[-1]:
        return False
    return (source.has_owner and target.has_owner) or source.owner[-1] in target.function.resource[-1:]


def _demand_factor(kind: EdgeKind, source: FunctionField, target: FunctionField) -> float:
    factor = 1.0 if target.is_required else OPTIONAL
    if kind is EdgeKind.SHARED_PARAMETER:
        return factor if source.is_required else factor * OPTIONAL
    if source.is_echo:
        return factor * ECHO
    return factor if source.is_about or source.depth <= 1 else factor * MENTIONED


def is_gone(source: FunctionField, target: FunctionField) -> bool:
    """Whether a deletion by the source's function leaves the target's function nothing to work on."""
    return source.is_about or bool(set(source.function.resource) & set(target.function.resource))


def _order_factor(kind: EdgeKind, source: FunctionField, target: FunctionField) -> float:
    is_result = kind is EdgeKind.RESULT_TO_PARAMETER
    if source.function.effect is Effect.DELETE and (is_result or is_gone(source, target)):
        return AFTER_DELETE
    is_own_identifier = target.carrier is Carrier.IDENTIFIER and target.is_about
    if target.function.effect is Effect.CREATE and is_own_identifier:
        return BEFORE_CREATE
    return 1.0
