"""Assets of the stage `trajectories`."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from toolmind_assets.model.dialogues import Dialogue
from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.model.render import render_dialogue
from toolmind_assets.model.tasks import Task
from toolmind_assets.model.verdicts import Outcome, SubjectKind, turn_outcomes
from toolmind_assets.orchestration.factory import (
    charged,
    counted,
    counts_table,
    defaults_from,
    deps_of,
    key_of,
    partition_keys,
    picture,
    table_outs,
    yield_builds,
)
from toolmind_assets.orchestration.partitions import SAME_OPEN_SHARD, SAME_SIMULATED_SHARD, SETTINGS, SHARDS
from toolmind_assets.reports.pictures import draw_bars, draw_funnel
from toolmind_assets.settings.chat_models import EMBEDDED_SOURCES, chat_settings
from toolmind_assets.stages.trajectories.params import TrajectoryParams
from toolmind_assets.stages.trajectories.trajectory import trajectory_of
from toolmind_assets.stages.trajectories.turn_filter import Judged, joined
from toolmind_assets.stages.trajectories.turn_filter import judge_trajectories as judge
from toolmind_assets.steps.step import Rows, Step, Work
from toolmind_assets.tables import (
    DIALOGUES,
    FUNCTIONS,
    OPEN_DIALOGUES,
    SAMPLES,
    TASKS,
    TRAJECTORIES_DROPPED,
    VERDICTS,
)
from toolmind_assets.tables.functions import callable_functions
from toolmind_assets.tables.rows import decode_rows
from toolmind_resources.chat.model import ChatModel, ChatProvider, Role
from toolmind_resources.delta.resource import StoreResource
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Table

STEP = Step(
    "judge_trajectories",
    makes=(TRAJECTORIES_DROPPED, VERDICTS, SAMPLES),
    reads=(TASKS, DIALOGUES, OPEN_DIALOGUES),
    packages=EMBEDDED_SOURCES,
)
ROLES = (Role.DIALOGUE_JUDGE, Role.TURN_JUDGE)
MAPPINGS = {TASKS: SAME_SIMULATED_SHARD, DIALOGUES: SAME_SIMULATED_SHARD, OPEN_DIALOGUES: SAME_OPEN_SHARD}

OPEN_KEYS = {key_of(OPEN_DIALOGUES)}
"""Parents that stay unmade where no open set is configured: the UI would warn of them at each click."""


@defaults_from(SETTINGS.config.trajectories)
class TrajectoriesConfig(dg.Config, TrajectoryParams):
    """How turns are judged."""


def work(params: TrajectoryParams) -> Work:
    """The step with these parameters; how much runs at once decides no row."""
    chosen = params.model_dump(include=set(TrajectoryParams.model_fields) - {"concurrency"})
    settings = [chosen, chat_settings(SETTINGS.config, ROLES)]
    return Work(STEP, lambda _: settings)


@dg.multi_asset(
    name=STEP.name,
    outs=table_outs(STEP),
    deps=[
        dep for dep in deps_of(STEP, MAPPINGS) if SETTINGS.config.opensets or dep.asset_key not in OPEN_KEYS
    ],
    partitions_def=SHARDS,
    backfill_policy=dg.BackfillPolicy.multi_run(max_partitions_per_run=4),
    pool="chat",
)
def samples(
    context: dg.AssetExecutionContext,
    config: TrajectoriesConfig,
    store: StoreResource,
    chat: dg.ResourceParam[ChatProvider],
) -> Iterator[dg.Output]:
    """Verdicts on dialogues and turns, and one sample for each passing assistant turn."""
    tables = store.store()
    shown: dict[Table, dict[str, dg.MetadataValue]] = {}
    seen: list[Dialogue] = []
    parts: list[Judged] = []

    def make(shard: str | None) -> Rows:
        dialogues = _dialogues(tables, shard or "")
        with charged(context, chat, STEP, shard) as model:
            judged = asyncio.run(_judge_shard(tables, shard or "", dialogues, model, config))
        seen.extend(dialogues)
        parts.append(judged)
        whole = joined(parts)
        shown[SAMPLES] = _metadata(seen, whole)
        shown[VERDICTS] = {"verdict reasons": _drawn_reasons(whole)}
        return {VERDICTS: judged.verdicts, SAMPLES: judged.samples, TRAJECTORIES_DROPPED: judged.drops}

    builds = work(config).build(tables, partition_keys(context), make)
    yield from yield_builds(context, builds, shown)


def _dialogues(tables: DeltaStore, shard: str) -> list[Dialogue]:
    table = DIALOGUES if shard in SETTINGS.config.simulated_shards else OPEN_DIALOGUES
    return decode_rows(Dialogue, tables.read(table, [shard]))


async def _judge_shard(
    tables: DeltaStore, shard: str, dialogues: Sequence[Dialogue], chat: ChatModel, params: TrajectoryParams
) -> Judged:
    tasks = {task.task_id: task for task in decode_rows(Task, tables.read(TASKS, [shard]))}
    returns = _returns(tables) if shard in SETTINGS.config.simulated_shards else {}
    return await judge([trajectory_of(dialogue, returns) for dialogue in dialogues], tasks, chat, params)


def _returns(tables: DeltaStore) -> dict[str, JsonObject]:
    """Schema of the result of every function that states one, by name."""
    functions = callable_functions(tables.read(FUNCTIONS))
    return {function.name: function.returns for function in functions if function.returns is not None}


def _metadata(dialogues: Sequence[Dialogue], judged: Judged) -> dict[str, dg.MetadataValue]:
    """The yield of the run's shards, why turns were lost, and a dialogue that lost some with its verdicts."""
    lost = Counter(drop.reason.value for drop in judged.drops)
    n_turns = len(judged.samples) + len(judged.drops)
    funnel = [("assistant turns", n_turns), *sorted(lost.items()), ("samples", len(judged.samples))]
    metadata: dict[str, dg.MetadataValue] = {
        "yield funnel": counts_table("turns", funnel),
        "yield funnel (picture)": picture(
            draw_funnel("Yield of the turns", _kept_turns(n_turns, lost)), "yield funnel"
        ),
        "findings": counted("findings", (verdict.code for verdict in judged.verdicts if verdict.code)),
    }
    failed = {
        verdict.dialogue_id
        for verdict in judged.verdicts
        if verdict.subject_kind is SubjectKind.MESSAGE and verdict.outcome is Outcome.FAIL
    }
    shown = [dialogue for dialogue in dialogues if dialogue.dialogue_id in failed]
    if shown:
        dialogue = min(
            shown, key=lambda dialogue: (dialogue.n_turns < 4, dialogue.n_turns, dialogue.dialogue_id)
        )
        outcomes = turn_outcomes(judged.verdicts, dialogue.dialogue_id)
        metadata["a dialogue with its verdicts"] = dg.MetadataValue.md(render_dialogue(dialogue, outcomes))
    return metadata


def _kept_turns(n_turns: int, lost: Mapping[str, int]) -> list[tuple[str, int]]:
    """How many turns are left after each reason for which turns are lost."""
    left, steps = n_turns, [("assistant turns", n_turns)]
    for name, reason in (
        ("of a dialogue that passes", DropReason.DIALOGUE_FAILED),
        ("that pass themselves", DropReason.TURN_FAILED),
        ("that can be verified", DropReason.TURN_UNVERIFIABLE),
        ("samples: something to learn", DropReason.NOT_TRAINABLE),
    ):
        left -= lost.get(reason.value, 0)
        steps.append((name, left))
    return steps


def _drawn_reasons(judged: Judged) -> dg.MetadataValue:
    codes = Counter(verdict.code for verdict in judged.verdicts if verdict.code).most_common()
    return picture(draw_bars("What was found wanting", codes, "findings"), "verdict reasons")
