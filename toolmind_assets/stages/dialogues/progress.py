"""How far a dialogue has carried out its plan."""

from collections.abc import Mapping, Sequence
from typing import Any

from toolmind_assets.model.choices import choice_words, chosen_values
from toolmind_assets.model.dialogues import CallStatus, ToolCall
from toolmind_assets.model.ids import JsonObject, canonical_json
from toolmind_assets.model.paths import format_path, parse_path, set_at, values_at
from toolmind_assets.model.tasks import Members, PlanArgument, PlanStep, Task, ValueKind
from toolmind_assets.stages.dialogues.contexts import Execution


class MissingValueError(LookupError):
    """A planned value that an earlier result was to hold is not there, or nobody could say which one is meant."""


def results_by_step(executions: Sequence[Execution]) -> dict[str, Any]:
    """Results of the planned steps that were carried out with success; of several of one step the last."""
    return {
        execution.step_id: execution.result
        for execution in executions
        if execution.step_id is not None and execution.status is CallStatus.OK
    }


def resolve_arguments(step: PlanStep, results: Mapping[str, Any]) -> list[JsonObject]:
    """The arguments of each call that a planned step stands for, references replaced by values of earlier results.

    One call, or one for each different member that the step is meant for, in the order of the list.

    Raises:
        MissingValueError: a referenced step has no result, or the result does not hold the value, or several of which
            the choice means each.
    """
    calls: dict[str, JsonObject] = {}
    for positions in _members(step, results):
        arguments: JsonObject = {}
        for argument in step.arguments:
            is_reference = argument.kind is ValueKind.REFERENCE
            value = _value_of(argument, results, positions) if is_reference else argument.value
            set_at(arguments, argument.path, value)
        calls.setdefault(canonical_json(arguments), arguments)
    return list(calls.values())[: step.members_max]


def _members(step: PlanStep, results: Mapping[str, Any]) -> list[tuple[int, ...]]:
    """For each member that the step is carried out for, the positions in the lists that lead to it."""
    leading = next((one for one in step.references() if one.members is Members.EACH), None)
    if leading is None:
        return [()]
    places = values_at(results.get(leading.step_id or ""), leading.output_path or "")
    found = [
        tuple(key for key in parse_path(path) if isinstance(key, int))
        for path, value in places
        if value is not None
    ]
    if not found:
        raise MissingValueError(f"{leading.step_id}: {leading.output_path}")
    return found


def _value_of(argument: PlanArgument, results: Mapping[str, Any], positions: tuple[int, ...]) -> Any:
    result, path = results.get(argument.step_id or ""), argument.output_path or ""
    if argument.members is Members.EACH:
        left = iter(positions)
        path = format_path(tuple(next(left, 0) if key is None else key for key in parse_path(path)))
    if argument.members is Members.ONE:
        return _chosen(argument, result)
    found = [value for _, value in values_at(result, path) if value is not None]
    if not found:
        raise MissingValueError(f"{argument.step_id}: {argument.output_path}")
    return found if argument.members is Members.ALL else found[0]


def _chosen(argument: PlanArgument, result: Any) -> Any:
    """The one value that a reference reads, of the member that its choice means."""
    found = chosen_values(result, argument.output_path or "", argument.choice)
    if len(found) != 1:
        which = f" of {choice_words(argument.choice)}" if argument.choice else ""
        count = f", of which there are {len(found)}" if found else ""
        raise MissingValueError(f"{argument.step_id}: {argument.output_path}{which}{count}")
    return found[0]


def open_calls(step: PlanStep, executions: Sequence[Execution]) -> list[JsonObject]:
    """The arguments of the calls that a planned step still stands for; empty once it is done.

    Raises:
        MissingValueError: an earlier result does not hold what it needs.
    """
    done = [run for run in executions if run.step_id == step.step_id and run.status is CallStatus.OK]
    if done and step.members_max == 1:
        return []
    made = {canonical_json(run.call.arguments) for run in done}
    wanted = resolve_arguments(step, results_by_step(executions))
    left = [arguments for arguments in wanted if canonical_json(arguments) not in made]
    return left[: max(len(wanted) - len(done), 0)]


def is_done(step: PlanStep, executions: Sequence[Execution]) -> bool:
    """Whether every call that the step stands for was carried out with success."""
    try:
        return not open_calls(step, executions)
    except MissingValueError:
        return False


def step_of(
    call: ToolCall, function_id: str | None, task: Task, executions: Sequence[Execution]
) -> str | None:
    """The planned step that a call carries out: of the open steps of its function the one closest to it."""
    candidates = [
        step for step in task.plan if step.function_id == function_id and not is_done(step, executions)
    ]
    given = call.arguments if isinstance(call.arguments, dict) else {}

    def agreement(step: PlanStep) -> int:
        wanted = {
            argument.path: argument.value
            for argument in step.arguments
            if argument.kind is not ValueKind.REFERENCE
        }
        return sum(any(value == wanted[path] for _, value in values_at(given, path)) for path in wanted)

    return max(candidates, key=agreement).step_id if candidates else None
