"""The dialogue judge and the turn judge: what they are shown, and what their replies count for.

They fail closed: a reply that cannot be understood, or none at all, is `unverifiable` and never a pass.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from toolmind_assets.model.dialogues import Dialogue
from toolmind_assets.model.drops import NO_REPLY
from toolmind_assets.model.ids import JsonObject, canonical_json, compact_json, digest, seed_from
from toolmind_assets.model.strict_json import clean_text, parse_strict
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

JUDGE = load_prompt("toolmind_assets.stages.trajectories", "judge")
QUESTIONS = {
    roles.DIALOGUE_JUDGE: load_prompt("toolmind_assets.stages.trajectories", "dialogue_judge"),
    roles.TURN_JUDGE: load_prompt("toolmind_assets.stages.trajectories", "turn_judge"),
}
"""What each judge is asked; the frame around it is the same."""
_VERDICT = {
    "type": "object",
    "properties": {
        "reason": {"type": "string"},
        "verdict": {"type": "string", "enum": ["pass", "fail"]},
    },
    "required": ["reason", "verdict"],
}
_TURN_VERDICT = {
    "type": "object",
    "properties": {"message": {"type": "integer"}, **_VERDICT["properties"]},
    "required": ["message", "reason", "verdict"],
}
_FORMS = {
    "dialogue": '"dialogue": {"reason": "one sentence that names the message numbers it rests on", '
    '"verdict": "pass" or "fail"}',
    "turns": '"turns": [{"message": <its number>, "reason": "one sentence that says what decided it", '
    '"verdict": "pass" or "fail"}, one for each of the messages]',
}
UNKNOWN_INTENT = "(not recorded: judge by what the user says)"
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class JudgeContext:
    """What the embedded judges may read; an endpoint is never sent it.

    Attributes:
        dialogue: The whole dialogue.
        is_whole: Whether the dialogue as a whole is to be judged.
        turns: Indices of the assistant messages that are to be judged.
        task: What was planned, or None for a dialogue without a task.
        findings: What the rules found.
    """

    dialogue: Dialogue
    is_whole: bool
    turns: tuple[int, ...]
    task: Task | None
    findings: tuple[Finding, ...] = ()

    @property
    def subjects(self) -> tuple[int | None, ...]:
        """What is to be judged: None for the dialogue, else the index of a message."""
        return (*((None,) if self.is_whole else ()), *self.turns)


@dataclass(frozen=True, slots=True)
class Vote:
    """What one reply of a judge, understood or not, says of one subject."""

    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class Ballot:
    """One reply of a judge: its votes by subject, and the reply; what was asked, where that came to nothing."""

    votes: Mapping[int | None, Vote]
    reply: str
    asked: tuple[ChatRequest, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the votes of a judge come to."""

    outcome: Outcome
    reason: str
    votes_json: str
    model: str
    raw_reply_digest: str
    prompt_digest: str


async def judge(
    context: JudgeContext, chat: ChatModel, params: TrajectoryParams
) -> dict[int | None, Judgement]:
    """The judges' majority on a dialogue (under None) and on its turns that are to be judged (by message index).

    Where one model plays both judges, one question gives all verdicts, for it reads the dialogue once. Otherwise
    the turn judge is asked about dialogues alone that the dialogue judge passes, and once about all their turns.
    """
    if chat.model_name(roles.DIALOGUE_JUDGE) == chat.model_name(roles.TURN_JUDGE):
        return await _ask(roles.TURN_JUDGE, context, chat, params)
    whole = await _ask(roles.DIALOGUE_JUDGE, replace(context, turns=()), chat, params)
    if whole[None].outcome is not Outcome.PASS:
        return whole
    return whole | await _ask(roles.TURN_JUDGE, replace(context, is_whole=False), chat, params)


async def _ask(
    role: Role, context: JudgeContext, chat: ChatModel, params: TrajectoryParams
) -> dict[int | None, Judgement]:
    prompt = judge_prompt(context, params.judges_see_reasoning)
    requests = [
        ChatRequest(
            role=role,
            messages=(ChatMessage("user", prompt),),
            response_schema=reply_schema(context),
            sampling=Sampling(params.judge_temperature, params.judge_max_tokens * len(context.subjects)),
            seed=seed_from("judge", role, context.dialogue.dialogue_id, place),
            context=context,
        )
        for place in range(params.n_votes)
    ]

    async def vote(request: ChatRequest) -> Ballot:
        try:
            found = await ask(chat, request, lambda reply: read_ballot(reply, context))
        except ChatError as error:
            return _no_ballot(context, f"{NO_REPLY}{error}")
        if isinstance(found, Unused):
            return _no_ballot(context, f"{NO_REPLY}{found.last.reason}", found)
        return found.value

    ballots = await map_concurrently(vote, requests, params.n_votes)
    counted = {
        subject: count_votes([ballot.votes[subject] for ballot in ballots]) for subject in context.subjects
    }
    if any(outcome is Outcome.UNVERIFIABLE for outcome, _ in counted.values()):
        chat.give_up([request for ballot in ballots for request in ballot.asked])
    digest = _digest_replies(ballots)
    return {
        subject: Judgement(
            outcome=outcome,
            reason=reason,
            votes_json=compact_json(
                [_counted(one, ballot.votes[subject]) for one, ballot in zip(requests, ballots, strict=True)]
            ),
            model=chat.model_name(role),
            raw_reply_digest=digest,
            prompt_digest=prompt_digest_of(context),
        )
        for subject, (outcome, reason) in counted.items()
    }


def judge_prompt(context: JudgeContext, shows_reasoning: bool = False) -> str:
    """What is sent to a judge: intent, functions, messages and its questions; nothing of plan or labels."""
    dialogue, task = context.dialogue, context.task
    asked = []
    if context.is_whole:
        asked.append(QUESTIONS[roles.DIALOGUE_JUDGE].render())
    if context.turns:
        turns = ", ".join(f"[{index}]" for index in context.turns)
        asked.append(QUESTIONS[roles.TURN_JUDGE].render(turns=turns))
    forms = [_FORMS[name] for name in reply_schema(context)["required"]]
    return JUDGE.render(
        intent=(task.intent if task else "") or UNKNOWN_INTENT,
        tools=render_tools(dialogue),
        transcript="\n".join(render_messages(dialogue, shows_reasoning)),
        questions="\n".join(asked).strip(),
        form="{" + ", ".join(forms) + "}",
    )


def prompt_digest_of(context: JudgeContext) -> str:
    """Digest of the prompts that a question is made of."""
    asked = ((roles.DIALOGUE_JUDGE, context.is_whole), (roles.TURN_JUDGE, bool(context.turns)))
    return digest(JUDGE.digest, [QUESTIONS[role].digest for role, is_asked in asked if is_asked])[:16]


def reply_schema(context: JudgeContext) -> JsonObject:
    """The JSON that a judge is to answer with."""
    wanted: JsonObject = {}
    if context.is_whole:
        wanted["dialogue"] = _VERDICT
    if context.turns:
        wanted["turns"] = {"type": "array", "items": _TURN_VERDICT}
    return {"type": "object", "properties": wanted, "required": list(wanted)}


def _no_ballot(context: JudgeContext, why: str, unused: Unused | None = None) -> Ballot:
    votes = dict.fromkeys(context.subjects, Vote(Outcome.UNVERIFIABLE, why))
    return Ballot(votes, unused.last.reply.content or "", unused.requests) if unused else Ballot(votes, "")


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


def _digest_replies(ballots: Sequence[Ballot]) -> str:
    replies = canonical_json([ballot.reply for ballot in ballots])
    return hashlib.sha256(replies.encode("utf-8", "surrogatepass")).hexdigest()


def read_ballot(reply: ChatReply, context: JudgeContext) -> Ballot | Unusable:
    """The votes of one reply; of a turn that it leaves out or judges twice nothing is known."""
    try:
        value = parse_strict(reply.content)
    except ValueError as error:
        return Unusable(f"the reply is no JSON: {error}", reply)
    if not isinstance(value, dict):
        return Unusable("the reply is no JSON object", reply)
    stated: dict[int | None, list[object]] = {None: [value.get("dialogue")]} if context.is_whole else {}
    turns = value.get("turns")
    for entry in turns if isinstance(turns, list) else ():
        if isinstance(entry, dict) and type(entry.get("message")) is int:
            stated.setdefault(entry["message"], []).append(entry)
    votes = {subject: _vote(stated.get(subject, ())) for subject in context.subjects}
    if all(vote.outcome is Outcome.UNVERIFIABLE for vote in votes.values()):
        return Unusable("the reply holds no verdict", reply)
    return Ballot(votes, reply.content or "")


def _vote(entries: Sequence[object]) -> Vote:
    entry = entries[0] if len(entries) == 1 else None
    verdict = entry.get("verdict") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or verdict not in (Outcome.PASS.value, Outcome.FAIL.value):
        return Vote(Outcome.UNVERIFIABLE, "the reply holds no verdict on it")
    return Vote(Outcome(verdict), _legible(entry.get("reason")))


def _legible(reason: object) -> str:
    return clean_text(reason if isinstance(reason, str) else "")[:_LONGEST_REASON]
