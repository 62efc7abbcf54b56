"""The rows that a trace meets: which tables declare a noun, and reading ids and labels of them, never more."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from string import Formatter
from typing import Any

import polars as pl

from toolmind_assets.reports.trace_tree import TraceNode
from toolmind_resources.delta.table import Noun, Parent, Table

ReadTable = Callable[[Table, Sequence[str] | None, Sequence[str]], pl.DataFrame]
"""From a table, partitions (None for all) and columns to a frame; empty where nothing was made yet."""

Row = dict[str, Any]
MAX_LISTED = 10
"""Rows of one kind that are listed; the rest is counted."""
MAX_PART_CHARS = 200


@dataclass(frozen=True)
class TracedRows:
    """The rows of all tables, which are given in the order in which data flows."""

    tables: tuple[Table, ...]
    read: ReadTable

    @cached_property
    def traced(self) -> dict[str, Table]:
        """The tables that declare a noun, by name, in order."""
        return {table.name: table for table in self.tables if table.noun is not None}

    def rows(self, table: Table, condition: pl.Expr, partitions: Iterable[str] | None = None) -> list[Row]:
        """The rows that meet a condition, sorted by id."""
        read = None if partitions is None else sorted(set(partitions))
        frame = self.read(table, read, self.columns(table)).filter(condition)
        return list(frame.sort(noun_of(table).id_column).iter_rows(named=True))

    def find(self, subject_id: str) -> tuple[Table, Row] | None:
        """The row of an id, or of what else its table lets it be asked for by."""
        row_id = subject_id.partition("#")[0]
        prefix = row_id.partition("_")[0]
        for table in self.traced.values():
            noun = noun_of(table)
            if noun.id_prefix == prefix and (found := self.rows(table, pl.col(noun.id_column) == row_id)):
                return table, found[0]
        for table in self.traced.values():
            for name in noun_of(table).names:
                if found := self.rows(table, pl.col(name) == subject_id):
                    return table, found[0]
        return None

    def parents(self, table: Table) -> Iterator[tuple[Parent, Table]]:
        """What a table refers to that declares a noun, in the order in which it says so."""
        for parent in table.parents:
            if parent.parent in self.traced:
                yield parent, self.traced[parent.parent]

    def parts(self, table: Table) -> Iterator[tuple[Parent, Table]]:
        """The tables whose rows are parts of a table's, which refer to anything else."""
        for part in self.traced.values():
            owned = [parent for parent, _ in self.parents(part) if parent.is_part]
            if len(owned) < len(list(self.parents(part))):
                yield from ((parent, part) for parent in owned if parent.parent == table.name)

    def carried_by(self, table: Table) -> Table | None:
        """The table whose rows a table carries on under the same noun; None for a table of its own rows."""
        carried = [other for _, other in self.parents(table) if noun_of(other).name == noun_of(table).name]
        return carried[0] if carried else None

    def columns(self, table: Table) -> tuple[str, ...]:
        """Its id, and what else of it a trace looks at."""
        noun = noun_of(table)
        wanted: list[str | None] = [noun.id_column, *noun.names, *_fields(noun.label)]
        for parent, other in self.parents(table):
            wanted += [parent.column, parent.position, other.partition_by]
        for child in self.traced.values():
            wanted += [child.partition_by]
            for parent in child.parents:
                if parent.parent == table.name:
                    wanted += [*parent.parent_columns, *(parent.only or ())[:1]]
        return tuple(dict.fromkeys(name for name in wanted if name and name in table.schema))

    def partitions(self, table: Table, rows: Iterable[Row]) -> set[str] | None:
        """The partitions of a table that some rows name; None where one of them names none."""
        named = [row.get(table.partition_by or "") for row in rows]
        return None if None in named else {str(partition) for partition in named}


def noun_of(table: Table) -> Noun:
    """The noun of a table that declares one."""
    assert table.noun is not None
    return table.noun


def id_of(table: Table, row: Row) -> str:
    """The id of a row."""
    return row[noun_of(table).id_column]


def any_of(conditions: Iterable[pl.Expr]) -> pl.Expr:
    """Whether any of some conditions is met."""
    return reduce(or_, conditions, pl.lit(value=False))


def node(table: Table, row: Row, children: tuple[TraceNode, ...] = (), *notes: str) -> TraceNode:
    """A row as it is shown."""
    text = "; ".join([*_label_parts(noun_of(table).label, row), *(note for note in notes if note)])
    return TraceNode(noun_of(table).name, id_of(table, row), text, children)


def remark(text: str) -> TraceNode:
    """A line that is about no row."""
    return TraceNode("", "", text)


def label(table: Table, row: Row) -> str:
    """What there is to know about a row, on a line."""
    return "; ".join(_label_parts(noun_of(table).label, row))


def listed(what: str, nodes: Sequence[TraceNode]) -> list[TraceNode]:
    """The first nodes, and a line that counts the rest."""
    rest = len(nodes) - MAX_LISTED
    return list(nodes) if rest <= 0 else [*nodes[:MAX_LISTED], remark(f"and {rest:,} more {what}")]


def plural_of(table: Table) -> str:
    """What the rows of a table are called."""
    return table.name.rpartition("/")[2].replace("_", " ")


def _label_parts(template: str, row: Row) -> list[str]:
    values = {name: row[name] for name in _fields(template)}
    shown = {
        name: ", ".join(map(str, value)) if isinstance(value, list) else value
        for name, value in values.items()
    }
    return [
        " ".join(part.format_map(shown).split())[:MAX_PART_CHARS]
        for part in template.split("; ")
        if any(shown[name] not in ("", None) for name in _fields(part))
    ]


def _fields(template: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(template) if name]
