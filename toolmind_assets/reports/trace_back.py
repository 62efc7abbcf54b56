"""What a row was made from: the tree of its parents, down to rows that have none."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from toolmind_assets.reports.trace_rows import (
    MAX_LISTED,
    Row,
    TracedRows,
    id_of,
    listed,
    node,
    noun_of,
    plural_of,
)
from toolmind_assets.reports.trace_tree import TraceNode
from toolmind_resources.delta.references import referred_by, refers_to
from toolmind_resources.delta.table import Parent, Table

Key = tuple[str, str]
"""A table's name, and the id of a row."""


@dataclass(frozen=True, slots=True)
class _Reference:
    """That a row, or a part of it, refers to a parent."""

    row_id: str
    parent: Parent
    source: Row


@dataclass(frozen=True, slots=True)
class _Met:
    """A row that another was made from."""

    parent: Parent
    table: Table
    row: Row
    position: int | None

    @property
    def key(self) -> Key:
        return (self.table.name, id_of(self.table, self.row))


@dataclass(frozen=True, slots=True)
class Origins:
    """Finds what rows were made from."""

    rows: TracedRows

    def of(self, table: Table, row: Row) -> tuple[TraceNode, ...]:
        """What a row was made from; nothing is shown again below what rests on it."""
        return self._trees(table, [row], {}, frozenset({(table.name, id_of(table, row))}))[id_of(table, row)]

    def _trees(
        self, table: Table, rows: list[Row], positions: Mapping[str, int | None], shown: frozenset[Key]
    ) -> dict[str, tuple[TraceNode, ...]]:
        """For each row by its id what it was made from.

        Args:
            table: Whose rows they are.
            rows: The rows.
            positions: For each row by its id up to where in it its parts count; None for all.
            shown: What is shown beside them or above.
        """
        met = self._met(table, rows, positions, shown)
        found = [one for ones in met.values() for one in ones]
        shown |= {one.key for one in found}
        below: dict[Key, tuple[TraceNode, ...]] = {}
        for other in {one.table.name: one.table for one in found}.values():
            others = {one.key: one for one in found if one.table is other}
            up_to = {row_id: one.position for (_, row_id), one in others.items()}
            trees = self._trees(other, [one.row for one in others.values()], up_to, shown)
            below |= {(other.name, row_id): tree for row_id, tree in trees.items()}
        return {row_id: tuple(_nodes(ones, below)) for row_id, ones in met.items()}

    def _met(
        self,
        table: Table,
        rows: list[Row],
        positions: Mapping[str, int | None],
        shown: Collection[Key],
    ) -> dict[str, list[_Met]]:
        """For each row what it was made from: once, by table as the row's own parents come."""
        met: dict[str, dict[Key, _Met]] = {id_of(table, row): {} for row in rows}
        references = list(self._references(table, rows, positions))
        for parent in dict.fromkeys(reference.parent for reference in references):
            of_parent = [reference for reference in references if reference.parent == parent]
            for row_id, one in self._follow(parent, of_parent, shown):
                met[row_id].setdefault(one.key, one)
        order = [other.name for _, other in self.rows.parents(table)]
        return {
            row_id: sorted(found.values(), key=lambda one: (*order, one.table.name).index(one.table.name))
            for row_id, found in met.items()
        }

    def _references(
        self, table: Table, rows: list[Row], positions: Mapping[str, int | None]
    ) -> Iterator[_Reference]:
        """What the parts of rows refer to, in the order in which they stand there, then what the rows do."""
        for whole, part in self.rows.parts(table):
            ids = [id_of(table, row) for row in rows]
            partitions = self.rows.partitions(part, rows)
            parts = self.rows.rows(part, refers_to(part, whole, ids), partitions)
            place = whole.position or noun_of(part).id_column
            for one in sorted(parts, key=lambda one: one[place]):
                up_to = positions.get(one[whole.column])
                if up_to is None or one[place] <= up_to:
                    for parent, _ in self.rows.parents(part):
                        if not parent.is_part:
                            yield _Reference(one[whole.column], parent, one)
        for row in rows:
            for parent, _ in self.rows.parents(table):
                yield _Reference(id_of(table, row), parent, row)

    def _follow(
        self, parent: Parent, references: list[_Reference], shown: Collection[Key]
    ) -> Iterator[tuple[str, _Met]]:
        """The rows that references through one parent lead to, each with the id of the row that they are of."""
        other = self.rows.traced[parent.parent]
        rows = self._rows_of(parent, other, references, shown)
        for reference in references:
            values = referred_by(reference.source, parent)
            position = reference.source[parent.position] if parent.position else None
            if parent.other_end is None:
                linked = [rows[value] for value in values if value in rows]
            else:
                ends = parent.parent_columns
                linked = [row for row in rows.values() if all(row[end] in values for end in ends)]
            for met in (_Met(parent, other, row, position) for row in linked):
                if met.key not in shown:
                    yield reference.row_id, met

    def _rows_of(
        self, parent: Parent, other: Table, references: list[_Reference], shown: Collection[Key]
    ) -> dict[str, Row]:
        """The rows of `other` that references lead to, by id; those that are shown are not looked for."""
        if (stated := _stated_rows(parent, self.rows.columns(other), references)) is not None:
            return stated
        values = {value for one in references for value in referred_by(one.source, parent)}
        if parent.other_end is None:
            values = {value for value in values if (other.name, value) not in shown}
        if not values:
            return {}
        condition = pl.all_horizontal(pl.col(end).is_in(list(values)) for end in parent.parent_columns)
        if parent.only is not None:
            condition &= pl.col(parent.only[0]) == parent.only[1]
        partitions = self.rows.partitions(other, (one.source for one in references))
        return {id_of(other, row): row for row in self.rows.rows(other, condition, partitions)}


def _stated_rows(
    parent: Parent, columns: tuple[str, ...], references: list[_Reference]
) -> dict[str, Row] | None:
    """The parents as the references state them, which is how they were when the rows were made from them.

    None where they are named and no more.
    """
    structs = [struct for one in references for struct in one.source[parent.column] or ()]
    if parent.struct_field is None or any(set(columns).difference(struct) for struct in structs):
        return None
    return {struct[parent.struct_field]: struct for struct in structs}


def _nodes(met: list[_Met], below: Mapping[Key, tuple[TraceNode, ...]]) -> Iterator[TraceNode]:
    """What was met; of links, which may be many, only the first."""
    for parent in dict.fromkeys(one.parent for one in met):
        ones = [one for one in met if one.parent == parent]
        nodes = [node(one.table, one.row, below[one.key], parent.relation) for one in ones]
        is_cut = parent.other_end is not None and len(nodes) > MAX_LISTED
        yield from listed(plural_of(ones[0].table), nodes) if is_cut else nodes
