"""Tasks to draw plans from: sampled from catalogs by this checkout's code, or those of a folder of `toolmind run`."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from chain_sampling import read_graph
from link_trees import link_catalogs

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.tasks import Task
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.sample import sample_tasks
from toolmind_assets.stages.tasks.sampling_context import SamplingContext
from toolmind_assets.stages.tasks.stand_in import RULES
from toolmind_assets.tables.functions import callable_functions
from toolmind_assets.tables.rows import decode_rows
from toolmind_assets.tables.specs import FUNCTIONS
from toolmind_assets.tables.tasks import TASKS, TASKS_DROPPED
from toolmind_resources.chat.embedded import EmbeddedChat
from toolmind_resources.delta.store import DeltaStore


class SampledTasks(NamedTuple):
    """Functions by id, tasks, and how many slots bore none, by reason."""

    functions: Mapping[str, FunctionSpec]
    tasks: Sequence[Task]
    dropped: Mapping[str, int]


def sample_catalogs(
    catalogs: Sequence[str], folder: Path, n_shards: int, run_seed: int, params: TaskParams
) -> SampledTasks:
    """Tasks over catalogs in any form, with the embedded model and nothing configured.

    Args:
        catalogs: Files, folders and MCP servers, as `toolmind normalize` takes them.
        folder: Where functions and links stay; they are made anew at the next call.
        n_shards: Shards of `tasks_per_shard` slots.
        run_seed: Seed of the tasks.
        params: Of the stage `tasks`.
    """
    link_catalogs(catalogs, folder)
    graph = read_graph(folder / "functions" / "functions.parquet", folder / "edges.parquet")
    context = SamplingContext.of(graph.functions, graph.edges)
    tasks: list[Task] = []
    dropped: Counter[str] = Counter()
    for number in range(n_shards):
        shard = f"sim-{number:04}"
        made = asyncio.run(sample_tasks(context, shard, run_seed, EmbeddedChat(RULES), params))
        tasks += made.tasks
        dropped.update(drop.reason.value for drop in made.drops)
    return SampledTasks(context.functions, tasks, dropped)


def read_home(home: Path) -> SampledTasks:
    """The tasks of a folder that `toolmind run` has filled, whichever models wrote them."""
    store = DeltaStore(home / "tables")
    functions = {one.function_id: one for one in callable_functions(store.read(FUNCTIONS))}
    dropped = Counter(store.read(TASKS_DROPPED)["reason"].to_list())
    return SampledTasks(functions, decode_rows(Task, store.read(TASKS)), dropped)
