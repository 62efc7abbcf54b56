"""What is wrong with the choices of a plan: nobody could say which member is meant, or no result could show it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.model.schemas import fits, schemas_at
from toolmind_assets.model.tasks import Choice, ChoiceKind, Members, PlanArgument, PlanStep
from toolmind_assets.stages.tasks.choice_options import list_path


def choice_problems(step_id: str, argument: PlanArgument, source: FunctionSpec) -> Iterator[str]:
    """Why the choice of a reference to a result of `source` says nothing, in words."""
    listed, choice = list_path(argument.output_path or ""), argument.choice
    if choice is None:
        if listed and argument.members is Members.ONE:
            yield f"{step_id}: {argument.path} reads one member of {listed}, and nothing says which"
        return
    if not listed or argument.members is not Members.ONE:
        yield f"{step_id}: {argument.path} has a choice where there is none to be made"
    elif choice.path is not None and not list_path(choice.path).startswith(listed):
        yield f"{step_id}: {argument.path} reads {listed} and is chosen by {choice.path}, of another list"
    if (choice.path is None) is not (choice.kind is ChoiceKind.ONLY):
        yield f"{step_id}: the {choice.kind.value} one is told by {choice.path or 'nothing'}"
    elif choice.path is not None and not schemas_at(source.returns or {}, choice.path):
        yield f"{step_id}: the result of {source.name} has no {choice.path}"


def member_problems(step: PlanStep) -> Iterator[str]:
    """Why the references of a step to one list mean different members, in words."""
    chosen: dict[tuple[str | None, str], Choice] = {}
    for argument in step.references():
        if argument.choice is not None:
            listed = (argument.step_id, list_path(argument.output_path or ""))
            if chosen.setdefault(listed, argument.choice) != argument.choice:
                yield f"{step.step_id} means two members of {listed[1]} of {listed[0]} as if they were one"


def match_problems(plan: Sequence[PlanStep], functions: Mapping[str, FunctionSpec]) -> Iterator[str]:
    """Why the values by which members are chosen could stand in no result, in words."""
    by_id = {step.step_id: functions[step.function_id] for step in plan}
    for step in plan:
        for argument in step.references():
            choice, source = argument.choice, by_id.get(argument.step_id or "")
            if choice is None or choice.kind is not ChoiceKind.MATCH or source is None or not choice.path:
                continue
            if choice.value in (None, "") or not _fits_at(source.returns or {}, choice.path, choice.value):
                yield f"{step.step_id}: no {choice.label} in the result of {source.name} can be {choice.value!r}"


def _fits_at(returns: JsonObject, path: str, value: Any) -> bool:
    definitions = {"$defs": returns["$defs"]} if "$defs" in returns else {}
    return any(fits({**schema, **definitions}, value) for schema in schemas_at(returns, path))
