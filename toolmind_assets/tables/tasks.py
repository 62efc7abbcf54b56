"""Tables of the stage `tasks`."""

import json
from collections import Counter

import polars as pl

from toolmind_assets.tables.drops import dropped_table
from toolmind_resources.delta.table import Column, Frames, Law, Noun, Parent, Table


def _slots_are_made_or_dropped(frames: Frames) -> list[str]:
    tasks, dropped = frames["tasks/tasks"], frames["tasks/dropped"]
    wanted = dict(tasks.select("shard", "n_wanted").iter_rows())
    wanted |= {
        shard: json.loads(raw)["n_wanted"] for shard, raw in dropped.select("partition", "raw").iter_rows()
    }
    made, lost = Counter(tasks["shard"]), Counter(dropped["partition"])
    return [
        f"{shard}: {n_wanted} tasks wanted, {made[shard]} made + {lost[shard]} dropped"
        for shard, n_wanted in sorted(wanted.items())
        if made[shard] + lost[shard] != n_wanted
    ]


TASKS = Table(
    name="tasks/tasks",
    row="one sampled task: a plan with value references, an intent, the functions offered",
    columns=(
        Column("shard", pl.String, "unit of generation"),
        Column("task_id", pl.String, "hashes shard, slot, start function, parameters and run seed"),
        Column("slot_index", pl.Int64, "which of the shard's wanted tasks it is, 0-based"),
        Column("n_wanted", pl.Int64, "tasks wanted of the shard"),
        Column("scenario", pl.String, "one of Scenario"),
        Column("start_function_key", pl.String, "where the walk started"),
        Column("chain", pl.List(pl.String), "function ids walked, in order"),
        Column(
            "plan_json",
            pl.String,
            "PlanStep list: calls with literals, user values and references, to the first member of a list, each or all",
        ),
        Column("intent", pl.String, "the user's underlying goal"),
        Column("requests_json", pl.String, "UserRequest list: the intent cut into requests"),
        Column("offered_function_ids", pl.List(pl.String), "functions that the assistant sees, in order"),
        Column("withheld_function_id", pl.String, "needed but not offered", is_nullable=True),
        Column("domain", pl.String, "domain of the start function"),
        Column(
            "situation_json",
            pl.String,
            "Situation: persona, why the requests belong together, time zone, policy",
        ),
        Column("system_text", pl.String, "system message with policy, date and language; may be empty"),
        Column("reference_time", pl.String, "now, in the dialogue; ISO 8601 with its offset"),
        Column("language", pl.String, "BCP 47 tag"),
        Column("seed", pl.Int64, "seed of everything drawn for the task later"),
        Column("model", pl.String, "models that wrote plan and intent"),
        Column("prompt_digest", pl.String, "digest of their prompts"),
    ),
    key=("shard", "task_id"),
    partition_by="shard",
    parents=(
        Parent(
            "chain",
            "graph/edges",
            "source_function_id",
            is_checked=False,
            other_end="target_function_id",
            only=("verdict", "accepted"),
        ),
        Parent("chain", "specs/functions", "function_id", relation="in the chain"),
        Parent("offered_function_ids", "specs/functions", "function_id", relation="offered"),
        Parent("withheld_function_id", "specs/functions", "function_id", relation="withheld"),
    ),
    noun=Noun("task", "task_id", "{scenario}, shard {shard}: {intent}"),
    laws=(
        Law(
            "tasks_conserved",
            "tasks wanted = tasks + dropped",
            ("tasks/tasks", "tasks/dropped"),
            _slots_are_made_or_dropped,
        ),
    ),
)

TASKS_DROPPED = dropped_table("tasks")
