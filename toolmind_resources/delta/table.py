"""What a Delta table is: columns, key, partitioning, parents, laws. No I/O."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

BUILD_TOKEN = "build_token"
"""The column of every table that ties the rows, kept and dropped, of one step's build together."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type, what it means, and its unit where it has one."""

    name: str
    dtype: pl.DataType | type[pl.DataType]
    meaning: str
    unit: str | None = None
    is_nullable: bool = False


@dataclass(frozen=True, slots=True)
class Parent:
    """Values of `column` (or of a list column's members) that stand in `parent_column` of table `parent`.

    `struct_field` names the field to look at where the column is a list of structs. Null is no reference.
    """

    column: str
    parent: str
    parent_column: str
    struct_field: str | None = None


Frames = Mapping[str, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Law:
    """A conservation law: `holds` returns the violations, in words, that it finds in the frames of `reads`.

    `reads` are table names; frames are whole tables, or one partition of each where the law is checked for
    one partition.
    """

    name: str
    statement: str
    reads: tuple[str, ...]
    holds: Callable[[Frames], list[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """One Delta table.

    Attributes:
        name: `<stage>/<plural noun>`; also the Dagster asset key and the path under the tables' root.
        row: What one row is, in a sentence.
        columns: In order; `build_token` comes last in every table and is added here.
        key: Columns whose values are unique together; rows are sorted by them.
        partition_by: The string column that a replace-where works on, or None for a table written whole.
        parents: What each row refers to.
        laws: Conservation laws that a check holds.
        retention_days: How long a past version can be read back by time travel.
    """

    name: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    partition_by: str | None = None
    parents: tuple[Parent, ...] = ()
    laws: tuple[Law, ...] = ()
    retention_days: int = 90
    _token: Column = field(
        default=Column(BUILD_TOKEN, pl.String, "the build that made the row; kept and dropped rows share it"),
        repr=False,
    )

    @property
    def stage(self) -> str:
        """The stage folder that makes the table."""
        return self.name.split("/", 1)[0]

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """The columns with the build token at the end."""
        return (*self.columns, self._token)

    @property
    def schema(self) -> pl.Schema:
        """Column name -> Polars type, in order, the build token included."""
        return pl.Schema({column.name: column.dtype for column in self.all_columns})

    def empty(self) -> pl.DataFrame:
        """A frame of this table without rows."""
        return pl.DataFrame(schema=self.schema)
