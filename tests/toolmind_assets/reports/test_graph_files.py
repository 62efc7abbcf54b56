from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolmind_assets.model.edges import Edge, EdgeVerdict
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.reports.graph_files import drawable_graph, write_gexf, write_graphml

Write = Callable[[nx.DiGraph, BytesIO], None]
FORMS: dict[str, tuple[Write, Callable[[BytesIO], nx.DiGraph]]] = {
    "graphml": (write_graphml, nx.read_graphml),
    "gexf": (write_gexf, nx.read_gexf),
}
each_form = pytest.mark.parametrize("form", FORMS)


@pytest.fixture
def functions(make) -> list[FunctionSpec]:
    found, got = make.function("find_order"), make.function("get_order")
    return [found, replace(got, namespace='a <shop> & "more"'), make.function("alone")]


@pytest.fixture
def edges(make, functions) -> list[Edge]:
    found, got, alone = functions
    return [
        make.edge(found, "orders[].order_id", got, "order_id", score=0.9),
        make.edge(found, "orders[].owner", got, "owner", score=0.7),
        make.edge(found, "status", got, "status", "P-P", score=1.0),
        replace(make.edge(alone, "id", got, "order_id"), verdict=EdgeVerdict.REJECTED),
    ]


def written(form: str, graph: nx.DiGraph) -> bytes:
    file = BytesIO()
    FORMS[form][0](graph, file)
    return file.getvalue()


def read(form: str, content: bytes) -> nx.DiGraph:
    """The graph of a file, without the numbers that GEXF gives to edges."""
    graph = FORMS[form][1](BytesIO(content))
    for _, _, attributes in graph.edges(data=True):
        attributes.pop("id", None)
    return graph


def test_an_edge_is_the_best_field_link_of_two_functions_and_counts_them_all(functions, edges):
    found, got, _ = (function.function_id for function in functions)
    assert list(drawable_graph(functions, edges).edges(data=True)) == [
        (
            found,
            got,
            {
                "kind": "P-R",
                "score": 0.9,
                "weight": 0.9,
                "output_path": "orders[].order_id",
                "input_path": "order_id",
                "n_field_links": 3,
            },
        )
    ]


@each_form
def test_networkx_reads_back_what_was_written(form: str, functions, edges):
    graph = drawable_graph(functions, edges)
    found = read(form, written(form, graph))
    assert found.is_directed()
    assert {node: dict(attributes) for node, attributes in found.nodes(data=True)} == {
        node: dict(attributes) for node, attributes in graph.nodes(data=True)
    }
    assert list(found.edges(data=True)) == list(graph.edges(data=True))


@each_form
def test_the_same_graph_has_the_same_bytes_whatever_the_order(form: str, functions, edges):
    one = written(form, drawable_graph(functions, edges))
    assert written(form, drawable_graph(functions[::-1], edges[::-1])) == one
    assert b"lastmodified" not in one


@each_form
@settings(max_examples=25)
@given(text=st.text(max_size=12) | st.sampled_from(["\x00", "a\x1fb", "\ud800", "\ufffe", "\r\n\t", "\x85"]))
def test_any_text_gives_valid_xml(form: str, make, text: str):
    one, other = (replace(make.function(name), namespace=text) for name in ("one", "other"))
    graph = drawable_graph([one, other], [make.edge(one, text, other, text)])
    content = written(form, graph)
    ElementTree.fromstring(content)
    assert list(read(form, content).edges(data="input_path")) == list(graph.edges(data="input_path"))


@each_form
def test_a_graph_without_functions_is_a_file_too(form: str):
    assert len(read(form, written(form, drawable_graph([], [])))) == 0
