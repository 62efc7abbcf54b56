"""Which part of the function graph is worth a picture; how it is drawn is said in `toolmind_assets.reports.pictures`."""

from collections.abc import Iterable

import networkx as nx

from toolmind_assets.model.edges import Edge, EdgeKind
from toolmind_assets.model.function_graph import FunctionGraph, Link
from toolmind_assets.model.functions import FunctionSpec

_Pair = tuple[str, str]


def interesting_part(
    functions: Iterable[FunctionSpec], edges: Iterable[Edge], n_nodes: int = 30
) -> nx.DiGraph:
    """At most `n_nodes` functions around the one that most chains can run through, and the best links among them.

    The centre is the function that both takes values from and gives values to the most others over accepted
    P-R links: one that only gives is a hub of which a picture shows a star. From there, round by round, each
    function of the part brings in the best linked one that is not in it yet, P-R before P-P. The links are
    those over which functions came in, and the best one of each function: all of them would be a thicket.

    Returns:
        Nodes are function ids with `name` and `domain`, the centre first; edges have the `kind` of their link,
        P-R where any of its fields is. `graph["n_links"]` counts all links among the nodes. Connected, the same
        whatever the order in which functions and edges come, and empty where no edge is accepted.
    """
    digraph = FunctionGraph(edges).digraph
    known = {function.function_id: function for function in functions}
    whole = digraph.edge_subgraph(
        (source, target)
        for source, target in digraph.edges
        if source != target and source in known and target in known
    )
    part: nx.DiGraph = nx.DiGraph(n_links=0)
    if not whole or n_nodes < 1:
        return part
    came = _grown(whole, min(whole, key=lambda node: _centre_order(whole, node)), n_nodes)
    for node in came:
        part.add_node(node, name=known[node].name, domain=known[node].domain.value)
    best = [next((pair for pair in _links(whole, node) if set(pair) <= set(came)), None) for node in came]
    for source, target in sorted({pair for pair in (*came.values(), *best) if pair is not None}):
        part.add_edge(source, target, kind=whole.edges[source, target]["link"].kind.value)
    part.graph["n_links"] = whole.subgraph(came).number_of_edges()
    return part


def _centre_order(graph: nx.DiGraph, node: str) -> tuple[int, int, int, str]:
    """First the function that takes and gives most, then the one with the most links, then by id."""
    n_in = sum(_is_flow(link) for _, _, link in graph.in_edges(node, data="link"))
    n_out = sum(_is_flow(link) for _, _, link in graph.out_edges(node, data="link"))
    return -min(n_in, n_out), -n_in - n_out, -len(graph.pred[node]) - len(graph.succ[node]), node


def _is_flow(link: Link) -> bool:
    return link.kind is EdgeKind.RESULT_TO_PARAMETER


def _grown(graph: nx.DiGraph, centre: str, n_nodes: int) -> dict[str, _Pair | None]:
    """The centre and what was brought in, in that order, each with the link over which it came."""
    came: dict[str, _Pair | None] = {centre: None}
    n_before = 0
    while n_before < len(came) < n_nodes:
        n_before = len(came)
        for node in list(came):
            fresh = next((pair for pair in _links(graph, node) if not set(pair) <= set(came)), None)
            if fresh is not None and len(came) < n_nodes:
                came[fresh[1] if fresh[0] == node else fresh[0]] = fresh
    return came


def _links(graph: nx.DiGraph, node: str) -> list[_Pair]:
    """The links of a function in either direction, the best first."""
    links = [*graph.out_edges(node, data="link"), *graph.in_edges(node, data="link")]
    ordered = sorted(links, key=lambda end: (not _is_flow(end[2]), -end[2].score, end[0], end[1]))
    return [(source, target) for source, target, _ in ordered]
