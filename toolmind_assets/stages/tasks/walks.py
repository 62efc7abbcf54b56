"""Random walks over the function graph (ToolMind section 3.1).

Every choice hashes the seed and the stable key of each function that could be chosen, so that a function that
changes, comes or goes alters a walk only where it is chosen, or was.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.model.function_graph import FunctionGraph
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.stages.tasks.hashes import Hashes, key_numbers, rank_numbers, waits

NEIGHBOURS = 8
"""Functions of the same namespace, and of the same domain, that a walk without a way on may continue with."""
STRANGERS = 128
"""Functions of any domain that it may continue with: more than the longest walk has."""
FREE_SOURCES = 16
"""Functions that may lead to one function before it counts as a hub: a weight that every link moved would change
walks wherever a neighbour changes."""
_ANY = ("all", "")


class Neighbourhoods:
    """Functions by namespace, by domain and altogether, for walks that reach a dead end and for distractors."""

    def __init__(self, functions: Iterable[FunctionSpec]) -> None:
        self._functions = {function.function_id: function for function in functions}
        groups: dict[tuple[str, str], list[FunctionSpec]] = defaultdict(list)
        for function in sorted(self._functions.values(), key=lambda one: (one.function_key, one.function_id)):
            for group in self._groups_of(function):
                groups[group].append(function)
        self._groups: dict[tuple[str, str], tuple[Hashes, list[str]]] = {
            group: (
                key_numbers(function.function_key for function in members),
                [function.function_id for function in members],
            )
            for group, members in groups.items()
        }

    def near(self, function_id: str, seed: int) -> list[str]:
        """Functions of the same namespace, then of the same domain, then any, in an order that the seed decides."""
        return list(self.nearest(function_id, seed))

    def nearest(self, function_id: str, seed: int) -> Iterator[str]:
        """What `near` says, one after the other: the order of all functions is only found where it is asked for."""
        seen = {function_id}
        for group in self._groups_of(self._functions[function_id]):
            numbers, ids = self._groups[group]
            for place in rank_numbers(numbers, seed, STRANGERS if group == _ANY else NEIGHBOURS):
                if ids[place] not in seen:
                    seen.add(ids[place])
                    yield ids[place]

    @staticmethod
    def _groups_of(function: FunctionSpec) -> list[tuple[str, str]]:
        groups = [("domain", function.domain.value), _ANY]
        return [("namespace", function.namespace), *groups] if function.namespace else groups


class Ways:
    """Where a walk may go on to from each function, and how much it is drawn there."""

    def __init__(
        self,
        graph: FunctionGraph,
        functions: Mapping[str, FunctionSpec],
        value_weight: float,
        hub_penalty: float,
    ) -> None:
        """The ways of a graph.

        A way weighs as its link does (score times coherence), `value_weight` times as much where it carries a value (P-R), divided
        by the hubness of its target to the power of `hub_penalty`. Hubness is how many times more functions
        lead there than `FREE_SOURCES`, rounded down to a power of two: one link more rarely moves it.
        """
        numbers = dict(
            zip(functions, key_numbers(one.function_key for one in functions.values()), strict=True)
        )
        penalties = {
            target: hubness(len(graph.predecessors(target))) ** hub_penalty for target in graph.functions
        }
        self._ways: dict[str, tuple[list[str], Hashes, np.ndarray]] = {}
        for function_id in graph.functions:
            links = [link for link in graph.successors(function_id) if link.target_id != function_id]
            if links:
                weights = [
                    link.weight
                    * (value_weight if link.kind is EdgeKind.RESULT_TO_PARAMETER else 1.0)
                    / penalties[link.target_id]
                    for link in links
                ]
                targets = [link.target_id for link in links]
                self._ways[function_id] = (
                    targets,
                    np.array([numbers[target] for target in targets], dtype=np.uint64),
                    np.array(weights),
                )

    def first(self, function_id: str, seed: int, n_first: int) -> list[tuple[float, str]]:
        """The `n_first` targets to be chosen first from a function, each with its wait, in no order."""
        ways = self._ways.get(function_id)
        if ways is None:
            return []
        targets, numbers, weights = ways
        waiting = waits(numbers, seed) / weights
        if len(targets) <= n_first:
            return list(zip(waiting.tolist(), targets, strict=True))
        places = np.argpartition(waiting, n_first)[:n_first].tolist()
        return [(float(waiting[place]), targets[place]) for place in places]


def hubness(n_sources: int) -> int:
    """How many times `FREE_SOURCES` functions lead to a function, rounded down to a power of two; 1 for few."""
    return 1 << max(0, (n_sources // FREE_SOURCES).bit_length() - 1)


def walk(ways: Ways, neighbourhoods: Neighbourhoods, start: str, length: int, seed: int) -> tuple[str, ...]:
    """`length` distinct function ids from `start` on, fewer where the neighbourhood has no more.

    Every way on from any function visited so far is open, so that values fan out and in: each unvisited target
    waits a time that hashes seed and target, divided by the weight of its best way, and the one that waits the
    least is next. What the newest function leads to is new among those that have waited before, and so mostly
    wins. Where no way is open, the walk goes on with a function of the namespace where it started, else of the
    domain, else any.
    """
    chain = [start]
    visited = {start}
    waiting: list[tuple[float, str]] = []
    beside = neighbourhoods.nearest(start, seed)
    while len(chain) < length:
        for way in ways.first(chain[-1], seed, length):
            heapq.heappush(waiting, way)
        following = _next(waiting, visited) or next((near for near in beside if near not in visited), None)
        if following is None:
            break
        chain.append(following)
        visited.add(following)
    return tuple(chain)


def _next(waiting: list[tuple[float, str]], visited: set[str]) -> str | None:
    while waiting:
        _, target = heapq.heappop(waiting)
        if target not in visited:
            return target
    return None
