"""Which member of each list of a plan is meant: settled by the first reference that leads through it.

Later references through the same list mean the same member, and so do those to what stands around it: whoever goes on
with a thing does not say anew which one.
"""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.model.tasks import Choice, ChoiceKind, PlanStep
from toolmind_assets.stages.tasks.argument_fields import ArgumentField
from toolmind_assets.stages.tasks.choice_options import ChoiceOption, choice_options, given_names, list_path
from toolmind_assets.stages.tasks.plan_skeletons import Place
from toolmind_assets.stages.tasks.telling_fields import Telling

_NAMED = frozenset({ChoiceKind.MATCH, ChoiceKind.ONLY})
_WHATEVER_STATE = frozenset({Effect.READ, Effect.CREATE})
"""Effects of calls that leave their thing as it is, in whatever state."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A choice that was settled, and for which list.

    Attributes:
        listed: Path of the list, up to its `[]`.
        choice: The choice.
        telling: How the member is told; None for the only one.
        place: The argument by which the value of a match was first needed; None for any other choice.
        field: What the value of a match is; None for any other choice.
        settled_by: The step that settled it.
    """

    listed: str
    choice: Choice
    telling: Telling | None
    place: Place | None
    field: ArgumentField | None
    settled_by: str


@dataclass(slots=True)
class MemberChoices:
    """The choices of one plan, as it grows."""

    functions: Mapping[str, FunctionSpec]
    rng: random.Random
    _settled: dict[str, list[Settled]] = field(default_factory=dict)

    def can_choose(self, source: PlanStep, output_path: str, effect: Effect) -> bool:
        """Whether a person could say which member of the source's list a call of this effect means.

        What is removed was chosen before, for a look at it, or is called by its name or sort, or is the only one.
        Whatever else changes something goes by name where there is one. Nothing that is changed goes by its state,
        for few changes suit every state.
        """
        listed = list_path(output_path)
        if not listed:
            return True
        known = self.known(source.step_id, output_path)
        if known is not None:
            is_fit = known.telling is not Telling.STATE or effect in _WHATEVER_STATE
            return is_fit and known.choice.path != output_path
        if any(listed.startswith(one.listed) for one in self._settled.get(source.step_id, ())):
            return False  # which of the inner ones is not settled by the choice of the outer
        return bool(self._options(source, output_path, effect))

    def known(self, step_id: str, output_path: str) -> Settled | None:
        """The choice that was settled for the list of a path, or for a list inside of it; None without one."""
        listed = list_path(output_path)
        settled = self._settled.get(step_id, ()) if listed else ()
        return next((one for one in settled if one.listed.startswith(listed)), None)

    def settle(self, source: PlanStep, output_path: str, effect: Effect, place: Place) -> Settled:
        """The choice for the list of a path: the known one, or one drawn for the argument at `place`.

        Only where `can_choose` says so.
        """
        known = self.known(source.step_id, output_path)
        if known is not None:
            return known
        options = self._options(source, output_path, effect)
        (option,) = self.rng.choices(options, [one.weight for one in options])
        told = _told_field(option)
        at = place if told else None
        made = Settled(list_path(output_path), option.choice, option.telling, at, told, place[0])
        self._settled.setdefault(source.step_id, []).append(made)
        return made

    def forget(self, step_ids: Collection[str]) -> None:
        """Takes back what these steps settled."""
        for source_id, settled in self._settled.items():
            self._settled[source_id] = [one for one in settled if one.settled_by not in step_ids]

    def _options(self, source: PlanStep, output_path: str, effect: Effect) -> Sequence[ChoiceOption]:
        given = given_names(argument.path for argument in source.arguments)
        options = choice_options(self.functions[source.function_id], output_path, given)
        if effect in _WHATEVER_STATE:
            return options
        stateless = [one for one in options if one.telling is not Telling.STATE]
        named = [one for one in stateless if one.choice.kind in _NAMED]
        return named if named or effect is Effect.DELETE else stateless


def _told_field(option: ChoiceOption) -> ArgumentField | None:
    """What the value of a match is, for who decides it; None for any other choice."""
    field = option.field
    if field is None or option.choice.kind is not ChoiceKind.MATCH:
        return None
    return ArgumentField(
        path=field.path,
        name=field.name,
        owner=option.owner,
        schema=field.schema,
        is_required=False,
        is_secret=False,
        is_scalar=True,
        format=field.format,
        description=field.description,
    )
