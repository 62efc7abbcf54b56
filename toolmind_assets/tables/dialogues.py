"""Tables of the stage `dialogues`; open sets bring the same columns under their own name."""

import json

import polars as pl

from toolmind_assets.tables.drops import dropped_table
from toolmind_resources.delta.table import Column, Frames, Law, Noun, Parent, Table


def _tasks_are_acted_or_dropped(frames: Frames) -> list[str]:
    tasks = frames["tasks/tasks"].height
    kept, dropped = frames["dialogues/dialogues"].height, frames["dialogues/dropped"].height
    return [] if tasks == kept + dropped else [f"{tasks} tasks, {kept} dialogues + {dropped} dropped"]


def _calls_are_recorded(stage: str, frames: Frames) -> list[str]:
    messages = frames[f"{stage}/dialogues"]["messages_json"]
    spoken = sum(len(message["tool_calls"]) for text in messages for message in json.loads(text))
    recorded = frames[f"{stage}/calls"].height
    return [] if spoken == recorded else [f"{spoken} tool calls in the messages, {recorded} recorded"]


def dialogue_table(stage: str, laws: tuple[Law, ...] = (), parents: tuple[Parent, ...] = ()) -> Table:
    """The table `<stage>/dialogues`."""
    return Table(
        name=f"{stage}/dialogues",
        row="one whole dialogue",
        columns=(
            Column("shard", pl.String, "unit of generation and judging"),
            Column("dialogue_id", pl.String, "hashes what determined the dialogue"),
            Column("task_id", pl.String, "the task; null for an open set", is_nullable=True),
            Column("source", pl.String, "simulated, or the name of the open set"),
            Column("licence", pl.String, "licence of the open set; empty for simulated"),
            Column("scenario", pl.String, "the task's scenario; may be empty"),
            Column("domain", pl.String, "the task's domain; may be empty"),
            Column("language", pl.String, "BCP 47 tag"),
            Column("function_ids", pl.List(pl.String), "functions offered, in the order of the tools"),
            Column("tools_json", pl.String, "OpenAI tool definitions offered"),
            Column(
                "messages_json", pl.String, "Message list, the system message first; reasoning stands apart"
            ),
            Column("stop_reason", pl.String, "one of StopReason"),
            Column("models", pl.List(pl.String), "role=model of each agent"),
            Column("prompt_digest", pl.String, "digest of the agents' prompts"),
            Column("n_turns", pl.Int64, "assistant messages"),
            Column("content_digest", pl.String, "hashes tools and messages"),
        ),
        key=("shard", "dialogue_id"),
        partition_by="shard",
        laws=laws,
        parents=parents,
        noun=Noun(
            "dialogue",
            "dialogue_id",
            "{source}, shard {shard}, assistant turns: {n_turns}; licence {licence}; {models}",
        ),
    )


def call_table(stage: str, parents: tuple[Parent, ...] = ()) -> Table:
    """The table `<stage>/calls`."""
    return Table(
        name=f"{stage}/calls",
        row="one tool call of a dialogue and how it ended",
        columns=(
            Column("shard", pl.String, "unit of generation and judging"),
            Column("call_id", pl.String, "hashes dialogue, message and position"),
            Column("dialogue_id", pl.String, "the dialogue"),
            Column("message_index", pl.Int64, "0-based position of the assistant message"),
            Column("call_index", pl.Int64, "0-based position in that message"),
            Column("tool_call_id", pl.String, "the id that the messages use"),
            Column("plan_step_id", pl.String, "planned step that it carries out", is_nullable=True),
            Column(
                "function_id", pl.String, "function called; null where none has the name", is_nullable=True
            ),
            Column("name", pl.String, "name as called"),
            Column("arguments_json", pl.String, "arguments as sent"),
            Column("result_json", pl.String, "what the tool message says", is_nullable=True),
            Column("status", pl.String, "ok or error"),
            Column("environment_kind", pl.String, "simulated or recorded"),
            Column("state_before_digest", pl.String, "digest of the environment's state", is_nullable=True),
            Column("state_after_digest", pl.String, "digest of the environment's state", is_nullable=True),
            Column("injected_fault", pl.String, "fault injected on purpose", is_nullable=True),
            Column(
                "corrects_call_id", pl.String, "failed call that this one repeats corrected", is_nullable=True
            ),
        ),
        key=("shard", "call_id"),
        partition_by="shard",
        parents=(
            *parents,
            Parent(
                "dialogue_id", f"{stage}/dialogues", "dialogue_id", is_part=True, position="message_index"
            ),
        ),
        noun=Noun("call", "call_id", "{name}, message {message_index} of {dialogue_id}, {status}"),
        laws=(
            Law(
                "calls_conserved",
                "tool calls in the messages = calls",
                (f"{stage}/dialogues", f"{stage}/calls"),
                lambda frames: _calls_are_recorded(stage, frames),
            ),
        ),
    )


def argument_table(stage: str) -> Table:
    """The table `<stage>/arguments`."""
    return Table(
        name=f"{stage}/arguments",
        row="one origin of one argument's value",
        columns=(
            Column("shard", pl.String, "unit of generation and judging"),
            Column("call_id", pl.String, "the call"),
            Column("path", pl.String, "concrete dotted path in the arguments"),
            Column("origin_index", pl.Int64, "0-based, where a value has several origins"),
            Column("value_json", pl.String, "the value", is_nullable=True),
            Column("source_kind", pl.String, "one of ValueSource"),
            Column("source_message_index", pl.Int64, "message that holds the value", is_nullable=True),
            Column("source_call_id", pl.String, "call whose result holds it", is_nullable=True),
            Column("source_path", pl.String, "concrete path in that result", is_nullable=True),
            Column("transform", pl.String, "how the text became the value", is_nullable=True),
        ),
        key=("shard", "call_id", "path", "origin_index"),
        partition_by="shard",
        parents=(Parent("call_id", f"{stage}/calls", "call_id", is_part=True),),
    )


DIALOGUES = dialogue_table(
    "dialogues",
    laws=(
        Law(
            "tasks_conserved",
            "tasks = dialogues + dropped",
            ("tasks/tasks", "dialogues/dialogues", "dialogues/dropped"),
            _tasks_are_acted_or_dropped,
        ),
    ),
    parents=(
        Parent("task_id", "tasks/tasks", "task_id"),
        Parent("function_ids", "specs/functions", "function_id", relation="offered"),
    ),
)
CALLS = call_table(
    "dialogues",
    parents=(Parent("function_id", "specs/functions", "function_id", relation="called", is_checked=False),),
)
ARGUMENTS = argument_table("dialogues")
CANDIDATES = Table(
    name="dialogues/candidates",
    row="one reply of an agent that was not taken",
    columns=(
        Column("shard", pl.String, "unit of generation"),
        Column("candidate_id", pl.String, "hashes dialogue, message, role and attempt"),
        Column("dialogue_id", pl.String, "the dialogue, kept or dropped"),
        Column("message_index", pl.Int64, "position that the reply was meant for"),
        Column("role", pl.String, "role that was asked"),
        Column("attempt", pl.Int64, "0-based"),
        Column("reason", pl.String, "why it was not taken"),
        Column("reply", pl.String, "the reply's text, or its calls as JSON"),
    ),
    key=("shard", "candidate_id"),
    partition_by="shard",
    parents=(
        Parent(
            "dialogue_id",
            "dialogues/dialogues",
            "dialogue_id",
            is_checked=False,
            is_part=True,
            position="message_index",
        ),
    ),
    noun=Noun(
        "candidate",
        "candidate_id",
        "{role}, attempt {attempt}, for message {message_index} of {dialogue_id}: {reason}",
    ),
)
DIALOGUES_DROPPED = dropped_table("dialogues")
