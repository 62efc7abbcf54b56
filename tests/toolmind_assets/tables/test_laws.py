from string import Formatter
from typing import Any

import polars as pl
import pytest

from toolmind_assets.stages.registry import TABLES
from toolmind_resources.delta.table import Law, Parent, Table

LAWS = {f"{table.name} {law.name}": law for table in TABLES for law in table.laws}
ONE, TWO, NONE = {"id": ["a"]}, {"id": ["a", "b"]}, {"id": []}
SPOKEN = {"messages_json": ['[{"tool_calls": []}, {"tool_calls": [{}, {}]}]']}
TURNS = {"n_turns": [2]}

CASES: dict[str, tuple[dict[str, dict[str, Any]], tuple[str, dict[str, Any]]]] = {
    "catalogs/raw_functions entries_conserved": (
        {"catalogs/files": {"n_entries": [2, 1]}, "catalogs/raw_functions": TWO, "catalogs/dropped": ONE},
        ("catalogs/raw_functions", ONE),
    ),
    "specs/normalized entries_conserved": (
        {"catalogs/raw_functions": TWO, "specs/normalized": ONE, "specs/dropped": ONE},
        ("specs/dropped", NONE),
    ),
    "specs/completions completed_or_dropped": (
        {
            "specs/completions": {"function_digest": ["a"]},
            "specs/completions_dropped": {"subject_id": ["b"]},
        },
        ("specs/completions_dropped", {"subject_id": ["a"]}),
    ),
    "specs/functions specs_conserved": (
        {"specs/normalized": TWO, "specs/functions": {"sources": [["x", "y"]]}},
        ("specs/functions", {"sources": [["x"]]}),
    ),
    "specs/functions names_unique": (
        {"specs/functions": {"name": ["a", "b"]}},
        ("specs/functions", {"name": ["a", "a"]}),
    ),
    "specs/near_duplicates one_representative": (
        {
            "specs/near_duplicates": {
                "function_id": ["a", "b"],
                "cluster_id": ["c", "c"],
                "representative_function_id": ["a", "a"],
                "is_representative": [True, False],
            }
        },
        (
            "specs/near_duplicates",
            {
                "function_id": ["a", "b"],
                "cluster_id": ["c", "c"],
                "representative_function_id": ["a", "b"],
                "is_representative": [True, True],
            },
        ),
    ),
    "graph/edges edges_conserved": (
        {"graph/edges": {"verdict": ["accepted", "rejected"]}},
        ("graph/edges", {"verdict": ["accepted", "pending"]}),
    ),
    "tasks/tasks tasks_conserved": (
        {
            "tasks/tasks": {"shard": ["s", "t"], "n_wanted": [2, 1]},
            "tasks/dropped": {"partition": ["s", "u"], "raw": ['{"n_wanted": 2}', '{"n_wanted": 1}']},
        },
        ("tasks/dropped", {"partition": ["s", "u"], "raw": ['{"n_wanted": 2}', '{"n_wanted": 3}']}),
    ),
    "dialogues/dialogues tasks_conserved": (
        {"tasks/tasks": TWO, "dialogues/dialogues": ONE, "dialogues/dropped": ONE},
        ("dialogues/dialogues", NONE),
    ),
    "dialogues/calls calls_conserved": (
        {"dialogues/dialogues": SPOKEN, "dialogues/calls": TWO},
        ("dialogues/calls", ONE),
    ),
    "opensets/calls calls_conserved": (
        {"opensets/dialogues": SPOKEN, "opensets/calls": TWO},
        ("opensets/calls", ONE),
    ),
    "trajectories/samples turns_conserved": (
        {"dialogues/dialogues": TURNS, "opensets/dialogues": TURNS, "trajectories/samples": TWO, "trajectories/dropped": TWO},
        ("trajectories/dropped", ONE),
    ),
    "mixture/samples samples_conserved": (
        {"trajectories/samples": TWO, "mixture/samples": ONE, "mixture/dropped": ONE},
        ("mixture/samples", TWO),
    ),
    "exports/manifests exports_conserved": (
        {"mixture/samples": TWO, "exports/manifests": {"file": ["a", "card"], "n_rows": [2, None]}},
        ("exports/manifests", {"file": ["a", "card"], "n_rows": [1, None]}),
    ),
}  # fmt: skip


def frames_of(columns: dict[str, dict[str, Any]]) -> dict[str, pl.DataFrame]:
    return {name: pl.DataFrame(values) for name, values in columns.items()}


def test_every_law_has_a_case() -> None:
    assert CASES.keys() == LAWS.keys()


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_law_is_silent_where_it_holds_and_tells_the_counts_where_it_does_not(name: str) -> None:
    law, (columns, (table, wrong)) = LAWS[name], CASES[name]
    assert set(columns) == set(law.reads)
    assert law.holds(frames_of(columns)) == []
    (violation,) = law.holds(frames_of({**columns, table: wrong}))
    assert any(letter.isdigit() for letter in violation)


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS.keys())
def test_a_law_reads_tables_that_exist_and_holds_for_empty_ones(law: Law) -> None:
    by_name = {table.name: table for table in TABLES}
    assert law.holds({name: by_name[name].empty() for name in law.reads}) == []


EACH_PARENT = [(table, parent) for table in TABLES for parent in table.parents]
each_parent = pytest.mark.parametrize(
    ("table", "parent"), EACH_PARENT, ids=[f"{table.name} {parent.parent}" for table, parent in EACH_PARENT]
)


@each_parent
def test_every_reference_leads_to_columns_of_a_table(table: Table, parent: Parent) -> None:
    other = next(other for other in TABLES if other.name == parent.parent)
    assert parent.column in table.schema
    assert set(parent.parent_columns) <= set(other.schema)
    assert parent.position is None or table.schema[parent.position] == pl.Int64
    assert parent.only is None or parent.only[0] in other.schema
    if other.noun is not None and table.noun is not None and parent.other_end is None:
        assert parent.parent_column == other.noun.id_column, "a trace finds rows by their ids"


@each_parent
def test_what_rows_refer_to_is_made_before_them(table: Table, parent: Parent) -> None:
    # Within a catalog all rows come and go together.
    other = next(other for other in TABLES if other.name == parent.parent)
    assert table.partition_by == "catalog" or TABLES.index(other) < TABLES.index(table)


@each_parent
def test_a_link_is_not_checked(table: Table, parent: Parent) -> None:
    assert not (parent.other_end and parent.is_checked)


@pytest.mark.parametrize("table", [table for table in TABLES if table.noun], ids=lambda table: table.name)
def test_a_noun_names_columns_and_nothing_that_may_be_long(table: Table) -> None:
    assert table.noun is not None
    fields = {name for _, name, _, _ in Formatter().parse(table.noun.label) if name}
    assert {table.noun.id_column, *table.noun.names, *fields} <= set(table.schema)
    assert not any(name.endswith("_json") for name in fields)


def test_no_two_kinds_of_rows_have_ids_that_look_alike() -> None:
    words = {(table.noun.name, table.noun.id_prefix) for table in TABLES if table.noun}
    assert len({prefix for _, prefix in words}) == len({name for name, _ in words}) == len(words)
