"""References from rows to their parents, in frames and rows. Pure functions."""

from collections.abc import Collection, Mapping
from typing import Any

import polars as pl

from toolmind_resources.delta.table import Parent, Table


def referred(frame: pl.DataFrame, parent: Parent) -> pl.Series:
    """The values, without null, of a column, of its list's members, or of a field of those."""
    values = frame[parent.column]
    if isinstance(values.dtype, pl.List):
        values = values.explode()
    if parent.struct_field is not None:
        values = values.struct.field(parent.struct_field)
    return values.drop_nulls()


def referred_by(row: Mapping[str, Any], parent: Parent) -> list[Any]:
    """What `referred` gives of one row, each value once, in order."""
    value = row[parent.column]
    members = value if isinstance(value, list) else [value]
    if parent.struct_field is not None:
        members = [member[parent.struct_field] for member in members if member is not None]
    return [member for member in dict.fromkeys(members) if member is not None]


def refers_to(table: Table, parent: Parent, values: Collection[Any]) -> pl.Expr:
    """Whether a row refers to any of some values."""
    return _members_are_in(table, parent, values, is_all=False)


def refers_only_to(table: Table, parent: Parent, values: Collection[Any]) -> pl.Expr:
    """Whether a row refers to some values and to nothing else."""
    is_any = _members_are_in(table, parent, values, is_all=False)
    return is_any & _members_are_in(table, parent, values, is_all=True)


def _members_are_in(table: Table, parent: Parent, values: Collection[Any], is_all: bool) -> pl.Expr:
    if not isinstance(table.schema[parent.column], pl.List):
        return pl.col(parent.column).is_in(list(values)).fill_null(value=False)
    member = pl.element() if parent.struct_field is None else pl.element().struct.field(parent.struct_field)
    are_in = pl.col(parent.column).list.eval(member.is_in(list(values))).list
    return (are_in.all() if is_all else are_in.any()).fill_null(value=False)
