"""The planner: decides the values that only the user knows, so that a skeleton becomes a plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolmind_assets.model.choices import choice_words
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.ids import JsonObject, compact_json, seed_from
from toolmind_assets.model.schemas import resolve
from toolmind_assets.model.tasks import ChoiceKind, Members, PlanArgument, PlanStep, ValueKind
from toolmind_assets.stages.tasks import roles
from toolmind_assets.stages.tasks.argument_fields import argument_fields
from toolmind_assets.stages.tasks.brief_texts import brief
from toolmind_assets.stages.tasks.circumstances import UNTOLD, Circumstances, person_words
from toolmind_assets.stages.tasks.json_replies import ask_for_json, read_json
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.plan_skeletons import Place, PlanSkeleton
from toolmind_assets.stages.tasks.plans import fill_plan, plan_problems
from toolmind_assets.stages.tasks.requests import list_of
from toolmind_assets.stages.tasks.value_checks import ends_in
from toolmind_resources.chat.asking import Unusable, Unused, Used, ask_until_used
from toolmind_resources.chat.model import ChatModel, ChatReply, ChatRequest, Sampling
from toolmind_resources.chat.prompt import load_prompt

PLANNER = load_prompt("toolmind_assets.stages.tasks", "planner")
PLANNER_AGAIN = load_prompt("toolmind_assets.stages.tasks", "planner_again")
PROBLEMS_TOLD = 5
"""Most problems of a reply that the planner is told."""
CALL_CHARS = 400
"""Most characters of a call's description."""
FIELD_CHARS = 600
"""Most characters of what is said of a value: of a long list of codes the model needs a few."""
DEFAULTS_TOLD = 6
"""Most defaults of a call that the planner is shown."""

_VALUES_SCHEMA = {
    "type": "object",
    "properties": {
        "values": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"step_id": {"type": "string"}, "path": {"type": "string"}, "value": {}},
                "required": ["step_id", "path", "value"],
            },
        }
    },
    "required": ["values"],
}


@dataclass(frozen=True, slots=True)
class PlannerContext:
    """What the planner knows: the skeleton and its functions, and when the dialogue takes place."""

    skeleton: PlanSkeleton
    functions: Mapping[str, FunctionSpec]
    reference_time: str = ""


async def plan_values(
    skeleton: PlanSkeleton,
    functions: Mapping[str, FunctionSpec],
    chat: ChatModel,
    seed: int,
    params: TaskParams,
    around: Circumstances = UNTOLD,
) -> Mapping[Place, Any] | Unused | str:
    """A value for every argument that only the user knows; or the replies, none of which was of use.

    A text says what is wrong with a plan for which nobody has to be asked.

    A planner whose values are missing, or do not make a plan that can be executed, is told so and asked again.

    Args:
        skeleton: A skeleton without problems of its own, so that what is wrong with the plan is wrong with its values.
        functions: By id.
        chat: Plays the planner.
        seed: Seed of the task.
        params: How often it is asked, and how it is sampled.
        around: When the dialogue takes place, and in which language.

    Raises:
        ChatError: the planner cannot be reached.
    """
    wanted = skeleton.user_places()
    if not wanted:
        return next(iter(_value_problems(skeleton, {}, functions)), {})
    prompt = PLANNER.render(
        person=person_words(around),
        reference_time=around.reference_time,
        language=around.language,
        calls="\n".join(_call_lines(step, skeleton, functions) for step in skeleton.steps),
        wanted="\n".join(_wanted_line(place, skeleton, functions) for place in wanted),
        together=_together(skeleton) or "none in particular",
    )

    def request(rejected: Sequence[Unusable]) -> ChatRequest:
        return ask_for_json(
            roles.PLANNER,
            prompt + _asked_again(rejected),
            _VALUES_SCHEMA,
            Sampling(params.planner_temperature, params.reply_tokens_max),
            seed_from(seed, "planner", len(rejected)),
            PlannerContext(skeleton, functions, around.reference_time),
        )

    def read(reply: ChatReply) -> Mapping[Place, Any] | Unusable:
        parsed = read_json(reply, _VALUES_SCHEMA)
        if isinstance(parsed, Unusable):
            return parsed
        values = {(entry["step_id"], entry["path"]): entry["value"] for entry in parsed["values"]}
        problems = _value_problems(skeleton, values, functions)
        return Unusable("\n".join(problems[:PROBLEMS_TOLD]), reply) if problems else values

    found = await ask_until_used(chat, request, read, params.replies_max)
    return found.value if isinstance(found, Used) else found


def _asked_again(rejected: Sequence[Unusable]) -> str:
    """What is said to a planner whose last reply could not be used."""
    problems = rejected[-1].reason.splitlines() if rejected else ()
    lines = "\n".join(f"- {problem}" for problem in problems)
    return PLANNER_AGAIN.render(problems=lines) if lines else ""


def _value_problems(
    skeleton: PlanSkeleton, values: Mapping[Place, Any], functions: Mapping[str, FunctionSpec]
) -> list[str]:
    missing = [place for place in skeleton.user_places() if place not in values]
    if missing:
        return [f"no value was given for {step_id} `{path}`" for step_id, path in missing]
    return plan_problems(fill_plan(skeleton, values), functions)


def _call_lines(step: PlanStep, skeleton: PlanSkeleton, functions: Mapping[str, FunctionSpec]) -> str:
    """A call: what it does, what it takes from results or has in common with another, and what is left at its default."""
    function = functions[step.function_id]
    defaults = [f"`{path}` is {compact_json(value)}" for path, value in _left_out(step, function)]
    return "\n".join(
        [
            f"- {step.step_id}: {function.name}: {brief(function.description, CALL_CHARS)}",
            *(f"  takes {_flow(argument)}" for argument in step.references()),
            *(f"  takes {same}" for same in _in_common(step, skeleton)),
            *(f"  where nothing is said, {default}" for default in defaults[:DEFAULTS_TOLD]),
        ]
    )


def _in_common(step: PlanStep, skeleton: PlanSkeleton) -> list[str]:
    """The values of the user that a call shares with an earlier one, which decides them."""
    stated = [one.path for one in step.arguments if one.kind is ValueKind.USER]
    places = ((path, skeleton.shared.get((step.step_id, path))) for path in stated)
    return [f"as `{path}` the same as {place[0]} as `{place[1]}`" for path, place in places if place]


def _left_out(step: PlanStep, function: FunctionSpec) -> list[tuple[str, Any]]:
    """The arguments that the call fixes or leaves out, with the values that hold for them."""
    stated = {argument.path for argument in step.arguments if argument.kind is not ValueKind.LITERAL}
    return [
        (field.path, field.fixed[0])
        for field in argument_fields(function)
        if field.fixed and field.path not in stated
    ]


def _flow(argument: PlanArgument) -> str:
    if argument.members is Members.EACH:
        which = f", for each member of its `{list_of(argument)}`"
    elif argument.choice is None:
        which = ""
    elif argument.choice.kind is ChoiceKind.MATCH:
        which = f", of the one that is told by its {argument.choice.label}"
    else:
        which = f", of {choice_words(argument.choice)}"
    return f"`{argument.path}` from the result of {argument.step_id}{which}"


def _wanted_line(place: Place, skeleton: PlanSkeleton, functions: Mapping[str, FunctionSpec]) -> str:
    """One value to decide: where it goes, or by what it tells an entry of a list, and its schema."""
    step_id, path = place
    step = next(step for step in skeleton.steps if step.step_id == step_id)
    argument = next(one for one in step.arguments if one.path == path)
    choice = argument.choice
    told = (
        f" (not this itself, but the {choice.label} that one entry of `{list_of(argument)}` in the result of "
        f"{argument.step_id} has, and the others have not)"
        if choice
        else ""
    )
    schema = shown_schema(skeleton.fields[place].schema, functions[step.function_id].parameters)
    return f"- {step_id} `{path}`{told}: {compact_json(schema)}"


def shown_schema(schema: JsonObject, root: JsonObject) -> JsonObject:
    """A value's own schema: its reference and that of its items followed, its description kept short."""
    own = resolve(schema, root) if "$ref" in schema else dict(schema)
    if isinstance(items := own.get("items"), dict):
        own["items"] = shown_schema(items, root)
    if isinstance(said := own.get("description"), str):
        own["description"] = brief(said, FIELD_CHARS)
    return own


def _together(skeleton: PlanSkeleton) -> str:
    """Values of which one bounds the other, line by line."""
    lines = [
        f"- {step.step_id}: `{low}` and `{high}` are two ends: in order, and not the same"
        for step in skeleton.steps
        for low, high in ends_in([one.path for one in step.arguments])
    ]
    return "\n".join(lines)
