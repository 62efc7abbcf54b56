import polars as pl

from toolmind_resources.delta.audit import (
    MAX_FINDINGS,
    key_findings,
    law_findings,
    parent_findings,
    schema_findings,
)
from toolmind_resources.delta.table import Column, Law, Parent, Table

SOURCES = pl.List(pl.Struct({"id": pl.String}))
TABLE = Table(
    name="stage/rows",
    row="one row",
    columns=(
        Column("id", pl.String, "id"),
        Column("up", pl.String, "one parent", is_nullable=True),
        Column("ups", pl.List(pl.String), "several"),
        Column("sources", SOURCES, "several, in structs"),
    ),
    key=("id",),
    parents=(
        Parent("up", "stage/ups", "up_id"),
        Parent("ups", "stage/ups", "up_id"),
        Parent("sources", "stage/ups", "up_id", struct_field="id"),
    ),
)


def row(id: str, up: str | None, ups: list[str], sources: list[str]) -> pl.DataFrame:
    values = {"id": [id], "up": [up], "ups": [ups], "sources": [[{"id": source} for source in sources]]}
    return pl.DataFrame({**values, "build_token": ["t"]}, schema=TABLE.schema)


def test_a_frame_of_the_table_has_no_findings() -> None:
    assert schema_findings(TABLE, row("a", None, [], [])) == []
    assert schema_findings(TABLE, TABLE.empty()) == []
    assert key_findings(TABLE, TABLE.empty()) == []


def test_schema_findings_name_column_wanted_and_got() -> None:
    frame = row("a", "b", [], []).drop("ups").with_columns(pl.lit(1).alias("id"), pl.lit(1).alias("new"))
    assert schema_findings(TABLE, frame) == [
        "column 'ups' is missing, wanted List(String)",
        "column 'new' is not part of the table",
        "column 'id': wanted String, got Int32",
    ]


def test_nulls_are_counted_where_none_may_be() -> None:
    frame = row("a", None, [], []).with_columns(ups=pl.lit(None, pl.List(pl.String)))
    assert schema_findings(TABLE, frame) == ["column 'ups': 1 nulls"]


def test_key_findings_count_and_give_examples() -> None:
    frame = pl.concat([row(id, None, [], []) for id in ("a", "a", "a", "b", "c", "c")])
    assert key_findings(TABLE, frame) == ["key (id): 2 keys with 3 rows too many, such as 'a', 'c'"]


def test_parents_are_found_in_columns_lists_and_structs() -> None:
    ups = {"stage/ups": pl.DataFrame({"up_id": ["x"]})}
    good = pl.concat([row("a", "x", ["x"], ["x"]), row("b", None, [], [])])
    assert parent_findings(TABLE, good, ups) == []
    assert parent_findings(TABLE, row("a", "p", ["x", "q"], ["r"]), ups) == [
        "column 'up': 1 values that stage/ups.up_id does not hold, such as 'p'",
        "column 'ups': 1 values that stage/ups.up_id does not hold, such as 'q'",
        "column 'sources': 1 values that stage/ups.up_id does not hold, such as 'r'",
    ]


def test_parents_of_no_rows_need_no_parents() -> None:
    assert parent_findings(TABLE, TABLE.empty(), {"stage/ups": pl.DataFrame({"up_id": []})}) == []


def test_findings_and_examples_are_bounded() -> None:
    law = Law("many", "none", ("stage/rows",), lambda frames: [str(number) for number in range(100)])
    findings = law_findings(law, {})
    assert len(findings) == MAX_FINDINGS + 1
    assert findings[-1] == "and 80 more"
    long = pl.concat([row("x" * 10_000, None, [], [])] * 2)
    assert len(key_findings(TABLE, long)[0]) < 200
