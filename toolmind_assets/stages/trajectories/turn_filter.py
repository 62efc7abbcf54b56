"""Dialogues -> verdicts, samples and drops: rules first, then the dialogue judge, then the turn judge."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from toolmind_assets.model.dialogues import Dialogue, Message, Speaker
from toolmind_assets.model.drops import Drop, DropReason
from toolmind_assets.model.tasks import Task
from toolmind_assets.model.verdicts import Outcome, Sample, Verdict
from toolmind_assets.stages.trajectories.chat_judges import JudgeContext, Judgement, judge
from toolmind_assets.stages.trajectories.outcomes import DIALOGUE, RuleOutcomes, run_rules, worst
from toolmind_assets.stages.trajectories.params import TrajectoryParams
from toolmind_assets.stages.trajectories.split import split_samples
from toolmind_assets.stages.trajectories.trajectory import Trajectory
from toolmind_assets.stages.trajectories.verdict_rows import STAGE, verdict_rows
from toolmind_resources.chat.concurrency import BoundedChat, map_concurrently
from toolmind_resources.chat.model import ChatModel


@dataclass(frozen=True, slots=True, repr=False)
class Judged:
    """What became of some trajectories; assistant turns = samples + drops.

    A shard is too much to be put into words, as asyncio does with what a run gave when it ends.
    """

    verdicts: tuple[Verdict, ...]
    samples: tuple[Sample, ...]
    drops: tuple[Drop, ...]


@dataclass(frozen=True, slots=True)
class TurnFate:
    """What becomes of one assistant turn: a sample where `reason` is None, else a drop."""

    message_index: int
    reason: DropReason | None
    detail: str = ""


async def judge_trajectories(
    trajectories: Sequence[Trajectory],
    tasks: Mapping[str, Task],
    chat: ChatModel,
    params: TrajectoryParams,
) -> Judged:
    """Judges each trajectory; the rows stand in the order of dialogue ids, whatever the order given.

    Args:
        trajectories: What is judged.
        tasks: By id; a dialogue whose task is not among them is judged by what is visible alone.
        chat: Answers both judges.
        params: Votes, what a turn needs to pass, how many requests run at once.
    """
    bounded = BoundedChat(chat, params.concurrency)
    ordered = sorted(trajectories, key=lambda trajectory: trajectory.dialogue.dialogue_id)

    async def one(trajectory: Trajectory) -> Judged:
        return await _judge_one(trajectory, tasks.get(trajectory.dialogue.task_id or ""), bounded, params)

    return joined(await map_concurrently(one, ordered, params.concurrency))


def joined(parts: Iterable[Judged]) -> Judged:
    """Several shards or trajectories judged, as one."""
    parts = list(parts)
    return Judged(
        tuple(verdict for part in parts for verdict in part.verdicts),
        tuple(sample for part in parts for sample in part.samples),
        tuple(drop for part in parts for drop in part.drops),
    )


async def _judge_one(
    trajectory: Trajectory, task: Task | None, chat: ChatModel, params: TrajectoryParams
) -> Judged:
    dialogue = trajectory.dialogue
    rules = run_rules(trajectory)
    judgements: dict[int | None, Judgement] = {}
    passed_rules = {index for index in turns_of(dialogue) if passes_rules(trajectory, rules, index, params)}
    turns = [index for index in sorted(passed_rules) if _lack(dialogue.messages[index], params) is None]
    unasked = _why_unasked(rules, turns)
    if not unasked:
        findings = tuple(found.finding for place in rules.findings.values() for found in place)
        context = JudgeContext(dialogue, True, tuple(turns), task, findings)
        judgements = await judge(context, chat, params)
    fates = [_fate(dialogue, index, rules, passed_rules, judgements, params) for index in turns_of(dialogue)]
    return Judged(
        verdicts=tuple(verdict_rows(dialogue, rules, judgements, _outcomes(fates, rules), unasked)),
        samples=tuple(split_samples(dialogue, [one.message_index for one in fates if one.reason is None])),
        drops=tuple(_drop(dialogue, fate) for fate in fates if fate.reason is not None),
    )


def _why_unasked(rules: RuleOutcomes, turns: Sequence[int]) -> str:
    """Why the dialogue judge is not asked, which costs something; empty where it is.

    Args:
        rules: What the rules say.
        turns: The turns that become samples if the judges pass them.
    """
    if rules.outcomes[DIALOGUE] is not Outcome.PASS:
        return "a rule on the whole dialogue failed"
    return "" if turns else "no turn can become a sample"


def turns_of(dialogue: Dialogue) -> list[int]:
    """Indices of the assistant messages."""
    return [index for index, message in enumerate(dialogue.messages) if message.role is Speaker.ASSISTANT]


def passes_rules(trajectory: Trajectory, rules: RuleOutcomes, index: int, params: TrajectoryParams) -> bool:
    """Whether the rules let a turn pass: itself, and the results that it directly answers."""
    if _reads_wrong_result(trajectory.dialogue, rules, index):
        return False
    outcome = rules.outcomes[index, None]
    accepted = (Outcome.PASS, Outcome.UNVERIFIABLE) if params.accepts_unverifiable_values else (Outcome.PASS,)
    return outcome in accepted


def _reads_wrong_result(dialogue: Dialogue, rules: RuleOutcomes, index: int) -> bool:
    """Whether one of the tool messages directly before a turn fails: to go on from it is no example."""
    while index > 0 and dialogue.messages[index - 1].role is Speaker.TOOL:
        index -= 1
        if rules.outcomes[index, None] is Outcome.FAIL:
            return True
    return False


def _fate(
    dialogue: Dialogue,
    index: int,
    rules: RuleOutcomes,
    passed_rules: set[int],
    judgements: Mapping[int | None, Judgement],
    params: TrajectoryParams,
) -> TurnFate:
    whole = judgements.get(None)
    if rules.outcomes[DIALOGUE] is not Outcome.PASS:
        return TurnFate(index, DropReason.DIALOGUE_FAILED, "a rule on the whole dialogue failed")
    if whole is not None and whole.outcome is not Outcome.PASS:
        return TurnFate(index, DropReason.DIALOGUE_FAILED, whole.reason)
    if index not in passed_rules:
        is_failed = rules.outcomes[index, None] is not Outcome.UNVERIFIABLE
        reason = DropReason.TURN_FAILED if is_failed else DropReason.TURN_UNVERIFIABLE
        return TurnFate(index, reason, _rule_detail(rules, index))
    if (lack := _lack(dialogue.messages[index], params)) is not None:
        return TurnFate(index, *lack)
    turn = judgements[index]
    if turn.outcome is not Outcome.PASS:
        is_failed = turn.outcome is Outcome.FAIL
        reason = DropReason.TURN_FAILED if is_failed else DropReason.TURN_UNVERIFIABLE
        return TurnFate(index, reason, f"turn judge: {turn.reason}")
    return TurnFate(index, None)


def is_trainable(message: Message, params: TrajectoryParams) -> bool:
    """Whether a turn has something to learn, so that it is worth asking about: a call, or enough words."""
    return bool(message.tool_calls) or len((message.content or "").split()) >= params.min_text_words


def _lack(message: Message, params: TrajectoryParams) -> tuple[DropReason, str] | None:
    """Why a turn that is right becomes no sample, so that no judge is asked about it; None where it may."""
    if not is_trainable(message, params):
        return DropReason.NOT_TRAINABLE, f"fewer than {params.min_text_words} words"
    if params.reasoning == "required" and not message.reasoning:
        return (
            DropReason.NO_REASONING,
            "the turn has no reasoning, and `trajectories.reasoning` is `required`",
        )
    if params.reasoning == "forbidden" and message.reasoning:
        detail = (
            f"{len(message.reasoning):,} characters of reasoning, and `trajectories.reasoning` is `forbidden`"
        )
        return DropReason.UNWANTED_REASONING, detail
    return None


def _rule_detail(rules: RuleOutcomes, index: int) -> str:
    codes = [
        f"{found.finding.code}{' ' + found.finding.path if found.finding.path else ''}"
        for place, findings in rules.findings.items()
        if place[0] == index
        for found in findings
        if found.finding.is_failing or found.finding.outcome is Outcome.UNVERIFIABLE
    ]
    return ", ".join(codes) or "goes on from a result that does not answer its call"


def _outcomes(fates: Sequence[TurnFate], rules: RuleOutcomes) -> dict[int, Outcome]:
    """The combined outcome of each assistant message: rules and turn judge together.

    A turn that was not sent to the turn judge is at best not checked: one of a failed dialogue, or one of which
    there is nothing to learn.
    """
    combined: dict[int, Outcome] = {}
    for fate in fates:
        if fate.reason is DropReason.TURN_FAILED:
            combined[fate.message_index] = Outcome.FAIL
        elif fate.reason is DropReason.TURN_UNVERIFIABLE:
            combined[fate.message_index] = Outcome.UNVERIFIABLE
        elif fate.reason is None:
            combined[fate.message_index] = Outcome.PASS
        else:
            combined[fate.message_index] = worst(
                [rules.outcomes[fate.message_index, None], Outcome.NOT_CHECKED]
            )
    return combined


def _drop(dialogue: Dialogue, fate: TurnFate) -> Drop:
    assert fate.reason is not None
    return Drop(
        stage=STAGE,
        partition=dialogue.shard,
        subject_id=f"{dialogue.dialogue_id}#{fate.message_index}",
        parent_ids=(dialogue.dialogue_id,),
        reason=fate.reason,
        detail=fate.detail,
    )
