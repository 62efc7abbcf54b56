from toolmind_assets.orchestration.figure_metadata import metadata_of
from toolmind_assets.stages.graph.graph_statistics import graph_statistics
from toolmind_assets.stages.graph.stage import graph_figures
from toolmind_assets.tables.graph import EDGES
from toolmind_assets.tables.rows import encode_rows


def test_the_ui_shows_coverage_components_hubs_and_degrees(make):
    found, got = make.function("find_order"), make.function("get_order", {"order_id": {"type": "string"}})
    edges = encode_rows(EDGES, [make.edge(found, "orders[].order_id", got, "order_id")])
    shown = metadata_of(graph_figures(graph_statistics([found, got], edges)))
    assert (shown["n_fed_parameters"].value, shown["fed_parameters_ratio"].value) == (1, 1.0)
    assert (shown["n_components"].value, shown["largest_component_ratio"].value) == (1, 1.0)
    hub = shown["functions linked to most"].records[0].data
    assert hub == {"function": "find_order", "functions": 1, "by a result": 1}
    assert "data:image/png" in str(shown["how many functions are linked from"].value)


def test_a_graph_without_functions_can_be_shown():
    shown = metadata_of(graph_figures(graph_statistics([], EDGES.empty())))
    assert shown["n_linked_functions"].value == 0
    assert len(shown["functions linked from most"].records) == 1
