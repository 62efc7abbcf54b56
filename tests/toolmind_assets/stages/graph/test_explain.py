from collections.abc import Callable

from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.stages.graph.explain import explain_link
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_assets.tables.graph import EDGES
from toolmind_resources.delta.table import BUILD_TOKEN
from toolmind_resources.embed.hashed import HashedEmbedder

STRING = {"type": "string"}


def test_the_reasons_know_what_has_functions_of_its_own(make_function: Callable[..., FunctionSpec]) -> None:
    """As the graph does: the counterpart of a function tells a sort apart."""
    marked = {
        f"/{side}/properties/vocabularyName": ("vocabulary", "name") for side in ("parameters", "returns")
    }
    field = {"vocabularyName": STRING}
    source = make_function("list_medical_vocabularies", {}, field, identifiers=marked)
    target = make_function("get_vocabulary", field, identifiers=marked)
    counterpart = make_function("get_medical_vocabulary", field, identifiers=marked)
    edges = EDGES.empty().drop(BUILD_TOKEN)
    alone, beside = (
        "\n".join(explain_link(source, target, others, edges, HashedEmbedder(), GraphParams()))
        for others in ([], [counterpart])
    )
    assert "owner" not in alone
    assert "owner 0.50" in beside


def test_what_speaks_against_one_goal_is_told_beside_what_the_value_is_made_of(
    make_function: Callable[..., FunctionSpec],
) -> None:
    marked = {f"/{side}/properties/tag_id": ("tag", "id") for side in ("parameters", "returns")}
    field = {"tag_id": STRING}
    make = make_function("create_tag", {}, field, identifiers=marked, effect=Effect.CREATE)
    delete = make_function("delete_tag", field, identifiers=marked, effect=Effect.DELETE)
    edges = EDGES.empty().drop(BUILD_TOKEN)
    told = list(explain_link(make, delete, [], edges, HashedEmbedder(), GraphParams()))
    assert "P-R tag_id -> tag_id: 1.00, coherence 0.25" in told[1]
    assert told[-2] == "      cycle 0.25: a create call, then a delete call, in the life of one thing"
