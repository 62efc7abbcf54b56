"""Plans: drafts with their values, and the proof that they can be executed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.ids import JsonObject, canonical_json
from toolmind_assets.model.paths import pointer_of, set_at
from toolmind_assets.model.schemas import violations
from toolmind_assets.model.tasks import PlanArgument, PlanStep, ValueKind
from toolmind_assets.tasks.drafts import Draft, Place


def fill_plan(draft: Draft, values: Mapping[Place, Any]) -> tuple[PlanStep, ...]:
    """The draft's steps with the user's values put in; shared arguments take the value that they share."""

    def filled(step_id: str, argument: PlanArgument) -> PlanArgument:
        if argument.kind is not ValueKind.USER:
            return argument
        place = (step_id, argument.path)
        return replace(argument, value=values[draft.shared.get(place, place)])

    return tuple(
        replace(step, arguments=tuple(filled(step.step_id, argument) for argument in step.arguments))
        for step in draft.steps
    )


def plan_problems(plan: Sequence[PlanStep], functions: Mapping[str, FunctionSpec]) -> list[str]:
    """Why a plan cannot be executed, in words; empty if it can.

    A reference must point to an earlier step. Values must fit the schema; of the schema's complaints only
    those about a referenced path itself are forgiven, since its value is not known yet.
    """
    problems = []
    earlier: set[str] = set()
    for step in plan:
        sources = {argument.step_id for argument in step.arguments if argument.kind is ValueKind.REFERENCE}
        problems += [f"{step.step_id} refers to {source}, no earlier step" for source in sources - earlier]
        function = functions[step.function_id]
        unknown = {
            pointer_of(argument.path.replace("[]", "[0]")) for argument in step.arguments if argument.step_id
        }
        for violation in violations(function.parameters, planned_arguments(step)):
            if not any(violation.pointer == pointer for pointer in unknown):
                problems.append(
                    f"{step.step_id} {function.name}{violation.pointer}: {violation.message[:200]}"
                )
        earlier.add(step.step_id)
    calls = [(step.function_id, canonical_json(planned_arguments(step))) for step in plan]
    twice = [step.step_id for step, call in zip(plan, calls, strict=True) if calls.count(call) > 1]
    return [*problems, *([f"{' and '.join(twice)} are the same call"] if twice else [])]


def planned_arguments(step: PlanStep) -> JsonObject:
    """The arguments of a step as an object; a referenced value stands as None."""
    arguments: JsonObject = {}
    for argument in step.arguments:
        set_at(arguments, argument.path, argument.value)
    return arguments
