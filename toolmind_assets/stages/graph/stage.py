"""The stage `graph`: which output can fill which input."""

import asyncio
import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import polars as pl

from toolmind_assets.model.edges import Edge, EdgeVerdict
from toolmind_assets.stages.graph import roles
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_assets.stages.graph.validator import EdgeContext
from toolmind_assets.steps.figures import Bars, Figure, Figures, Network, Records, counted
from toolmind_assets.steps.making import Making
from toolmind_assets.steps.reads import Read
from toolmind_assets.steps.step import Made, Stage, Step
from toolmind_assets.tables.functions import functions_by_key
from toolmind_assets.tables.graph import EDGES
from toolmind_assets.tables.rows import decode_rows
from toolmind_assets.tables.specs import FUNCTIONS
from toolmind_resources.chat.embedded import EmbeddedErrors
from toolmind_resources.chat.model import ChatReply, ChatRequest

if TYPE_CHECKING:
    from toolmind_assets.stages.graph.graph_statistics import GraphStatistics
    from toolmind_resources.embed.model import Embedder


class GraphOutside(Protocol):
    """What the stage wants from outside."""

    @property
    def in_flight(self) -> int:
        """Links in the making at once."""
        ...

    def embedder(self) -> "Embedder":
        """What turns texts into vectors."""
        ...

    def embedder_settings(self) -> object:
        """What about the embedder decides vectors, JSON-able."""
        ...


def _build(making: Making[GraphParams]) -> Made:
    from toolmind_assets.stages.graph.build import build_edges  # scipy costs most of a second

    outside: GraphOutside = making.outside
    functions = making.read(FUNCTIONS)
    with making.chat() as chat:
        linking = build_edges(
            functions_by_key(functions), outside.embedder(), chat, making.params, outside.in_flight
        )
        edges = asyncio.run(linking)
    return Made({EDGES: edges}, (functions, edges))


def _embedder(outside: GraphOutside, _: str | None, __: GraphParams) -> object:
    return outside.embedder_settings()


def _figures(made: Sequence[tuple[pl.DataFrame, pl.DataFrame]], _: Making[GraphParams]) -> Figures:
    """Counts, figures of the whole, and the part of the graph that most chains can run through, drawn."""
    from toolmind_assets.stages.graph.graph_part import interesting_part
    from toolmind_assets.stages.graph.graph_statistics import graph_statistics

    functions, edges = made[-1]
    accepted = decode_rows(Edge, edges.filter(pl.col("verdict") == EdgeVerdict.ACCEPTED.value))
    part = interesting_part(functions_by_key(functions), accepted)
    centre = next((name for _, name in part.nodes(data="name")), "-")
    figures: dict[str, Figure] = {
        "by kind and verdict": counted("edges", map(" ".join, edges.select("kind", "verdict").iter_rows())),
        "why rejected": counted("edges", edges.filter(pl.col("reason") != "")["reason"]),
        **graph_figures(graph_statistics(functions_by_key(functions), edges)),
        "a part of the graph": Network(f"Part of the function graph around {centre}", part, list(part)[:1]),
    }
    return {EDGES: figures}


def graph_figures(found: "GraphStatistics") -> dict[str, Figure]:
    """Coverage and components as numbers, which the UI plots over time; hubs as tables; degrees drawn."""
    figures: dict[str, Figure] = {
        "n_linked_functions": found.n_linked,
        "linked_functions_ratio": float(found.linked_ratio),
        "n_fed_parameters": found.n_fed,
        "fed_parameters_ratio": float(found.fed_ratio),
        "n_edges_per_fed_parameter": float(found.edges_per_fed),
        "n_components": found.n_components,
        "largest_component_ratio": float(found.largest_ratio),
    }
    for degrees, ends in ((found.gives, "linked to"), (found.takes, "linked from")):
        hubs = [
            {"function": hub.name, "functions": hub.n_partners, "by a result": hub.n_flows}
            for hub in degrees.hubs
        ]
        none = {"function": "-", "functions": 0, "by a result": 0}
        figures[f"functions {ends} most"] = Records(hubs, none)
        title = f"Functions by how many they are {ends}"
        figures[f"how many functions are {ends}"] = Bars(title, degrees.bars, "functions")
    return figures


def _score_edge(request: ChatRequest, rng: random.Random, errors: EmbeddedErrors) -> ChatReply:
    from toolmind_assets.stages.graph.stand_in import RULES  # numpy costs a tenth of a second

    return RULES[roles.EDGE_VALIDATOR](request, rng, errors)


BUILD_EDGES = Step(
    name="build_edges",
    description="Field-level links between functions, each with its verdict; rejected ones stay, marked.",
    makes=(EDGES,),
    make=_build,
    reads=(Read(FUNCTIONS),),
    params=GraphParams,
    roles=(roles.EDGE_VALIDATOR,),
    inputs=_embedder,
    figures=_figures,
    packages=("toolmind_resources.embed",),
    asks_embedder=True,
    kinds=("graph",),
)

STAGE = Stage(
    name="graph",
    steps=(BUILD_EDGES,),
    section=GraphParams,
    stand_in={roles.EDGE_VALIDATOR: _score_edge},
    contexts=(EdgeContext,),
)
