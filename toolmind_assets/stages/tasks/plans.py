"""Plans: skeletons with their values, and the proof that they can be executed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.ids import JsonObject, canonical_json
from toolmind_assets.model.paths import parse_path, pointer_of, set_at
from toolmind_assets.model.schemas import fits, schemas_at, violations
from toolmind_assets.model.tasks import Members, PlanArgument, PlanStep, ValueKind
from toolmind_assets.stages.tasks.argument_fields import argument_fields
from toolmind_assets.stages.tasks.choice_problems import choice_problems, match_problems, member_problems
from toolmind_assets.stages.tasks.flows import flow_problem
from toolmind_assets.stages.tasks.plan_skeletons import Place, PlanSkeleton, needs_user
from toolmind_assets.stages.tasks.requests import list_of
from toolmind_assets.stages.tasks.value_checks import value_problems


def fill_plan(skeleton: PlanSkeleton, values: Mapping[Place, Any]) -> tuple[PlanStep, ...]:
    """The skeleton's steps with the user's values put in; shared arguments take the value that they share."""

    def filled(step_id: str, argument: PlanArgument) -> PlanArgument:
        if not needs_user(argument):
            return argument
        place = (step_id, argument.path)
        value = values[skeleton.shared.get(place, place)]
        if argument.choice is None:
            return replace(argument, value=value)
        return replace(argument, choice=replace(argument.choice, value=value))

    return tuple(
        replace(step, arguments=tuple(filled(step.step_id, argument) for argument in step.arguments))
        for step in skeleton.steps
    )


def skeleton_problems(plan: Sequence[PlanStep], functions: Mapping[str, FunctionSpec]) -> list[str]:
    """Why steps cannot be executed whatever the user's values are, in words; empty if they can.

    In this order, step by step: ids are distinct; requests and groups come in order; each reference reads an
    earlier step, once carried out, at a path that its result has, of a type that the argument takes; no
    argument is unknown, none stands twice, and none that is required is missing; literals fit their schema. Where one
    member of a list is meant, a choice says which, and of one list of one result it is the same for all of a step.
    """
    problems: list[str] = []
    earlier: dict[str, PlanStep] = {}
    last_request = 0
    for step in plan:
        if step.step_id in earlier:
            problems.append(f"{step.step_id} stands twice")
        if not last_request <= step.request_index <= last_request + 1:
            problems.append(
                f"{step.step_id} serves request {step.request_index} after request {last_request}"
            )
        last_request = step.request_index
        for argument in step.references():
            problems += _reference_problems(step, argument, earlier, functions)
        problems += _iteration_problems(step)
        problems += member_problems(step)
        problems += _argument_problems(step, functions[step.function_id])
        earlier[step.step_id] = step
    return problems


def _reference_problems(
    step: PlanStep,
    argument: PlanArgument,
    earlier: Mapping[str, PlanStep],
    functions: Mapping[str, FunctionSpec],
) -> Iterator[str]:
    source = earlier.get(argument.step_id or "")
    if source is None:
        yield f"{step.step_id} refers to {argument.step_id}, no earlier step"
        return
    if source.members_max > 1:
        yield f"{step.step_id} refers to {source.step_id}, which is carried out several times"
    if source.request_index == step.request_index and source.group > step.group:
        yield f"{step.step_id} refers to {source.step_id}, which is made after it"
    problem = flow_problem(
        functions[source.function_id],
        argument.output_path or "",
        functions[step.function_id],
        argument.path,
        argument.members,
    )
    if problem:
        yield f"{step.step_id}: {problem}"
    yield from choice_problems(step.step_id, argument, functions[source.function_id])


def _iteration_problems(step: PlanStep) -> Iterator[str]:
    lists = {(one.step_id, list_of(one)) for one in step.references() if one.members is Members.EACH}
    if len(lists) > 1:
        yield f"{step.step_id} goes through several lists at once"
    if bool(lists) is not (step.members_max > 1):
        yield f"{step.step_id} goes through {len(lists)} lists for {step.members_max} members at most"


def _argument_problems(step: PlanStep, function: FunctionSpec) -> Iterator[str]:
    paths = [argument.path for argument in step.arguments]
    for path in sorted(set(paths)):
        if paths.count(path) > 1 or any(_is_inside(other, path) for other in paths):
            yield f"{step.step_id} fills {path} of {function.name} twice"
        if not schemas_at(function.parameters, path):
            yield f"{step.step_id}: {function.name} takes no {path}"
    for field in argument_fields(function):
        if field.is_required and not any(
            field.path == path or _is_inside(field.path, path) for path in paths
        ):
            yield f"{step.step_id}: {function.name} requires {field.path}"
    for argument in step.arguments:
        if argument.kind is ValueKind.LITERAL and not _fits_at(function, argument):
            yield f"{step.step_id}: {argument.path} of {function.name} cannot be {argument.value!r}"


def _is_inside(path: str, other: str) -> bool:
    """Whether a path leads into the value at another, key by key."""
    keys, outer = parse_path(path), parse_path(other)
    return len(keys) > len(outer) and keys[: len(outer)] == outer


def _fits_at(function: FunctionSpec, argument: PlanArgument) -> bool:
    definitions = function.parameters.get("$defs")
    return any(
        fits({**schema, "$defs": definitions} if definitions else schema, argument.value)
        for schema in schemas_at(function.parameters, argument.path)
    )


def plan_problems(plan: Sequence[PlanStep], functions: Mapping[str, FunctionSpec]) -> list[str]:
    """Why a plan with its values cannot be executed, in words; empty if it can.

    What holds for skeletons, and: values fit the schema, those by which a member is chosen that of the result. Of the
    schema's complaints only those about a referenced place itself are forgiven, since its value is not known yet; every
    other one counts. Values of a call agree with each other and with their documentation. No two steps are the same
    call.
    """
    problems = skeleton_problems(plan, functions)
    for step in plan:
        function = functions[step.function_id]
        if any(_argument_problems(step, function)):
            continue  # told already, in other words
        unknown = {pointer_of(argument.path.replace("[]", "[0]")) for argument in step.references()}
        problems += [
            f"{step.step_id} {function.name}{violation.pointer}: {violation.message[:200]}"
            for violation in violations(function.parameters, planned_arguments(step))
            if violation.pointer not in unknown
        ]
        problems += value_problems(step, function)
    problems += match_problems(plan, functions)
    calls = [(step.function_id, canonical_json(_call_of(step))) for step in plan]
    twice = [step.step_id for step, call in zip(plan, calls, strict=True) if calls.count(call) > 1]
    return [*problems, *([f"{' and '.join(twice)} are the same call"] if twice else [])]


def _call_of(step: PlanStep) -> list[Any]:
    """What tells a call from another: its values, and where those that are not known come from."""
    arguments = sorted(step.arguments, key=lambda argument: argument.path)
    return [
        (
            one.path,
            one.value,
            one.step_id,
            one.output_path,
            one.members.value,
            one.choice and (one.choice.kind.value, one.choice.path, one.choice.value),
        )
        for one in arguments
    ]


def planned_arguments(step: PlanStep) -> JsonObject:
    """The arguments of a step as an object; a referenced value stands as None."""
    arguments: JsonObject = {}
    for argument in step.arguments:
        set_at(arguments, argument.path, argument.value)
    return arguments
