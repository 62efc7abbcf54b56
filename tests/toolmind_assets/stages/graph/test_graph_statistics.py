from dataclasses import replace

import networkx as nx
import polars as pl
import pytest

from toolmind_assets.model.edges import Edge, EdgeVerdict
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.stages.graph.graph_statistics import Degrees, Hub, graph_statistics, statistics_lines
from toolmind_assets.tables.graph import EDGES
from toolmind_assets.tables.rows import encode_rows

STRING = {"type": "string"}
NAMES = ("find", "get", "delete", "rename", "ping", "pong", "alone")


@pytest.fixture
def functions(make) -> dict[str, FunctionSpec]:
    return {name: make.function(name, {"id": STRING, "filter": {"type": "object"}}) for name in NAMES}


@pytest.fixture
def edges(make, functions) -> list[Edge]:
    """Four functions around `find` and `get`, two that share a parameter, and one edge that was rejected."""

    def edge(source: str, output: str, target: str, into: str, kind: str = "P-R") -> Edge:
        return make.edge(functions[source], output, functions[target], into, kind)

    return [
        edge("find", "orders[].id", "get", "id"),
        edge("find", "orders[].id", "get", "filter.ids[]"),
        edge("find", "orders[].owner", "get", "filter.owner"),
        edge("find", "orders[].id", "delete", "id"),
        edge("get", "id", "rename", "id", "P-P"),
        edge("get", "id", "delete", "id"),
        edge("ping", "id", "pong", "id", "P-P"),
        edge("pong", "id", "ping", "id", "P-P"),
        replace(edge("alone", "id", "find", "id"), verdict=EdgeVerdict.REJECTED),
    ]


def frame(edges: list[Edge]) -> pl.DataFrame:
    return encode_rows(EDGES, edges)


def test_coverage_counts_functions_with_a_link_and_parameters_that_a_result_can_fill(functions, edges):
    found = graph_statistics(list(functions.values()), frame(edges))
    assert (found.n_functions, found.n_linked) == (7, 6)
    assert (found.n_parameters, found.n_fed, found.n_feeding_edges) == (14, 3, 5)
    assert found.edges_per_fed == pytest.approx(5 / 3)


def test_components_are_those_that_links_of_any_direction_join(functions, edges):
    found = graph_statistics(list(functions.values()), frame(edges))
    assert (found.n_components, found.n_largest) == (2, 4)
    assert found.largest_ratio == pytest.approx(4 / 7)


def test_degrees_count_partners_and_not_edges(functions, edges):
    found = graph_statistics(list(functions.values()), frame(edges))
    assert found.gives.counts == {0: 3, 1: 2, 2: 2}
    assert found.takes.counts == {0: 2, 1: 4, 2: 1}
    assert [(hub.name, hub.n_partners, hub.n_flows) for hub in found.gives.hubs[:2]] == [
        ("find", 2, 2),
        ("get", 2, 1),
    ]
    assert found.takes.hubs[0] == Hub(functions["delete"].function_id, "delete", 2, 2)


def test_figures_agree_with_networkx(functions, edges):
    graph = nx.DiGraph(
        (edge.source_function_id, edge.target_function_id)
        for edge in edges
        if edge.verdict is EdgeVerdict.ACCEPTED
    )
    found = graph_statistics(list(functions.values()), frame(edges))
    assert found.n_components == nx.number_weakly_connected_components(graph)
    assert sum(degree * n for degree, n in found.gives.counts.items()) == graph.number_of_edges()


def test_verdicts_are_counted_by_kind_rejected_ones_too(functions, edges):
    found = graph_statistics(list(functions.values()), frame(edges))
    assert found.verdicts == {("P-P", "accepted"): 3, ("P-R", "accepted"): 5, ("P-R", "rejected"): 1}


def test_the_order_of_functions_and_edges_does_not_matter(functions, edges):
    listed = list(functions.values())
    assert graph_statistics(listed, frame(edges)) == graph_statistics(listed[::-1], frame(edges[::-1]))


def test_edges_of_functions_that_are_gone_are_left_out(functions, edges):
    del functions["find"]
    found = graph_statistics(list(functions.values()), frame(edges))
    assert found.verdicts == {("P-P", "accepted"): 3, ("P-R", "accepted"): 1}


def test_an_empty_graph_has_figures_too():
    found = graph_statistics([], frame([]))
    assert (found.linked_ratio, found.fed_ratio, found.largest_ratio, found.gives.bars) == (0, 0, 0, [])
    assert statistics_lines(found)[-1] == "linked from most: none"


def test_bars_double_from_one_to_the_next():
    bars = Degrees({0: 5, 1: 4, 3: 2, 9: 1}, ()).bars
    assert bars == [("0", 5), ("1", 4), ("2–3", 2), ("4–7", 0), ("8–15", 1)]


def test_lines_say_the_figures(functions, edges):
    lines = statistics_lines(graph_statistics(list(functions.values()), frame(edges)))
    assert lines == [
        "edges: P-R 5 accepted and 1 rejected, P-P 3 accepted and 0 rejected",
        "functions with a link: 6 of 7 (86%)",
        "parameters that a result can fill: 3 of 14 (21%), by 1.7 edges each",
        "components: 2, the largest of 4 functions (57%)",
        "linked to most: find (2), get (2), ping (1)",
        "linked from most: delete (2), get (1), ping (1)",
    ]
