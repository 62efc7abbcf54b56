"""The function graph of a file of functions, outside of a run: `toolmind link`."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import polars as pl
from polars.io.plugins import register_io_source

from toolmind_assets.config import Settings
from toolmind_assets.errors import InputError
from toolmind_assets.graph.build import edge_parts
from toolmind_assets.models import chat_of, embedder_of, new_period
from toolmind_assets.tables import EDGES, FUNCTIONS
from toolmind_assets.tables.functions import functions_by_id
from toolmind_resources.chat.model import Charge

EDGE_SCHEMA = pl.Schema({column.name: column.dtype for column in EDGES.columns})
"""Columns of the file of edges."""


def read_functions(path: Path) -> pl.DataFrame:
    """The functions of a Parquet file.

    Raises:
        InputError: the file cannot be read, or lacks columns of `specs/functions`.
    """
    try:
        frame = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(f"{path} is no readable Parquet file: {error}") from error
    missing = [column.name for column in FUNCTIONS.columns if column.name not in frame.columns]
    if missing:
        raise InputError(f"{path} lacks the columns {missing}; make it with: toolmind normalize")
    return frame


def link_functions(settings: Settings, functions: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The edges between functions, some rows at a time, with the columns of `graph/edges`."""
    config = settings.config
    with chat_of(settings).charged_to(Charge(new_period("link"), "link")) as chat:
        linking = edge_parts(
            functions_by_id(functions),
            embedder_of(config.embedder),
            chat,
            config.graph,
            config.shards.in_flight,
        )
        return asyncio.run(linking)


def write_edges(parts: Iterator[pl.DataFrame], file: BinaryIO) -> Counter[str]:
    """Writes edges as Parquet, one part in memory at a time; how many there are of each verdict."""
    verdicts: Counter[str] = Counter()

    def read(columns: list[str] | None, *_: object) -> Iterator[pl.DataFrame]:
        for part in parts:
            verdicts.update(dict(part["verdict"].value_counts().iter_rows()))
            yield part if columns is None else part.select(columns)

    source = register_io_source(read, schema=EDGE_SCHEMA)
    source.sink_parquet(file, compression="zstd", compression_level=3)
    return verdicts
