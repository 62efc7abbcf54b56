"""Assets of the stage `dialogues`."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import dagster as dg
import polars as pl

from toolmind_assets.model.dialogues import Dialogue
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.render import render_dialogue
from toolmind_assets.model.tasks import Task
from toolmind_assets.orchestration.factory import (
    charged,
    counted,
    defaults_from,
    deps_of,
    partition_keys,
    picture,
    table_outs,
    yield_builds,
)
from toolmind_assets.orchestration.partitions import SETTINGS, SIMULATED_SHARDS
from toolmind_assets.reports.pictures import draw_histogram
from toolmind_assets.settings.chat_models import EMBEDDED_SOURCES, chat_settings
from toolmind_assets.stages.dialogues.params import DialogueParams
from toolmind_assets.stages.dialogues.simulate import simulate_dialogues
from toolmind_assets.steps.step import Rows, Step, Work
from toolmind_assets.tables import (
    ARGUMENTS,
    CALLS,
    CANDIDATES,
    DIALOGUES,
    DIALOGUES_DROPPED,
    FUNCTIONS,
    TASKS,
)
from toolmind_assets.tables.functions import callable_functions
from toolmind_assets.tables.rows import decode_rows
from toolmind_resources.chat.model import ChatProvider, Role
from toolmind_resources.delta.resource import StoreResource
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Table

STEP = Step(
    "simulate_dialogues",
    makes=(DIALOGUES_DROPPED, CANDIDATES, ARGUMENTS, CALLS, DIALOGUES),
    reads=(TASKS,),
    packages=EMBEDDED_SOURCES,
)
ROLES = (Role.USER_AGENT, Role.ASSISTANT_AGENT, Role.TOOL_AGENT)


@defaults_from(SETTINGS.config.dialogues)
class DialoguesConfig(dg.Config, DialogueParams):
    """Parameters of the simulation."""


def work(params: DialogueParams, tables: DeltaStore) -> Work:
    """The step with these parameters.

    Of the functions only those that the shard's tasks offer are read into the digest: a change to any other
    leaves the shard's dialogues as they are.
    """
    config = SETTINGS.config
    chosen = params.model_dump(include=set(DialogueParams.model_fields))
    models = chat_settings(config, ROLES)
    return Work(STEP, lambda shard: [chosen, models, _offered(tables, shard or "")])


def _offered(tables: DeltaStore, shard: str) -> list[tuple[str, ...]]:
    """What the agents are shown of every function that the shard's tasks offer, by function id."""
    offered = tables.read(TASKS, [shard], columns=["offered_function_ids"])["offered_function_ids"]
    ids = offered.explode().drop_nulls().unique()
    shown = ["function_id", "name", "source_name", "description", "parameters_json", "returns_json", "effect"]
    rows = tables.read(FUNCTIONS, columns=shown).filter(pl.col("function_id").is_in(ids.implode()))
    return sorted(rows.iter_rows())


def functions_of(tables: DeltaStore) -> Mapping[str, FunctionSpec]:
    """Every function by id."""
    return {function.function_id: function for function in callable_functions(tables.read(FUNCTIONS))}


@dg.multi_asset(
    name=STEP.name,
    outs=table_outs(STEP),
    deps=[*deps_of(STEP), dg.AssetDep(["specs", "functions"])],
    partitions_def=SIMULATED_SHARDS,
    backfill_policy=dg.BackfillPolicy.multi_run(max_partitions_per_run=4),
    pool="chat",
)
def dialogues(
    context: dg.AssetExecutionContext,
    config: DialoguesConfig,
    store: StoreResource,
    chat: dg.ResourceParam[ChatProvider],
) -> Iterator[dg.Output]:
    """Dialogues acted out by user, assistant and tool agents, with calls and argument origins."""
    tables = store.store()
    functions = cache(lambda: functions_of(tables))  # read once, and only where a shard is due
    in_flight = SETTINGS.config.shards.in_flight
    shown: dict[Table, dict[str, dg.MetadataValue]] = {}
    acted: list[Dialogue] = []

    def make(shard: str | None) -> Rows:
        tasks = decode_rows(Task, tables.read(TASKS, [shard or ""]))
        with charged(context, chat, STEP, shard) as model:
            made = asyncio.run(simulate_dialogues(tasks, functions(), model, config, in_flight))
        acted.extend(made.dialogues)
        shown[DIALOGUES] = _metadata(acted)
        return {
            DIALOGUES: made.dialogues,
            CALLS: made.calls,
            ARGUMENTS: made.arguments,
            CANDIDATES: made.candidates,
            DIALOGUES_DROPPED: made.drops,
        }

    builds = work(config, tables).build(tables, partition_keys(context), make)
    yield from yield_builds(context, builds, shown)


def _metadata(dialogues: Sequence[Dialogue]) -> dict[str, dg.MetadataValue]:
    """Counts and lengths of all shards of the run, and one dialogue rendered to be read."""
    lengths = draw_histogram(
        "Length of the dialogues", [dialogue.n_turns for dialogue in dialogues], "assistant turns a dialogue"
    )
    metadata = {
        "scenarios": counted("dialogues", (dialogue.scenario for dialogue in dialogues)),
        "dialogue lengths": picture(lengths, "dialogue lengths"),
    }
    if dialogues:
        middle = sorted(dialogues, key=lambda dialogue: (dialogue.n_turns, dialogue.dialogue_id))[
            len(dialogues) // 2
        ]
        metadata["a dialogue"] = dg.MetadataValue.md(render_dialogue(middle))
    return metadata
