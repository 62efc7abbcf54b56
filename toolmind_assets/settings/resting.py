"""What rests on a catalog: the rows that go with it, by what tables declare as their parents. No Dagster."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

import polars as pl

from toolmind_assets.steps.pipeline import Pipeline, tables_of
from toolmind_resources.delta.references import refers_only_to, refers_to
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Parent, Table


@dataclass(frozen=True, slots=True)
class Loss:
    """What a table loses: `going` are the rows that go, `n_cut` counts those that stay with one parent less."""

    going: pl.DataFrame
    n_cut: int


@dataclass(slots=True)
class Resting:
    """Finds what rests on a catalog, table after table.

    Of each table only the columns are read that refer to others, and those that others refer to.
    """

    store: DeltaStore
    pipeline: Pipeline
    catalog: str
    _lost: dict[tuple[str, str], set[Any]] = field(default_factory=dict)

    def losses(self) -> Mapping[Table, Loss]:
        """What each table that is not cut into catalogs loses, in the order in which data flows."""
        of_catalogs = tables_of(self.pipeline.of_catalogs)
        for table in of_catalogs:
            self._lose_catalog(table)
        rest = (table for table in self.pipeline.tables if table not in of_catalogs)
        found = {table: self._loss(table) for table in rest}
        return {table: loss for table, loss in found.items() if loss is not None}

    def _lose_catalog(self, table: Table) -> None:
        partition = str(table.partition_by)
        columns = self._referred_columns(table)
        if set(columns).difference([partition]):
            frame = self.store.read(table, columns=[*columns, partition])
            self._lose(table, frame, pl.col(partition) == self.catalog, columns)
        # Also where its rows are not there any more, and what was made of them still is.
        self._lost[table.name, partition] = {self.catalog}

    def _loss(self, table: Table) -> Loss | None:
        """What a table loses; None where nothing that it refers to is lost."""
        # What refers to a link refers to its ends too, and a link goes only with one of them.
        parents = [parent for parent in table.parents if parent.other_end is None and self._lost_to(parent)]
        if not parents:
            return None
        columns = self._referred_columns(table)
        frame = self.store.read(table, columns=[*columns, *(parent.column for parent in parents)])
        is_going = reduce(or_, (self._is_going(table, parent) for parent in parents))
        is_cut = reduce(or_, (refers_to(table, parent, self._lost_to(parent)) for parent in parents))
        self._lose(table, frame, is_going, columns)
        return Loss(frame.filter(is_going), frame.filter(is_cut & ~is_going).height)

    def _is_going(self, table: Table, parent: Parent) -> pl.Expr:
        return (refers_only_to if parent.is_alternative else refers_to)(table, parent, self._lost_to(parent))

    def _lost_to(self, parent: Parent) -> Collection[Any]:
        return self._lost.get((parent.parent, parent.parent_column), ())

    def _lose(self, table: Table, frame: pl.DataFrame, is_going: pl.Expr, columns: Sequence[str]) -> None:
        """Notes the values that no row holds once those that go are gone."""
        going, staying = frame.filter(is_going), frame.filter(~is_going)
        for column in columns:
            self._lost[table.name, column] = set(going[column]).difference(staying[column])

    def _referred_columns(self, table: Table) -> list[str]:
        """The columns of a table that others refer to."""
        parents = [parent for other in self.pipeline.tables for parent in other.parents]
        return list(dict.fromkeys(parent.parent_column for parent in parents if parent.parent == table.name))
