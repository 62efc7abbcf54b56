"""Between `model/` values and table rows.

A field is the column of its name; a field that has only a column `<name>_json` is held there as JSON text,
keys in their own order. Enums are held as their values, nested dataclasses as structs. A field that is
`LEFT_OUT_WHERE_NONE` is not in the JSON text of a value that lacks it.
"""

from collections.abc import Iterable
from dataclasses import is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar

import polars as pl
from pydantic import TypeAdapter

from toolmind_assets.model.ids import LEFT_OUT_WHERE_NONE, parse_stored_json, stored_json
from toolmind_resources.delta.table import BUILD_TOKEN, Table
from toolmind_resources.errors import StoreError

T = TypeVar("T")


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def encode_rows(table: Table, values: Iterable[object], build_token: str = "") -> pl.DataFrame:
    """A frame of `table` with one row a value, in the order given.

    Raises:
        StoreError: a value lacks a field that the table has a column for.
    """
    rows = list(values)
    columns: dict[str, list[Any]] = {
        column.name: _cells(table, column.name, rows) if rows else [] for column in table.columns
    }
    columns[BUILD_TOKEN] = [build_token] * len(rows)
    return pl.DataFrame(columns, schema=table.schema)


def _cells(table: Table, name: str, rows: list[object]) -> list[Any]:
    """One column. Values that are JSON are written at once, and never copied: some are large, and share parts."""
    fields: set[str] = set(type(rows[0]).__dataclass_fields__)  # type: ignore[attr-defined]
    if name in fields:
        return [_plain(getattr(row, name)) for row in rows]
    field = name.removesuffix("_json")
    if field not in fields or field == name:
        raise StoreError(f"{table.name}: a row has no field for column {name!r}; it has {sorted(fields)}")
    found = [getattr(row, field) for row in rows]
    return [None if value is None else _json(_sparse(value)) for value in found]


def _sparse(value: Any) -> Any:
    """The value; where it is a tuple, members without a field that is left out as objects that lack it."""
    if not isinstance(value, tuple):
        return value
    return [_without_absent(member) if _optional_fields(type(member)) else member for member in value]


def _without_absent(value: Any) -> dict[str, Any]:
    optional = _optional_fields(type(value))
    cells = ((name, getattr(value, name)) for name in type(value).__dataclass_fields__)
    return {name: cell for name, cell in cells if cell is not None or name not in optional}


@cache
def _optional_fields(kind: type) -> frozenset[str]:
    """Names of the fields of a dataclass that are left out where they are None."""
    fields = getattr(kind, "__dataclass_fields__", {})
    return frozenset(name for name, one in fields.items() if one.metadata.get(LEFT_OUT_WHERE_NONE))


def _json(value: Any) -> str:
    try:
        return stored_json(value)
    except TypeError:  # dataclasses around what only the slower writer can write
        return stored_json(_plain(value))


def _plain(value: Any) -> Any:
    """A cell: enums as their values, dataclasses as structs."""
    kind = type(value)
    if kind is str or value is None or kind in (int, float, bool):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list | frozenset):
        return [_plain(member) for member in value]
    if is_dataclass(value):
        return {name: _plain(getattr(value, name)) for name in kind.__dataclass_fields__}
    if isinstance(value, dict):
        return {key: _plain(member) for key, member in value.items()}
    return value


def _parsed(kind: type, name: str, cell: str) -> Any:
    try:
        return parse_stored_json(cell)
    except ValueError as error:
        raise StoreError(f"column {name} of {kind.__name__} rows holds no JSON: {cell[:60]!r}") from error


def decode_rows(kind: type[T], frame: pl.DataFrame) -> list[T]:
    """The `model/` values of a frame, in its order.

    Raises:
        StoreError: a row does not fit `kind`.
    """
    fields = set(kind.__dataclass_fields__)  # type: ignore[attr-defined]
    rows: list[dict[str, Any]] = []
    for row in frame.iter_rows(named=True):
        values = {name: cell for name, cell in row.items() if name in fields}
        for name, cell in row.items():
            field = name.removesuffix("_json")
            if name not in fields and field in fields:
                values[field] = None if cell is None else _parsed(kind, name, cell)
        rows.append(values)
    try:
        return _adapter(list[kind]).validate_python(rows)
    except ValueError as error:
        raise StoreError(f"rows do not fit {kind.__name__}: {error}") from error
