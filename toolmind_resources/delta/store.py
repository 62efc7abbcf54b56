"""Delta tables under one root folder: writing, reading, and what their log remembers. No Dagster.

Writers never lock. A commit replaces one partition (or a whole table) by predicate; a writer that loses a race
repeats its commit. The log is never cleaned up, for it is the memory of what was made from what; data files
that no version within the table's retention needs go with `vacuum`.
"""

import os
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import polars as pl
from deltalake import CommitProperties, DeltaTable, Schema, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from toolmind_resources.delta.commit import (
    Commit,
    CommitRecord,
    Written,
    commit_metadata,
    record_of,
    removal_metadata,
)
from toolmind_resources.delta.fit import content_digest, fit_frame, is_lossless
from toolmind_resources.delta.log import CommitLog
from toolmind_resources.delta.scan import refuse_place, scan_table
from toolmind_resources.delta.table import Table
from toolmind_resources.errors import StoreError

T = TypeVar("T")

MAX_ATTEMPTS = 20
"""Attempts at a commit that other writers get in the way of."""
MAX_COMMIT_RETRIES = 100
"""Attempts of delta-rs itself within one of ours; its own 15 are used up by a few writers at once."""
_MARKS = re.compile(r"\x1b\[[0-9;]*m|↳")
_COMPRESSION = WriterProperties(compression="ZSTD", compression_level=3)


class DeltaStore:
    """The tables under `root`; `<root>/<stage>/<noun>` is the folder of table `<stage>/<noun>`."""

    def __init__(self, root: Path | str) -> None:
        """Nothing opened yet.

        Raises:
            StoreError: tables cannot be kept in a folder of this name.
        """
        self.root = Path(root)
        refuse_place(self.root)
        self._logs: dict[str, CommitLog] = {}

    def path(self, table: Table) -> Path:
        """The folder of a table, whether it exists or not."""
        return self.root.joinpath(*table.name.split("/"))

    def write(self, table: Table, frame: pl.DataFrame, partition: str | None, commit: Commit) -> Written:
        """The commit that replaced `partition` (or the whole table, where None) by `frame`.

        The frame is validated first; every row gets the commit's build token.

        Raises:
            StoreError: the frame does not fit the table, or the folder cannot be written.
        """
        fitted = fit_frame(table, frame, partition, commit.build_token)
        metadata = commit_metadata(table.name, partition, commit, fitted.height, content_digest(fitted))
        version, n_attempts = self._replace(table, fitted, partition, metadata)
        return Written(record_of({**metadata, "version": version}), n_attempts)

    def remove_partition(self, table: Table, partition: str) -> None:
        """Empties a partition and forgets its commits; nothing where the table does not hold it."""
        if partition in self.commits(table):
            self._replace(table, table.empty(), partition, removal_metadata(table.name, partition))

    def read(
        self, table: Table, partitions: Sequence[str] | None = None, columns: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """The rows of `partitions` (None for all), sorted by key; `columns` in the table's order.

        A table that was never written is an empty frame. A nullable column that is younger than the stored
        rows is null in them.

        Raises:
            StoreError: a column is unknown or stored otherwise, the table cannot be read or has no partitions.
        """
        if unknown := sorted(set(columns or ()) - set(table.schema)):
            raise StoreError(f"{table.name}: no columns {unknown}; there are {', '.join(table.schema)}")
        names = [name for name in table.schema if columns is None or name in columns]
        with self._errors_named(table, "read"):
            delta = self._open(table)
            if delta is None:
                return table.empty().select(names)
            self._refuse_drift(table, pl.Schema(delta.schema()))
            if partitions is not None and table.partition_by is None:
                raise StoreError(f"{table.name}: is not partitioned, so {list(partitions)} cannot be read")
            return self._selected(table, scan_table(delta, self.path(table), partitions), names)

    def read_version(self, table: Table, version: int, columns: Sequence[str]) -> pl.DataFrame | None:
        """Some columns of a past version; None where it is past its retention, or never held them.

        Raises:
            StoreError: the table cannot be read.
        """
        with self._errors_named(table, "read"):
            try:
                delta = DeltaTable(self.path(table), version=version)
                rows = scan_table(delta, self.path(table))
                known = rows.collect_schema().names()
                return rows.select(columns).collect() if set(columns) <= set(known) else None
            except (DeltaError, FileNotFoundError):  # its log or its files were cleaned up
                return None

    def commits(self, table: Table) -> Mapping[str | None, CommitRecord]:
        """The newest commit of each partition that the table holds, empty partitions included.

        The only key of a table that is written whole is None. The log is read once; later calls read what
        was added to it.
        """
        with self._errors_named(table, "read"):
            delta = self._open(table)
            if delta is None:
                return MappingProxyType({})
            known, table_id, version = self._logs.get(table.name), str(delta.metadata().id), delta.version()
            if known is None or known.table_id != table_id or known.version > version:
                known = CommitLog(table_id)
            if known.version < version:
                known = known.advanced(self.path(table), version)
                self._logs[table.name] = known
            return known.records

    def latest(self, table: Table, partition: str | None) -> CommitRecord | None:
        """The newest commit of a partition, or None where it has none.

        Where `partition` is None, that of a step over the whole table; in a partitioned table such a step
        writes the partition "".
        """
        if partition is None and table.partition_by is not None:
            partition = ""
        return self.commits(table).get(partition)

    def partitions(self, table: Table) -> tuple[str, ...]:
        """The partitions that hold a commit, sorted; empty ones too."""
        return tuple(sorted(partition for partition in self.commits(table) if partition is not None))

    def version(self, table: Table) -> int | None:
        """The newest Delta version, or None where the table was never written."""
        with self._errors_named(table, "read"):
            delta = self._open(table)
            return None if delta is None else delta.version()

    def versions(self, tables: Iterable[Table]) -> dict[str, int]:
        """Table name -> newest Delta version, of those that exist; what a commit names as its `reads`."""
        versions = {table.name: self.version(table) for table in tables}
        return {name: version for name, version in versions.items() if version is not None}

    def stored_schema(self, table: Table) -> pl.Schema | None:
        """The schema that the table is stored with, or None where it was never written."""
        with self._errors_named(table, "read"):
            delta = self._open(table)
            return None if delta is None else pl.Schema(delta.schema())

    def row_count(self, table: Table) -> int:
        """The rows of all partitions, counted from the log alone."""
        with self._errors_named(table, "read"):
            delta = self._open(table)
            return 0 if delta is None else delta.count()

    def compact(self, table: Table) -> None:
        """Small data files become larger ones; the rows stay as they are."""
        if self.version(table) is not None:
            self._retried(table, "compact", lambda delta: delta.optimize.compact())

    def vacuum(self, table: Table) -> int:
        """The number of data files deleted: those that no version within the retention needs."""
        if self.version(table) is None:
            return 0
        return len(self._retried(table, "vacuum", lambda delta: delta.vacuum(dry_run=False))[0])

    def _replace(
        self, table: Table, frame: pl.DataFrame, partition: str | None, metadata: Mapping[str, str]
    ) -> tuple[int, int]:
        """Version made, and attempts."""
        predicate = None if partition is None else _equals(str(table.partition_by), partition)

        def overwrite(delta: DeltaTable) -> int:
            self._refuse_drift(table, pl.Schema(delta.schema()))
            write_deltalake(
                delta,
                frame,
                mode="overwrite",
                predicate=predicate,
                # "overwrite" together with a predicate would drop columns of the other partitions' rows.
                schema_mode="merge",
                writer_properties=_COMPRESSION,
                commit_properties=CommitProperties(
                    custom_metadata=dict(metadata), max_commit_retries=MAX_COMMIT_RETRIES
                ),
            )
            return delta.version()

        return self._retried(table, "write", overwrite)

    def _retried(self, table: Table, verb: str, action: Callable[[DeltaTable], T]) -> tuple[T, int]:
        """What `action` returns on a fresh view of the table, repeated while others get in the way; attempts."""
        with self._errors_named(table, verb):
            attempt = 1
            while True:
                try:
                    return action(self._open(table) or self._create(table)), attempt
                except CommitFailedError as error:
                    if attempt == MAX_ATTEMPTS or "(os error" in str(error):
                        raise
                    time.sleep(random.uniform(0, 0.1 * attempt))
                    attempt += 1

    def _open(self, table: Table) -> DeltaTable | None:
        path = self.path(table)
        try:
            return DeltaTable(path)
        except TableNotFoundError:
            # delta-rs says the same of a folder that may not be entered; that must not read as empty.
            if path.is_dir() and not os.access(path, os.R_OK | os.X_OK):
                raise
            return None

    def _create(self, table: Table) -> DeltaTable:
        """The table as it stands, made without rows if need be: racing creators all get it."""
        retention = f"interval {table.retention_days} days"
        try:
            return DeltaTable.create(
                self.path(table),
                Schema.from_arrow(table.schema),
                mode="ignore",
                partition_by=[table.partition_by] if table.partition_by else None,
                description=table.row,
                configuration={
                    "delta.logRetentionDuration": retention,
                    "delta.deletedFileRetentionDuration": retention,
                    "delta.enableExpiredLogCleanup": "false",
                },
                # A creator that lost the race would otherwise try again, and make the table anew at version 1.
                commit_properties=CommitProperties(max_commit_retries=0),
            )
        except DeltaError:
            created = self._open(table)
            if created is None:
                raise
            return created

    def _refuse_drift(self, table: Table, stored: pl.Schema) -> None:
        """Raises where stored columns cannot be read as, or merged with, what the table declares."""
        wanted = table.schema
        findings = [
            f"column {name!r} is stored as {stored[name]}, wanted {wanted[name]}"
            for name in wanted
            if name in stored and not is_lossless(stored[name], wanted[name])
        ]
        if findings:
            raise StoreError(
                f"{table.name}: {'; '.join(findings)}; it was written by another version of the product: "
                f"move {self.path(table)} away and run the stage {table.stage!r} again"
            )

    def _selected(self, table: Table, rows: pl.LazyFrame, names: list[str]) -> pl.DataFrame:
        stored, wanted = rows.collect_schema(), table.schema
        nullable = {column.name for column in table.all_columns if column.is_nullable}
        for name in names:
            if name not in stored and name not in nullable:
                raise StoreError(
                    f"{table.name}: stored without column {name!r}: run the stage {table.stage!r} again"
                )
        needed = [name for name in wanted if name in names or name in table.key]
        return (
            rows.select(
                pl.col(name).cast(wanted[name]) if name in stored else pl.lit(None, wanted[name]).alias(name)
                for name in needed
            )
            .sort(table.key)
            .select(names)
            .collect()
        )

    @contextmanager
    def _errors_named(self, table: Table, verb: str) -> Iterator[None]:
        """Turns what delta-rs, Polars and the file system raise into a StoreError that names the table."""
        try:
            yield
        except CommitFailedError as error:
            raise StoreError(
                f"{table.name}: cannot {verb} {self.path(table)}: {_words(error)}; the disk may be full, "
                "or too many writers were at it at once: run it again"
            ) from error
        # ValueError: a log file that is no JSON.
        except (DeltaError, OSError, ValueError, pl.exceptions.PolarsError) as error:
            raise StoreError(
                f"{table.name}: cannot {verb} {self.path(table)}: {_words(error)}; check that the folder "
                "is intact, that it may be read and written, and that the disk has room"
            ) from error


def _equals(column: str, value: str) -> str:
    """The SQL predicate `column = value`, whatever stands in the value."""
    return "\"{}\" = '{}'".format(column.replace('"', '""'), value.replace("'", "''"))


def _words(error: BaseException) -> str:
    """The error's own words on one short line, without the colours and marks of a terminal."""
    return " ".join(_MARKS.sub(" ", str(error)).split())[:400]
