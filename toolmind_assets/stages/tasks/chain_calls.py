"""Calls of functions along a chain: which of them feed which, and plans grown from them."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.model.function_graph import FunctionGraph
from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.stages.tasks.builder import PlanBuilder, Tie
from toolmind_assets.stages.tasks.params import TaskParams

SOURCES_TRIED = 8
"""Functions outside of a walk that are looked at for one call that several results are to feed."""


@dataclass(frozen=True, slots=True)
class ChainCalls:
    """Grows plans of the functions of one chain."""

    chain: Sequence[str]
    functions: Mapping[str, FunctionSpec]
    graph: FunctionGraph
    rng: random.Random
    params: TaskParams

    def builder(self) -> PlanBuilder:
        """A plan without steps."""
        return PlanBuilder(self.functions, self.graph, self.rng, self.params)

    def passed_on(self, steps_max: int, steps_wanted: int) -> PlanBuilder | None:
        """Two steps or more along the chain, each but the first fed by an earlier result; None where there are none.

        From the first function that gives as many as wanted, else from the one that gives most.
        """
        longest: PlanBuilder | None = None
        for first in self.chain:
            if not any(self.flows(first, other) for other in self.chain):
                continue
            built = self.builder()
            if built.add(first, Tie.NONE):
                self.go_on(built, Tie.RESULT, steps_max)
                if len(built.steps) > max(1, len(longest.steps) if longest else 0):
                    longest = built
                if len(built.steps) >= steps_wanted:
                    break
        return longest

    def go_on(self, built: PlanBuilder, tie: Tie, steps_max: int) -> None:
        """Adds what is tied to the steps, in the order of the chain, until nothing more is.

        A function that stands before the one that feeds it gets its turn when the chain comes round again.
        """
        called = {step.function_id for step in built.steps}
        has_grown = True
        while has_grown:
            has_grown = False
            for function_id in self.chain:
                if len(built.steps) >= steps_max:
                    return
                is_first = not built.steps
                if function_id not in called and built.add(function_id, Tie.NONE if is_first else tie):
                    called.add(function_id)
                    has_grown = True

    def fanned_in(self, steps_max: int) -> PlanBuilder | None:
        """Calls of which the last takes values from two others; None where no function of the chain does."""
        for sink in self.chain:
            sources = self._sources_of(sink)
            if len(sources) < 2 or steps_max < 3:
                continue
            for first, second in permutations(sources, 2):
                built = self.builder()
                if (
                    built.add(first, Tie.NONE)
                    and built.add(second, Tie.FREE)
                    and built.add(sink, Tie.RESULT, sources_min=2)
                ):
                    return built
        return None

    def _sources_of(self, sink: str) -> list[str]:
        """Functions whose results feed the sink: those of the walk first, then its other neighbours."""
        near = self.graph.predecessors(sink)
        feeding = [one for one in near if one != sink and self.flows(one, sink)]
        walked = [one for one in feeding if one in self.chain]
        return [*walked, *(one for one in feeding if one not in walked)][:SOURCES_TRIED]

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Functions of the chain of which the second may take a value from the result of the first."""
        for source in self.chain:
            for other in self.chain:
                if other != source and self.flows(source, other):
                    yield source, other

    def flows(self, source: str, target: str) -> bool:
        """Whether an edge leads from the result of one function to a parameter of the other."""
        edges = self.graph.edges_between(source, target)
        return bool(edges) and edges[0].kind is EdgeKind.RESULT_TO_PARAMETER

    def is_sibling(self, function_id: str, other: str) -> bool:
        """Whether both only read, and take the same parameter, or both none."""
        one, two = self.functions[function_id], self.functions[other]
        edges = self.graph.edges_between(function_id, other)
        are_bare = not one.parameters.get("properties") and not two.parameters.get("properties")
        share = are_bare or any(edge.kind is EdgeKind.SHARED_PARAMETER for edge in edges)
        return share and {one.effect, two.effect} == {Effect.READ}
