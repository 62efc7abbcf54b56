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

    Null is no reference. What a catalog, function or task went into, and what goes with it, follows from these.

    Attributes:
        column: The column that holds the values.
        parent: The table that they stand in.
        parent_column: The column of that table.
        struct_field: The field to look at where the column is a list of structs.
        relation: A word for what the parent is to the row, for a trace: "called", "offered".
        is_checked: Whether each value must stand there. Not where it may stand in either of several tables, where
            the parent may be dropped and the row kept, or where it is a link, which none has to be: a check would
            fail though nothing is wrong. Nor where another parent's check says the same already.
        is_alternative: One value is enough for the row to stand: it goes when all are gone, not when one is.
        is_part: The row is a part of the parent's: what it refers to, the parent refers to.
        position: The column that says where in the parent's row this one stands. It rests on the parts that stand
            no later, and a part went into the rows that stand no earlier.
        other_end: The parent is a link between two rows: the value of this column of it must stand in `column` too.
        only: A column of the parent, and the value that it must have there.
    """

    column: str
    parent: str
    parent_column: str
    struct_field: str | None = None
    relation: str = ""
    is_checked: bool = True
    is_alternative: bool = False
    is_part: bool = False
    position: str | None = None
    other_end: str | None = None
    only: tuple[str, str] | None = None

    @property
    def parent_columns(self) -> tuple[str, ...]:
        """The columns of the parent that are compared with the values."""
        return (self.parent_column, *([self.other_end] if self.other_end else []))


@dataclass(frozen=True, slots=True)
class Noun:
    """What one row is called, and how it is found and shown where it is asked for by its id.

    A table with the noun of its parent carries the parent's rows on: it shows nothing new, but says more of them.

    Attributes:
        name: The word, in the singular.
        id_column: The column with its id.
        label: A line about a row, its columns in braces. A part of the line, up to `; `, is left out where all of
            its columns are empty.
        prefix: What ids begin with, up to the underscore, where it is not the word.
        names: Other columns by whose values a row may be asked for.
        absent: Of a table that carries rows on: what is said of a row that is not in it.
    """

    name: str
    id_column: str
    label: str
    prefix: str = ""
    names: tuple[str, ...] = ()
    absent: str = ""

    @property
    def id_prefix(self) -> str:
        """What ids begin with, up to the underscore."""
        return self.prefix or self.name


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
        noun: What a row is called where it is asked for by its id; None for rows without an id of their own.
    """

    name: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    partition_by: str | None = None
    parents: tuple[Parent, ...] = ()
    laws: tuple[Law, ...] = ()
    retention_days: int = 90
    noun: Noun | None = None
    _token: Column = field(
        default=Column(BUILD_TOKEN, pl.String, "the build that made the row; kept and dropped rows share it"),
        repr=False,
    )

    @property
    def stage(self) -> str:
        """The stage folder that makes the table."""
        return self.name.split("/", 1)[0]

    @property
    def checked_parents(self) -> tuple[Parent, ...]:
        """The parents that must be there."""
        return tuple(parent for parent in self.parents if parent.is_checked)

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
