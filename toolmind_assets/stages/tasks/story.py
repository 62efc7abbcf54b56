"""The steps of a plan so far, as the rules of sense ask about them: which thing each is about, and within what."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.tasks import PlanArgument, PlanStep
from toolmind_assets.stages.tasks.plan_skeletons import Place
from toolmind_assets.stages.tasks.requests import list_of


@dataclass(frozen=True, slots=True)
class Story:
    """The steps so far, and what is known about their functions.

    Attributes:
        steps: In their order.
        shared: Arguments that take the same value as an argument of an earlier step.
        functions: By id.
        alike: Function id -> ids of its near duplicates.
        containers: Namespace and name of parameters that say within what a call is made.
    """

    steps: Sequence[PlanStep]
    shared: Mapping[Place, Place]
    functions: Mapping[str, FunctionSpec]
    alike: Mapping[str, Sequence[str]]
    containers: Set[tuple[str, str]] = frozenset()

    def function(self, step: PlanStep) -> FunctionSpec:
        """What a step calls."""
        return self.functions[step.function_id]

    def sources(self, step: PlanStep) -> list[FunctionSpec]:
        """The functions whose results tell what a step is about, rather than within what it is made."""
        read = {one.step_id for one in self.carried(step)}
        return [self.function(one) for one in self.steps if one.step_id in read]

    def carried(self, step: PlanStep) -> list[PlanArgument]:
        """The arguments that earlier results fill and that say more than within what the call is made."""
        namespace = self.function(step).namespace
        return [one for one in step.references() if (namespace, one.path) not in self.containers]

    def objects(self, step: PlanStep) -> frozenset[Place]:
        """Where what a step is about stands in earlier results; of members of a list the list."""
        return frozenset(_place_of(one) for one in self.carried(step))

    def found(self, step: PlanStep) -> frozenset[Place]:
        """Where all values that a step takes from earlier results stand."""
        return frozenset(map(_place_of, step.references()))

    def known(self, step: PlanStep) -> frozenset[Place]:
        """The arguments of earlier steps whose value, which the user knows, a step takes too."""
        earlier = {one.step_id for one in self.steps}
        places = (self.shared.get((step.step_id, argument.path)) for argument in step.arguments)
        return frozenset(place for place in places if place and place[0] in earlier)

    def details(self, step: PlanStep) -> frozenset[Place]:
        """Of what the user said before, what a step takes that is no container: the same city, the same account."""
        namespace = self.function(step).namespace
        return frozenset(place for place in self.known(step) if (namespace, place[1]) not in self.containers)

    def places(self, step: PlanStep) -> frozenset[Place]:
        """All that a step hangs on: what was found, and what the user knows and said before."""
        return self.found(step) | self.known(step)

    def before(self, step: PlanStep) -> set[str]:
        """The ids of the steps that a step depends on, directly or not."""
        known = {one.step_id: one for one in self.steps}
        found: set[str] = set()
        waiting = [*step.source_ids()]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += known[one].source_ids()
        return found

    def trailing(self, holds: Callable[[PlanStep], bool]) -> Iterator[PlanStep]:
        """The last steps, backwards, as long as something holds of them."""
        for step in reversed(self.steps):
            if not holds(step):
                return
            yield step


def _place_of(argument: PlanArgument) -> Place:
    return argument.step_id or "", list_of(argument) or argument.output_path or ""
