"""The two roles that put words and values into a draft: planner and intent writer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.ids import canonical_json, seed_from
from toolmind_assets.model.schemas import fits
from toolmind_assets.model.strict_json import parse_strict
from toolmind_assets.model.tasks import Members, PlanArgument, PlanStep, UserFact, UserRequest
from toolmind_assets.stages.tasks.drafts import Draft, Place
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_resources.chat.model import ChatMessage, ChatModel, ChatReply, ChatRequest, Role, Sampling
from toolmind_resources.chat.prompt import load_prompt
from toolmind_resources.plausible.field_labels import label_of
from toolmind_resources.plausible.phrases import subject_of

PLANNER = load_prompt("toolmind_assets.stages.tasks", "planner")
INTENT_WRITER = load_prompt("toolmind_assets.stages.tasks", "intent_writer")

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
_INTENT_SCHEMA = {
    "type": "object",
    "properties": {
        "intent": {"type": "string"},
        "requests": {
            "type": "array",
            "items": {"type": "object", "properties": {"goal": {"type": "string"}}, "required": ["goal"]},
        },
    },
    "required": ["intent", "requests"],
}


@dataclass(frozen=True, slots=True)
class PlannerContext:
    """What the planner knows: the draft and its functions."""

    draft: Draft
    functions: Mapping[str, FunctionSpec]


@dataclass(frozen=True, slots=True)
class IntentContext:
    """What the intent writer knows: the filled steps, request by request, and what the user will state.

    Of implicit steps it is shown the labels of their values and nothing else.
    """

    requests: tuple[tuple[PlanStep, ...], ...]
    facts: tuple[tuple[UserFact, ...], ...]
    functions: Mapping[str, FunctionSpec]


@dataclass(frozen=True, slots=True)
class Written:
    """Intent and requests, or the problem that kept them from being written."""

    intent: str
    requests: tuple[UserRequest, ...]


async def plan_values(
    draft: Draft, functions: Mapping[str, FunctionSpec], chat: ChatModel, seed: int, params: TaskParams
) -> Mapping[Place, Any] | str:
    """A value for every argument that only the user knows, or what was wrong with the replies.

    Raises:
        ChatError: the planner cannot be reached.
    """
    wanted = draft.user_places()
    if not wanted:
        return {}
    prompt = PLANNER.render(
        reference_time=params.reference_time,
        calls="\n".join(_call_line(step, functions) for step in draft.steps),
        wanted="\n".join(
            f"- {step_id} `{path}`: {canonical_json(draft.fields[step_id, path].schema)}"
            for step_id, path in wanted
        ),
    )
    problem = ""
    for attempt in range(params.replies_max):
        request = _request(
            Role.PLANNER,
            prompt,
            _VALUES_SCHEMA,
            Sampling(params.planner_temperature, params.reply_tokens_max),
            seed_from(seed, "planner", attempt),
            PlannerContext(draft, functions),
        )
        values = _parse_values(await chat.complete(request))
        missing = [place for place in wanted if place not in values]
        if not missing:
            return values
        problem = f"the planner gave no value for {missing[:3]}"
    return problem


def _call_line(step: PlanStep, functions: Mapping[str, FunctionSpec]) -> str:
    function = functions[step.function_id]
    flows = [_flow(argument) for argument in step.references()]
    return f"- {step.step_id}: {function.name}: {function.description}" + (
        f" ({'; '.join(flows)})" if flows else ""
    )


def _flow(argument: PlanArgument) -> str:
    each = " for each member of its list" if argument.members is Members.EACH else ""
    return f"`{argument.path}` from the result of {argument.step_id}{each}"


def _request(
    role: Role, prompt: str, schema: dict[str, Any], sampling: Sampling, seed: int, context: object
) -> ChatRequest:
    return ChatRequest(
        role,
        (ChatMessage("user", prompt),),
        response_schema=schema,
        sampling=sampling,
        seed=seed,
        context=context,
    )


def _parse(reply: ChatReply, schema: dict[str, Any]) -> dict[str, Any] | None:
    """The JSON object of a reply, or None where it is none of this schema."""
    try:
        value = parse_strict(reply.content)
    except ValueError:
        return None
    return value if fits(schema, value) else None


def _parse_values(reply: ChatReply) -> dict[Place, Any]:
    parsed = _parse(reply, _VALUES_SCHEMA) or {"values": []}
    return {(entry["step_id"], entry["path"]): entry["value"] for entry in parsed["values"]}


def user_facts(
    draft: Draft, values: Mapping[Place, Any], functions: Mapping[str, FunctionSpec]
) -> tuple[tuple[UserFact, ...], ...]:
    """What the user states in each request; a bare `id` is called after what the function is about."""
    facts: list[list[UserFact]] = [[] for _ in range(draft.n_requests)]
    request_of = {step.step_id: step.request_index for step in draft.steps}
    subjects = {step.step_id: subject_of(functions[step.function_id].source_name) for step in draft.steps}
    for place in draft.user_places():
        step_id, path = place
        field = draft.fields[place]
        label = label_of(field.name, field.owner or subjects[step_id])
        fact = UserFact(step_id, path, label, values[place], place in draft.withheld)
        facts[request_of[step_id]].append(fact)
    return tuple(tuple(request) for request in facts)


async def write_intent(
    context: IntentContext, chat: ChatModel, seed: int, params: TaskParams
) -> Written | str:
    """Intent and requests in the user's words, or what was wrong with the replies.

    Raises:
        ChatError: the intent writer cannot be reached.
    """
    prompt = INTENT_WRITER.render(
        reference_time=params.reference_time,
        language=params.language,
        n_requests=str(len(context.requests)),
        requests="\n".join(_request_lines(place, context) for place in range(len(context.requests))),
    )
    problem = ""
    for attempt in range(params.replies_max):
        request = _request(
            Role.INTENT_WRITER,
            prompt,
            _INTENT_SCHEMA,
            Sampling(params.intent_temperature, params.reply_tokens_max),
            seed_from(seed, "intent", attempt),
            context,
        )
        written = _parse_intent(await chat.complete(request), context)
        if isinstance(written, Written):
            return written
        problem = written
    return problem


def _request_lines(place: int, context: IntentContext) -> str:
    steps = [_wanted(step, context) for step in context.requests[place] if not step.is_implicit]
    labels = ", ".join(fact.label for fact in context.facts[place]) or "none"
    return f"Request {place + 1}: " + " Then: ".join(steps) + f"\n  values stated separately: {labels}"


def _wanted(step: PlanStep, context: IntentContext) -> str:
    """What a person wants by a step: what its function does, once or for several of the things found before."""
    what = context.functions[step.function_id].description
    return (
        what if step.members_max == 1 else f"{what} (for each of the first {step.members_max} found before)"
    )


def _parse_intent(reply: ChatReply, context: IntentContext) -> Written | str:
    parsed = _parse(reply, _INTENT_SCHEMA)
    if parsed is None:
        return "the reply of the intent writer is not the JSON asked for"
    goals = [entry["goal"].strip() for entry in parsed["requests"]]
    intent = parsed["intent"].strip()
    if not intent or len(goals) != len(context.requests) or not all(goals):
        return (
            f"{len(goals)} goals and {'an' if intent else 'no'} intent for {len(context.requests)} requests"
        )
    names = [context.functions[step.function_id].source_name for steps in context.requests for step in steps]
    told = [name for name in names if is_identifier(name) and _names(name, [intent, *goals])]
    if told:
        return f"the intent gives away the function name {told[0]!r}"
    return Written(
        intent, tuple(UserRequest(goal, facts) for goal, facts in zip(goals, context.facts, strict=True))
    )


def is_identifier(name: str) -> bool:
    """Whether a name could not be an ordinary word: it has an underscore, a dot, or a capital inside."""
    return bool(re.search(r"[_.]|[a-z][A-Z]", name))


def _names(name: str, texts: list[str]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for text in texts)
