"""Builds the steps of a skeleton, one after the other: which arguments a call takes, and what they are tied to."""

import random
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from enum import Enum, auto

from toolmind_assets.model.function_graph import FunctionGraph
from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.model.tasks import Members, PlanArgument, PlanStep, ValueKind
from toolmind_assets.stages.tasks.argument_fields import (
    ArgumentField,
    argument_fields,
    is_plain,
    is_shapeless,
)
from toolmind_assets.stages.tasks.change_content import content_for
from toolmind_assets.stages.tasks.choice_options import list_path
from toolmind_assets.stages.tasks.earlier_values import EarlierValues
from toolmind_assets.stages.tasks.member_choices import MemberChoices
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.plan_skeletons import Place
from toolmind_assets.stages.tasks.references import (
    Reference,
    best_references,
    spread_references,
)
from toolmind_assets.stages.tasks.sayable_values import is_sayable, is_worth_saying

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
        self._rng = rng
        self._params = params
        self._deleted: dict[Place, str] = {}
        self._choices = MemberChoices(functions, rng)
        self.steps: list[PlanStep] = []
        self.fields: dict[Place, ArgumentField] = {}
        self.shared: dict[Place, Place] = {}
        self._earlier = EarlierValues(functions, graph, self._choices, self.steps, self.shared)

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
        found = {} if tie is Tie.NONE else self._earlier.references(function_id)
        known = self._earlier.known(function_id)
        found = {path: ones for path, ones in found.items() if path not in known}
        references = spread_references(found) if sources_min > 1 else best_references(found, source_id)
        references |= {} if tie is Tie.NONE else {p: one for p, one in known.items() if one is not None}
        shares = {
            path: place for path, place in self._earlier.shares(function_id).items() if path not in references
        }
        linked = self._useful_links(function_id, fields, references, shares.keys())
        read = {references[path].step_id for path in linked if path in references}
        is_tied = {Tie.ANY: bool(linked), Tie.RESULT: bool(read)}.get(tie, True)
        if not is_tied or len(read) < sources_min or (source_id and source_id not in read):
            return False
        return self._add_step(function_id, fields, linked, references, shares)

    def cut(self, n_steps: int) -> None:
        """Takes back all steps but the first `n_steps`, as if they had never been added."""
        gone = {step.step_id for step in self.steps[n_steps:]}
        del self.steps[n_steps:]
        for places in (self.fields, self.shared):
            for place in [place for place in places if place[0] in gone]:
                del places[place]
        self._deleted = {place: step_id for place, step_id in self._deleted.items() if step_id not in gone}
        self._choices.forget(gone)

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
        if not is_said or content is None or not self._deleted.keys().isdisjoint(things.values()):
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
            self._deleted |= {things.get(path, (step_id, path)): step_id for path in gone}
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


def _thing(place: Place) -> Place:
    """What a place stands for: of a member of a list, whatever is read of it, the member."""
    return place[0], list_path(place[1]) or place[1]
