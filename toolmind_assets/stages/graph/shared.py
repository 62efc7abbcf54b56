"""P-P links: two functions that take the same parameter, so that one value that the user knows serves both.

Parameters meet where they are called alike, or identify the same: at home, that is within their namespace, and
in other namespaces where what they mean is the same everywhere.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.stages.graph.candidates import Candidates, best_of_functions, first_of_groups
from toolmind_assets.stages.graph.columns import NONE, Columns, Ints
from toolmind_assets.stages.graph.inverted_index import InvertedIndex
from toolmind_assets.stages.graph.pairs import LEAST_ROLE_FACTOR, Pairs
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_assets.stages.graph.scoring import Scorer, role_factors

AT_HOME, AWAY = 16, 8
"""Functions with the same parameter that one function meets in its namespace, and in others."""
PARAMETERS_AT_ONCE = 30_000
_KEYED = 1 << 31
"""Set in the number of a group whose members identify the same, rather than being called the same."""


def find_shared(columns: Columns, scorer: Scorer, params: GraphParams) -> Candidates:
    """The best links between parameters, `max_partners` a parameter, and their mirror images where order allows."""
    kept = [_best_partners(columns, pairs, scorer, params) for pairs in _SharedPairs(columns)]
    sources = np.concatenate([one.sources for one in kept] or [np.empty(0, np.int64)])
    targets = np.concatenate([one.targets for one in kept] or [np.empty(0, np.int64)])
    both = Pairs.distinct(np.concatenate([sources, targets]), np.concatenate([targets, sources]))
    score = scorer.score(EdgeKind.SHARED_PARAMETER, both.sources, both.targets)
    good = np.flatnonzero(score >= params.min_shared_score)
    sources, targets, score = both.sources[good], both.targets[good], score[good]
    coherence = scorer.coherence(EdgeKind.SHARED_PARAMETER, sources, targets)
    links = (sources, targets, score, coherence, np.round(score * coherence, 4))
    return best_of_functions(columns, EdgeKind.SHARED_PARAMETER, links, params)


class _SharedPairs:
    """Pairs of parameters, each meeting a bounded part of those that are called or identify the same."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        fields, functions = columns.fields, columns.functions
        has_worth = role_factors(EdgeKind.SHARED_PARAMETER)[fields.role] >= LEAST_ROLE_FACTOR
        self._inputs = np.flatnonzero(fields.is_input & has_worth)
        group = np.where(fields.key != NONE, fields.key.astype(np.int64) | _KEYED, fields.label)
        self._group = group[self._inputs]
        self._home = functions.namespace[fields.function[self._inputs]].astype(np.int64)
        self._domain = functions.domain[fields.function[self._inputs]].astype(np.int64)
        self._indices = [
            (InvertedIndex(columns, self._inputs, place << 32 | self._group), place, n_around)
            for place, n_around in ((self._home, AT_HOME), (self._domain, AWAY), (self._home * 0, AWAY))
        ]

    def __iter__(self) -> Iterator[Pairs]:
        for start in range(0, len(self._inputs), PARAMETERS_AT_ONCE):
            end = min(start + PARAMETERS_AT_ONCE, len(self._inputs))
            yield self._pairs_of(np.arange(start, end))

    def _pairs_of(self, asked: Ints) -> Pairs:
        functions = self._columns.fields.function
        targets, sources = [], []
        for index, place, n_around in self._indices:
            groups = place[asked] << 32 | self._group[asked]
            found = index.look_up(groups, functions[self._inputs[asked]].astype(np.int64), 0, n_around)
            targets.append(self._inputs[asked[found.asked]])
            sources.append(found.found)
        ours, theirs = np.concatenate(targets), np.concatenate(sources)
        apart = functions[ours] != functions[theirs]
        return Pairs.distinct(theirs[apart], ours[apart])


def _best_partners(columns: Columns, pairs: Pairs, scorer: Scorer, params: GraphParams) -> Pairs:
    """Of each parameter the links to its `max_partners` best functions that are no near duplicate of its own."""
    functions = columns.fields.function
    ours, theirs = functions[pairs.targets], functions[pairs.sources]
    near = scorer.closeness(theirs, ours)
    apart = np.flatnonzero(~_are_duplicates(columns, theirs, ours, near, params))
    sources, targets = pairs.sources[apart], pairs.targets[apart]
    score = scorer.score(EdgeKind.SHARED_PARAMETER, sources, targets)
    found = np.flatnonzero(score >= params.min_shared_score)
    coherence = scorer.coherence(EdgeKind.SHARED_PARAMETER, sources[found], targets[found])
    rank = np.round(score[found] * coherence * (1 + near[apart][found]), 4)
    best = found[first_of_groups(targets[found], None, rank, params.max_partners)]
    return Pairs(sources[best], targets[best])


def _are_duplicates(
    columns: Columns, sources: Ints, targets: Ints, near: NDArray[np.float32], params: GraphParams
) -> NDArray[np.bool_]:
    """Whether pairs of functions are near duplicates: nobody calls the same function twice over.

    Functions of one name are near duplicates, and so are functions of different namespaces that do the same to
    the same resource, or whose names are alike. Within a namespace others are taken as distinct: its makers keep
    them apart.
    """
    functions = columns.functions
    same_name = functions.name[sources] == functions.name[targets]
    ours, theirs = functions.namespace[sources], functions.namespace[targets]
    head, before = functions.resource_head, functions.resource_before
    same_act = functions.effect[sources] == functions.effect[targets]
    same_act &= (
        (head[sources] == head[targets]) & (before[sources] == before[targets]) & (head[sources] != NONE)
    )
    return same_name | ((ours != theirs) & (same_act | (near >= params.duplicate_similarity)))
