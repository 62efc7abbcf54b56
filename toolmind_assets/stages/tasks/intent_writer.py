"""The intent writer: says in a person's words what a plan is to bring about, and what the person can state."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.ids import seed_from
from toolmind_assets.model.tasks import PlanStep, UserFact, UserRequest
from toolmind_assets.stages.tasks import roles
from toolmind_assets.stages.tasks.json_replies import ask_for_json, read_json
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.plan_skeletons import Place, PlanSkeleton
from toolmind_resources.chat.asking import Unusable, Unused, Used, ask_until_used
from toolmind_resources.chat.model import ChatModel, ChatReply, ChatRequest, Sampling
from toolmind_resources.chat.prompt import load_prompt
from toolmind_resources.plausible.field_labels import label_of
from toolmind_resources.plausible.phrases import subject_of

INTENT_WRITER = load_prompt("toolmind_assets.stages.tasks", "intent_writer")
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
class IntentContext:
    """What the intent writer knows: the filled steps, request by request, and what the user will state.

    Of implicit steps it is shown the labels of their values and nothing else.
    """

    requests: tuple[tuple[PlanStep, ...], ...]
    facts: tuple[tuple[UserFact, ...], ...]
    functions: Mapping[str, FunctionSpec]


@dataclass(frozen=True, slots=True)
class WrittenIntent:
    """Intent and requests, or the problem that kept them from being written."""

    intent: str
    requests: tuple[UserRequest, ...]


def user_facts(
    skeleton: PlanSkeleton, values: Mapping[Place, Any], functions: Mapping[str, FunctionSpec]
) -> tuple[tuple[UserFact, ...], ...]:
    """What the user states in each request; a bare `id` is called after what the function is about."""
    facts: list[list[UserFact]] = [[] for _ in range(skeleton.n_requests)]
    request_of = {step.step_id: step.request_index for step in skeleton.steps}
    subjects = {step.step_id: subject_of(functions[step.function_id].source_name) for step in skeleton.steps}
    for place in skeleton.user_places():
        step_id, path = place
        field = skeleton.fields[place]
        label = label_of(field.name, field.owner or subjects[step_id])
        fact = UserFact(step_id, path, label, values[place], place in skeleton.withheld)
        facts[request_of[step_id]].append(fact)
    return tuple(tuple(request) for request in facts)


async def write_intent(
    context: IntentContext, chat: ChatModel, seed: int, params: TaskParams
) -> WrittenIntent | Unused:
    """Intent and requests in the user's words; or the replies, none of which was of use.

    Raises:
        ChatError: the intent writer cannot be reached.
    """
    prompt = INTENT_WRITER.render(
        reference_time=params.reference_time,
        language=params.language,
        n_requests=str(len(context.requests)),
        requests="\n".join(_request_lines(place, context) for place in range(len(context.requests))),
    )

    def request(rejected: Sequence[Unusable]) -> ChatRequest:
        return ask_for_json(
            roles.INTENT_WRITER,
            prompt,
            _INTENT_SCHEMA,
            Sampling(params.intent_temperature, params.reply_tokens_max),
            seed_from(seed, "intent", len(rejected)),
            context,
        )

    found = await ask_until_used(
        chat, request, lambda reply: _parse_intent(reply, context), params.replies_max
    )
    return found.value if isinstance(found, Used) else found


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


def _parse_intent(reply: ChatReply, context: IntentContext) -> WrittenIntent | Unusable:
    parsed = read_json(reply, _INTENT_SCHEMA)
    if isinstance(parsed, Unusable):
        return parsed
    goals = [entry["goal"].strip() for entry in parsed["requests"]]
    intent = parsed["intent"].strip()
    if not intent or len(goals) != len(context.requests) or not all(goals):
        found = f"{len(goals)} goals and {'an' if intent else 'no'} intent"
        return Unusable(f"{found} for {len(context.requests)} requests", reply)
    names = [context.functions[step.function_id].source_name for steps in context.requests for step in steps]
    told = [name for name in names if reads_as_code(name) and _names(name, [intent, *goals])]
    if told:
        return Unusable(f"the intent gives away the function name {told[0]!r}", reply)
    return WrittenIntent(
        intent, tuple(UserRequest(goal, facts) for goal, facts in zip(goals, context.facts, strict=True))
    )


def reads_as_code(name: str) -> bool:
    """Whether a name could not be an ordinary word: it has an underscore, a dot, or a capital inside."""
    return bool(re.search(r"[_.]|[a-z][A-Z]", name))


def _names(name: str, texts: list[str]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for text in texts)
