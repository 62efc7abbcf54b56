"""Between `model/` values and table rows.

A field is the column of its name; a field that has only a column `<name>_json` is held there as JSON text,
keys in their own order. Enums are held as their values, nested dataclasses as structs.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any, TypeVar

import polars as pl
from pydantic import TypeAdapter

from toolmind_assets.model.ids import compact_json
from toolmind_assets.model.strict_json import JSON_DECODER
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
    names = [column.name for column in table.columns]
    columns: dict[str, list[Any]] = {name: [] for name in names}
    count = 0
    for value in values:
        row = _adapter(type(value)).dump_python(value)
        for name in names:
            columns[name].append(_cell(table, row, name))
        count += 1
    columns[BUILD_TOKEN] = [build_token] * count
    return pl.DataFrame(columns, schema=table.schema)


def _cell(table: Table, row: dict[str, Any], name: str) -> Any:
    if name in row:
        return row[name]
    field = name.removesuffix("_json")
    if field not in row or field == name:
        raise StoreError(f"{table.name}: a row has no field for column {name!r}; it has {sorted(row)}")
    return None if row[field] is None else compact_json(row[field])


def _parsed(kind: type, name: str, cell: str) -> Any:
    try:
        return JSON_DECODER.decode(cell)
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
