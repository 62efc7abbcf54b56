"""Rows of `specs/functions` as those see them who have functions called."""

import polars as pl

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.tables.rows import decode_rows


def callable_functions(frame: pl.DataFrame) -> list[FunctionSpec]:
    """The functions of a frame, in its order, without what serves the transport or proves who calls."""
    return [function.for_callers() for function in decode_rows(FunctionSpec, frame)]
