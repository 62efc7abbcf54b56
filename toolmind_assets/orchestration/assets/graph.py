"""Assets of the stage `graph`."""

import asyncio
from collections.abc import Iterator

import dagster as dg
import polars as pl

from toolmind_assets.model.edges import Edge, EdgeVerdict
from toolmind_assets.orchestration.factory import (
    charged,
    counted,
    defaults_from,
    deps_of,
    picture,
    table_outs,
    yield_builds,
)
from toolmind_assets.orchestration.partitions import SETTINGS
from toolmind_assets.reports.graph_part import interesting_part
from toolmind_assets.reports.graph_statistics import GraphStatistics, graph_statistics
from toolmind_assets.reports.pictures import draw_bars, draw_graph
from toolmind_assets.settings.chat_models import EMBEDDED_SOURCES, chat_settings, embedder_of
from toolmind_assets.stages.graph.build import build_edges
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_assets.steps.step import Rows, Step, Work
from toolmind_assets.tables import EDGES, FUNCTIONS
from toolmind_assets.tables.functions import functions_by_key
from toolmind_assets.tables.rows import decode_rows
from toolmind_resources.chat.model import ChatProvider, Role
from toolmind_resources.delta.resource import StoreResource
from toolmind_resources.delta.table import Table

STEP = Step(
    "build_edges",
    makes=(EDGES,),
    reads=(FUNCTIONS,),
    packages=("toolmind_resources.embed", *EMBEDDED_SOURCES),
)


@defaults_from(SETTINGS.config.graph)
class GraphConfig(dg.Config, GraphParams):
    """How links are found and which of them are kept."""


def work(params: GraphParams) -> Work:
    """The step with these parameters."""
    config = SETTINGS.config
    chosen = params.model_dump(include=set(GraphParams.model_fields))
    embedder = config.embedder.model_dump(include={"kind", "model"})
    settings = [chosen, embedder, chat_settings(config, [Role.EDGE_VALIDATOR])]
    return Work(STEP, lambda _: settings)


@dg.multi_asset(
    name=STEP.name,
    outs=table_outs(STEP, "graph"),
    deps=deps_of(STEP),
    backfill_policy=dg.BackfillPolicy.single_run(),
    pool="chat",
)
def edges(
    context: dg.AssetExecutionContext,
    config: GraphConfig,
    store: StoreResource,
    chat: dg.ResourceParam[ChatProvider],
) -> Iterator[dg.Output]:
    """Field-level links between functions, each with its verdict; rejected ones stay, marked."""
    tables = store.store()
    shown: dict[Table, dict[str, dg.MetadataValue]] = {}

    def make(_: str | None) -> Rows:
        functions = tables.read(FUNCTIONS)
        embedder = embedder_of(SETTINGS.config.embedder, SETTINGS.vectors)
        with charged(context, chat, STEP, None) as model:
            linking = build_edges(
                functions_by_key(functions), embedder, model, config, SETTINGS.config.shards.in_flight
            )
            made = asyncio.run(linking)
        shown[EDGES] = _metadata(functions, made)
        return {EDGES: made}

    yield from yield_builds(context, work(config).build(tables, [None], make), shown)


def _metadata(functions: pl.DataFrame, made: pl.DataFrame) -> dict[str, dg.MetadataValue]:
    """Counts, figures of the whole, and the part of the graph that most chains can run through, drawn."""
    accepted = decode_rows(Edge, made.filter(pl.col("verdict") == EdgeVerdict.ACCEPTED.value))
    part = interesting_part(functions_by_key(functions), accepted)
    centre = next((name for _, name in part.nodes(data="name")), "-")
    drawn = draw_graph(f"Part of the function graph around {centre}", part, list(part)[:1])
    return {
        "by kind and verdict": counted("edges", map(" ".join, made.select("kind", "verdict").iter_rows())),
        "why rejected": counted("edges", made.filter(pl.col("reason") != "")["reason"]),
        **graph_figures(graph_statistics(functions_by_key(functions), made)),
        "a part of the graph": picture(drawn, "a part of the function graph"),
    }


def graph_figures(found: GraphStatistics) -> dict[str, dg.MetadataValue]:
    """Coverage and components as numbers, which the UI plots over time; hubs as tables; degrees drawn."""
    shown: dict[str, dg.MetadataValue] = {
        "n_linked_functions": dg.MetadataValue.int(found.n_linked),
        "linked_functions_ratio": dg.MetadataValue.float(found.linked_ratio),
        "n_fed_parameters": dg.MetadataValue.int(found.n_fed),
        "fed_parameters_ratio": dg.MetadataValue.float(found.fed_ratio),
        "n_edges_per_fed_parameter": dg.MetadataValue.float(found.edges_per_fed),
        "n_components": dg.MetadataValue.int(found.n_components),
        "largest_component_ratio": dg.MetadataValue.float(found.largest_ratio),
    }
    for degrees, ends in ((found.gives, "linked to"), (found.takes, "linked from")):
        hubs = [
            dg.TableRecord({"function": hub.name, "functions": hub.n_partners, "by a result": hub.n_flows})
            for hub in degrees.hubs
        ]
        none = dg.TableRecord({"function": "-", "functions": 0, "by a result": 0})
        shown[f"functions {ends} most"] = dg.MetadataValue.table(hubs or [none])
        drawn = draw_bars(f"Functions by how many they are {ends}", degrees.bars, "functions")
        shown[f"how many functions are {ends}"] = picture(drawn, f"functions by how many they are {ends}")
    return shown
