"""Plan skeletons: which functions are called, in which request, and which values flow where.

A skeleton knows every argument and where its value comes from, but not yet what the user's values are.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from toolmind_assets.model.tasks import ChoiceKind, PlanArgument, PlanStep, ValueKind
from toolmind_assets.stages.tasks.argument_fields import ArgumentField

Place = tuple[str, str]
"""A planned argument: step id and path."""


@dataclass(frozen=True, slots=True)
class PlanSkeleton:
    """A plan before the user's values are known.

    Attributes:
        steps: In an executable order; user values are None.
        fields: What each planned argument is.
        shared: Arguments that take the same value as an argument of an earlier step, or mean the same member of a list.
        n_requests: Number of user requests.
        unavailable: Ids of steps whose function is not offered; they leave the plan at the end.
        withheld: Arguments whose value the user does not state before being asked.
    """

    steps: tuple[PlanStep, ...]
    fields: Mapping[Place, ArgumentField]
    shared: Mapping[Place, Place]
    n_requests: int
    unavailable: frozenset[str] = frozenset()
    withheld: frozenset[Place] = frozenset()

    def user_places(self) -> list[Place]:
        """Arguments of which only the user knows the value, or by what value a member is chosen; in the order of the plan."""
        return [
            (step.step_id, argument.path)
            for step in self.steps
            for argument in step.arguments
            if needs_user(argument) and (step.step_id, argument.path) not in self.shared
        ]


def needs_user(argument: PlanArgument) -> bool:
    """Whether only the user knows what an argument needs: its value, or the value by which its list is chosen from."""
    is_match = argument.choice is not None and argument.choice.kind is ChoiceKind.MATCH
    return is_match or argument.kind is ValueKind.USER
