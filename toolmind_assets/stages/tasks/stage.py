"""The stage `tasks`: what a person may want of the functions, with a plan of calls that does it."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

from pydantic import model_validator

from toolmind_assets.errors import wrong_setting
from toolmind_assets.model.edges import Edge
from toolmind_assets.model.near_duplicates import NearDuplicate
from toolmind_assets.model.tasks import Task
from toolmind_assets.stages.tasks import roles
from toolmind_assets.stages.tasks.intent_writer import IntentContext
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.planner import PlannerContext
from toolmind_assets.stages.tasks.stand_in import RULES
from toolmind_assets.stages.tasks.task_figures import task_figures
from toolmind_assets.steps.figures import Bars, Figures, counted, counts
from toolmind_assets.steps.making import Making
from toolmind_assets.steps.reads import Read
from toolmind_assets.steps.step import Made, Partitions, Stage, Step
from toolmind_assets.tables.functions import callable_functions
from toolmind_assets.tables.graph import EDGES
from toolmind_assets.tables.specs import FUNCTIONS, NEAR_DUPLICATES
from toolmind_assets.tables.tasks import TASKS, TASKS_DROPPED

if TYPE_CHECKING:
    from toolmind_assets.stages.tasks.sampling_context import SamplingContext


class TasksSection(TaskParams):
    """Parameters of the stage `tasks`."""

    @model_validator(mode="after")
    def _check_walk(self) -> Self:
        if self.walk_min > self.walk_max:
            raise wrong_setting(f"walk_min {self.walk_min} exceeds walk_max {self.walk_max}")
        return self


def _sample(making: Making[TaskParams]) -> Made:
    from toolmind_assets.stages.tasks.sample import sample_tasks  # numpy costs a tenth of a second

    slots = making.some(range(making.params.tasks_per_shard))
    outside: Any = making.outside
    with making.chat() as chat:
        sampling = sample_tasks(
            *(_context(making), making.partition or "", outside.seed, chat, making.params),
            in_flight=outside.in_flight,
            slots=slots,
        )
        made = asyncio.run(sampling)
    return Made({TASKS: made.tasks, TASKS_DROPPED: made.drops}, made.tasks)


def _context(making: Making[TaskParams]) -> "SamplingContext":
    """What tasks are sampled from: the functions, those that are nearly the same, and their graph."""
    from toolmind_assets.stages.tasks.sampling_context import SamplingContext

    def build() -> SamplingContext:
        return SamplingContext.of(
            callable_functions(making.read(FUNCTIONS)),
            making.values(EDGES, Edge),
            making.values(NEAR_DUPLICATES, NearDuplicate),
        )

    return making.once("context", build)


def _figures(made: Sequence[Sequence[Task]], making: Making[TaskParams]) -> Figures:
    """What the tasks of all shards ask for, and how evenly their walks visit the functions."""
    from toolmind_assets.stages.tasks.walk_coverage import measure_coverage

    tasks, context = [task for part in made for task in part], _context(making)
    visits = measure_coverage([task.chain for task in tasks], context.functions, context.graph)
    scenarios = Counter(task.scenario.value for task in tasks).most_common()
    return {
        TASKS: {
            "scenarios": counts("tasks", scenarios),
            "scenarios (picture)": Bars("Scenarios of the tasks", scenarios, "tasks"),
            "planned calls": counted("tasks", (len(task.plan) for task in tasks)),
            "linkable functions visited (ratio)": round(visits.coverage_ratio, 4),
            "visits of the most visited function": visits.max_visits,
            "visits of the most visited 1% (ratio)": round(visits.top_ratio, 4),
            "walks a set of functions": round(visits.chains_per_set, 4),
            "walks made before": visits.n_repeated,
            **task_figures(tasks, context.functions),
        }
    }


SAMPLE_TASKS = Step(
    name="sample_tasks",
    description="Sampled tasks: plans with value references, intents, offered functions.",
    makes=(TASKS_DROPPED, TASKS),
    make=_sample,
    reads=(Read(FUNCTIONS), Read(NEAR_DUPLICATES), Read(EDGES)),
    partitions=Partitions.SIMULATED,
    params=TaskParams,
    roles=(roles.PLANNER, roles.INTENT_WRITER),
    is_seeded=True,
    figures=_figures,
)

STAGE = Stage(
    name="tasks",
    steps=(SAMPLE_TASKS,),
    section=TasksSection,
    stand_in=RULES,
    contexts=(PlannerContext, IntentContext),
)
