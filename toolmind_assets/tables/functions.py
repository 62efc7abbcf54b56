"""Rows of `specs/functions` as those see them who have functions called."""

from collections.abc import Iterator

import polars as pl

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.tables.rows import decode_rows


def callable_functions(frame: pl.DataFrame) -> list[FunctionSpec]:
    """The functions of a frame, in its order, without what serves the transport or proves who calls."""
    return [function.for_callers() for function in decode_rows(FunctionSpec, frame)]


def functions_by_key(frame: pl.DataFrame, rows_at_once: int = 1024) -> Iterator[FunctionSpec]:
    """What `callable_functions` gives, in the order of the keys, of which only some are held at a time."""
    for part in frame.sort("function_key", "function_id").iter_slices(rows_at_once):
        yield from callable_functions(part)
