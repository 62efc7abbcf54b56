"""The dialogue judge and the turn judge: what they are shown, and what their replies count for.

They fail closed: a reply that cannot be understood, or none at all, is `unverifiable` and never a pass.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from toolmind_assets.model.dialogues import Dialogue
from toolmind_assets.model.drops import NO_REPLY
from toolmind_assets.model.ids import JsonObject, canonical_json, compact_json, seed_from
from toolmind_assets.model.tasks import Task
from toolmind_assets.model.verdicts import Outcome
from toolmind_assets.stages.trajectories import roles
from toolmind_assets.stages.trajectories.dialogue_text import render_messages, render_tools
from toolmind_assets.stages.trajectories.params import TrajectoryParams
from toolmind_assets.stages.trajectories.rule import Finding
from toolmind_resources.chat.asking import Unusable, Unused, ask
from toolmind_resources.chat.concurrency import map_concurrently
from toolmind_resources.chat.model import ChatMessage, ChatModel, ChatReply, ChatRequest, Role, Sampling
from toolmind_resources.chat.prompt import load_prompt
from toolmind_resources.errors import ChatError

PROMPTS = {
    roles.DIALOGUE_JUDGE: load_prompt("toolmind_assets.stages.trajectories", "dialogue_judge"),
    roles.TURN_JUDGE: load_prompt("toolmind_assets.stages.trajectories", "turn_judge"),
}
REPLY_SCHEMA = {
    "type": "object",
    "properties": {
        "verdict": {"type": "string", "enum": ["pass", "fail"]},
        "reason": {"type": "string"},
    },
    "required": ["verdict", "reason"],
    "additionalProperties": False,
}
UNKNOWN_INTENT = "(not recorded: judge by what the user says)"
_THOUGHT = re.compile(r"\A.*</think(?:ing)?>", re.S)
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class JudgeContext:
    """What the embedded judges may read; an endpoint is never sent it.

    Attributes:
        dialogue: The whole dialogue.
        message_index: The turn to judge, or None for the dialogue.
        task: What was planned, or None for a dialogue without a task.
        findings: What the rules found.
    """

    dialogue: Dialogue
    message_index: int | None
    task: Task | None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Vote:
    """One reply of a judge, understood or not."""

    outcome: Outcome
    reason: str
    reply: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the votes of a judge come to."""

    outcome: Outcome
    reason: str
    votes_json: str
    model: str
    raw_reply_digest: str
    prompt_digest: str


class DialogueText:
    """The texts of one dialogue's prompts, rendered once for all its judges."""

    def __init__(self, dialogue: Dialogue, shows_reasoning: bool = False) -> None:
        self._tools = render_tools(dialogue)
        self._messages = render_messages(dialogue, shows_reasoning)

    def dialogue_prompt(self, task: Task | None) -> str:
        """What the dialogue judge reads: intent, functions, messages; nothing of plan or labels."""
        intent = (task.intent if task else "") or UNKNOWN_INTENT
        return PROMPTS[roles.DIALOGUE_JUDGE].render(
            intent=intent, tools=self._tools, transcript="\n".join(self._messages)
        )

    def turn_prompt(self, message_index: int) -> str:
        """What the turn judge reads: functions, the messages before the turn, and the turn; no intent."""
        return PROMPTS[roles.TURN_JUDGE].render(
            tools=self._tools,
            transcript="\n".join(self._messages[:message_index]) or "(nothing yet)",
            turn=self._messages[message_index],
        )


async def judge_dialogue(
    context: JudgeContext, text: DialogueText, chat: ChatModel, params: TrajectoryParams
) -> Judgement:
    """The dialogue judge's majority on a whole dialogue."""
    return await _ask(roles.DIALOGUE_JUDGE, text.dialogue_prompt(context.task), context, chat, params)


async def judge_turn(
    context: JudgeContext, text: DialogueText, chat: ChatModel, params: TrajectoryParams
) -> Judgement:
    """The turn judge's majority on the assistant message at `context.message_index`."""
    index = context.message_index
    if index is None:
        raise ValueError("a turn judge needs the index of a message")
    return await _ask(roles.TURN_JUDGE, text.turn_prompt(index), context, chat, params)


async def _ask(
    role: Role, prompt: str, context: JudgeContext, chat: ChatModel, params: TrajectoryParams
) -> Judgement:
    requests = [
        ChatRequest(
            role=role,
            messages=(ChatMessage("user", prompt),),
            response_schema=REPLY_SCHEMA,
            sampling=Sampling(params.judge_temperature, params.judge_max_tokens),
            seed=seed_from("judge", role, context.dialogue.dialogue_id, context.message_index, place),
            context=context,
        )
        for place in range(params.n_votes)
    ]

    async def vote(request: ChatRequest) -> Vote:
        try:
            found = await ask(chat, request, read_vote)
        except ChatError as error:
            return Vote(Outcome.UNVERIFIABLE, f"{NO_REPLY}{error}", "")
        if isinstance(found, Unused):
            return Vote(
                Outcome.UNVERIFIABLE, f"{NO_REPLY}{found.last.reason}", found.last.reply.content or ""
            )
        return found.value

    votes = await map_concurrently(vote, requests, params.n_votes)
    outcome, reason = count_votes(votes)
    return Judgement(
        outcome=outcome,
        reason=reason,
        votes_json=compact_json([_counted(*pair) for pair in zip(requests, votes, strict=True)]),
        model=chat.model_name(role),
        raw_reply_digest=_digest_replies(votes),
        prompt_digest=PROMPTS[role].digest,
    )


def count_votes(votes: Sequence[Vote]) -> tuple[Outcome, str]:
    """What the votes come to, and a reason that one of them gives for it.

    A strict majority of all votes passes, half of them failing fails; anything else is unverifiable.
    """
    tally = {outcome: sum(vote.outcome is outcome for vote in votes) for outcome in Outcome}
    if 2 * tally[Outcome.PASS] > len(votes):
        outcome = Outcome.PASS
    elif 2 * tally[Outcome.FAIL] >= len(votes):
        outcome = Outcome.FAIL
    else:
        outcome = Outcome.UNVERIFIABLE
    return outcome, next((vote.reason for vote in votes if vote.outcome is outcome), votes[0].reason)


def _counted(request: ChatRequest, vote: Vote) -> JsonObject:
    sampling = request.sampling
    return {
        "outcome": vote.outcome.value,
        "reason": vote.reason,
        "seed": request.seed,
        "temperature": sampling.temperature,
        "max_tokens": sampling.max_tokens,
    }


def _digest_replies(votes: Sequence[Vote]) -> str:
    replies = canonical_json([vote.reply for vote in votes])
    return hashlib.sha256(replies.encode("utf-8", "surrogatepass")).hexdigest()


def read_vote(reply: ChatReply) -> Vote | Unusable:
    """The vote of one reply: a JSON object with a verdict, thoughts before it and a code fence allowed."""
    raw = reply.content or ""
    text = _THOUGHT.sub("", raw)
    value = _json_object(text[text.find("{") : text.rfind("}") + 1])
    verdict = value.get("verdict")
    if verdict not in (Outcome.PASS.value, Outcome.FAIL.value):
        return Unusable("the reply holds no verdict", reply)
    return Vote(Outcome(verdict), _legible(value.get("reason")), raw)


def _json_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _legible(reason: Any) -> str:
    text = reason if isinstance(reason, str) else ""
    return text.encode("utf-8", "replace").decode()[:_LONGEST_REASON]
