"""A step at work: what of it is due, and what it makes of that.

A step's input digest hashes the content of the partitions that it read, its parameters, its prompts, its models
and its code; every commit carries it, and a partition whose commits all carry the present one is up to date.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import polars as pl
from pydantic import BaseModel

from toolmind_assets.model.ids import digest
from toolmind_assets.steps.figures import Figures
from toolmind_assets.steps.making import Ask, Making, Tables
from toolmind_assets.steps.pipeline import Pipeline
from toolmind_assets.steps.step import Rows, Step
from toolmind_assets.tables.rows import encode_rows
from toolmind_resources.chat.model import Role
from toolmind_resources.delta.commit import Build, Commit, CommitRecord
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import BUILD_TOKEN, Table


class Surroundings(Protocol):
    """What decides rows beside parameters and tables; stages ask it for more, which they name themselves."""

    @property
    def seed(self) -> int:
        """The seed of the whole run."""
        ...

    def chat_settings(self, roles: Sequence[Role]) -> object:
        """What about the chat models of some roles decides rows, JSON-able."""
        ...


class Glance(DeltaStore):
    """A store as one look finds it: commits, and rows that were read, are read once, however often asked for.

    Opening a table costs some ten milliseconds, and to tell whether a catalog is due takes six of them.
    """

    def __init__(self, store: DeltaStore) -> None:
        super().__init__(store.root)
        self._store = store
        self._seen: dict[Table, Mapping[str | None, CommitRecord]] = {}
        self._rows: dict[tuple[Table, tuple[str, ...] | None], pl.DataFrame] = {}

    def commits(self, table: Table) -> Mapping[str | None, CommitRecord]:
        """The newest commit of each partition, when the table was asked for first."""
        if table not in self._seen:
            self._seen[table] = self._store.commits(table)
        return self._seen[table]

    def read(
        self, table: Table, partitions: Sequence[str] | None = None, columns: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """The rows of partitions (None for all); those of a table that is written whole are kept."""
        if table.partition_by is not None:
            return self._store.read(table, partitions, columns)
        names = None if columns is None else tuple(columns)
        key = (table, names)
        if key not in self._rows:
            self._rows[key] = self._store.read(table, partitions, columns)
        return self._rows[key]


@dataclass(frozen=True, slots=True)
class Built:
    """What a step built of some partitions.

    Attributes:
        builds: For each of its tables, in the order of the commits, the rows and commits.
        figures: What people are told of it.
    """

    builds: Mapping[Table, Build]
    figures: Figures

    @property
    def n_made(self) -> int:
        """The partitions that were due, and made."""
        return len(next(iter(self.builds.values())).commits)


@dataclass(frozen=True, slots=True)
class Work:
    """A step with its parameters: enough to tell what is due, and to make it."""

    step: Step[Any]
    params: BaseModel
    outside: Any
    pipeline: Pipeline = field(repr=False)

    def settings(self, partition: str | None) -> object:
        """What decides the rows of a partition beside tables and code, JSON-able."""
        step, outside = self.step, self.outside
        decisive = set(step.params.model_fields).difference(step.idle_params)
        is_active = step.is_active(self.params)
        return [
            self.params.model_dump(mode="json", include=decisive) if is_active else None,
            outside.chat_settings(step.roles) if step.roles and is_active else None,
            outside.seed if step.is_seeded else None,
            step.inputs(outside, partition, self.params),
        ]

    def making(self, tables: Tables, partition: str | None) -> Making[Any]:
        """The partition in hand."""
        return Making(self.step, partition, self.params, self.outside, tables, surveyed=self._surveyed())

    def _surveyed(self) -> tuple[Table, ...]:
        """The tables whose rows the step counts."""
        return self.pipeline.before(self.step) if self.step.surveys else ()

    def input_digest(self, store: DeltaStore, partition: str | None) -> str:
        """What determines the step's rows of a partition, hashed."""
        read = self.making(store, partition).contents()
        return digest(self.step.name, self.step.code_version, self.settings(partition), partition, read)

    def is_unchanged(self, store: DeltaStore, partition: str | None, input_digest: str) -> bool:
        """Whether every table of the step already holds what this input makes."""
        latest = [store.latest(table, partition) for table in self.step.makes]
        return all(commit is not None and commit.input_digest == input_digest for commit in latest)

    def is_due(self, store: DeltaStore, partition: str | None) -> bool:
        """Whether the step has to make the partition (None: its tables whole)."""
        return self._due_digest(store, partition) is not None

    def _due_digest(self, store: DeltaStore, partition: str | None) -> str | None:
        """The input digest of a partition that is due; None for one that is up to date."""
        input_digest = self.input_digest(store, partition)
        is_current = self.is_unchanged(store, partition, input_digest)
        is_current = is_current and self.step.is_intact(self.making(store, partition))
        return None if is_current else input_digest

    def build(
        self, store: DeltaStore, partitions: Sequence[str | None], ask: Mapping[str | None, Ask]
    ) -> Built:
        """The builds of the step's tables, in the order of their commits.

        Only partitions that are due are made; the others have no commit in the builds, and stay.

        Args:
            store: Where the tables are.
            partitions: What is to be made.
            ask: For each partition who hands out its chat model.
        """
        step, seen = self.step, []
        frames: dict[Table, list[pl.DataFrame]] = {table: [] for table in step.makes}
        commits: dict[str, Commit] = {}
        tables, shared = Glance(store), dict[str, Any]()
        reads = store.versions(self._read_tables())
        for partition in partitions:
            input_digest = self._due_digest(tables, partition)
            if input_digest is None:
                continue
            made = step.make(replace(self.making(tables, partition), ask=ask[partition], shared=shared))
            for table in step.makes:
                frames[table].append(frame_of(table, made.rows, input_digest[:16]))
            commits[partition or ""] = Commit(
                code_version=step.code_version,
                input_digest=input_digest,
                build_token=input_digest[:16],
                reads=reads,
            )
            seen.append(made.seen)
        builds = {table: Build(pl.concat([table.empty(), *frames[table]]), commits) for table in step.makes}
        figures = step.figures(seen, replace(self.making(tables, None), shared=shared)) if seen else {}
        return Built(builds, figures)

    def _read_tables(self) -> list[Table]:
        return [*self._surveyed(), *(read.table for read in self.step.reads)]


def frame_of(table: Table, rows: Rows, build_token: str) -> pl.DataFrame:
    """The rows of a table with their build token; none where the step made none."""
    values = rows.get(table, ())
    if isinstance(values, pl.DataFrame):
        return values.with_columns(pl.lit(build_token).alias(BUILD_TOKEN)).select(table.schema.names())
    return encode_rows(table, values, build_token)
