"""A few dialogues with their verdicts, made in memory: `toolmind preview`."""

import asyncio
from collections.abc import Iterator

from toolmind_assets.model.edges import Edge
from toolmind_assets.model.near_duplicates import NearDuplicate
from toolmind_assets.model.render import render_dialogue
from toolmind_assets.model.verdicts import turn_outcomes
from toolmind_assets.settings.chat_models import chat_of
from toolmind_assets.settings.config import Settings
from toolmind_assets.stages.dialogues.simulate import simulate_dialogues
from toolmind_assets.stages.tasks.sample import sample_tasks
from toolmind_assets.stages.tasks.sampling_context import SamplingContext
from toolmind_assets.stages.trajectories.trajectory import trajectory_of
from toolmind_assets.stages.trajectories.turn_filter import judge_trajectories
from toolmind_assets.tables import EDGES, FUNCTIONS, NEAR_DUPLICATES
from toolmind_assets.tables.functions import callable_functions
from toolmind_assets.tables.rows import decode_rows
from toolmind_resources.chat.model import Charge
from toolmind_resources.delta.store import DeltaStore

SHARD = "preview"


def preview_dialogues(
    settings: Settings, store: DeltaStore, period: str, count: int, seed: int
) -> Iterator[str]:
    """`count` dialogues as Markdown, each with its task, its verdicts, and why turns were lost."""
    config = settings.config
    functions = callable_functions(store.read(FUNCTIONS))
    near_duplicates = decode_rows(NearDuplicate, store.read(NEAR_DUPLICATES))
    context = SamplingContext.of(functions, decode_rows(Edge, store.read(EDGES)), near_duplicates)
    params = config.tasks.model_copy(update={"tasks_per_shard": count})
    with chat_of(settings).charged_to(Charge(period, "preview")) as chat:
        sampled = asyncio.run(sample_tasks(context, SHARD, seed, chat, params))
        simulated = asyncio.run(simulate_dialogues(sampled.tasks, context.functions, chat, config.dialogues))
        tasks = {task.task_id: task for task in sampled.tasks}
        returns = {function.name: function.returns for function in functions if function.returns is not None}
        trajectories = [trajectory_of(dialogue, returns) for dialogue in simulated.dialogues]
        judged = asyncio.run(judge_trajectories(trajectories, tasks, chat, config.trajectories))
    for drop in sampled.drops:
        yield f"no task: {drop.reason.value}: {drop.detail}"
    for drop in simulated.drops:
        yield f"no dialogue: {drop.reason.value}: {drop.detail}"
    for dialogue in simulated.dialogues:
        outcomes = turn_outcomes(judged.verdicts, dialogue.dialogue_id)
        task = tasks[dialogue.task_id or ""]
        lost = [drop for drop in judged.drops if dialogue.dialogue_id in drop.parent_ids]
        yield "\n".join(
            [
                f"# {task.scenario.value}: {task.intent}",
                render_dialogue(dialogue, outcomes),
                *(f"lost: {drop.reason.value}: {drop.detail}" for drop in lost),
            ]
        )
