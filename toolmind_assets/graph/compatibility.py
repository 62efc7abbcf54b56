"""How well one field's values fit another field, apart from what the texts say: a product of stated factors.

Each factor lies between 0 and 1; 0 means that the link cannot be. They are judgements, written down so that
they can be argued with: docs/adr/0003-graph-thresholds.md says how they were set.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolmind_assets.graph.carriers import Carrier
from toolmind_assets.graph.columns import (
    CARRIERS,
    DOMAINS,
    EFFECTS,
    NONE,
    Bools,
    Columns,
    Ints,
    Places,
    pair_columns,
)
from toolmind_assets.graph.factors import (
    AFTER_DELETE,
    ATTRIBUTE,
    BEFORE_CREATE,
    CIRCULAR,
    CONTENT,
    COPY,
    CROWDED,
    DEEPER,
    ECHO,
    ELSEWHERE,
    FILTER,
    FIXED,
    FOREIGN_IDENTIFIER,
    HOMELY,
    IDENTIFIER_ELSEWHERE,
    IDENTIFIER_SAME_DOMAIN,
    INVERSE,
    MEMBER_TO_SINGLE,
    MENTIONED,
    MENTIONED_VALUE,
    NO_TEMPLATE,
    OPPOSITE,
    OPTIONAL,
    OPTIONAL_WRITE,
    OTHER_OWNER,
    OTHER_SAID,
    OWN_LOGIN,
    REPORT,
    RESULT_CARRIERS,
    SAME_DOMAIN,
    SHARED_CARRIERS,
    SINGLE_TO_MEMBER,
    TEMPLATE,
    UNBORN,
    UNMANAGED,
)
from toolmind_assets.graph.field import FunctionField
from toolmind_assets.graph.lookups import Factors, Lookups, choice_factor, type_table
from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.model.functions import Domain, Effect

_TECHNICAL = np.array([domain in (Domain.CLOUD, Domain.SOFTWARE, Domain.DATA) for domain in DOMAINS])
_WRITES = np.array([effect in (Effect.CREATE, Effect.UPDATE) for effect in EFFECTS])
_READ, _CREATE, _UPDATE, _DELETE, _EXECUTE = (
    EFFECTS.index(one) for one in (Effect.READ, Effect.CREATE, Effect.UPDATE, Effect.DELETE, Effect.EXECUTE)
)
_IDENTIFIER, _CREDENTIAL = CARRIERS.index(Carrier.IDENTIFIER), CARRIERS.index(Carrier.CREDENTIAL)
_ATTRIBUTES = np.array([carrier in (Carrier.VALUE, Carrier.NUMBER) for carrier in CARRIERS])


@dataclass(frozen=True, slots=True)
class Compatibility:
    """The factors of some links, each of shape (n,); `value` is their product.

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

    type: Factors
    format: Factors
    choice: Factors
    carrier: Factors
    reach: Factors
    owner: Factors
    demand: Factors
    order: Factors

    @property
    def value(self) -> Factors:
        """The product of the factors."""
        product = self.type * self.format * self.choice * self.carrier
        return product * self.reach * self.owner * self.demand * self.order


class Compatibilities:
    """Weighs pairs of fields of some columns; what depends on one value alone is looked up in tables made once."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._tables = Lookups.of(columns)

    def weigh(self, kind: EdgeKind, sources: Places, targets: Places) -> Compatibility:
        """Every factor of the links of this kind from each of `sources` to the one of `targets` at its place."""
        pairs = _Pairs(self._columns, self._tables, sources, targets, kind is EdgeKind.RESULT_TO_PARAMETER)
        return Compatibility(
            type=pairs.type(),
            format=pairs.format(),
            choice=pairs.choice(),
            carrier=pairs.carrier(),
            reach=pairs.reach(),
            owner=pairs.owner(),
            demand=pairs.demand(),
            order=pairs.order(),
        )


def compare_fields(kind: EdgeKind, source: FunctionField, target: FunctionField) -> dict[str, float]:
    """Every factor of one link, by name."""
    found = Compatibilities(pair_columns(source, target)).weigh(kind, np.array([0]), np.array([1]))
    return {name: float(getattr(found, name)[0]) for name in Compatibility.__dataclass_fields__}


def carrier_factors(kind: EdgeKind) -> Factors:
    """How well values of each sort link two functions, by the place of the carrier."""
    carriers = RESULT_CARRIERS if kind is EdgeKind.RESULT_TO_PARAMETER else SHARED_CARRIERS
    return np.array([carriers[carrier] for carrier in CARRIERS], dtype=np.float32)


class _Pairs:
    """Pairs of fields with what their factors are computed from."""

    def __init__(
        self, columns: Columns, tables: Lookups, sources: Places, targets: Places, is_result: bool
    ) -> None:
        self._columns, self._tables, self._is_result = columns, tables, is_result
        self._sources, self._targets = sources, targets
        fields, functions = columns.fields, columns.functions
        self._givers, self._takers = fields.function[sources], fields.function[targets]
        self._give_effect, self._take_effect = functions.effect[self._givers], functions.effect[self._takers]

    def _ones(self) -> Factors:
        return np.ones(len(self._sources), dtype=np.float32)

    def _both(self, column: Ints | Bools) -> tuple[NDArray, NDArray]:
        return column[self._sources], column[self._targets]

    def type(self) -> Factors:
        fields = self._columns.fields
        ours, theirs = self._both(fields.types)
        is_list, wants_list = self._both(fields.is_listed)
        given, taken = self._both(fields.template)
        known = self._tables.is_template[given], self._tables.is_template[taken]
        named = np.where(known[0] & (given != taken), np.float32(TEMPLATE), np.float32(1))
        named = np.where(
            ~known[0] & (fields.carrier[self._sources] == _IDENTIFIER), np.float32(NO_TEMPLATE), named
        )
        named = np.where(known[1], named, np.float32(1))
        listed = np.where(is_list, np.float32(MEMBER_TO_SINGLE), np.float32(SINGLE_TO_MEMBER))
        fitting = type_table()[ours, theirs] * np.where(is_list == wants_list, np.float32(1), listed)
        return fitting * named

    def format(self) -> Factors:
        return self._tables.formats[self._both(self._columns.fields.format)]

    def choice(self) -> Factors:
        values, empty = self._columns.pools.choices, self._tables.no_choice
        ours, theirs = self._both(self._columns.fields.choices)
        factors = self._ones()
        for place in np.flatnonzero(theirs != empty):
            factors[place] = choice_factor(values[ours[place]], values[theirs[place]])
        return factors

    def carrier(self) -> Factors:
        kind = EdgeKind.RESULT_TO_PARAMETER if self._is_result else EdgeKind.SHARED_PARAMETER
        ours, theirs = self._both(self._columns.fields.carrier)
        table = carrier_factors(kind)
        return np.minimum(table[ours], table[theirs])

    def reach(self) -> Factors:
        fields, functions = self._columns.fields, self._columns.functions
        ours, theirs = functions.namespace[self._givers], functions.namespace[self._takers]
        nowhere = self._tables.nowhere
        is_near = functions.domain[self._givers] == functions.domain[self._takers]
        give, take = self._both(fields.carrier)
        is_local = (
            (give == _IDENTIFIER) | (take == _IDENTIFIER) | (give == _CREDENTIAL)
        ) & ~self._is_of_world()
        is_stated = (ours != nowhere) & (theirs != nowhere)
        far = np.where(is_near, np.float32(SAME_DOMAIN), np.float32(ELSEWHERE))
        far = np.where(self._is_common(), far, np.float32(HOMELY))
        unnamed = np.where(is_near, np.float32(IDENTIFIER_SAME_DOMAIN), np.float32(IDENTIFIER_ELSEWHERE))
        local = np.where(is_stated, np.float32(FOREIGN_IDENTIFIER), unnamed)
        return np.where(ours == theirs, np.float32(1), np.where(is_local, local, far))

    def _is_of_world(self) -> Bools:
        kinds = self._tables.of_world
        ours, theirs = self._both(self._columns.fields.kind)
        return kinds[ours] & kinds[theirs]

    def _is_common(self) -> Bools:
        """Whether the values are such as are called alike everywhere; a cloud's `location` is not."""
        common = self._tables.is_common
        fields = self._columns.fields
        ours, theirs = self._both(fields.label)
        is_any = fields.takes_any[self._targets] & ~fields.has_owner[self._targets]
        near_home = _TECHNICAL[self._columns.functions.domain]
        is_technical = near_home[self._givers] | near_home[self._takers]
        return (common[ours] & common[theirs] & ~is_technical) | is_any | self._is_of_world()

    def owner(self) -> Factors:
        """An identifier says itself what it names, unless it is an attribute too, as the IBAN of a customer is.

        The owner is the object above the field. A function that writes writes attributes of its own resource, so
        there the resource stands for an owner that is not stated.
        """
        fields = self._columns.fields
        give, take = self._both(fields.carrier)
        ours, theirs = self._both(fields.has_owner)
        is_written = _WRITES[self._take_effect]
        says_itself = ((give == _IDENTIFIER) | (take == _IDENTIFIER)) & (
            fields.is_about[self._sources] | ~ours
        )
        says_itself |= (fields.key[self._sources] != NONE) & (
            fields.key[self._sources] == fields.key[self._targets]
        )
        if self._is_result:
            is_owned = (self._take_effect == _UPDATE) | ((self._take_effect == _CREATE) & ours)
        else:
            is_owned = is_written & _WRITES[self._give_effect]
        is_optional = ~fields.is_required[self._targets]
        is_other = is_owned | (ours & theirs)
        factors = np.where(is_other & ~self._same_owner(), np.float32(OTHER_OWNER), np.float32(1))
        if self._is_result:
            is_made_up = is_written | ((self._take_effect == _EXECUTE) & theirs)
            is_made_up &= _ATTRIBUTES[take] & is_optional
            factors = np.where(is_made_up, factors * np.float32(ATTRIBUTE), factors)
            is_content = (self._take_effect == _CREATE) & _ATTRIBUTES[give] & self._is_same_place()
            factors = np.where((is_written & self._is_copy()) | is_content, np.float32(COPY), factors)
        factors = np.where(says_itself, np.float32(1), factors)
        if not self._is_result:
            return factors
        is_attribute = is_optional & (take == _IDENTIFIER) & ~self._is_managed()
        factors = np.where(is_attribute, factors * np.float32(UNMANAGED), factors)
        return np.where(is_written & self._names_its_owner(), np.float32(COPY), factors)

    def _is_managed(self) -> Bools:
        """Whether some function of the target's namespace is about the resource that the target identifies."""
        fields = self._columns.fields
        homes = self._columns.functions.namespace[self._takers].astype(np.int64)
        wanted = homes << 32 | fields.resource_head[self._targets].astype(np.int64) & 0xFFFFFFFF
        return np.isin(wanted, self._tables.managed) | (fields.key[self._targets] == NONE)

    def _names_its_owner(self) -> Bools:
        """Whether the target is the name of the object that it stands in: what is written there is called so."""
        fields = self._columns.fields
        is_name = self._tables.is_name[fields.kind[self._targets]] & fields.has_owner[self._targets]
        return is_name & (fields.resource_head[self._targets] == fields.owner_head[self._targets])

    def _same_owner(self) -> Bools:
        fields = self._columns.fields
        head, before = self._both(fields.owner_head), self._both(fields.owner_before)
        same = (head[0] == head[1]) | ((before[0] == before[1]) & (before[0] != NONE))
        return (
            (same | (head[0] == before[1]) | (before[0] == head[1])) & (head[0] != NONE) & (head[1] != NONE)
        )

    def _is_same_place(self) -> Bools:
        """Whether both fields lie at the same path below the top and are described in the same words."""
        fields = self._columns.fields
        (ours, theirs), (path, other) = self._both(fields.text), self._both(fields.path)
        return (ours == theirs) & (path == other) & (fields.depth[self._targets] > 0)

    def _is_copy(self) -> Bools:
        """Whether both fields are attributes of the same kind of thing, which the target writes."""
        fields, functions = self._columns.fields, self._columns.functions
        ours, theirs = self._both(fields.owner_head)
        stated = fields.has_owner[self._sources] & fields.has_owner[self._targets]
        is_written = ours == functions.resource_head[self._takers]
        return (ours != NONE) & (ours == theirs) & (stated | is_written)

    def demand(self) -> Factors:
        fields = self._columns.fields
        factor = np.where(fields.is_required[self._targets], np.float32(1), np.float32(OPTIONAL))
        if not self._is_result:
            return factor * np.where(fields.is_required[self._sources], np.float32(1), np.float32(OPTIONAL))
        is_left_out = _WRITES[self._take_effect] & ~fields.is_required[self._targets]
        factor = np.where(is_left_out, np.float32(OPTIONAL_WRITE), factor)
        depth = fields.depth[self._sources]
        is_own = fields.key[self._sources] != NONE
        is_own &= fields.resource_head[self._sources] == fields.owner_head[self._sources]
        is_near = fields.is_about[self._sources] | (depth <= 1) | (is_own & (depth <= 2))
        is_plain = _ATTRIBUTES[fields.carrier[self._sources]]
        mentioned = np.where(is_plain, np.float32(MENTIONED_VALUE), np.float32(MENTIONED))
        given = np.where(is_near, np.float32(1), mentioned)
        is_crowded = fields.is_crowded[self._sources] & ~fields.is_about[self._sources]
        given = np.where(is_crowded, given * np.float32(CROWDED), given)
        given = given * np.float32(DEEPER) ** np.maximum(depth - 2, 0)
        return factor * np.where(fields.is_echo[self._sources], np.float32(ECHO), given)

    def order(self) -> Factors:
        fields = self._columns.fields
        is_gone = self._give_effect == _DELETE
        if not self._is_result:
            is_gone &= self._is_gone()
        own = (fields.carrier[self._targets] == _IDENTIFIER) & self._names_what_is_made()
        factors = np.where((self._take_effect == _CREATE) & own, np.float32(BEFORE_CREATE), np.float32(1))
        factors = np.where(self._is_new(), np.float32(BEFORE_CREATE), factors)
        is_written = _WRITES[self._take_effect] & self._tables.is_content[fields.label[self._targets]]
        factors = np.where(is_written, np.float32(CONTENT), factors)
        factors = np.where(self._are_opposites(), np.float32(OPPOSITE), factors)
        factors = np.where(fields.is_fixed[self._targets], np.float32(FIXED), factors)
        if self._is_result:
            factors = factors * self._purpose()
        return np.where(is_gone, np.float32(AFTER_DELETE), factors)

    def _purpose(self) -> Factors:
        """Whether the target's function has a use for what the source's function has to give."""
        fields, functions = self._columns.fields, self._columns.functions
        ours, theirs = functions.resource_head[self._givers], functions.resource_head[self._takers]
        is_filter = (self._take_effect == _READ) & ~fields.is_required[self._targets]
        is_value = _ATTRIBUTES[fields.carrier[self._targets]] & (ours != theirs)
        is_value &= ~self._tables.is_common[fields.label[self._targets]]
        factors = np.where(is_filter & is_value, np.float32(FILTER), np.float32(1))
        is_own = (fields.key[self._targets] != NONE) & (fields.resource_head[self._targets] == theirs)
        factors = np.where(is_filter & is_own & (ours == theirs), np.float32(CIRCULAR), factors)
        said, wanted = self._both(fields.said_resource)
        give, take = self._both(fields.carrier)
        are_identifiers = (give == _IDENTIFIER) & (take == _IDENTIFIER)
        is_other = are_identifiers & (said != wanted) & (said != NONE) & (wanted != NONE)
        factors = np.where(is_other, factors * np.float32(OTHER_SAID), factors)
        factors = np.where(fields.is_report[self._sources], factors * np.float32(REPORT), factors)
        back, forth = functions.conversion[self._givers], functions.conversion[self._takers]
        factors = np.where((back == forth) & (back != NONE), np.float32(INVERSE), factors)
        is_unborn = functions.is_reserving[self._givers] & are_identifiers & (self._take_effect != _CREATE)
        factors = np.where(is_unborn, np.float32(UNBORN), factors)
        return np.where(fields.is_own_login[self._targets], np.float32(OWN_LOGIN), factors)

    def _are_opposites(self) -> Bools:
        """Whether one side's words name one of two opposites, and the other side's the other."""
        (one, other), (first, second) = (
            self._both(self._columns.fields.one_side),
            self._both(self._columns.fields.other_side),
        )
        return ((one & second & ~first & ~other) | (first & other & ~one & ~second)) != 0

    def _is_new(self) -> Bools:
        """Whether the target asks for a value that is yet to be given, as `new_name` does; `new_item_id` is known."""
        fields = self._columns.fields
        is_known = fields.carrier[self._targets] == _IDENTIFIER
        weak = ~is_known | self._tables.is_weak[fields.kind[self._targets]]
        is_renamed = fields.has_stronger[self._targets] & (self._take_effect == _UPDATE)
        return (fields.asks_for_new[self._targets] & weak) | is_renamed

    def _names_what_is_made(self) -> Bools:
        """Whether the target is an identifier of the very thing that its function is about."""
        fields, functions = self._columns.fields, self._columns.functions
        head = fields.resource_head[self._targets]
        is_marked = fields.key[self._targets] != NONE
        return np.where(
            is_marked, head == functions.resource_head[self._takers], fields.is_about[self._targets]
        )

    def _is_gone(self) -> Bools:
        """Whether a deletion by the source's function leaves the target's function nothing to work on."""
        functions = self._columns.functions
        ours, theirs = functions.resource_head[self._givers], functions.resource_head[self._takers]
        return self._columns.fields.is_about[self._sources] | ((ours == theirs) & (ours != NONE))


def is_gone(source: FunctionField, target: FunctionField) -> bool:
    """Whether a deletion by the source's function leaves the target's function nothing to work on."""
    return source.is_about or bool(set(source.function.resource) & set(target.function.resource))
