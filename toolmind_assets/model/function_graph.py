"""The function graph as walks and plans see it: accepted links only, in one fixed order."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from toolmind_assets.model.edges import Edge, EdgeKind, EdgeVerdict

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True, slots=True)
class Link:
    """All that leads from one function to another.

    Attributes:
        target_id: Function to go to.
        kind: P-R where any of the edges is, since it carries a value; else P-P.
        score: Whether the value is right, of the best edge of that kind, 0 to 1.
        coherence: Whether both calls serve one goal, of the same edge, 0 to 1.
        edges: Every accepted edge, P-R first, the best first.
    """

    target_id: str
    kind: EdgeKind
    score: float
    coherence: float
    edges: tuple[Edge, ...]

    @property
    def weight(self) -> float:
        """Score times coherence: how good a next step it is, 0 to 1."""
        return self.score * self.coherence


class FunctionGraph:
    """Functions joined by accepted edges, whatever the order in which the edges come."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        """A graph over the accepted ones of `edges`."""
        pairs: dict[tuple[str, str], list[Edge]] = defaultdict(list)
        for edge in edges:
            if edge.verdict is EdgeVerdict.ACCEPTED:
                pairs[edge.source_function_id, edge.target_function_id].append(edge)
        self._links = {pair: _link(pair[1], between) for pair, between in sorted(pairs.items())}
        successors: dict[str, list[Link]] = defaultdict(list)
        predecessors: dict[str, list[str]] = defaultdict(list)
        for (source_id, target_id), link in self._links.items():
            successors[source_id].append(link)
            predecessors[target_id].append(source_id)
        self._successors = {
            source: tuple(sorted(links, key=_link_order)) for source, links in successors.items()
        }
        self._predecessors = {target: tuple(sources) for target, sources in predecessors.items()}

    @cached_property
    def functions(self) -> tuple[str, ...]:
        """Ids of the functions that have any link, sorted."""
        return tuple(sorted(self._successors.keys() | self._predecessors.keys()))

    @cached_property
    def digraph(self) -> "nx.DiGraph":
        """The graph for analysis and pictures: nodes are function ids, edges have their `link`."""
        import networkx as nx  # a quarter of a second, which walks need not spend

        digraph: nx.DiGraph = nx.DiGraph()
        digraph.add_edges_from((*pair, {"link": link}) for pair, link in self._links.items())
        return digraph

    def successors(self, function_id: str) -> tuple[Link, ...]:
        """Links that lead away from a function, P-R first, the best first; empty for an unlinked one."""
        return self._successors.get(function_id, ())

    def predecessors(self, function_id: str) -> Sequence[str]:
        """Ids of the functions from which a link leads to a function, sorted; empty for an unlinked one."""
        return self._predecessors.get(function_id, ())

    def carries_values(self, function_id: str) -> bool:
        """Whether a result of the function can fill a parameter of another one."""
        return any(
            link.kind is EdgeKind.RESULT_TO_PARAMETER and link.target_id != function_id
            for link in self.successors(function_id)
        )

    def edges_between(self, source_id: str, target_id: str) -> tuple[Edge, ...]:
        """Edges from one function to another, P-R first, the best first; empty where there are none."""
        link = self._links.get((source_id, target_id))
        return link.edges if link else ()


def _link(target_id: str, edges: list[Edge]) -> Link:
    ordered = tuple(sorted(edges, key=_edge_order)) if len(edges) > 1 else tuple(edges)
    best = ordered[0]
    return Link(target_id, best.kind, best.score, best.coherence_score, ordered)


def _edge_order(edge: Edge) -> tuple[bool, float, str]:
    weight = edge.score * edge.coherence_score
    return edge.kind is not EdgeKind.RESULT_TO_PARAMETER, -weight, edge.edge_id


def _link_order(link: Link) -> tuple[bool, float, str]:
    return link.kind is not EdgeKind.RESULT_TO_PARAMETER, -link.weight, link.target_id
