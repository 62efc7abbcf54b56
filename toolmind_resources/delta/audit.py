"""What is wrong with frames, in words: their schema, key, parents and laws. Pure functions.

The store asks before a commit, the asset checks after it. Each function returns at most `MAX_FINDINGS`
findings; a finding that many rows share is one finding with their count and a few examples.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl

from toolmind_resources.delta.references import referred
from toolmind_resources.delta.table import Frames, Law, Table

MAX_FINDINGS = 20
MAX_EXAMPLES = 3
MAX_EXAMPLE_CHARS = 80


def schema_findings(table: Table, frame: pl.DataFrame) -> list[str]:
    """Missing, unknown and misplaced columns, wrong types, and nulls where none may be."""
    return type_findings(table, frame.schema) or null_findings(table, frame)


def type_findings(table: Table, schema: Mapping[str, Any]) -> list[str]:
    """Columns that `schema` lacks, has too many, or holds with another type than `table` says."""
    wanted = table.schema
    findings = [f"column {name!r} is missing, wanted {wanted[name]}" for name in wanted if name not in schema]
    findings += [f"column {name!r} is not part of the table" for name in schema if name not in wanted]
    findings += [
        f"column {name!r}: wanted {wanted[name]}, got {schema[name]}"
        for name in wanted
        if name in schema and schema[name] != wanted[name]
    ]
    return _bounded(findings)


def null_findings(table: Table, frame: pl.DataFrame) -> list[str]:
    """Columns that hold nulls although the table says that they never do."""
    required = [column.name for column in table.all_columns if not column.is_nullable]
    counts = frame.select(required).null_count().row(0, named=True)
    return _bounded([f"column {name!r}: {count} nulls" for name, count in counts.items() if count])


def key_findings(table: Table, frame: pl.DataFrame) -> list[str]:
    """Keys that more than one row has."""
    key = list(table.key)
    if frame.select(key).n_unique() == frame.height:
        return []
    doubled = frame.group_by(key).len().filter(pl.col("len") > 1).sort(key)
    examples = _examples([" / ".join(map(str, row[:-1])) for row in doubled.head(MAX_EXAMPLES).rows()])
    surplus = doubled["len"].sum() - doubled.height
    return [f"key ({', '.join(key)}): {doubled.height} keys with {surplus} rows too many, such as {examples}"]


def parent_findings(table: Table, frame: pl.DataFrame, parents: Frames) -> list[str]:
    """References of `frame` to rows that `parents` (table name -> frame) does not hold."""
    findings = []
    for parent in table.checked_parents:
        known = parents[parent.parent].select(reference=pl.col(parent.parent_column).cast(pl.String)).unique()
        references = referred(frame, parent).unique().cast(pl.String).to_frame("reference")
        orphans = references.join(known, on="reference", how="anti").sort("reference")
        if orphans.height:
            examples = _examples(orphans["reference"].head(MAX_EXAMPLES).to_list())
            findings.append(
                f"column {parent.column!r}: {orphans.height} values that {parent.parent}.{parent.parent_column} "
                f"does not hold, such as {examples}"
            )
    return _bounded(findings)


def law_findings(law: Law, frames: Frames) -> list[str]:
    """The violations of a conservation law in the frames of the tables that it reads."""
    return _bounded(law.holds(frames))


def _examples(values: list[Any]) -> str:
    texts = [str(value) for value in values]
    return ", ".join(
        repr(text if len(text) <= MAX_EXAMPLE_CHARS else text[:MAX_EXAMPLE_CHARS] + "…") for text in texts
    )


def _bounded(findings: list[str]) -> list[str]:
    surplus = len(findings) - MAX_FINDINGS
    return findings if surplus <= 0 else [*findings[:MAX_FINDINGS], f"and {surplus} more"]
