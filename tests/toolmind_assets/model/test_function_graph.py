from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.model.edges import Edge, EdgeKind, EdgeVerdict
from toolmind_assets.model.function_graph import FunctionGraph

PR, PP = EdgeKind.RESULT_TO_PARAMETER, EdgeKind.SHARED_PARAMETER


def make_edge(source: str, target: str, kind: EdgeKind = PR, score: float = 0.5, path: str = "id") -> Edge:
    return Edge(
        edge_id=f"{kind.value}-{source}-{target}-{path}",
        kind=kind,
        source_function_id=source,
        output_path=path,
        target_function_id=target,
        input_path=path,
        score=score,
        agreement=score,
        compatibility=1.0,
        coherence_score=1.0,
        evidence={},
        transitivity=9,
        coherence=9,
        is_random=False,
        verdict=EdgeVerdict.ACCEPTED,
        reason="",
        model="",
        prompt_digest="",
    )


EDGES = (
    make_edge("a", "b", PP, 1.0),
    make_edge("a", "b", PR, 0.6),
    make_edge("a", "b", PR, 0.7, "key"),
    make_edge("a", "c", PR, 0.9),
    make_edge("a", "d", PP, 1.0),
    make_edge("b", "a", PP, 0.8),
    replace(make_edge("d", "a"), verdict=EdgeVerdict.REJECTED),
)


def test_links_that_carry_a_value_come_first_and_the_best_first() -> None:
    found = FunctionGraph(EDGES).successors("a")
    assert [(link.target_id, link.kind, link.score) for link in found] == [
        ("c", PR, 0.9),
        ("b", PR, 0.7),
        ("d", PP, 1.0),
    ]


def test_of_equal_scores_the_more_coherent_comes_first() -> None:
    near, far = make_edge("a", "b", score=0.9), make_edge("a", "c", score=0.9)
    found = FunctionGraph([replace(near, coherence_score=0.6), replace(far, coherence_score=0.8)])
    assert [(link.target_id, link.score, link.coherence) for link in found.successors("a")] == [
        ("c", 0.9, 0.8),
        ("b", 0.9, 0.6),
    ]
    assert found.successors("a")[0].weight == 0.9 * 0.8


def test_edges_between_two_functions_have_a_direction() -> None:
    graph = FunctionGraph(EDGES)
    assert [(edge.kind, edge.output_path) for edge in graph.edges_between("a", "b")] == [
        (PR, "key"),
        (PR, "id"),
        (PP, "id"),
    ]
    assert [edge.kind for edge in graph.edges_between("b", "a")] == [PP]


def test_rejected_edges_lead_nowhere() -> None:
    graph = FunctionGraph(EDGES)
    assert graph.successors("d") == ()
    assert graph.edges_between("d", "a") == ()


def test_an_unknown_function_has_no_links() -> None:
    assert FunctionGraph(()).successors("x") == ()


@given(st.permutations(EDGES))
def test_the_order_of_the_edges_changes_nothing(edges: list[Edge]) -> None:
    ours, theirs = FunctionGraph(edges), FunctionGraph(EDGES)
    assert list(ours.digraph) == list(theirs.digraph)
    assert [ours.successors(node) for node in "abcd"] == [theirs.successors(node) for node in "abcd"]
