import networkx as nx
import pytest

from toolmind_assets.model.edges import Edge, EdgeKind, EdgeVerdict
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.stages.graph.graph_part import interesting_part

NAMES = ("find_order", "get_order", "list_parts", "get_part", "delete_part", "rename_part", "unlinked")


@pytest.fixture
def functions(make) -> dict[str, FunctionSpec]:
    return {name: make.function(name) for name in NAMES}


def edge(
    source: FunctionSpec,
    target: FunctionSpec,
    kind: str = "P-R",
    score: float = 0.9,
    verdict: str = "accepted",
) -> Edge:
    ends = (source.function_id, "id", target.function_id, "id")
    return Edge(
        f"{source.name} {target.name} {kind}",
        EdgeKind(kind),
        *ends,
        score=score,
        agreement=score,
        compatibility=1.0,
        coherence_score=1.0,
        evidence={},
        transitivity=None,
        coherence=None,
        is_random=False,
        verdict=EdgeVerdict(verdict),
        reason="",
        model="",
        prompt_digest="",
    )


def edges_of(functions: dict[str, FunctionSpec], *pairs: str) -> list[Edge]:
    ends = [pair.split() for pair in pairs]
    return [edge(functions[source], functions[target]) for source, target in ends]


def names(part: nx.DiGraph) -> list[str]:
    return [str(part.nodes[node]["name"]) for node in part]


def test_the_centre_both_takes_and_gives(functions):
    """`find_order` gives to three and takes from none."""
    links = ("find_order get_order", "find_order get_part", "find_order list_parts", "list_parts delete_part")
    part = interesting_part(functions.values(), edges_of(functions, *links))
    assert names(part)[0] == "list_parts"
    assert sorted(names(part)) == ["delete_part", "find_order", "get_order", "get_part", "list_parts"]


def test_rejected_edges_and_unlinked_functions_are_left_out(functions):
    found, got, listed = functions["find_order"], functions["get_order"], functions["list_parts"]
    part = interesting_part(functions.values(), [edge(found, got), edge(got, listed, verdict="rejected")])
    assert sorted(names(part)) == ["find_order", "get_order"]


def test_the_best_links_come_first_and_results_before_shared_parameters(functions):
    hub = functions["list_parts"]
    edges = [
        edge(hub, functions["get_part"], score=0.5),
        edge(functions["find_order"], hub, score=0.6),
        edge(hub, functions["delete_part"], score=0.8),
        edge(hub, functions["rename_part"], kind="P-P", score=1.0),
    ]
    assert names(interesting_part(functions.values(), edges, 2)) == ["list_parts", "delete_part"]
    assert names(interesting_part(functions.values(), edges))[-1] == "rename_part"


def test_the_part_is_connected_and_counts_the_links_that_it_leaves_out(functions):
    linked = [functions[name] for name in NAMES[:-1]]
    every = [edge(one, other) for one in linked for other in linked if one is not other]
    part = interesting_part(functions.values(), every, 5)
    assert len(part) == 5
    assert nx.is_weakly_connected(part)
    assert part.graph["n_links"] == 20
    assert part.number_of_edges() < 10


def test_the_order_of_functions_and_edges_does_not_matter(functions):
    linked = [functions[name] for name in NAMES[:-1]]
    edges = [edge(one, other) for one in linked for other in linked if one.name < other.name]
    one = interesting_part(linked, edges, 4)
    other = interesting_part(linked[::-1], edges[::-1], 4)
    assert list(one.nodes(data=True)) == list(other.nodes(data=True))
    assert list(one.edges(data=True)) == list(other.edges(data=True))


def test_a_link_from_a_function_to_itself_is_none(functions):
    alone = functions["find_order"]
    assert len(interesting_part([alone], [edge(alone, alone)])) == 0


def test_no_accepted_edge_is_an_empty_part(functions):
    part = interesting_part(functions.values(), [])
    assert (len(part), part.graph["n_links"]) == (0, 0)


def test_nodes_and_edges_say_what_a_picture_needs(functions):
    first, second = functions["find_order"], functions["get_order"]
    part = interesting_part([first, second], [edge(first, second, kind="P-P")])
    assert part.nodes[first.function_id] == {"name": "find_order", "domain": "commerce"}
    assert part.edges[first.function_id, second.function_id] == {"kind": "P-P"}
