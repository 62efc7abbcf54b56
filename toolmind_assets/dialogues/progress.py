"""How far a dialogue has carried out its plan."""

from collections.abc import Sequence
from typing import Any

from toolmind_assets.dialogues.contexts import Execution
from toolmind_assets.model.dialogues import CallStatus, ToolCall
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.model.paths import set_at, values_at
from toolmind_assets.model.tasks import PlanStep, Task, ValueKind


class MissingValueError(LookupError):
    """A planned value that an earlier result was to hold is not there."""


def results_by_step(executions: Sequence[Execution]) -> dict[str, Any]:
    """Results of the planned steps that were carried out with success."""
    return {
        execution.step_id: execution.result
        for execution in executions
        if execution.step_id is not None and execution.status is CallStatus.OK
    }


def resolve_arguments(step: PlanStep, results: dict[str, Any]) -> JsonObject:
    """The arguments of a planned step with its references replaced by values of earlier results.

    Raises:
        MissingValueError: a referenced step has no result, or the result does not hold the value.
    """
    arguments: JsonObject = {}
    for argument in step.arguments:
        value = argument.value
        if argument.kind is ValueKind.REFERENCE:
            found = values_at(results.get(argument.step_id or ""), argument.output_path or "")
            if not found or found[0][1] is None:
                raise MissingValueError(f"{argument.step_id}: {argument.output_path}")
            value = found[0][1]
        set_at(arguments, argument.path, value)
    return arguments


def step_of(
    call: ToolCall, function_id: str | None, task: Task, executions: Sequence[Execution]
) -> str | None:
    """The planned step that a call carries out: of the open steps of its function the one closest to it."""
    done = results_by_step(executions)
    candidates = [step for step in task.plan if step.function_id == function_id and step.step_id not in done]
    given = call.arguments if isinstance(call.arguments, dict) else {}

    def agreement(step: PlanStep) -> int:
        wanted = {
            argument.path: argument.value
            for argument in step.arguments
            if argument.kind is not ValueKind.REFERENCE
        }
        return sum(any(value == wanted[path] for _, value in values_at(given, path)) for path in wanted)

    return max(candidates, key=agreement).step_id if candidates else None
