"""Candidate links between functions: pairs of fields that mean the same value and whose values fit.

P-R: a field of one function's result can fill a parameter of another. P-P: two functions take the same
parameter. Links of either kind are directed, and no function links to itself.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.stages.graph.columns import Columns, Ints
from toolmind_assets.stages.graph.pairs import Pairs, ResultPairs
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_assets.stages.graph.scoring import Scorer
from toolmind_assets.stages.graph.similarity import FieldVectors

SCORES = np.float32
Block = TypeVar("Block")
Done = TypeVar("Done")
WORKERS = 2
"""Blocks of pairs that are weighed at the same time; each takes some hundred MiB."""
Kept = tuple[Ints, Ints, NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]
"""Sources, targets, scores, coherence and ranks of links."""
CLOSENESS = 0.3
"""How much the likeness of whole functions adds to a rank, against 1 for the fields."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Links of one kind, each of shape (n,).

    Attributes:
        sources, targets: Places of their fields.
        score: Agreement times compatibility, 4 places.
        coherence: Whether both calls serve one goal, 4 places.
        is_random: Drawn rather than found (ToolMind 3.1).
    """

    kind: EdgeKind
    sources: Ints
    targets: Ints
    score: NDArray[np.float32]
    coherence: NDArray[np.float32]
    is_random: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.sources)


def without(links: Candidates, others: Iterable[Candidates]) -> Candidates:
    """Those of some links that are not among others."""
    known = [one.targets << 32 | one.sources for one in others if one.kind is links.kind]
    fresh = np.flatnonzero(~np.isin(links.targets << 32 | links.sources, np.concatenate(known)))
    return Candidates(
        links.kind,
        links.sources[fresh],
        links.targets[fresh],
        links.score[fresh],
        links.coherence[fresh],
        links.is_random[fresh],
    )


def find_results(columns: Columns, vectors: FieldVectors, scorer: Scorer, params: GraphParams) -> Candidates:
    """The best links from results to parameters: of each parameter those from its best sources."""
    blocks = ResultPairs(columns, vectors)
    kept = list(in_order(blocks, lambda pairs: _best_sources(columns, pairs, scorer, params)))
    columns_kept = zip(*(kept or [_NOTHING]), strict=True)
    sources, targets, score, coherence, rank = map(np.concatenate, columns_kept)
    links = (sources, targets, score, coherence, rank)
    return best_of_functions(columns, EdgeKind.RESULT_TO_PARAMETER, links, params)


def in_order(blocks: Iterable[Block], work: Callable[[Block], Done]) -> Iterator[Done]:
    """What comes of each block, some of them at once: NumPy works outside of the interpreter's lock."""
    waiting: deque[Future[Done]] = deque()
    with ThreadPoolExecutor(WORKERS) as pool:
        for block in blocks:
            waiting.append(pool.submit(work, block))
            if len(waiting) > WORKERS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


_NOTHING = (*(np.empty(0, np.int64),) * 2, *(np.empty(0, SCORES),) * 3)


def _best_sources(columns: Columns, pairs: Pairs, scorer: Scorer, params: GraphParams) -> Kept:
    """Of each parameter the best link from each of its `max_sources` best source functions."""
    score = scorer.score(EdgeKind.RESULT_TO_PARAMETER, pairs.sources, pairs.targets)
    found = np.flatnonzero(score >= params.min_kept_score)
    sources, targets, score = pairs.sources[found], pairs.targets[found], score[found]
    coherence = scorer.coherence(EdgeKind.RESULT_TO_PARAMETER, sources, targets)
    functions = columns.fields.function
    near = scorer.closeness(functions[sources], functions[targets])
    value = np.round(score * (1 + CLOSENESS * near), 4).astype(np.float32)
    rank = np.round(value * coherence, 4)
    best = best_of_targets(columns, sources, targets, (value, rank), params)
    return sources[best], targets[best], score[best], coherence[best], rank[best]


def best_of_targets(
    columns: Columns,
    sources: Ints,
    targets: Ints,
    ranks: tuple[NDArray[np.float32], NDArray[np.float32]],
    params: GraphParams,
) -> Ints:
    """Places of the best link to each parameter from each of its `max_sources` best source functions.

    Args:
        ranks: By which the field of a function is chosen, and by which functions are: whether the value is right, and
            whether the calls belong together as well.
    """
    functions = columns.fields.function
    value, rank = ranks
    single = first_of_groups(targets, functions[sources], value, limit=1)
    return single[first_of_groups(targets[single], None, rank[single], limit=params.max_sources)]


def best_of_functions(columns: Columns, kind: EdgeKind, links: Kept, params: GraphParams) -> Candidates:
    """Of links that were found, the `max_pair_links` highest ranked from each function to each other."""
    functions = columns.fields.function
    sources, targets, score, coherence, rank = links
    best = first_of_groups(functions[sources], functions[targets], rank, limit=params.max_pair_links)
    found = (sources[best], targets[best], score[best], coherence[best])
    return Candidates(kind, *found, np.zeros(len(best), dtype=bool))


def first_of_groups(group: Ints, subgroup: Ints | None, rank: NDArray[np.float32], limit: int) -> Ints:
    """Places of the `limit` highest ranked of each group, ties in the order given."""
    keys = (group,) if subgroup is None else (subgroup, group)
    order = np.lexsort((np.arange(len(rank)), -rank, *keys))
    changes = np.zeros(len(order), dtype=bool)
    if len(order):
        changes[0] = True
    for key in keys:
        changes[1:] |= np.diff(key[order]) != 0
    starts = np.maximum.accumulate(np.where(changes, np.arange(len(order)), 0))
    return order[np.arange(len(order)) - starts < limit]
