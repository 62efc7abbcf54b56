"""What the function graph looks like in numbers; how they are shown is said where they are shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from toolmind_assets.model.edges import EdgeKind, EdgeVerdict
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.paths import parse_path

N_HUBS = 10


@dataclass(frozen=True, slots=True)
class Hub:
    """A function with many partners on one side.

    Attributes:
        function_id, name: The function.
        n_partners: Functions on the other end of its links, of either kind.
        n_flows: Those of them where a result fills a parameter.
    """

    function_id: str
    name: str
    n_partners: int
    n_flows: int


@dataclass(frozen=True, slots=True)
class Degrees:
    """How many partners functions have on one side.

    Attributes:
        counts: Number of partners, from 0 -> number of functions, in ascending order.
        hubs: The functions with the most partners, most first, of equals by name.
    """

    counts: Mapping[int, int]
    hubs: tuple[Hub, ...]

    @property
    def bars(self) -> list[tuple[str, int]]:
        """Number of functions by number of partners: 0, 1, 2–3, 4–7 and so on, up to the most that one has."""
        sums: dict[int, int] = {}
        for degree, n_functions in self.counts.items():
            sums[degree.bit_length()] = sums.get(degree.bit_length(), 0) + n_functions
        return [(_bin_name(bits), sums.get(bits, 0)) for bits in range(max(sums, default=-1) + 1)]


@dataclass(frozen=True, slots=True)
class GraphStatistics:
    """Figures of accepted edges; only `verdicts` counts rejected ones too.

    Attributes:
        n_functions, n_linked: Functions; those with a link to or from another.
        n_parameters, n_fed, n_feeding_edges: Parameters, at the top of a function's schema; those that a result
            can fill, in whole or in part; the edges that do.
        n_components, n_largest: Groups of functions that links of any direction join; functions of the largest.
        gives, takes: Partners that links lead to, and come from.
        verdicts: `(kind, verdict)` -> edges.
    """

    n_functions: int
    n_linked: int
    n_parameters: int
    n_fed: int
    n_feeding_edges: int
    n_components: int
    n_largest: int
    gives: Degrees
    takes: Degrees
    verdicts: Mapping[tuple[str, str], int]

    @property
    def linked_ratio(self) -> float:
        """Share of the functions that have a link."""
        return _ratio(self.n_linked, self.n_functions)

    @property
    def fed_ratio(self) -> float:
        """Share of the parameters that a result can fill."""
        return _ratio(self.n_fed, self.n_parameters)

    @property
    def edges_per_fed(self) -> float:
        """Edges that can fill a parameter, on average of those that any can."""
        return _ratio(self.n_feeding_edges, self.n_fed)

    @property
    def largest_ratio(self) -> float:
        """Share of all functions that the largest component holds."""
        return _ratio(self.n_largest, self.n_functions)


def graph_statistics(functions: Iterable[FunctionSpec], edges: pl.DataFrame) -> GraphStatistics:
    """The figures of a graph.

    Args:
        functions: The functions that were linked, as callers see them.
        edges: Rows with the columns `kind`, `source_function_id`, `target_function_id`, `input_path` and
            `verdict` of `graph/edges`; those whose ends are not among the functions are left out.
    """
    nodes, parameters = _functions(functions)
    edges = edges.select("kind", "source_function_id", "target_function_id", "input_path", "verdict")
    for end in ("source", "target"):
        places = nodes.select(pl.col("place").alias(end), pl.col("function_id").alias(f"{end}_function_id"))
        edges = edges.join(places, on=f"{end}_function_id").drop(f"{end}_function_id")
    accepted = edges.filter(pl.col("verdict") == EdgeVerdict.ACCEPTED.value)
    is_flow = pl.col("kind") == EdgeKind.RESULT_TO_PARAMETER.value
    others = accepted.filter(pl.col("source") != pl.col("target"))
    pairs = others.group_by("source", "target").agg(is_flow.any().alias("is_flow"))
    sizes = _component_sizes(nodes.height, pairs)
    n_fed, n_feeding = _fed_parameters(accepted.filter(is_flow), parameters)
    counted = edges.group_by("kind", "verdict").len().sort("kind", "verdict")
    return GraphStatistics(
        n_functions=nodes.height,
        n_linked=sum(sizes),
        n_parameters=parameters.height,
        n_fed=n_fed,
        n_feeding_edges=n_feeding,
        n_components=len(sizes),
        n_largest=max(sizes, default=0),
        gives=_degrees(nodes, pairs, "source"),
        takes=_degrees(nodes, pairs, "target"),
        verdicts={(kind, verdict): n for kind, verdict, n in counted.iter_rows()},
    )


def statistics_lines(statistics: GraphStatistics) -> list[str]:
    """The figures as lines of text, for a terminal."""
    found = statistics
    kinds = sorted({kind for kind, _ in found.verdicts}, reverse=True)
    by_kind = ", ".join(
        f"{kind} {found.verdicts.get((kind, EdgeVerdict.ACCEPTED.value), 0):,} accepted and "
        f"{found.verdicts.get((kind, EdgeVerdict.REJECTED.value), 0):,} rejected"
        for kind in kinds
    )
    return [
        f"edges: {by_kind or 'none'}",
        f"functions with a link: {found.n_linked:,} of {found.n_functions:,} ({found.linked_ratio:.0%})",
        f"parameters that a result can fill: {found.n_fed:,} of {found.n_parameters:,} "
        f"({found.fed_ratio:.0%}), by {found.edges_per_fed:.1f} edges each",
        f"components: {found.n_components:,}, the largest of {found.n_largest:,} functions "
        f"({found.largest_ratio:.0%})",
        f"linked to most: {_hub_names(found.gives.hubs)}",
        f"linked from most: {_hub_names(found.takes.hubs)}",
    ]


def _hub_names(hubs: Iterable[Hub]) -> str:
    return ", ".join(f"{hub.name} ({hub.n_partners:,})" for hub in list(hubs)[:3]) or "none"


def _functions(functions: Iterable[FunctionSpec]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Number, id and name of every function; function, by its number, and name of every parameter. None is held."""
    named, parameters = [], []
    for function in functions:
        named.append((function.function_id, function.name))
        parameters += [(function.function_id, name) for name in function.parameters.get("properties", {})]
    ends = {"function_id": pl.String, "name": pl.String}
    nodes = pl.DataFrame(named, schema=ends, orient="row").sort("function_id").with_row_index("place")
    own = pl.DataFrame(parameters, schema={"function_id": pl.String, "parameter": pl.String}, orient="row")
    numbered = own.join(nodes.select("function_id", pl.col("place").alias("target")), on="function_id")
    return nodes, numbered.select("target", "parameter")


def _component_sizes(n_nodes: int, pairs: pl.DataFrame) -> list[int]:
    """Functions of each weakly connected component of at least two."""
    ends = pairs["source"].to_numpy(), pairs["target"].to_numpy()
    links = coo_matrix((np.ones(pairs.height, np.int8), ends), shape=(n_nodes, n_nodes))
    _, labels = connected_components(links, directed=True, connection="weak")
    return [size for size in np.bincount(labels).tolist() if size > 1]


def _fed_parameters(flows: pl.DataFrame, parameters: pl.DataFrame) -> tuple[int, int]:
    """How many of the parameters any of the edges fills, and how many edges do."""
    paths = flows["input_path"].unique().to_list()  # functions share them: each is parsed once
    tops = [str(next(iter(parse_path(path)), "")) for path in paths]
    of_path = pl.DataFrame([paths, tops], schema={"input_path": pl.String, "parameter": pl.String})
    fed = flows.join(of_path, on="input_path").join(parameters, on=["target", "parameter"], how="semi")
    return fed.select("target", "parameter").n_unique(), fed.height


def _degrees(nodes: pl.DataFrame, pairs: pl.DataFrame, end: str) -> Degrees:
    partners = pairs.group_by(pl.col(end).alias("place")).agg(
        pl.len().cast(pl.Int64).alias("n_partners"), pl.col("is_flow").sum().cast(pl.Int64).alias("n_flows")
    )
    every = nodes.join(partners, on="place", how="left").with_columns(
        pl.col("n_partners", "n_flows").fill_null(0)
    )
    counts = every.group_by("n_partners").len().sort("n_partners")
    most = every.filter(pl.col("n_partners") > 0).sort(
        "n_partners", "n_flows", "name", descending=[True, True, False]
    )
    hubs = most.head(N_HUBS).select("function_id", "name", "n_partners", "n_flows")
    return Degrees(dict(counts.iter_rows()), tuple(Hub(*row) for row in hubs.iter_rows()))


def _bin_name(bits: int) -> str:
    """The degrees whose binary form has so many digits."""
    low, high = (1 << bits) >> 1, (1 << bits) - 1
    return f"{high}" if low >= high else f"{low}–{high}"


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
