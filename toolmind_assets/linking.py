"""The function graph of a file of functions, outside of a run: `toolmind link`."""

import asyncio
from pathlib import Path

import polars as pl

from toolmind_assets.config import Settings
from toolmind_assets.errors import InputError
from toolmind_assets.graph.build import build_edges
from toolmind_assets.models import chat_of, embedder_of, new_period
from toolmind_assets.tables import EDGES, FUNCTIONS
from toolmind_assets.tables.functions import callable_functions
from toolmind_assets.tables.rows import encode_rows
from toolmind_resources.chat.model import Charge
from toolmind_resources.delta.table import BUILD_TOKEN


def link_functions(settings: Settings, path: Path) -> pl.DataFrame:
    """The edges between the functions of a Parquet file, with the columns of `graph/edges`.

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
    functions = callable_functions(frame)
    config = settings.config
    with chat_of(settings).charged_to(Charge(new_period("link"), "link")) as chat:
        linking = build_edges(
            functions, embedder_of(config.embedder), chat, config.graph, config.shards.in_flight
        )
        edges = asyncio.run(linking)
    return encode_rows(EDGES, edges).drop(BUILD_TOKEN)
