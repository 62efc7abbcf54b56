"""Steps made in memory: for an estimate of what they would ask, and for a preview. Nothing is committed."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from toolmind_assets.steps.step import Made
from toolmind_assets.steps.work import Work, frame_of
from toolmind_resources.chat.model import ChatModel
from toolmind_resources.delta.commit import CommitRecord
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Table


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """Tables as they would be: what was made in memory in place of what is stored.

    Attributes:
        store: What is stored.
        frames: What was made, by table and partition.
        gone: Partitions that the next run removes.
    """

    store: DeltaStore
    frames: dict[tuple[str, str | None], pl.DataFrame] = field(default_factory=dict)
    gone: tuple[str, ...] = ()

    def read(
        self, table: Table, partitions: Sequence[str] | None = None, columns: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """The rows of partitions (None for all), sorted by key."""
        made = {key: frame for (name, key), frame in self.frames.items() if name == table.name}
        if None in made:
            return made[None].select(columns or table.schema.names())
        wanted = {key: frame for key, frame in made.items() if partitions is None or key in partitions}
        if partitions is not None and wanted.keys() >= set(partitions):
            stored = table.empty()
        else:
            stored = self.store.read(table, partitions)
        if table.partition_by is not None:
            replaced = [*wanted, *self.gone]
            stored = stored.filter(~pl.col(table.partition_by).is_in(replaced))
        whole = pl.concat([stored, *wanted.values()]) if wanted else stored
        return whole.sort(table.key).select(columns or table.schema.names())

    def commits(self, table: Table) -> Mapping[str | None, CommitRecord]:
        """The newest commit of each partition, of what is stored."""
        return self.store.commits(table)

    def version(self, table: Table) -> int | None:
        """The newest version that is stored."""
        return self.store.version(table)

    def read_version(self, table: Table, version: int, columns: Sequence[str]) -> pl.DataFrame | None:
        """Some columns of a past version, as it is stored."""
        return self.store.read_version(table, version, columns)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Makes steps over tables that hold what it made before.

    Attributes:
        tables: Where it reads, and puts what it makes.
        chat: Answers in every role.
        sample: How many rows are enough where a step may choose; None for all.
        shared: What partitions of one step share.
    """

    tables: Rehearsed
    chat: ChatModel
    sample: int | None = None
    shared: dict[str, Any] = field(default_factory=dict)

    def make(self, work: Work, partition: str | None) -> tuple[Made, list[tuple[int, int]]]:
        """What a step makes of a partition; and for each choice it had, of how many rows it chose how many."""
        making = replace(
            work.making(self.tables, partition),
            ask=lambda _: nullcontext(self.chat),
            sample=self.sample,
            shared=self.shared.setdefault(work.step.name, {}),
        )
        made = work.step.make(making)
        for table in work.step.makes:
            key = partition if table.partition_by is not None else None
            self.tables.frames[table.name, key] = frame_of(table, made.rows, "")
        return made, making.choices
