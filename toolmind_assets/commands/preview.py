"""`toolmind preview`: a few tasks, or dialogues with their verdicts, made in memory."""

from collections.abc import Iterator, Sequence

import click

from toolmind_assets.commands.printing import console
from toolmind_assets.commands.progress_bars import Progress
from toolmind_assets.model.dialogues import Dialogue
from toolmind_assets.model.drops import Drop
from toolmind_assets.model.render import render_dialogue
from toolmind_assets.model.task_view import render_task
from toolmind_assets.model.tasks import Task
from toolmind_assets.model.verdicts import Verdict, turn_outcomes
from toolmind_assets.orchestration.stopping import SIGNALS, Stopping
from toolmind_assets.reports.costs import print_usage
from toolmind_assets.reports.endpoint_checks import EndpointChecks
from toolmind_assets.reports.pace import PaceWatch
from toolmind_assets.settings.chat_models import chat_of, new_period
from toolmind_assets.settings.config import Settings, load_settings
from toolmind_assets.settings.surroundings import Surroundings, params_of
from toolmind_assets.stages.tasks.stage import SAMPLE_TASKS
from toolmind_assets.steps.rehearsal import Rehearsal, Rehearsed
from toolmind_assets.steps.step import Partitions, Step
from toolmind_assets.steps.work import Work
from toolmind_assets.tables.dialogues import DIALOGUES, DIALOGUES_DROPPED
from toolmind_assets.tables.rows import decode_rows
from toolmind_assets.tables.specs import FUNCTIONS
from toolmind_assets.tables.tasks import TASKS, TASKS_DROPPED
from toolmind_assets.tables.trajectories import TRAJECTORIES_DROPPED, VERDICTS
from toolmind_resources.chat.model import Charge
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Table

SHARD = "preview"


@click.command()
@click.option(
    "-n", "count", type=click.IntRange(1, 100), default=5, show_default=True, help="Dialogues to show."
)
@click.option(
    "--tasks",
    "n_tasks",
    type=click.IntRange(1, 100),
    default=None,
    help="So many tasks instead: who wants what, and the plan.",
)
@click.option("--seed", type=int, default=None, help="Another seed shows others.")
def preview(count: int, n_tasks: int | None, seed: int | None) -> None:
    """A few dialogues with their verdicts, or tasks alone, to read before many are made.

    Catalogs, functions and graph are made first. Nothing else is kept but the replies of your
    endpoints: the same preview costs nothing again.
    """
    period = new_period("preview")
    stopping = Stopping()
    with stopping.listening(*SIGNALS):
        settings = load_settings()
        chosen = settings.config.seed if seed is None else seed
        try:
            with Progress(console, PaceWatch(settings, period)) as progress:
                stopping.on_stop = progress.tell_stop
                texts = stopping.run(
                    lambda: _made(settings, period, (count, n_tasks), chosen, progress),
                    settings.journal,
                    progress.look,
                )
            for text in texts:
                console.print(text, markup=False)
                console.rule()
        finally:
            print_usage(console, settings, period)


def _made(
    settings: Settings, period: str, counts: tuple[int, int | None], seed: int, progress: Progress
) -> list[str]:
    from toolmind_assets.orchestration.materialise import Order, prepare  # takes seconds

    checks = EndpointChecks(settings, period, lambda line: console.print(line, markup=False))
    store = prepare(Order(settings, 1, (), period, progress.report, before_asking=checks))
    checks()
    n_dialogues, n_tasks = counts
    if n_tasks is not None:
        return list(preview_tasks(settings, store, period, n_tasks, seed))
    return list(preview_dialogues(settings, store, period, n_dialogues, seed))


def preview_tasks(settings: Settings, store: DeltaStore, period: str, count: int, seed: int) -> Iterator[str]:
    """`count` tasks as Markdown, and why others came to nothing."""
    tables = _rehearsed(settings, store, period, count, seed, (SAMPLE_TASKS,))
    names = dict(tables.read(FUNCTIONS, columns=["function_id", "name"]).iter_rows())
    yield from _dropped(tables, (("task", TASKS_DROPPED),))
    for task in decode_rows(Task, tables.read(TASKS, [SHARD])):
        yield render_task(task, names)


def preview_dialogues(
    settings: Settings, store: DeltaStore, period: str, count: int, seed: int
) -> Iterator[str]:
    """`count` dialogues as Markdown, each with its task, its verdicts, and why turns were lost."""
    steps = tuple(settings.pipeline.of_shards(Partitions.SIMULATED))
    tables = _rehearsed(settings, store, period, count, seed, steps)
    yield from _dropped(tables, (("task", TASKS_DROPPED), ("dialogue", DIALOGUES_DROPPED)))
    tasks = {task.task_id: task for task in decode_rows(Task, tables.read(TASKS, [SHARD]))}
    verdicts = decode_rows(Verdict, tables.read(VERDICTS, [SHARD]))
    drops = decode_rows(Drop, tables.read(TRAJECTORIES_DROPPED, [SHARD]))
    for dialogue in decode_rows(Dialogue, tables.read(DIALOGUES, [SHARD])):
        outcomes = turn_outcomes(verdicts, dialogue.dialogue_id)
        task = tasks[dialogue.task_id or ""]
        lost = [drop for drop in drops if dialogue.dialogue_id in drop.parent_ids]
        yield "\n".join(
            [
                f"# {task.scenario.value}: {task.intent}",
                render_dialogue(dialogue, outcomes),
                *(f"lost: {drop.reason.value}: {drop.detail}" for drop in lost),
            ]
        )


def _rehearsed(
    settings: Settings, store: DeltaStore, period: str, count: int, seed: int, steps: Sequence[Step]
) -> Rehearsed:
    """Tables that hold what these steps make of a shard of `count` tasks."""
    tables = Rehearsed(store)
    outside = Surroundings(settings, seed_given=seed)
    with chat_of(settings).charged_to(Charge(period, SHARD)) as chat:
        rehearsal = Rehearsal(tables, chat)
        for step in steps:
            params = params_of(settings, step)
            if step is SAMPLE_TASKS:
                params = params.model_copy(update={"tasks_per_shard": count})
            rehearsal.make(Work(step, params, outside, settings.pipeline), SHARD)
    return tables


def _dropped(tables: Rehearsed, whats: Sequence[tuple[str, Table]]) -> Iterator[str]:
    for what, table in whats:
        for drop in decode_rows(Drop, tables.read(table, [SHARD])):
            yield f"no {what}: {drop.reason.value}: {drop.detail}"
