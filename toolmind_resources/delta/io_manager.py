"""Dagster's view of the Delta store: what assets return becomes commits, what they ask for becomes frames.

An asset returns a `Build`: rows, and the commit of each partition that they replace. A bare frame is taken as
a build of every partition of the run, with nothing known about its inputs. A build without commits leaves an
asset without partitions as it is.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import dagster as dg
import polars as pl

from toolmind_resources.delta.commit import Build, Commit, CommitRecord
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import BUILD_TOKEN, Table
from toolmind_resources.errors import StoreError


class DeltaIOManager(dg.IOManager):
    """Stores each asset in the table of its key; loads the partitions that Dagster maps to an input."""

    def __init__(self, store: DeltaStore, tables: Iterable[Table]) -> None:
        self._store = store
        self._tables = {table.name: table for table in tables}

    def handle_output(self, context: dg.OutputContext, obj: Build | pl.DataFrame) -> None:
        """Commits the build, a partition at a time, in the order of their keys.

        Raises:
            StoreError: rows without a commit, or a partition that is not the run's or was never made.
        """
        table = self._table(context.asset_key)
        keys = sorted(context.asset_partition_keys) if context.has_asset_partitions else None
        build = obj if isinstance(obj, Build) else _whole_build(obj, keys if keys is not None else [""])
        if keys is not None and table.partition_by is None:
            raise StoreError(f"{table.name}: the asset has partitions {keys}, but its table is written whole")
        if keys is not None and (strays := sorted(set(build.commits) - set(keys))):
            raise StoreError(f"{table.name}: commits of {strays}, but the run covers {keys}")
        frames = _split(table, build)
        of_partitions = {
            key: self._commit(table, key, frames.get(key, table.empty()), build.commits.get(key), context)
            for key in (sorted(build.commits) if keys is None else keys)
        }
        self._add_metadata(context, table, of_partitions)
        contents = sorted(
            (key, of_partition["content_digest"]) for key, of_partition in of_partitions.items()
        )
        if contents:
            context.step_context.set_data_version(context.asset_key, _data_version(contents))

    def load_input(self, context: dg.InputContext) -> pl.DataFrame:
        """The rows of the upstream partitions that the input maps to; all where it has no partitions."""
        table = self._table(context.asset_key)
        keys = sorted(context.asset_partition_keys) if context.has_asset_partitions else None
        return self._store.read(table, keys)

    def _table(self, asset_key: dg.AssetKey) -> Table:
        name = "/".join(asset_key.path)
        if name not in self._tables:
            raise StoreError(f"asset {name!r} has no table; there are {', '.join(sorted(self._tables))}")
        return self._tables[name]

    def _commit(
        self, table: Table, key: str, frame: pl.DataFrame, commit: Commit | None, context: dg.OutputContext
    ) -> dict[str, Any]:
        """Metadata of the partition after its commit, or of the one made before where there is none."""
        partition = None if table.partition_by is None else key
        if commit is not None:
            written = self._store.write(table, frame, partition, _filled(commit, context))
            return {
                **_commit_metadata(written.record),
                "is_unchanged": False,
                "n_attempts": written.n_attempts,
            }
        record = self._store.latest(table, partition)
        if record is None:
            raise StoreError(
                f"{table.name}: partition {key!r} has no commit in the build, nor an earlier one"
            )
        return {**_commit_metadata(record), "is_unchanged": True}

    def _add_metadata(
        self, context: dg.OutputContext, table: Table, of_partitions: Mapping[str, Mapping[str, Any]]
    ) -> None:
        """What the UI shows: `dagster/row_count` is the table's, the rest each partition's own."""
        of_table: dict[str, Any] = {
            "dagster/row_count": self._store.row_count(table),
            "dagster/uri": str(self._store.path(table)),
            "dagster/column_schema": column_schema(table),
        }
        if len(of_partitions) == 1:
            of_table |= next(iter(of_partitions.values()))
        elif context.has_asset_partitions:
            for key, of_partition in of_partitions.items():
                context.step_context.add_asset_metadata(of_partition, context.asset_key, key)
        else:
            of_table["is_unchanged"] = not of_partitions
        context.add_output_metadata(of_table)


def delta_io_manager(tables: Iterable[Table], store_key: str = "store") -> dg.IOManagerDefinition:
    """The IO manager over `tables` in the store of the resource `store_key` (a `StoreResource`)."""

    @dg.io_manager(required_resource_keys={store_key})
    def manager(context: dg.InitResourceContext) -> DeltaIOManager:
        return DeltaIOManager(getattr(context.resources, store_key).store(), tables)

    return manager


def column_schema(table: Table) -> dg.TableSchema:
    """The table's columns as the UI shows them, with meaning and unit."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                column.name,
                str(table.schema[column.name]),
                column.meaning if column.unit is None else f"{column.meaning} ({column.unit})",
                dg.TableColumnConstraints(nullable=column.is_nullable, unique=table.key == (column.name,)),
            )
            for column in table.all_columns
        ]
    )


def _data_version(contents: Sequence[tuple[str, str]]) -> dg.DataVersion:
    """What Dagster tells changed rows by: the content of what the run covers, whoever made it and when.

    Dagster knows one version for all partitions of an output; of several it is that of all their contents.
    """
    if len(contents) == 1:
        return dg.DataVersion(contents[0][1])
    return dg.DataVersion(hashlib.sha256(repr(contents).encode()).hexdigest())


def _commit_metadata(record: CommitRecord) -> dict[str, Any]:
    return {
        "dagster/partition_row_count": record.row_count,
        "delta/version": record.version,
        "input_digest": record.input_digest,
        "content_digest": record.content_digest,
    }


def _whole_build(frame: pl.DataFrame, keys: list[str]) -> Build:
    """A build of all `keys` whose commits know only the rows' build token."""
    tokens = frame[BUILD_TOKEN].unique().to_list() if BUILD_TOKEN in frame.schema else []
    token = tokens[0] if len(tokens) == 1 else ""
    return Build(frame, {key: Commit(input_digest="", build_token=token or "", reads={}) for key in keys})


def _split(table: Table, build: Build) -> dict[str, pl.DataFrame]:
    """Partition -> its rows; the key is "" for a table that is written whole.

    Raises:
        StoreError: rows that no commit of the build speaks of.
    """
    column = table.partition_by
    if column is None:
        frames = {"": build.frame} if build.frame.height or "" in build.commits else {}
    elif column in build.frame.schema:
        frames = {key: part for (key,), part in build.frame.partition_by(column, as_dict=True).items()}
    else:
        raise StoreError(f"{table.name}: the frame has no column {column!r}")
    if strays := sorted(str(key) for key in frames if key not in build.commits):
        raise StoreError(f"{table.name}: rows without a commit, of partitions {strays}")
    return frames


def _filled(commit: Commit, context: dg.OutputContext) -> Commit:
    """The commit with the run and the asset's code version where the asset named none."""
    return replace(
        commit,
        run_id=commit.run_id or context.run_id,
        code_version=commit.code_version or context.asset_spec.code_version or "",
    )
