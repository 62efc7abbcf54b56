"""The score of a link: agreement times compatibility, each between 0 and 1.

    agreement      what names and descriptions say for it            `evidence`
    compatibility  the product of eight factors; 0: it cannot be
        type format choice role reach                                here
        owner                                                        `owners`
        demand order                                                 `effect_order`

The factors are judgements, written down in `factors` so that they can be argued with: docs/adr/0003-graph-thresholds.md
says how they were set. What depends on single values alone is looked up in `factor_tables`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags

from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.model.functions import Domain
from toolmind_assets.stages.graph.coherence import Coherences
from toolmind_assets.stages.graph.columns import (
    DOMAINS,
    ROLES,
    Bools,
    Columns,
    Places,
)
from toolmind_assets.stages.graph.effect_order import demand_factors, order_factors
from toolmind_assets.stages.graph.evidence import Evidence, stem_matrix
from toolmind_assets.stages.graph.factor_tables import (
    CREDENTIAL,
    IDENTIFIER,
    Factors,
    FactorTables,
    FieldPairs,
    choice_factor,
    replaced,
    type_table,
)
from toolmind_assets.stages.graph.factors import (
    ELSEWHERE,
    FOREIGN_IDENTIFIER,
    HOMELY,
    IDENTIFIER_ELSEWHERE,
    IDENTIFIER_SAME_DOMAIN,
    MEMBER_TO_SINGLE,
    NO_TEMPLATE,
    RESULT_ROLES,
    SAME_DOMAIN,
    SHARED_ROLES,
    SINGLE_TO_MEMBER,
    TEMPLATE,
)
from toolmind_assets.stages.graph.lexicon import VERBS
from toolmind_assets.stages.graph.name_words import split_words, stem, weight
from toolmind_assets.stages.graph.owners import owner_factors
from toolmind_assets.stages.graph.similarity import FieldVectors, row_products, row_sums

_TECHNICAL = np.array([domain in (Domain.CLOUD, Domain.SOFTWARE, Domain.DATA) for domain in DOMAINS])
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Compatibility:
    """The factors of some links, each of shape (n,); `value` is their product.

    Attributes:
        type: Whether the target admits what the source gives.
        format: The same of JSON Schema formats.
        choice: The same of enums.
        role: Whether values in these roles link functions at all; the poorer side counts.
        reach: Whether the value means anything outside its namespace and domain, and to the other version of its API.
        owner: Whether an attribute belongs to the same thing on both sides.
        demand: Whether the target needs it, and the source is the place to get it from.
        order: Whether the effects may follow each other.
    """

    type: Factors
    format: Factors
    choice: Factors
    role: Factors
    reach: Factors
    owner: Factors
    demand: Factors
    order: Factors

    @property
    def value(self) -> Factors:
        """The product of the factors."""
        product = self.type * self.format * self.choice * self.role
        return product * self.reach * self.owner * self.demand * self.order


class Compatibilities:
    """Weighs pairs of fields of some columns; what depends on one value alone is looked up in tables made once."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._tables = FactorTables.of(columns)

    def weigh(self, kind: EdgeKind, sources: Places, targets: Places) -> Compatibility:
        """Every factor of the links of this kind from each of `sources` to the one of `targets` at its place."""
        is_result = kind is EdgeKind.RESULT_TO_PARAMETER
        pairs = FieldPairs(self._columns, self._tables, sources, targets, is_result=is_result)
        return Compatibility(
            type=_type_factors(pairs),
            format=_format_factors(pairs),
            choice=_choice_factors(pairs),
            role=_role_factors(pairs),
            reach=_reach_factors(pairs),
            owner=owner_factors(pairs),
            demand=demand_factors(pairs),
            order=order_factors(pairs),
        )


class Scorer:
    """Scores pairs of fields of some columns, and says whether their functions belong together, and how alike they are.

    Attributes:
        evidence: What names and descriptions say.
        compatibilities: Whether the values fit.
        coherences: Whether both calls serve one goal.
    """

    def __init__(self, columns: Columns, vectors: FieldVectors) -> None:
        self.evidence = Evidence(columns, vectors)
        self.compatibilities = Compatibilities(columns)
        self.coherences = Coherences(columns)
        self._names = _name_vectors(columns)

    def score(self, kind: EdgeKind, sources: Places, targets: Places) -> Scores:
        """Agreement times compatibility of each of `sources` and the one of `targets` at its place, 4 places."""
        compatibility = self.compatibilities.weigh(kind, sources, targets).value
        scores = np.zeros(len(sources), dtype=np.float32)
        possible = np.flatnonzero(compatibility > 0)
        agreement = self.evidence.weigh(sources[possible], targets[possible]).value
        scores[possible] = np.round(agreement * compatibility[possible], 4)
        return scores

    def coherence(self, kind: EdgeKind, sources: Places, targets: Places) -> Scores:
        """Whether the calls of each of `sources` and the one of `targets` at its place serve one goal, 4 places."""
        return np.round(self.coherences.weigh(kind, sources, targets).value, 4)

    def closeness(self, sources: Places, targets: Places) -> Scores:
        """How alike the names of pairs of functions are, verbs apart, 0 to 1; functions by their places."""
        pairs = sources.astype(np.int64) << 32 | targets.astype(np.int64)
        distinct, places = np.unique(pairs, return_inverse=True)
        return np.clip(row_products(self._names, distinct >> 32, distinct & 0xFFFFFFFF), 0, 1)[places]


def role_factors(kind: EdgeKind) -> Factors:
    """How well values in each role link two functions, by the place of the role."""
    roles = RESULT_ROLES if kind is EdgeKind.RESULT_TO_PARAMETER else SHARED_ROLES
    return np.array([roles[role] for role in ROLES], dtype=np.float32)


def _type_factors(pairs: FieldPairs) -> Factors:
    fields = pairs.columns.fields
    ours, theirs = pairs.both(fields.types)
    is_list, wants_list = pairs.both(fields.is_listed)
    one = np.where(is_list, np.float32(MEMBER_TO_SINGLE), np.float32(SINGLE_TO_MEMBER))
    listed = np.where(is_list == wants_list, np.float32(1), one)
    return type_table()[ours, theirs] * listed * _named_alike(pairs)


def _named_alike(pairs: FieldPairs) -> Factors:
    """Whether resource names lie in the same collections, where the target says in which; operations lie in their own."""
    given, taken = pairs.both(pairs.columns.fields.template)
    tables = pairs.tables
    is_same = (given == taken) | (tables.is_any_operation[given] & tables.is_operation[taken])
    named = np.where(is_same, np.float32(1), np.float32(TEMPLATE))
    named = np.where(tables.is_template[given], named, np.float32(NO_TEMPLATE))
    is_of_operation = tables.is_any_operation[given] & ~tables.is_operation[taken]
    named = np.where(is_of_operation, np.float32(TEMPLATE), named)
    return np.where(tables.is_template[taken] | is_of_operation, named, np.float32(1))


def _format_factors(pairs: FieldPairs) -> Factors:
    return pairs.tables.formats[pairs.both(pairs.columns.fields.format)]


def _choice_factors(pairs: FieldPairs) -> Factors:
    """Each two enums are compared once, however many fields have them: some have hundreds of members."""
    enums, factors = pairs.tables.choices, pairs.ones()
    ours, theirs = pairs.both(pairs.columns.fields.choices)
    chosen = np.flatnonzero(theirs != pairs.tables.no_choice)
    packed = ours[chosen].astype(np.int64) << 32 | theirs[chosen]
    distinct, places = np.unique(packed, return_inverse=True)
    known = [choice_factor(enums[two >> 32], enums[two & 0xFFFFFFFF]) for two in distinct.tolist()]
    factors[chosen] = np.array(known, dtype=np.float32)[places]
    return factors


def _role_factors(pairs: FieldPairs) -> Factors:
    kind = EdgeKind.RESULT_TO_PARAMETER if pairs.is_result else EdgeKind.SHARED_PARAMETER
    ours, theirs = pairs.both(pairs.columns.fields.role)
    table = role_factors(kind)
    return np.minimum(table[ours], table[theirs])


def _reach_factors(pairs: FieldPairs) -> Factors:
    fields, functions = pairs.columns.fields, pairs.columns.functions
    ours, theirs = functions.namespace[pairs.givers], functions.namespace[pairs.takers]
    nowhere = pairs.tables.nowhere
    is_near = functions.domain[pairs.givers] == functions.domain[pairs.takers]
    give, take = pairs.both(fields.role)
    is_local = ((give == IDENTIFIER) | (take == IDENTIFIER) | (give == CREDENTIAL)) & ~_is_of_world(pairs)
    is_stated = (ours != nowhere) & (theirs != nowhere)
    far = np.where(is_near, np.float32(SAME_DOMAIN), np.float32(ELSEWHERE))
    far = np.where(_is_common(pairs), far, np.float32(HOMELY))
    unnamed = np.where(is_near, np.float32(IDENTIFIER_SAME_DOMAIN), np.float32(IDENTIFIER_ELSEWHERE))
    local = np.where(is_stated, np.float32(FOREIGN_IDENTIFIER), unnamed)
    reach = np.where(ours == theirs, np.float32(1), np.where(is_local, local, far))
    return replaced(reach, _are_versions(pairs), 0)


def _are_versions(pairs: FieldPairs) -> Bools:
    """Whether the functions belong to two versions of one API: nobody calls both."""
    api, version = pairs.columns.functions.api, pairs.columns.functions.version
    return (api[pairs.givers] == api[pairs.takers]) & (version[pairs.givers] != version[pairs.takers])


def _is_of_world(pairs: FieldPairs) -> Bools:
    kinds = pairs.tables.of_world
    ours, theirs = pairs.both(pairs.columns.fields.identifier)
    return kinds[ours] & kinds[theirs]


def _is_common(pairs: FieldPairs) -> Bools:
    """Whether the values are such as are called alike everywhere; a cloud's `location` is not."""
    common = pairs.tables.is_common
    fields = pairs.columns.fields
    ours, theirs = pairs.both(fields.label)
    is_any = fields.takes_any[pairs.targets] & ~fields.has_owner[pairs.targets]
    near_home = _TECHNICAL[pairs.columns.functions.domain]
    is_technical = near_home[pairs.givers] | near_home[pairs.takers]
    return (common[ours] & common[theirs] & ~is_technical) | is_any | _is_of_world(pairs)


def _name_vectors(columns: Columns) -> csr_matrix:
    """Unit vectors of the words of functions' names."""
    stems = [
        frozenset(stem(word) for word in split_words(profile.source_name) if word not in VERBS)
        for profile in columns.profiles
    ]
    numbers: dict[str, int] = {}
    matrix = stem_matrix(stems, numbers)
    matrix.data = np.array([weight(word) for word in numbers], dtype=np.float32)[matrix.indices]
    norms = np.sqrt(np.maximum(row_sums(csr_matrix(matrix.multiply(matrix))), 1e-9))
    return csr_matrix(diags(1 / norms) @ matrix, dtype=np.float32)
