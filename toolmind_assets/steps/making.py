"""What a step has in hand while it makes a partition: its parameters, what it declared to read, and the outside."""

import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

import polars as pl
from pydantic import BaseModel

from toolmind_assets.errors import ToolMindError
from toolmind_assets.model.ids import digest
from toolmind_assets.steps.reads import Read
from toolmind_assets.tables.rows import decode_rows
from toolmind_resources.chat.model import ChatModel, Role
from toolmind_resources.delta.commit import CommitRecord
from toolmind_resources.delta.table import Table

P = TypeVar("P", bound=BaseModel)
T = TypeVar("T")

Ask = Callable[[bool], AbstractContextManager[ChatModel]]
"""From whether rows are added to rows made before to the chat model that is charged for the partition."""


class UndeclaredReadError(ToolMindError):
    """A step asked for a table or column that it does not declare to read."""


class Tables(Protocol):
    """Where rows are read: the store of tables, or what stands in for it."""

    def read(
        self, table: Table, partitions: Sequence[str] | None = None, columns: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """The rows of partitions (None for all), sorted by key."""
        ...

    def commits(self, table: Table) -> Mapping[str | None, CommitRecord]:
        """The newest commit of each partition."""
        ...

    def version(self, table: Table) -> int | None:
        """The newest version of a table, or None where it was never written."""
        ...

    def read_version(self, table: Table, version: int, columns: Sequence[str]) -> pl.DataFrame | None:
        """Some columns of a past version; None where it cannot be had any more."""
        ...


class Declaring(Protocol):
    """What a step declares of itself."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def reads(self) -> tuple[Read, ...]:
        """What it reads of other tables."""
        ...

    @property
    def carries(self) -> tuple[Read, ...]:
        """What it reads of its own tables, as they stood before."""
        ...

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles that it asks."""
        ...


def _no_chat(_: bool) -> AbstractContextManager[ChatModel]:
    raise UndeclaredReadError("the step asks a chat model and declares no role")


@dataclass(frozen=True, slots=True)
class Making(Generic[P]):
    """One partition of a step in the making.

    Attributes:
        step: The step.
        partition: Which partition, or None for tables that are written whole.
        params: The step's parameters.
        outside: What is had from outside of the tables; each stage says what it wants there.
        tables: Where rows are read.
        ask: Hands out the chat model.
        surveyed: The tables that a step which surveys may count.
        sample: How many rows are enough, for an estimate or a preview; None in a run.
        choices: For each choice that the step had, how many rows it made, and of how many.
        shared: What all partitions of one build share, by name.
    """

    step: Declaring
    partition: str | None
    params: P
    outside: Any
    tables: Tables
    ask: Ask = _no_chat
    surveyed: tuple[Table, ...] = ()
    sample: int | None = None
    choices: list[tuple[int, int]] = field(default_factory=list)
    shared: dict[str, Any] = field(default_factory=dict)

    def read(
        self, table: Table, columns: Sequence[str] | None = None, partitions: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """The rows that the step declares to read of a table; some of their columns or partitions where named.

        Raises:
            UndeclaredReadError: it declares no such table or column.
        """
        declared = self._declared(table)
        wanted = tuple(columns or declared.columns or table.schema.names())
        if declared.columns and (undeclared := sorted(set(wanted).difference(declared.columns))):
            raise UndeclaredReadError(f"step {self.step.name} reads {undeclared} of {table.name}, undeclared")
        return self._rows(declared, wanted, partitions)

    def values(self, table: Table, kind: type[T]) -> list[T]:
        """The rows that the step declares to read of a table, as `model/` values."""
        return decode_rows(kind, self.read(table))

    def past(self, table: Table, columns: Sequence[str], n_versions: int) -> list[tuple[int, pl.DataFrame]]:
        """The last versions of a table that the step carries on, the oldest first, each with its number.

        Raises:
            UndeclaredReadError: the step does not carry it on.
        """
        if all(read.table is not table for read in self.step.carries):
            raise UndeclaredReadError(f"step {self.step.name} reads versions of {table.name}, undeclared")
        latest = self.tables.version(table)
        numbers = range(max(0, latest + 1 - n_versions), latest + 1) if latest is not None else range(0)
        found = [(number, self.tables.read_version(table, number, columns)) for number in numbers]
        return [(number, frame) for number, frame in found if frame is not None]

    def chat(self, is_added: bool = False) -> AbstractContextManager[ChatModel]:
        """The chat model that is charged for the partition.

        Args:
            is_added: The step keeps rows that it made before, and with them the replies that they rest on.
        """
        if not self.step.roles:
            return _no_chat(is_added)
        return self.ask(is_added)

    def once(self, name: str, build: Callable[[], T]) -> T:
        """What `build` gives, built once for all partitions that are made together."""
        if name not in self.shared:
            self.shared[name] = build()
        return self.shared[name]

    def some(self, values: Sequence[T]) -> list[T]:
        """All values in a run; for an estimate or a preview no more than are enough, spread over them."""
        n_enough = len(values) if self.sample is None else min(self.sample, len(values))
        self.choices.append((n_enough, len(values)))
        if n_enough == len(values):
            return list(values)
        places = random.Random(n_enough).sample(range(len(values)), n_enough)
        return [values[place] for place in sorted(places)]

    def contents(self) -> dict[str, object]:
        """Table -> a digest, JSON-able, of what the step reads of it."""
        counted = {table.name: self._content(table) for table in self.surveyed}
        return counted | {read.table.name: self._content_of(read) for read in self.step.reads}

    def _content_of(self, read: Read) -> object:
        if read.only is None:
            return self._content(read.table)
        columns = read.deciding or read.columns or tuple(read.table.schema.names())
        return digest(sorted(self._rows(read, columns).iter_rows(), key=repr))

    def _content(self, table: Table) -> object:
        """Content digests of the partition of the same name, or of the whole table."""
        commits = self.tables.commits(table)
        if table.partition_by is not None and self.partition in commits:
            return commits[self.partition].content_digest
        if table.partition_by is not None and self.partition is not None:
            return None
        return sorted((key or "", commit.content_digest) for key, commit in commits.items())

    def _rows(
        self, read: Read, columns: Sequence[str], partitions: Sequence[str] | None = None
    ) -> pl.DataFrame:
        table = read.table
        if table.partition_by is not None and self.partition is not None:
            partitions = [self.partition]
        if read.only is None:
            return self.tables.read(table, partitions, columns)
        rows = self.tables.read(table, partitions, list(dict.fromkeys((*columns, read.only.key))))
        named = self.read(read.only.table, [read.only.column])[read.only.column]
        named = named.explode() if named.dtype == pl.List else named
        chosen = pl.col(read.only.key).is_in(named.drop_nulls().unique().implode())
        return rows.filter(chosen).select(name for name in table.schema if name in columns)

    def _declared(self, table: Table) -> Read:
        for read in (*self.step.reads, *self.step.carries):
            if read.table is table:
                return read
        if table in self.surveyed:
            return Read(table)
        raise UndeclaredReadError(f"step {self.step.name} reads {table.name}, undeclared")
