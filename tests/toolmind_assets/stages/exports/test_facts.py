"""The card's facts are counted from the tables."""

from collections.abc import Sequence

import polars as pl
import pytest

from toolmind_assets.stages.exports.card import CatalogFact
from toolmind_assets.stages.exports.facts import gather_facts
from toolmind_assets.tables.dialogues import CALLS, DIALOGUES
from toolmind_assets.tables.mixture import MIXED_SAMPLES
from toolmind_assets.tables.opensets import OPEN_DIALOGUES
from toolmind_assets.tables.specs import FUNCTIONS
from toolmind_assets.tables.tasks import TASKS, TASKS_DROPPED
from toolmind_assets.tables.trajectories import VERDICTS
from toolmind_resources.delta.table import Table

ROWS: dict[Table, dict[str, list[object]]] = {
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


def test_only_dialogues_with_a_sample_in_the_mixture_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    mixed = {"dialogue_id": ["a", "a"], "source": ["glaive"] * 2, "scenario": ["", ""], "domain": ["", ""], "n_tokens": [5, 7], "n_reasoning_tokens": [None, 3]}  # fmt: skip
    names = ["a", "b"]
    monkeypatch.setitem(ROWS, MIXED_SAMPLES, mixed)
    dialogues = {
        "dialogue_id": names,
        "source": ["glaive"] * 2,
        "licence": ["MIT", "MIT"],
        "language": ["en", "de"],
        "function_ids": [[], []],
        "models": [[], ["assistant_agent=left-out"]],
        "n_turns": [2, 3],
    }
    monkeypatch.setitem(ROWS, OPEN_DIALOGUES, dialogues)
    facts = gather_facts(read, [TASKS_DROPPED], "title", 1, "digest")
    assert (facts.n_samples, facts.n_dialogues, facts.n_tokens) == (2, 1, 12)
    assert (facts.n_thinking, facts.n_reasoning_tokens) == (1, 3)
    assert list(facts.languages) == ["en"]
    assert "assistant_agent=left-out" not in facts.models
    assert [fact.n_dialogues for fact in facts.open_sets] == [1]
    assert dict(facts.funnel)["assistant turns"] == 5


def test_of_a_catalog_it_is_counted_what_it_has_what_is_offered_and_what_was_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mixed = {"dialogue_id": ["a"], "source": ["simulated"], "scenario": [""], "domain": [""], "n_tokens": [5], "n_reasoning_tokens": [None]}  # fmt: skip
    desk = {"catalog": "desk", "source": "d", "source_version": "1", "licence": "MIT"}
    shop = {"catalog": "shop", "source": "s", "source_version": "", "licence": "MIT"}
    dialogues = {
        "dialogue_id": ["a", "b"],
        "source": ["simulated"] * 2,
        "licence": [""] * 2,
        "language": ["en"] * 2,
        "function_ids": [["f1", "f2"], ["f3"]],
        "models": [[]] * 2,
        "n_turns": [1, 1],
    }
    for table, rows in {
        MIXED_SAMPLES: mixed,
        DIALOGUES: dialogues,
        CALLS: {"dialogue_id": ["a", "a", "a", "b"], "function_id": ["f1", "f1", None, "f3"]},
        FUNCTIONS: {
            "function_id": ["f1", "f2", "f3", "f4"],
            "sources": [[desk], [desk], [shop], [desk, shop]],
        },
    }.items():
        monkeypatch.setitem(ROWS, table, rows)
    facts = gather_facts(read, [TASKS_DROPPED], "title", 1, "digest")
    assert list(facts.catalogs) == [CatalogFact("desk", "d", "1", "MIT", 3, 2, 1)]
