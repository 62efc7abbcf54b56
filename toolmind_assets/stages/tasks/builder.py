"""Builds the steps of a skeleton, one after the other: which arguments a call takes, and what they are tied to."""

import random
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from enum import Enum, auto

from toolmind_assets.model.edges import Edge, EdgeKind
from toolmind_assets.model.function_graph import FunctionGraph
from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.model.paths import parse_path
from toolmind_assets.model.tasks import Members, PlanArgument, PlanStep, ValueKind
from toolmind_assets.stages.tasks.argument_fields import (
    ArgumentField,
    argument_fields,
    is_plain,
    is_shapeless,
    naming_arguments,
)
from toolmind_assets.stages.tasks.change_content import content_for
from toolmind_assets.stages.tasks.choice_options import list_path
from toolmind_assets.stages.tasks.echoed_values import echoed_argument
from toolmind_assets.stages.tasks.flows import can_share
from toolmind_assets.stages.tasks.member_choices import MemberChoices
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.plan_skeletons import Place
from toolmind_assets.stages.tasks.references import (
    Reference,
    best_references,
    fitting_reference,
    spread_references,
)
from toolmind_assets.stages.tasks.sayable_values import is_sayable, is_worth_saying

MAX_REFERENCE_KEYS = 5
"""Keys of an output path beyond which a value lies too deep in a result to be what the next call is about."""
OPTIONAL_SHARE = 0.08
"""How often a user states an argument that could be left out."""


class Tie(Enum):
    """What a step has to have in common with earlier ones."""

    NONE = auto()
    """Nothing, and it reads no earlier result."""
    FREE = auto()
    """Nothing, but it reads earlier results where it can."""
    ANY = auto()
    """A value from an earlier result, or one that an earlier call was given too."""
    RESULT = auto()
    """A value from an earlier result."""


class PlanBuilder:
    """Steps as they are added; a step that does not fit changes nothing."""

    def __init__(
        self,
        functions: Mapping[str, FunctionSpec],
        graph: FunctionGraph,
        rng: random.Random,
        params: TaskParams,
    ) -> None:
        self._functions = functions
        self._graph = graph
        self._rng = rng
        self._params = params
        self._deleted: set[Place] = set()
        self._choices = MemberChoices(functions, rng)
        self.steps: list[PlanStep] = []
        self.fields: dict[Place, ArgumentField] = {}
        self.shared: dict[Place, Place] = {}

    def add(self, function_id: str, tie: Tie, *, sources_min: int = 0, source_id: str = "") -> bool:
        """Whether a call of the function was added.

        Args:
            function_id: The function to call.
            tie: What it has to have in common with earlier steps.
            sources_min: Different steps whose results it has to read.
            source_id: A step whose result it has to read.
        """
        fields = argument_fields(self._functions[function_id])
        required = [field for field in fields if field.is_required]
        if len(required) > self._params.required_arguments_max or any(map(is_shapeless, required)):
            return False
        found = {} if tie is Tie.NONE else self._find_references(function_id)
        known = self._known_values(function_id)
        found = {path: ones for path, ones in found.items() if path not in known}
        references = spread_references(found) if sources_min > 1 else best_references(found, source_id)
        references |= {} if tie is Tie.NONE else {p: one for p, one in known.items() if one is not None}
        shares = {
            path: place for path, place in self._find_shares(function_id).items() if path not in references
        }
        linked = self._useful_links(function_id, fields, references, shares.keys())
        read = {references[path].step_id for path in linked if path in references}
        is_tied = {Tie.ANY: bool(linked), Tie.RESULT: bool(read)}.get(tie, True)
        if not is_tied or len(read) < sources_min or (source_id and source_id not in read):
            return False
        return self._add_step(function_id, fields, linked, references, shares)

    def _add_step(
        self,
        function_id: str,
        fields: Sequence[ArgumentField],
        linked: Sequence[str],
        references: Mapping[str, Reference],
        shares: Mapping[str, Place],
    ) -> bool:
        """Whether the step was added: nothing is used after it was deleted, and a change says what is to be."""
        function = self._functions[function_id]
        places = {path: (one.step_id, one.output_path) for path, one in references.items()} | dict(shares)
        things = {path: _thing(places[path]) for path in linked}
        wanted = [field for field in fields if field.is_required or field.path in linked]
        is_said = all(field.path in linked or field.fixed or is_sayable(field) for field in wanted)
        content = content_for(function, wanted)
        if not is_said or content is None or self._deleted.intersection(things.values()):
            return False
        wanted += self._drawn(content)
        wanted += [field for field in fields if field not in wanted and self._takes_optional(field, function)]
        step_id = f"s{len(self.steps) + 1}"
        kept = {path: one for path, one in references.items() if path in linked}
        tied = {path: place for path, place in shares.items() if path in linked}
        arguments = self._arguments(wanted, step_id, function, kept, tied)
        self.steps.append(PlanStep(step_id, function_id, 0, 0, arguments))
        if function.effect is Effect.DELETE and wanted:
            gone = [field.path for field in wanted if field.is_required][-1:] or [wanted[-1].path]
            self._deleted |= {things.get(path, (step_id, path)) for path in gone}
        return True

    def _drawn(self, content: Sequence[Sequence[ArgumentField]]) -> list[ArgumentField]:
        return list(self._rng.choice(content)) if content else []

    def _useful_links(
        self,
        function_id: str,
        fields: Sequence[ArgumentField],
        references: Mapping[str, Reference],
        shares: Set[str],
    ) -> list[str]:
        """The linked arguments that a caller would pass: every required one, else one optional one of a change.

        An optional argument of a function that only reads is a filter that nobody asked for.
        """
        paths = references.keys() | shares
        required = [field.path for field in fields if field.is_required and field.path in paths]
        if required or self._functions[function_id].effect is Effect.READ:
            return required
        optional = [field.path for field in fields if field.path in paths]
        return sorted(optional, key=lambda path: path not in references)[:1]

    def _takes_optional(self, field: ArgumentField, function: FunctionSpec) -> bool:
        is_open = is_plain(field) and is_worth_saying(field, function)
        return is_open and self._rng.random() < OPTIONAL_SHARE

    def _arguments(
        self,
        wanted: Sequence[ArgumentField],
        step_id: str,
        function: FunctionSpec,
        references: Mapping[str, Reference],
        shares: Mapping[str, Place],
    ) -> tuple[PlanArgument, ...]:
        """The wanted arguments in their order; what leads through inner lists is settled before what stands around."""
        inner_first = sorted(
            wanted,
            key=lambda field: field.path in references and -references[field.path].output_path.count("[]"),
        )
        made = {
            field.path: self._argument(field, step_id, function, references, shares) for field in inner_first
        }
        return tuple(made[field.path] for field in wanted)

    def _argument(
        self,
        field: ArgumentField,
        step_id: str,
        function: FunctionSpec,
        references: Mapping[str, Reference],
        shares: Mapping[str, Place],
    ) -> PlanArgument:
        place = (step_id, field.path)
        self.fields[place] = field
        if field.path in references:
            return self._referring(references[field.path], place, function)
        if field.fixed and field.path not in shares:
            return PlanArgument(field.path, ValueKind.LITERAL, value=field.fixed[0])
        if field.path in shares:
            self.shared[place] = shares[field.path]
        return PlanArgument(field.path, ValueKind.USER)

    def _referring(self, one: Reference, place: Place, function: FunctionSpec) -> PlanArgument:
        """The argument that reads a reference; of a list the member that is meant, whose name the user knows."""
        argument = PlanArgument(
            place[1], ValueKind.REFERENCE, None, one.step_id, one.output_path, one.members
        )
        if one.members is not Members.ONE or not list_path(one.output_path):
            return argument
        source = next(step for step in self.steps if step.step_id == one.step_id)
        settled = self._choices.settle(source, one.output_path, function.effect, place)
        if settled.place == place and settled.field is not None:
            self.fields[place] = settled.field
        elif settled.place is not None:
            self.shared[place] = settled.place
        return replace(argument, choice=settled.choice)

    def _edges(self, kind: EdgeKind, source_id: str, target_id: str) -> list[Edge]:
        return [edge for edge in self._graph.edges_between(source_id, target_id) if edge.kind is kind]

    def _find_references(self, function_id: str) -> dict[str, list[Reference]]:
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
        given = echoed_argument(step, edge.output_path, self.steps, self._functions)
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
        effect = self._functions[function_id].effect
        source = next(step for step in self.steps if step.step_id == one.step_id)
        if one.members is Members.ALL and effect is Effect.DELETE:
            return None
        if one.members is Members.ONE and not self._choices.can_choose(source, one.output_path, effect):
            return None
        return fitting_reference(one, self.steps, self._functions, function_id, path)

    def _known_values(self, function_id: str) -> dict[str, Reference | None]:
        """Arguments by which an earlier call of the same API named the same thing, which goes on being meant.

        With the reference that filled it, or None where the user stated it.
        """
        known: dict[str, Reference | None] = {}
        target = self._functions[function_id]
        for step in self.steps:
            source = self._functions[step.function_id]
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

    def _find_shares(self, function_id: str) -> dict[str, Place]:
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
        return {path: next(iter(places)) for path, places in found.items() if len(places) == 1}

    def _same_values(self, step: PlanStep, function_id: str) -> list[tuple[str, str]]:
        """Pairs of an argument of the step and one of the function that mean the same thing.

        Those that an edge joins, and those by which both functions of one API name a thing in the same words.
        """
        source, target = self._functions[step.function_id], self._functions[function_id]
        pairs = [
            (edge.output_path.removesuffix("[]"), edge.input_path.removesuffix("[]"))
            for edge in self._edges(EdgeKind.SHARED_PARAMETER, step.function_id, function_id)
        ]
        if source.namespace and source.namespace == target.namespace:
            pairs += [(name, name) for name in naming_arguments(source) & naming_arguments(target)]
        return [(theirs, ours) for theirs, ours in pairs if can_share(source, theirs, target, ours)]


def _thing(place: Place) -> Place:
    """What a place stands for: of a member of a list, whatever is read of it, the member."""
    return place[0], list_path(place[1]) or place[1]
