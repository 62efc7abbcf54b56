"""The function graph: fields read, links found, the doubtful ones validated, and all of them as rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.stages.graph.baselines import baseline_links
from toolmind_assets.stages.graph.candidates import Candidates, find_results, without
from toolmind_assets.stages.graph.columns import Columns, ColumnsBuilder
from toolmind_assets.stages.graph.edge_frames import frame_edges
from toolmind_assets.stages.graph.edge_verdicts import judge_links
from toolmind_assets.stages.graph.field_reader import fields_of
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_assets.stages.graph.random_links import draw_links
from toolmind_assets.stages.graph.scoring import Scorer
from toolmind_assets.stages.graph.shared import find_shared
from toolmind_assets.stages.graph.similarity import embed_pools
from toolmind_assets.tables.graph import EDGES
from toolmind_resources.chat.model import ChatModel
from toolmind_resources.delta.table import BUILD_TOKEN
from toolmind_resources.embed.model import Embedder


@dataclass(frozen=True, slots=True)
class Found:
    """Candidate links with all that they were found by."""

    columns: Columns
    scorer: Scorer
    candidates: tuple[Candidates, ...]


def find_links(functions: Iterable[FunctionSpec], embedder: Embedder, params: GraphParams) -> Found:
    """All candidate links of functions that come in the order of their keys; none of them is kept.

    The order of the keys decides who meets whom in a crowd: a function that changes keeps its place.

    Raises:
        EmbedError: the texts could not be embedded.
        ValueError: the functions come in another order.
    """
    builder, last = ColumnsBuilder(), ("", "")
    for function in functions:
        place = (function.function_key, function.function_id)
        if place <= last:
            raise ValueError(
                f"{place} comes after {last}: sort the functions by function_key and function_id"
            )
        last = place
        builder.add(fields_of(function, params))
    columns = builder.finish()
    vectors = embed_pools(embedder, columns.pools.labels, columns.pools.descriptions)
    scorer = Scorer(columns, vectors)
    if params.formula == "evidence":
        results = find_results(columns, vectors, scorer, params)
    else:
        results = baseline_links(columns, embedder, params)
    shared = find_shared(columns, scorer, params)
    random_links = [without(links, (results, shared)) for links in draw_links(columns, scorer, params)]
    return Found(columns, scorer, (results, shared, *random_links))


async def edge_parts(
    functions: Iterable[FunctionSpec],
    embedder: Embedder,
    chat: ChatModel,
    params: GraphParams,
    in_flight: int = 64,
) -> Iterator[pl.DataFrame]:
    """Every candidate link with its verdict as rows of `graph/edges`, some at a time; rejected ones stay, marked.

    Raises:
        EmbedError: the texts could not be embedded.
        EndpointError, BudgetError: the validator can be asked no more.
        ValueError: the functions do not come in the order of their keys.
    """
    found = find_links(functions, embedder, params)
    judged = await judge_links(found.columns, found.candidates, chat, params, in_flight)
    return frame_edges(found.columns, found.scorer, found.candidates, judged, params)


async def build_edges(
    functions: Iterable[FunctionSpec],
    embedder: Embedder,
    chat: ChatModel,
    params: GraphParams,
    in_flight: int = 64,
) -> pl.DataFrame:
    """What `edge_parts` gives, in one frame."""
    parts = list(await edge_parts(functions, embedder, chat, params, in_flight))
    return pl.concat(parts) if parts else EDGES.empty().drop(BUILD_TOKEN)
