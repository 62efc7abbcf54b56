"""Rows of a Delta table in a folder of any name.

`pl.scan_delta` takes the paths of data files as delta-rs writes them into URLs: percent-encoded, so that they are
not found below a folder whose name holds a space or a letter beyond ASCII; and it reads every `a=b` in them as a
partition, also above the table. Here the files are named as they lie, and their partitions as the log states them.
"""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote

import polars as pl
from deltalake import DeltaTable

from toolmind_resources.errors import StoreError

_PLACE = "_place_of_file"
_DECODED = re.compile(r"%[0-9A-Fa-f]{2}")
_REFUSED = frozenset("[]^|\\")


def refuse_place(folder: Path) -> None:
    """Lets a folder pass in which Delta tables can be written and read again.

    delta-rs 1.6 decodes paths once too often, so that `%41` is another folder; it panics at `[ ] ^ |`, and takes a
    backslash for a slash.

    Raises:
        StoreError: the path of the folder, links followed, holds one of these.
    """
    path = str(folder.resolve())
    found = next((mark for mark in path if mark in _REFUSED or unicodedata.category(mark) == "Cc"), None)
    if found is None and (decoded := _DECODED.search(path)):
        found = decoded[0]
    if found is not None:
        raise StoreError(
            f"{path!r}: tables cannot be kept below a folder whose name holds {found!r}; move or rename the folder, "
            "or set TOOLMIND_HOME to another one"
        )


def scan_table(delta: DeltaTable, folder: Path, partitions: Sequence[str] | None = None) -> pl.LazyFrame:
    """The rows of the version of a table that `delta` holds, in no order, with the columns of that version.

    Args:
        delta: The table; with at most one partition column, of type string.
        folder: Where it lies.
        partitions: Only these; None for all.
    """
    schema = pl.Schema(delta.schema())
    column = next(iter(delta.metadata().partition_columns), None)
    files = _files_of(delta, folder, column, partitions)
    if not files:
        return pl.LazyFrame(schema=schema)
    rows = pl.scan_parquet(
        list(files),
        glob=False,
        hive_partitioning=False,
        schema={name: dtype for name, dtype in schema.items() if name != column},
        missing_columns="insert",
        extra_columns="ignore",
        include_file_paths=None if column is None else _PLACE,
    )
    if column is not None:
        of_file = pl.col(_PLACE).replace_strict(files, return_dtype=pl.String)
        rows = rows.with_columns(of_file.alias(column))
    return rows.select(list(schema))


def _files_of(
    delta: DeltaTable, folder: Path, column: str | None, partitions: Sequence[str] | None
) -> dict[str, str]:
    """The path of each data file -> its partition, "" where the table has none."""
    added = pl.DataFrame(delta.get_add_actions(flatten=True))
    if added.is_empty():
        return {}
    paths = [str(folder / unquote(path)) for path in added["path"]]
    # Of partition values Delta keeps the empty string as null.
    of_files = [""] * len(paths) if column is None else added[f"partition.{column}"].fill_null("").to_list()
    files = dict(zip(paths, of_files, strict=True))
    if column is None or partitions is None:
        return files
    return {path: partition for path, partition in files.items() if partition in partitions}
