"""Which part of the function graph is worth a picture; how it is drawn is said in `toolmind_assets.pictures`."""

from collections.abc import Iterable

import networkx as nx

from toolmind_assets.model.edges import Edge, EdgeKind
from toolmind_assets.model.function_graph import FunctionGraph, Link
from toolmind_assets.model.functions import FunctionSpec


def interesting_part(
    functions: Iterable[FunctionSpec], edges: Iterable[Edge], n_nodes: int = 30
) -> nx.DiGraph:
    """At most `n_nodes` functions around the one that most chains can run through, with all links among them.

    The centre is the function that both takes values from and gives values to the most others over accepted
    P-R links: one that only gives is a hub of which a picture shows a star. From there, round by round, each
    function of the part brings in the best linked one that is not in it yet, P-R before P-P. The part is
    connected, and the same whatever the order in which functions and edges come.

    Returns:
        Nodes are function ids with `name` and `domain`, the centre first; edges have the `kind` of their link,
        P-R where any of its fields is. Empty where no edge is accepted.
    """
    digraph = FunctionGraph(edges).digraph
    known = {function.function_id: function for function in functions}
    whole = digraph.subgraph(node for node in digraph if node in known)
    part: nx.DiGraph = nx.DiGraph()
    if not whole or n_nodes < 1:
        return part
    chosen = _grown(whole, min(whole, key=lambda node: _centre_order(whole, node)), n_nodes)
    for node in chosen:
        part.add_node(node, name=known[node].name, domain=known[node].domain.value)
    for source, target, link in sorted(whole.subgraph(chosen).edges(data="link")):
        part.add_edge(source, target, kind=link.kind.value)
    return part


def _centre_order(graph: nx.DiGraph, node: str) -> tuple[int, int, int, str]:
    """First the function that takes and gives most, then the one with the most links, then by id."""
    n_in = sum(_is_flow(link) for _, _, link in graph.in_edges(node, data="link"))
    n_out = sum(_is_flow(link) for _, _, link in graph.out_edges(node, data="link"))
    return -min(n_in, n_out), -n_in - n_out, -len(graph.pred[node]) - len(graph.succ[node]), node


def _is_flow(link: Link) -> bool:
    return link.kind is EdgeKind.RESULT_TO_PARAMETER


def _grown(graph: nx.DiGraph, centre: str, n_nodes: int) -> list[str]:
    """The centre and what was brought in, in that order."""
    chosen = [centre]
    waiting = {centre: _neighbours(graph, centre)}
    while len(chosen) < n_nodes:
        n_before = len(chosen)
        for node in chosen[:n_before]:
            brought = next((other for other in waiting[node] if other not in waiting), None)
            if brought is not None and len(chosen) < n_nodes:
                chosen.append(brought)
                waiting[brought] = _neighbours(graph, brought)
        if len(chosen) == n_before:
            break
    return chosen


def _neighbours(graph: nx.DiGraph, node: str) -> list[str]:
    """Functions linked with one in either direction, the best link first; one linked both ways comes twice."""
    links = [(other, link) for _, other, link in graph.out_edges(node, data="link")]
    links += [(other, link) for other, _, link in graph.in_edges(node, data="link")]
    ordered = sorted(links, key=lambda pair: (not _is_flow(pair[1]), -pair[1].score, pair[0]))
    return [other for other, _ in ordered if other != node]
