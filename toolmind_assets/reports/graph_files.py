"""The function graph in the files of graph programs: GraphML and GEXF, which Gephi, Cytoscape and networkx read."""

import re
from collections.abc import Iterable
from typing import BinaryIO

import networkx as nx
from networkx.readwrite.gexf import GEXFWriter

from toolmind_assets.model.edges import Edge
from toolmind_assets.model.function_graph import FunctionGraph
from toolmind_assets.model.functions import FunctionSpec

_NO_XML = re.compile(r"[^ -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no place for, or changes where it stands in an attribute: controls, surrogates, non-characters."""
_REPLACEMENT = "\ufffd"


def drawable_graph(functions: Iterable[FunctionSpec], edges: Iterable[Edge]) -> nx.DiGraph:
    """The functions and their accepted links, with attributes that are text and numbers, in one fixed order.

    Returns:
        Nodes are function ids with `label` and `name` (both the name), `namespace`, `domain` and `effect`; functions
        without a link are there too. There is one edge a pair of functions: `kind`, `score`, `output_path` and
        `input_path` of its best field link, `n_field_links`, and `weight`, which is the score. Characters that
        XML cannot hold are U+FFFD.
    """
    graph: nx.DiGraph = nx.DiGraph()
    for function in sorted(functions, key=lambda function: function.function_id):
        graph.add_node(
            function.function_id,
            label=_text(function.name),
            name=_text(function.name),
            namespace=_text(function.namespace),
            domain=function.domain.value,
            effect=function.effect.value,
        )
    for source_id, target_id, link in sorted(FunctionGraph(edges).digraph.edges(data="link")):
        if source_id in graph and target_id in graph:
            graph.add_edge(
                source_id,
                target_id,
                kind=link.kind.value,
                score=link.score,
                weight=link.score,
                output_path=_text(link.edges[0].output_path),
                input_path=_text(link.edges[0].input_path),
                n_field_links=len(link.edges),
            )
    return graph


def write_graphml(graph: nx.DiGraph, file: BinaryIO) -> None:
    """Writes a graph of `drawable_graph` as GraphML."""
    nx.write_graphml_xml(graph, file)  # the other writer asks for lxml, where that is there


def write_gexf(graph: nx.DiGraph, file: BinaryIO) -> None:
    """Writes a graph of `drawable_graph` as GEXF, without the day, so that the same graph has the same bytes."""
    writer = GEXFWriter()
    writer.add_graph(graph)
    for meta in writer.xml.iter("meta"):
        meta.attrib.clear()
    writer.write(file)


def _text(text: str) -> str:
    return _NO_XML.sub(_REPLACEMENT, text)
