"""The stage `trajectories`: what of the dialogues is fit to be learnt, turn by turn."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence

from toolmind_assets.model.dialogues import Dialogue
from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.render import render_dialogue
from toolmind_assets.model.tasks import Task
from toolmind_assets.model.verdicts import Outcome, SubjectKind, turn_outcomes
from toolmind_assets.stages.trajectories import roles
from toolmind_assets.stages.trajectories.chat_judges import JudgeContext
from toolmind_assets.stages.trajectories.params import TrajectoryParams
from toolmind_assets.stages.trajectories.stand_in import RULES
from toolmind_assets.stages.trajectories.trajectory import trajectory_of
from toolmind_assets.stages.trajectories.turn_filter import Judged, joined, judge_trajectories
from toolmind_assets.steps.figures import Bars, Figure, Figures, Funnel, Markdown, counted, counts
from toolmind_assets.steps.making import Making
from toolmind_assets.steps.reads import Matching, Read
from toolmind_assets.steps.step import Made, Partitions, Stage, Step
from toolmind_assets.tables.dialogues import DIALOGUES
from toolmind_assets.tables.functions import callable_functions
from toolmind_assets.tables.opensets import OPEN_DIALOGUES
from toolmind_assets.tables.specs import FUNCTIONS
from toolmind_assets.tables.tasks import TASKS
from toolmind_assets.tables.trajectories import SAMPLES, TRAJECTORIES_DROPPED, VERDICTS


def _judge(making: Making[TrajectoryParams]) -> Made:
    """Judges a shard of either kind: it has dialogues in one of the two tables, and none in the other."""
    held = [*making.values(DIALOGUES, Dialogue), *making.values(OPEN_DIALOGUES, Dialogue)]
    dialogues = making.some(held)
    tasks = {task.task_id: task for task in making.values(TASKS, Task)}
    functions = callable_functions(making.read(FUNCTIONS))
    returns = {function.name: function.returns for function in functions if function.returns is not None}
    trajectories = [trajectory_of(dialogue, returns) for dialogue in dialogues]
    with making.chat() as chat:
        judged = asyncio.run(judge_trajectories(trajectories, tasks, chat, making.params))
    rows = {VERDICTS: judged.verdicts, SAMPLES: judged.samples, TRAJECTORIES_DROPPED: judged.drops}
    return Made(rows, (dialogues, judged))


def _figures(made: Sequence[tuple[Sequence[Dialogue], Judged]], _: Making[TrajectoryParams]) -> Figures:
    """The yield of the shards, why turns were lost, and a dialogue that lost some with its verdicts."""
    dialogues = [dialogue for part, _ in made for dialogue in part]
    judged = joined(part for _, part in made)
    lost = Counter(drop.reason.value for drop in judged.drops)
    n_turns = len(judged.samples) + len(judged.drops)
    codes = Counter(verdict.code for verdict in judged.verdicts if verdict.code)
    funnel = [("assistant turns", n_turns), *sorted(lost.items()), ("samples", len(judged.samples))]
    figures: dict[str, Figure] = {
        "yield funnel": counts("turns", funnel),
        "yield funnel (picture)": Funnel("Yield of the turns", _kept_turns(n_turns, lost)),
        "findings": counted("findings", codes.elements()),
    }
    if (example := _losing(dialogues, judged)) is not None:
        outcomes = turn_outcomes(judged.verdicts, example.dialogue_id)
        figures["a dialogue with its verdicts"] = Markdown(render_dialogue(example, outcomes))
    reasons = Bars("What was found wanting", codes.most_common(), "findings")
    return {SAMPLES: figures, VERDICTS: {"verdict reasons": reasons}}


def _losing(dialogues: Sequence[Dialogue], judged: Judged) -> Dialogue | None:
    """A short dialogue, but not the shortest, of which a turn failed."""
    failed = {
        verdict.dialogue_id
        for verdict in judged.verdicts
        if verdict.subject_kind is SubjectKind.MESSAGE and verdict.outcome is Outcome.FAIL
    }
    shown = [dialogue for dialogue in dialogues if dialogue.dialogue_id in failed]
    return min(
        shown,
        key=lambda dialogue: (dialogue.n_turns < 4, dialogue.n_turns, dialogue.dialogue_id),
        default=None,
    )


def _kept_turns(n_turns: int, lost: Mapping[str, int]) -> list[tuple[str, int]]:
    """How many turns are left after each reason for which turns are lost."""
    left, kept = n_turns, [("assistant turns", n_turns)]
    for name, reasons in (
        ("of a dialogue that passes", {DropReason.DIALOGUE_FAILED}),
        ("that pass themselves", {DropReason.TURN_FAILED}),
        ("that can be verified", {DropReason.TURN_UNVERIFIABLE}),
        (
            "samples: something to learn",
            {DropReason.NOT_TRAINABLE, DropReason.NO_REASONING, DropReason.UNWANTED_REASONING},
        ),
    ):
        left -= sum(lost.get(reason.value, 0) for reason in reasons)
        kept.append((name, left))
    return kept


JUDGE_TRAJECTORIES = Step(
    name="judge_trajectories",
    description="Verdicts on dialogues and turns, and one sample for each passing assistant turn.",
    makes=(TRAJECTORIES_DROPPED, VERDICTS, SAMPLES),
    make=_judge,
    reads=(
        Read(TASKS),
        Read(DIALOGUES),
        Read(OPEN_DIALOGUES),
        Read(
            FUNCTIONS,
            deciding=("function_id", "name", "returns_json"),
            only=Matching("function_id", DIALOGUES, "function_ids"),
        ),
    ),
    partitions=Partitions.SHARD,
    params=TrajectoryParams,
    idle_params=("concurrency",),
    roles=(roles.DIALOGUE_JUDGE, roles.TURN_JUDGE),
    figures=_figures,
)

STAGE = Stage(
    name="trajectories",
    steps=(JUDGE_TRAJECTORIES,),
    section=TrajectoryParams,
    idle_settings={"concurrency"},
    stand_in=RULES,
    contexts=(JudgeContext,),
)
