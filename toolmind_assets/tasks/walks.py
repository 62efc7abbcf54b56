"""Random walks over the function graph (ToolMind section 3.1)."""

import random
from collections.abc import Mapping, Sequence

from toolmind_assets.model.function_graph import FunctionGraph
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.tasks.slots import rank_by_hash

NEIGHBOURS = 8
"""Functions of the same namespace, and of the same domain, that a walk without a way on may continue with."""


class Neighbourhoods:
    """Functions by namespace, by domain and altogether, for walks that reach a dead end and for distractors."""

    def __init__(self, functions: Sequence[FunctionSpec]) -> None:
        self._functions = {function.function_id: function for function in functions}
        self._groups: dict[tuple[str, str], list[str]] = {}
        for function in sorted(functions, key=lambda function: function.function_id):
            for group in self._groups_of(function):
                self._groups.setdefault(group, []).append(function.function_id)

    def near(self, function_id: str, seed: int) -> list[str]:
        """Functions of the same namespace, then of the same domain, then any, in an order that the seed decides."""
        near: dict[str, None] = {}
        for group in self._groups_of(self._functions[function_id]):
            near |= dict.fromkeys(rank_by_hash(self._groups[group], seed, NEIGHBOURS))
        near.pop(function_id, None)
        return list(near)

    @staticmethod
    def _groups_of(function: FunctionSpec) -> list[tuple[str, str]]:
        groups = [("domain", function.domain.value), ("all", "")]
        return [("namespace", function.namespace), *groups] if function.namespace else groups


def walk(
    graph: FunctionGraph,
    neighbourhoods: Neighbourhoods,
    start: str,
    length: int,
    rng: random.Random,
    seed: int,
) -> tuple[str, ...]:
    """`length` distinct function ids from `start` on, fewer where the neighbourhood has no more.

    A step goes to an unvisited successor with a chance in proportion to the link's score. At a dead end the
    walk goes on from the last visited function that has a way on, and where there is none, with a function
    of the same namespace, else of the same domain, else any.
    """
    chain = [start]
    while len(chain) < length:
        following = _successor(graph, chain, rng) or _neighbour(neighbourhoods, chain, seed)
        if following is None:
            break
        chain.append(following)
    return tuple(chain)


def _successor(graph: FunctionGraph, chain: Sequence[str], rng: random.Random) -> str | None:
    for function_id in reversed(chain):
        scores: Mapping[str, float] = {
            link.target_id: link.score
            for link in graph.successors(function_id)
            if link.target_id not in chain
        }
        if scores:
            return rng.choices(list(scores), weights=list(scores.values()))[0]
    return None


def _neighbour(neighbourhoods: Neighbourhoods, chain: Sequence[str], seed: int) -> str | None:
    return next((near for near in neighbourhoods.near(chain[0], seed) if near not in chain), None)
