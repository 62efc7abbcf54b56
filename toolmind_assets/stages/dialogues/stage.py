"""The stage `dialogues`: user, assistant and tools act the tasks out."""

import asyncio
from collections.abc import Sequence
from typing import Any

from toolmind_assets.model.dialogues import Dialogue
from toolmind_assets.model.render import render_dialogue
from toolmind_assets.model.tasks import Task
from toolmind_assets.stages.dialogues import roles
from toolmind_assets.stages.dialogues.contexts import AssistantContext, ToolContext, UserContext
from toolmind_assets.stages.dialogues.params import DialogueParams
from toolmind_assets.stages.dialogues.simulate import simulate_dialogues
from toolmind_assets.stages.dialogues.stand_in import RULES
from toolmind_assets.steps.figures import Figure, Figures, Histogram, Markdown, counted
from toolmind_assets.steps.making import Making
from toolmind_assets.steps.reads import Matching, Read
from toolmind_assets.steps.step import Made, Partitions, Stage, Step
from toolmind_assets.tables.dialogues import ARGUMENTS, CALLS, CANDIDATES, DIALOGUES, DIALOGUES_DROPPED
from toolmind_assets.tables.functions import callable_functions
from toolmind_assets.tables.specs import FUNCTIONS
from toolmind_assets.tables.tasks import TASKS

SHOWN_COLUMNS = (
    *("function_id", "name", "source_name", "description", "parameters_json", "returns_json", "effect"),
)
"""What the agents are shown of a function."""


def _simulate(making: Making[DialogueParams]) -> Made:
    tasks = making.some(making.values(TASKS, Task))
    functions = {function.function_id: function for function in callable_functions(making.read(FUNCTIONS))}
    outside: Any = making.outside
    with making.chat() as chat:
        acting = simulate_dialogues(tasks, functions, chat, making.params, outside.in_flight)
        made = asyncio.run(acting)
    rows = {
        DIALOGUES: made.dialogues,
        CALLS: made.calls,
        ARGUMENTS: made.arguments,
        CANDIDATES: made.candidates,
        DIALOGUES_DROPPED: made.drops,
    }
    return Made(rows, made.dialogues)


def _figures(made: Sequence[Sequence[Dialogue]], _: Making[DialogueParams]) -> Figures:
    """Counts and lengths of all shards, and one dialogue rendered to be read."""
    dialogues = [dialogue for part in made for dialogue in part]
    lengths = [dialogue.n_turns for dialogue in dialogues]
    figures: dict[str, Figure] = {
        "scenarios": counted("dialogues", (dialogue.scenario for dialogue in dialogues)),
        "dialogue lengths": Histogram("Length of the dialogues", lengths, "assistant turns a dialogue"),
    }
    if dialogues:
        ordered = sorted(dialogues, key=lambda dialogue: (dialogue.n_turns, dialogue.dialogue_id))
        figures["a dialogue"] = Markdown(render_dialogue(ordered[len(dialogues) // 2]))
    return {DIALOGUES: figures}


SIMULATE_DIALOGUES = Step(
    name="simulate_dialogues",
    description="Dialogues acted out by user, assistant and tool agents, with calls and argument origins.",
    makes=(DIALOGUES_DROPPED, CANDIDATES, ARGUMENTS, CALLS, DIALOGUES),
    make=_simulate,
    reads=(
        Read(TASKS),
        Read(FUNCTIONS, deciding=SHOWN_COLUMNS, only=Matching("function_id", TASKS, "offered_function_ids")),
    ),
    partitions=Partitions.SIMULATED,
    params=DialogueParams,
    roles=(roles.USER_AGENT, roles.ASSISTANT_AGENT, roles.TOOL_AGENT),
    figures=_figures,
)

STAGE = Stage(
    name="dialogues",
    steps=(SIMULATE_DIALOGUES,),
    section=DialogueParams,
    stand_in=RULES,
    contexts=(UserContext, AssistantContext, ToolContext),
)
