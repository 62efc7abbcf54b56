"""Frames made fit for a commit. Pure functions.

delta-rs casts silently (1.5 into an integer column becomes 1, 5 into a text column "5"), so what does not
fit is refused here, before anything is written.
"""

import hashlib

import polars as pl
from polars.datatypes import DataTypeClass

from toolmind_resources.delta.audit import key_findings, schema_findings
from toolmind_resources.delta.table import BUILD_TOKEN, Table
from toolmind_resources.errors import StoreError

AnyType = pl.DataType | DataTypeClass

_DIGEST_ROWS = 2_000
"""Rows that are turned into text at a time for the digest; bounds its memory."""
_WIDER = {
    pl.Int64: (pl.Int8, pl.Int16, pl.Int32, pl.UInt8, pl.UInt16, pl.UInt32),
    pl.Float64: (pl.Float32,),
}


def fit_frame(table: Table, frame: pl.DataFrame, partition: str | None, build_token: str) -> pl.DataFrame:
    """`frame` in the table's column order and types, every row with `build_token`, sorted by key.

    Only lossless casts are made: a column or list without values to the type declared, and a number to a
    wider one.

    Raises:
        StoreError: a column, a type, a null, a double key, or a row of another partition.
    """
    frame = _cast(frame.with_columns(pl.lit(build_token, pl.String).alias(BUILD_TOKEN)), table)
    findings = schema_findings(table, frame)
    findings = findings or _partition_findings(table, frame, partition) + key_findings(table, frame)
    if findings:
        where = "" if partition is None else f", partition {partition!r}"
        raise StoreError(f"{table.name}{where}: the frame cannot be written: {'; '.join(findings)}")
    return frame.sort(table.key)


def content_digest(frame: pl.DataFrame) -> str:
    """SHA-256, as 64 hex digits, of the rows as NDJSON in their order, without the build token."""
    digest = hashlib.sha256()
    for rows in frame.drop(BUILD_TOKEN).iter_slices(_DIGEST_ROWS):
        digest.update(rows.write_ndjson().encode())
    return digest.hexdigest()


def is_lossless(given: AnyType, wanted: AnyType) -> bool:
    """Whether every value of type `given` is the same value in type `wanted`."""
    if given in (wanted, pl.Null):
        return True
    if isinstance(given, pl.List) and isinstance(wanted, pl.List):
        return is_lossless(given.inner, wanted.inner)
    if isinstance(given, pl.Struct) and isinstance(wanted, pl.Struct):
        targets = {field.name: field.dtype for field in wanted.fields}
        return [field.name for field in given.fields] == list(targets) and all(
            is_lossless(field.dtype, targets[field.name]) for field in given.fields
        )
    return given.base_type() in _WIDER.get(wanted.base_type(), ())


def _cast(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """The frame with what can be cast without loss cast; what cannot is left for `schema_findings`."""
    wanted = table.schema
    names = [name for name in wanted if name in frame.schema] + [
        name for name in frame.schema if name not in wanted
    ]
    return frame.select(
        pl.col(name).cast(wanted[name])
        if name in wanted
        and frame.schema[name] != wanted[name]
        and is_lossless(frame.schema[name], wanted[name])
        else pl.col(name)
        for name in names
    )


def _partition_findings(table: Table, frame: pl.DataFrame, partition: str | None) -> list[str]:
    column = table.partition_by
    if (column is None) != (partition is None):
        by = "written whole" if column is None else f"partitioned by {column!r}"
        return [f"the table is {by}, but the partition given is {partition!r}"]
    if column is None:
        return []
    others = frame.filter(pl.col(column) != partition)[column].unique().sort()
    return [f"column {column!r}: rows of {others.head(3).to_list()}"] if others.len() else []
