"""`toolmind link`: the function graph outside of a run, made or as it stands."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import click
import polars as pl

from toolmind_assets.commands.printing import console
from toolmind_assets.commands.written_files import refuse_same, replace_option
from toolmind_assets.errors import InputError
from toolmind_assets.model.edges import Edge, EdgeVerdict
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.reports.graph_files import drawable_graph, write_gexf, write_graphml
from toolmind_assets.settings.chat_models import chat_of, embedder_of, new_period
from toolmind_assets.settings.config import Settings, load_settings
from toolmind_assets.stages.graph.build import build_edges
from toolmind_assets.stages.graph.explain import explain_link
from toolmind_assets.stages.graph.graph_statistics import graph_statistics, statistics_lines
from toolmind_assets.tables.functions import callable_functions, functions_by_key
from toolmind_assets.tables.graph import EDGES
from toolmind_assets.tables.rows import decode_rows
from toolmind_assets.tables.specs import FUNCTIONS
from toolmind_resources.chat.model import Charge
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import BUILD_TOKEN
from toolmind_resources.files.output import output_file

GRAPH_WRITERS = {"graphml": write_graphml, "gexf": write_gexf}
"""Form of a graph program's file -> what writes it."""


@click.command()
@click.argument("functions", type=click.Path(path_type=Path), required=False)
@click.option("--out", type=click.Path(path_type=Path), help="Parquet file for the edges.")
@click.option("--graphml", type=click.Path(path_type=Path), help="GraphML file for the accepted links.")
@click.option("--gexf", type=click.Path(path_type=Path), help="The same as GEXF, for Gephi.")
@click.option(
    "--explain",
    nargs=2,
    metavar="A B",
    help="Say why there is a link from function A to function B, or none.",
)
@replace_option
def link(
    functions: Path | None,
    out: Path | None,
    graphml: Path | None,
    gexf: Path | None,
    explain: tuple[str, str] | None,
    replace: bool,
) -> None:
    """Functions -> the function graph, with its figures.

    FUNCTIONS is a Parquet file that `toolmind normalize` wrote; without it, the graph is the one that the last
    run has made.
    """
    named = {"parquet": out, "graphml": graphml, "gexf": gexf}
    places = {form: path for form, path in named.items() if path is not None}
    refuse_same(*([functions] if functions else []), *places.values())
    if functions and not places and not explain:
        raise InputError("nothing is to be written: name a file with --out, --graphml or --gexf")
    with ExitStack() as opened:
        files = {form: opened.enter_context(output_file(path, replace)) for form, path in places.items()}
        linked = link_functions(load_settings(), functions) if functions else linked_by_run(load_settings())
        for form, file in files.items():
            linked.write(form, file)
    if explain:
        for line in linked.explain(load_settings(), *explain):
            console.print(line, markup=False, highlight=False)
        return
    for line in statistics_lines(graph_statistics(linked.functions(), linked.edges)):
        console.print(line, markup=False)
    for path in places.values():
        console.print(f"-> {path}", markup=False)


@dataclass(frozen=True, slots=True)
class LinkedFunctions:
    """Functions with the columns of `specs/functions`, and the edges between them with those of `graph/edges`."""

    frame: pl.DataFrame
    edges: pl.DataFrame

    def functions(self) -> Iterator[FunctionSpec]:
        """The functions as callers see them, in the order of their keys."""
        return functions_by_key(self.frame)

    def write(self, form: str, file: BinaryIO) -> None:
        """Writes the edges as `parquet`, or functions and accepted edges as `graphml` or `gexf`."""
        if form == "parquet":
            self.edges.write_parquet(file)
            return
        accepted = self.edges.filter(pl.col("verdict") == EdgeVerdict.ACCEPTED.value)
        GRAPH_WRITERS[form](drawable_graph(self.functions(), decode_rows(Edge, accepted)), file)

    def explain(self, settings: Settings, source: str, target: str) -> Iterator[str]:
        """Lines of text on why there is a link from one function to another, or none; by name, key or id.

        Raises:
            InputError: there is no such function, or more than one of that name.
        """
        giver, taker = self._function(source), self._function(target)
        edges = self.edges.filter(pl.col("target_function_id") == taker.function_id)
        embedder = embedder_of(settings.config.embedder, settings.vectors)
        yield from explain_link(
            giver, taker, self._beside(giver, taker), edges, embedder, settings.config.section("graph")
        )

    def _beside(self, *ends: FunctionSpec) -> list[FunctionSpec]:
        """The other functions of the namespaces of some."""
        at_home = pl.col("namespace").is_in([end.namespace for end in ends])
        themselves = pl.col("function_id").is_in([end.function_id for end in ends])
        return callable_functions(self.frame.filter(at_home & ~themselves))

    def _function(self, name: str) -> FunctionSpec:
        columns = ("name", "source_name", "function_key", "function_id")
        for column in columns:
            found = self.frame.filter(pl.col(column) == name)
            if found.height == 1:
                return callable_functions(found)[0]
            if found.height:
                names = ", ".join(found["name"].sort().head(5))
                raise InputError(f"{found.height} functions are called {name!r}: name one of {names}")
        raise InputError(f"there is no function {name!r}; functions are named by {', '.join(columns)}")


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


def link_functions(settings: Settings, path: Path) -> LinkedFunctions:
    """The functions of a Parquet file, linked.

    Raises:
        InputError: the file cannot be read, or lacks columns of `specs/functions`.
    """
    frame, config = read_functions(path), settings.config
    embedder = embedder_of(config.embedder, settings.vectors)
    with chat_of(settings).charged_to(Charge(new_period("link"), "link")) as chat:
        linking = build_edges(
            functions_by_key(frame), embedder, chat, config.section("graph"), config.shards.in_flight
        )
        edges = asyncio.run(linking)
    return LinkedFunctions(frame, edges)


def linked_by_run(settings: Settings) -> LinkedFunctions:
    """The graph as the last run has made it.

    Raises:
        InputError: no run has made one yet.
    """
    store = DeltaStore(settings.tables)
    if store.version(EDGES) is None:
        raise InputError(
            f"there is no graph in {settings.tables}; make one: toolmind run, or name a Parquet file of functions"
        )
    return LinkedFunctions(store.read(FUNCTIONS), store.read(EDGES).drop(BUILD_TOKEN))
