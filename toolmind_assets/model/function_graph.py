"""The function graph as walks and plans see it: accepted links only, in one fixed order."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import networkx as nx

from toolmind_assets.model.edges import Edge, EdgeKind, EdgeVerdict


@dataclass(frozen=True, slots=True)
class Link:
    """All that leads from one function to another.

    Attributes:
        target_id: Function to go to.
        kind: P-R where any of the edges is, since it carries a value; else P-P.
        score: The best score of that kind.
        edges: Every accepted edge, P-R first, the best first.
    """

    target_id: str
    kind: EdgeKind
    score: float
    edges: tuple[Edge, ...]


class FunctionGraph:
    """Functions joined by accepted edges, whatever the order in which the edges come."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        """A graph over the accepted ones of `edges`."""
        pairs: dict[tuple[str, str], list[Edge]] = defaultdict(list)
        for edge in edges:
            if edge.verdict is EdgeVerdict.ACCEPTED:
                pairs[edge.source_function_id, edge.target_function_id].append(edge)
        self.digraph: nx.DiGraph = nx.DiGraph()
        for (source_id, target_id), between in sorted(pairs.items()):
            self.digraph.add_edge(source_id, target_id, link=_link(target_id, between))
        self._successors = {
            function_id: tuple(sorted(self._links_from(function_id), key=_link_order))
            for function_id in self.digraph
        }

    def successors(self, function_id: str) -> tuple[Link, ...]:
        """Links that lead away from a function, P-R first, the best first; empty for an unlinked one."""
        return self._successors.get(function_id, ())

    def edges_between(self, source_id: str, target_id: str) -> tuple[Edge, ...]:
        """Edges from one function to another, P-R first, the best first; empty where there are none."""
        if not self.digraph.has_edge(source_id, target_id):
            return ()
        return self.digraph.edges[source_id, target_id]["link"].edges

    def _links_from(self, function_id: str) -> list[Link]:
        return [ends["link"] for _, _, ends in self.digraph.out_edges(function_id, data=True)]


def _link(target_id: str, edges: list[Edge]) -> Link:
    ordered = tuple(sorted(edges, key=_edge_order))
    return Link(target_id=target_id, kind=ordered[0].kind, score=ordered[0].score, edges=ordered)


def _edge_order(edge: Edge) -> tuple[bool, float, str]:
    return edge.kind is not EdgeKind.RESULT_TO_PARAMETER, -edge.score, edge.edge_id


def _link_order(link: Link) -> tuple[bool, float, str]:
    return link.kind is not EdgeKind.RESULT_TO_PARAMETER, -link.score, link.target_id
