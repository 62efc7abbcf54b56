"""How many dialogues a second of one core does the embedded model plan, act out and judge?

.venv/bin/python benchmarks/embedded_rate.py [FUNCTIONS.parquet EDGES.parquet] [--shards N]

The files are those of `toolmind normalize` and `toolmind link`; without them the starter catalogs are normalised and
linked first. Tasks of N shards are sampled, acted out and judged in one process, shard after shard, as the three steps
do it but for reading and writing tables. Counted are CPU seconds of the process, the first shard with all that is
made once apart from building what tasks are sampled from. `steps_per_cpu_second` is what a loop of plain Python
reaches before and after: rates of two machines, or of one that others use too, compare by their ratio to it.
`rows` is a digest of every row made: two states of the code that make the same rows have the same one.
Prints a table, and ends with one line of JSON.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from chain_sampling import Graph, print_table, read_graph, starter_graph

from toolmind_assets.model.dialogues import Dialogue
from toolmind_assets.model.ids import digest
from toolmind_assets.model.tasks import Task
from toolmind_assets.stages.dialogues.params import DialogueParams
from toolmind_assets.stages.dialogues.simulate import Simulated, simulate_dialogues
from toolmind_assets.stages.dialogues.stand_in import RULES as ACTING
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.sample import Sampled, sample_tasks
from toolmind_assets.stages.tasks.sampling_context import SamplingContext
from toolmind_assets.stages.tasks.stand_in import RULES as PLANNING
from toolmind_assets.stages.trajectories.params import TrajectoryParams
from toolmind_assets.stages.trajectories.stand_in import RULES as JUDGING
from toolmind_assets.stages.trajectories.trajectory import trajectory_of
from toolmind_assets.stages.trajectories.turn_filter import Judged, judge_trajectories
from toolmind_resources.chat.embedded import EmbeddedChat

T = TypeVar("T", Sampled, Simulated, Judged)
CHAT = EmbeddedChat({**PLANNING, **ACTING, **JUDGING})
LOOP_STEPS = 2_000_000


@dataclass
class Spent:
    """CPU seconds of one step, and what it made."""

    seconds: float = 0.0
    n_made: int = 0
    digests: list[str] = field(default_factory=list)

    def add(self, work: Callable[[], T], count: Callable[[T], int]) -> T:
        """The lists of rows that `work` makes, its CPU seconds counted."""
        began = time.process_time()
        made = work()
        self.seconds += time.process_time() - began
        self.n_made += count(made)
        self.digests.append(digest([repr(getattr(made, rows.name)) for rows in fields(made)]))
        return made

    @property
    def figures(self) -> dict[str, Any]:
        """Rate and digest."""
        return {
            "made": self.n_made,
            "cpu_seconds": round(self.seconds, 2),
            "per_cpu_second": round(self.n_made / self.seconds, 1),
            "rows": digest(self.digests)[:16],
        }


def measure(graph: Graph, n_shards: int) -> dict[str, dict[str, Any]]:
    """What the three steps cost for some shards, by the name of the step."""
    context = SamplingContext.of(graph.functions, graph.edges)
    context.ways(TaskParams())
    spent = {"sample_tasks": Spent(), "simulate_dialogues": Spent(), "judge_trajectories": Spent()}
    for shard in (f"sim-{number:04}" for number in range(n_shards)):
        sampled = spent["sample_tasks"].add(
            lambda shard=shard: asyncio.run(sample_tasks(context, shard, 0, CHAT, TaskParams())),
            lambda made: len(made.tasks),
        )
        simulated = spent["simulate_dialogues"].add(
            lambda tasks=sampled.tasks: _simulate(tasks, context), lambda made: len(made.dialogues)
        )
        spent["judge_trajectories"].add(
            lambda dialogues=simulated.dialogues, tasks=sampled.tasks: _judge(dialogues, tasks, context),
            lambda made: len({one.dialogue_id for one in made.verdicts}),
        )
    return {name: one.figures for name, one in spent.items()}


def _simulate(tasks: Sequence[Task], context: SamplingContext) -> Simulated:
    return asyncio.run(simulate_dialogues(tasks, context.functions, CHAT, DialogueParams()))


def _judge(dialogues: Sequence[Dialogue], tasks: Sequence[Task], context: SamplingContext) -> Judged:
    returns = {one.name: one.returns for one in context.functions.values() if one.returns is not None}
    trajectories = [trajectory_of(dialogue, returns) for dialogue in dialogues]
    by_id = {task.task_id: task for task in tasks}
    return asyncio.run(judge_trajectories(trajectories, by_id, CHAT, TrajectoryParams()))


def loop_speed() -> float:
    """Steps a CPU second of a loop that does a little of what Python code does: the best of three."""
    seconds = []
    for _ in range(3):
        began, found = time.process_time(), {}
        for step in range(LOOP_STEPS):
            found[step & 1023] = f"{step}"
        seconds.append(time.process_time() - began)
    return LOOP_STEPS / min(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="*", help="functions.parquet and edges.parquet")
    parser.add_argument("--shards", type=int, default=3)
    given = parser.parse_args()
    if len(given.files) not in (0, 2):
        parser.error("give functions and edges, or neither")
    graph = read_graph(*given.files) if given.files else starter_graph()
    before = loop_speed()
    steps = measure(graph, given.shards)
    speed = round(max(before, loop_speed()))
    print_table([{"step": name, **figures} for name, figures in steps.items()])
    print(json.dumps({"benchmark": "embedded_rate", "steps_per_cpu_second": speed, **steps}))


if __name__ == "__main__":
    main()
