"""The one shape of dropped rows, a table a stage."""

import polars as pl

from toolmind_resources.delta.table import Column, Law, Table

_COLUMNS = (
    Column("partition", pl.String, "catalog or shard; empty for a step over the whole table"),
    Column("stage", pl.String, "stage that dropped it"),
    Column("subject_id", pl.String, "id that the row had or would have had"),
    Column("parent_ids", pl.List(pl.String), "rows that it was made from"),
    Column("reason", pl.String, "one of DropReason"),
    Column("detail", pl.String, "what was found, in words"),
    Column("raw", pl.String, "the row as it came, cut"),
)


def dropped_table(stage: str, laws: tuple[Law, ...] = (), noun: str = "", row: str = "") -> Table:
    """The table `<stage>/dropped`: rows that the stage did not keep, with the reason.

    Where one step of a stage has a table of its own, it is `<stage>/<noun>_dropped`, and `row` says what a row is.
    """
    return Table(
        name=f"{stage}/{noun}_dropped" if noun else f"{stage}/dropped",
        row=row or f"one row that the stage {stage} did not keep, and why",
        columns=_COLUMNS,
        key=("partition", "subject_id", "reason"),
        partition_by="partition",
        laws=laws,
    )


def holds_drops(table: Table) -> bool:
    """Whether a table holds dropped rows."""
    return table.columns == _COLUMNS
