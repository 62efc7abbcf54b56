"""How evenly walks visit the functions."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from toolmind_assets.model.function_graph import FunctionGraph


@dataclass(frozen=True, slots=True)
class WalkCoverage:
    """What the walks of some tasks visited.

    Attributes:
        n_chains: Walks.
        coverage_ratio: Share of the linkable functions, those with any accepted edge, that a walk visited; 1 where
            there are none.
        max_visits: Walks that visited the function that most did.
        top_ratio: Share of all visits that fell on the hundredth of the functions visited most.
        chains_per_set: Walks a distinct set of functions: 1 where none came up twice.
        n_repeated: Walks that visited the same functions in the same order as another one before.
    """

    n_chains: int
    coverage_ratio: float
    max_visits: int
    top_ratio: float
    chains_per_set: float
    n_repeated: int


def measure_coverage(
    chains: Sequence[tuple[str, ...]], functions: Collection[str], graph: FunctionGraph
) -> WalkCoverage:
    """The visits of `chains` among all `functions`, by id."""
    visits = Counter(function_id for chain in chains for function_id in chain)
    linkable = graph.functions
    foremost = visits.most_common(max(1, len(functions) // 100))
    n_sets = len({frozenset(chain) for chain in chains})
    return WalkCoverage(
        n_chains=len(chains),
        coverage_ratio=sum(one in visits for one in linkable) / len(linkable) if linkable else 1.0,
        max_visits=foremost[0][1] if foremost else 0,
        top_ratio=sum(count for _, count in foremost) / max(1, visits.total()),
        chains_per_set=len(chains) / max(1, n_sets),
        n_repeated=len(chains) - len(set(chains)),
    )
