"""The intent writer: says in a person's words what a plan is to bring about, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from toolmind_assets.model.ids import seed_from
from toolmind_assets.model.tasks import UserRequest
from toolmind_assets.stages.tasks import roles
from toolmind_assets.stages.tasks.circumstances import person_words
from toolmind_assets.stages.tasks.intent_checks import Written, intent_problems
from toolmind_assets.stages.tasks.intent_outline import IntentContext, request_lines
from toolmind_assets.stages.tasks.json_replies import ask_for_json, read_json
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_resources.chat.asking import Unusable, Unused, Used, ask_until_used
from toolmind_resources.chat.model import ChatModel, ChatReply, ChatRequest, Sampling
from toolmind_resources.chat.prompt import load_prompt

INTENT_WRITER = load_prompt("toolmind_assets.stages.tasks", "intent_writer")
INTENT_AGAIN = load_prompt("toolmind_assets.stages.tasks", "intent_again")
PROBLEMS_TOLD = 5
"""Most problems of a reply that the writer is told."""

_INTENT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "situation": {"type": "string"},
        "intent": {"type": "string"},
        "requests": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "goal": {"type": "string"},
                    "covers": {"type": "array", "items": {"type": "string"}},
                },
                "required": ["goal", "covers"],
            },
        },
    },
    "required": ["situation", "intent", "requests"],
}


@dataclass(frozen=True, slots=True)
class WrittenIntent:
    """Situation, intent and requests in words that passed every check."""

    situation: str
    intent: str
    requests: tuple[UserRequest, ...]


async def write_intent(
    context: IntentContext, chat: ChatModel, seed: int, params: TaskParams
) -> WrittenIntent | Unused:
    """Situation, intent and requests in the user's words; or the replies, none of which was of use.

    A writer whose words fail a check is told so and asked again.

    Raises:
        ChatError: the intent writer cannot be reached.
    """
    around = context.circumstances
    prompt = INTENT_WRITER.render(
        person=person_words(around),
        reference_time=around.reference_time,
        language=around.language,
        n_requests=str(len(context.requests)),
        requests="\n".join(request_lines(place, context) for place in range(len(context.requests))),
    )

    def request(rejected: Sequence[Unusable]) -> ChatRequest:
        return ask_for_json(
            roles.INTENT_WRITER,
            prompt + _asked_again(rejected),
            _INTENT_SCHEMA,
            Sampling(params.intent_temperature, params.reply_tokens_max),
            seed_from(seed, "intent", len(rejected)),
            context,
        )

    found = await ask_until_used(
        chat, request, lambda reply: _parse_intent(reply, context), params.replies_max
    )
    return found.value if isinstance(found, Used) else found


def _asked_again(rejected: Sequence[Unusable]) -> str:
    """What is said to a writer whose last reply could not be used."""
    problems = rejected[-1].reason.splitlines() if rejected else ()
    lines = "\n".join(f"- {problem}" for problem in problems)
    return INTENT_AGAIN.render(problems=lines) if lines else ""


def _parse_intent(reply: ChatReply, context: IntentContext) -> WrittenIntent | Unusable:
    parsed = read_json(reply, _INTENT_SCHEMA)
    if isinstance(parsed, Unusable):
        return parsed
    written = Written(
        parsed["situation"].strip(),
        parsed["intent"].strip(),
        tuple(entry["goal"].strip() for entry in parsed["requests"]),
        tuple(
            frozenset(name.strip(" .").lower() for name in entry["covers"]) for entry in parsed["requests"]
        ),
    )
    if problems := intent_problems(written, context):
        return Unusable("\n".join(problems[:PROBLEMS_TOLD]), reply)
    requests = zip(written.goals, context.facts, strict=True)
    return WrittenIntent(
        written.situation, written.intent, tuple(UserRequest(goal, facts) for goal, facts in requests)
    )
