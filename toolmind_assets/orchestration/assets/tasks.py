"""Assets of the stage `tasks`."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

import dagster as dg

from toolmind_assets.model.edges import Edge
from toolmind_assets.model.near_duplicates import NearDuplicate
from toolmind_assets.model.tasks import Task
from toolmind_assets.orchestration.factory import (
    charged,
    counted,
    counts_table,
    defaults_from,
    deps_of,
    partition_keys,
    picture,
    table_outs,
    yield_builds,
)
from toolmind_assets.orchestration.partitions import SETTINGS, SIMULATED_SHARDS
from toolmind_assets.reports.pictures import draw_bars
from toolmind_assets.settings.chat_models import EMBEDDED_SOURCES, chat_settings
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.sample import sample_tasks
from toolmind_assets.stages.tasks.sampling_context import SamplingContext as Ground
from toolmind_assets.stages.tasks.walk_coverage import measure_coverage as count_visits
from toolmind_assets.steps.step import Rows, Step, Work
from toolmind_assets.tables import EDGES, FUNCTIONS, NEAR_DUPLICATES, TASKS, TASKS_DROPPED
from toolmind_assets.tables.functions import callable_functions
from toolmind_assets.tables.rows import decode_rows
from toolmind_resources.chat.model import ChatProvider, Role
from toolmind_resources.delta.resource import StoreResource
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Table

STEP = Step(
    "sample_tasks",
    makes=(TASKS_DROPPED, TASKS),
    reads=(FUNCTIONS, NEAR_DUPLICATES, EDGES),
    packages=EMBEDDED_SOURCES,
)
ROLES = (Role.PLANNER, Role.INTENT_WRITER)


@defaults_from(SETTINGS.config.tasks)
class TasksConfig(dg.Config, TaskParams):
    """Parameters of the tasks."""


def work(params: TaskParams) -> Work:
    """The step with these parameters."""
    config = SETTINGS.config
    chosen = params.model_dump(include=set(TaskParams.model_fields))
    settings = [config.seed, chosen, chat_settings(config, ROLES)]
    return Work(STEP, lambda _: settings)


def ground_of(tables: DeltaStore) -> Ground:
    """What tasks are sampled from: the functions, those that are nearly the same, and their graph."""
    return Ground.of(
        callable_functions(tables.read(FUNCTIONS)),
        decode_rows(Edge, tables.read(EDGES)),
        decode_rows(NearDuplicate, tables.read(NEAR_DUPLICATES)),
    )


@dg.multi_asset(
    name=STEP.name,
    outs=table_outs(STEP),
    deps=deps_of(STEP),
    partitions_def=SIMULATED_SHARDS,
    backfill_policy=dg.BackfillPolicy.multi_run(max_partitions_per_run=4),
    pool="chat",
)
def tasks(
    context: dg.AssetExecutionContext,
    config: TasksConfig,
    store: StoreResource,
    chat: dg.ResourceParam[ChatProvider],
) -> Iterator[dg.Output]:
    """Sampled tasks: plans with value references, intents, offered functions."""
    tables = store.store()
    ground = cache(lambda: ground_of(tables))  # read once, and only where a shard is due
    in_flight = SETTINGS.config.shards.in_flight
    shown: dict[Table, dict[str, dg.MetadataValue]] = {}
    made_tasks: list[Task] = []

    def make(shard: str | None) -> Rows:
        with charged(context, chat, STEP, shard) as model:
            sampling = sample_tasks(ground(), shard or "", SETTINGS.config.seed, model, config, in_flight)
            made = asyncio.run(sampling)
        made_tasks.extend(made.tasks)
        shown[TASKS] = _metadata(made_tasks, ground())
        return {TASKS: made.tasks, TASKS_DROPPED: made.drops}

    yield from yield_builds(context, work(config).build(tables, partition_keys(context), make), shown)


def _metadata(tasks: Sequence[Task], ground: Ground) -> dict[str, dg.MetadataValue]:
    """What the tasks of all shards of the run ask for, and how evenly their walks visit the functions."""
    visits = count_visits([task.chain for task in tasks], ground.functions, ground.graph)
    scenarios = Counter(task.scenario.value for task in tasks).most_common()
    return {
        "scenarios": counts_table("tasks", scenarios),
        "scenarios (picture)": picture(draw_bars("Scenarios of the tasks", scenarios, "tasks"), "scenarios"),
        "planned calls": counted("tasks", (len(task.plan) for task in tasks)),
        "linkable functions visited (ratio)": dg.MetadataValue.float(round(visits.coverage_ratio, 4)),
        "visits of the most visited function": dg.MetadataValue.int(visits.max_visits),
        "visits of the most visited 1% (ratio)": dg.MetadataValue.float(round(visits.top_ratio, 4)),
        "walks a set of functions": dg.MetadataValue.float(round(visits.chains_per_set, 4)),
        "walks made before": dg.MetadataValue.int(visits.n_repeated),
    }
