"""The card's facts are counted from the tables."""

from collections.abc import Sequence

import polars as pl

from toolmind_assets.stages.exports.facts import gather_facts
from toolmind_assets.tables.tasks import TASKS, TASKS_DROPPED
from toolmind_assets.tables.trajectories import VERDICTS
from toolmind_resources.delta.table import Table

ROWS = {
    TASKS: {"model": ["planner=qwen,intent_writer=qwen"]},
    VERDICTS: {
        "rule": ["outcome", "dialogue_judge", "dialogue_judge", "turn_judge"],
        "model": [None, "judge-a", "judge-a", "judge-b"],
    },
}


def read(table: Table, columns: Sequence[str]) -> pl.DataFrame:
    """The rows above in the table's columns; every other table is empty."""
    rows = ROWS.get(table, {})
    n_rows = len(next(iter(rows.values()), []))
    types = {column.name: column.dtype for column in table.all_columns}
    return pl.DataFrame(
        {name: rows.get(name, [None] * n_rows) for name in columns},
        schema={name: types[name] for name in columns},
    )


def test_every_role_that_wrote_or_judged_is_named_once_with_its_model() -> None:
    facts = gather_facts(read, [TASKS_DROPPED], "title", 1, "digest")
    assert list(facts.models) == [
        "dialogue_judge=judge-a",
        "intent_writer=qwen",
        "planner=qwen",
        "turn_judge=judge-b",
    ]
