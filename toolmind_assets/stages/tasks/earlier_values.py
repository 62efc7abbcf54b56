"""Values that the earlier steps of a plan have to offer: in their results, and those that their calls were given."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from toolmind_assets.model.edges import Edge, EdgeKind
from toolmind_assets.model.function_graph import FunctionGraph
from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.model.paths import parse_path
from toolmind_assets.model.tasks import Members, PlanArgument, PlanStep, ValueKind
from toolmind_assets.stages.tasks.argument_fields import naming_arguments
from toolmind_assets.stages.tasks.echoed_values import echoed_argument
from toolmind_assets.stages.tasks.flows import can_share
from toolmind_assets.stages.tasks.member_choices import MemberChoices
from toolmind_assets.stages.tasks.plan_skeletons import Place
from toolmind_assets.stages.tasks.references import Reference, fitting_reference

MAX_REFERENCE_KEYS = 5
"""Keys of an output path beyond which a value lies too deep in a result to be what the next call is about."""


@dataclass(frozen=True, slots=True)
class EarlierValues:
    """What the next step can take from those before it.

    Attributes:
        functions: By id.
        graph: Their accepted links.
        choices: Which member of each list is meant.
        steps: The steps so far; grows with the plan.
        shared: Arguments that take the same value as an argument of an earlier step; grows with the plan.
    """

    functions: Mapping[str, FunctionSpec]
    graph: FunctionGraph
    choices: MemberChoices
    steps: list[PlanStep]
    shared: dict[Place, Place]

    def _edges(self, kind: EdgeKind, source_id: str, target_id: str) -> list[Edge]:
        return [edge for edge in self.graph.edges_between(source_id, target_id) if edge.kind is kind]

    def references(self, function_id: str) -> dict[str, list[Reference]]:
        """Input path -> values of earlier results that can fill it, the best first, of equal ones the latest.

        Not from a function that was called several times: nobody could say which result is meant. Where a
        result only repeats what its call was given, that value itself is meant.
        """
        called = [step.function_id for step in self.steps]
        found: dict[str, list[Reference]] = {}
        for step in reversed(self.steps):
            if called.count(step.function_id) > 1:
                continue
            for edge in self._edges(EdgeKind.RESULT_TO_PARAMETER, step.function_id, function_id):
                if len(parse_path(edge.output_path)) > MAX_REFERENCE_KEYS:
                    continue
                one = self._reference(edge, step, function_id)
                if one is not None:
                    found.setdefault(edge.input_path.removesuffix("[]"), []).append(one)
        return {path: sorted(ones, key=lambda one: -one.score) for path, ones in found.items()}

    def _reference(self, edge: Edge, step: PlanStep, function_id: str) -> Reference | None:
        """What an edge from a step carries to a function, or None where that is nothing, or nothing new."""
        given = echoed_argument(step, edge.output_path, self.steps, self.functions)
        source_id, output_path = step.step_id, edge.output_path
        if given is not None:
            if given.step_id is None or given.members is not Members.ONE:
                return None
            source_id, output_path = given.step_id, given.output_path or ""
        members = Members.ALL if edge.input_path.endswith("[]") else Members.ONE
        one = Reference(edge.score, source_id, output_path, members)
        return self._sayable_reference(one, function_id, edge.input_path.removesuffix("[]"))

    def _sayable_reference(self, one: Reference, function_id: str, path: str) -> Reference | None:
        """The reference, or None where it cannot fill the argument, or nobody could say which thing it means.

        All things that a list holds are removed by no one call: each was to be named.
        """
        effect = self.functions[function_id].effect
        source = next(step for step in self.steps if step.step_id == one.step_id)
        if one.members is Members.ALL and effect is Effect.DELETE:
            return None
        if one.members is Members.ONE and not self.choices.can_choose(source, one.output_path, effect):
            return None
        return fitting_reference(one, self.steps, self.functions, function_id, path)

    def known(self, function_id: str) -> dict[str, Reference | None]:
        """Arguments by which an earlier call of the same API named the same thing, which goes on being meant.

        With the reference that filled it, or None where the user stated it.
        """
        known: dict[str, Reference | None] = {}
        target = self.functions[function_id]
        for step in self.steps:
            source = self.functions[step.function_id]
            if (
                not source.namespace
                or source.namespace != target.namespace
                or step.function_id == function_id
            ):
                continue
            names = naming_arguments(source) & naming_arguments(target)
            for argument in step.arguments:
                if argument.path in names and can_share(source, argument.path, target, argument.path):
                    known.setdefault(argument.path, self._again(argument, function_id))
        return known

    def _again(self, argument: PlanArgument, function_id: str) -> Reference | None:
        """The reference of an argument, to be read once more for a function; None where it has none."""
        if argument.step_id is None or argument.members is not Members.ONE:
            return None
        one = Reference(1.0, argument.step_id, argument.output_path or "", argument.members)
        return self._sayable_reference(one, function_id, argument.path)

    def shares(self, function_id: str) -> dict[str, Place]:
        """Input path -> the argument of an earlier step that takes the same value from the user.

        Only where there is one such value: of several nobody could say which is meant.
        """
        found: dict[str, dict[Place, None]] = {}
        for step in self.steps:
            stated = {argument.path for argument in step.arguments if argument.kind is ValueKind.USER}
            for theirs, ours in self._same_values(step, function_id):
                if step.function_id != function_id and theirs in stated:
                    place = (step.step_id, theirs)
                    found.setdefault(ours, {})[self.shared.get(place, place)] = None
            for ours, place in self._said_of_choices(step, function_id):
                found.setdefault(ours, {})[place] = None
        return {path: next(iter(places)) for path, places in found.items() if len(places) == 1}

    def _said_of_choices(self, step: PlanStep, function_id: str) -> Iterator[tuple[str, Place]]:
        """Arguments that mean what the user calls the chosen member of the step's list, with the place of its value."""
        for edge in self._edges(EdgeKind.RESULT_TO_PARAMETER, step.function_id, function_id):
            known = self.choices.known(step.step_id, edge.output_path)
            if known is None or known.place is None or known.choice.path != edge.output_path:
                continue
            one = Reference(edge.score, step.step_id, edge.output_path, Members.ONE)
            if fitting_reference(one, self.steps, self.functions, function_id, edge.input_path):
                yield edge.input_path, known.place

    def _same_values(self, step: PlanStep, function_id: str) -> list[tuple[str, str]]:
        """Pairs of an argument of the step and one of the function that mean the same thing.

        Those that an edge joins, and those by which both functions of one API name a thing in the same words.
        """
        source, target = self.functions[step.function_id], self.functions[function_id]
        pairs = [
            (edge.output_path.removesuffix("[]"), edge.input_path.removesuffix("[]"))
            for edge in self._edges(EdgeKind.SHARED_PARAMETER, step.function_id, function_id)
        ]
        if source.namespace and source.namespace == target.namespace:
            pairs += [(name, name) for name in naming_arguments(source) & naming_arguments(target)]
        return [(theirs, ours) for theirs, ours in pairs if can_share(source, theirs, target, ours)]
