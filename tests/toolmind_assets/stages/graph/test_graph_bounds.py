"""What holds of the graph of any functions, whatever their names and schemas."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolmind_assets.model.edges import EdgeVerdict, edge_id_of
from toolmind_assets.model.functions import Domain, Effect, FunctionSpec
from toolmind_assets.stages.graph.params import GraphParams

Make = Callable[..., FunctionSpec]
Find = Callable[..., Any]
WORDS = (
    "order",
    "city",
    "id",
    "name",
    "price",
    "text",
    "number",
    "email",
    "new",
    "token",
    "page",
    "list",
    "title",
)
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map("_".join) | st.sampled_from(
    ["", "$", "größe"]
)
SCALARS = st.builds(
    lambda types, description, extra: {**types, **description, **extra},
    st.sampled_from(
        [{"type": "string"}, {"type": "integer"}, {"type": ["number", "null"]}, {"type": "boolean"}, {}]
    ),
    st.sampled_from([{}, {"description": "The order of a city"}, {"description": "An id"}]),
    st.sampled_from(
        [{}, {}, {"format": "uuid"}, {"format": "date"}, {"enum": ["a", "b"]}, {"enum": ["b", 1]}]
    ),
)
SCHEMAS = st.recursive(
    SCALARS,
    lambda inner: (
        st.builds(lambda items: {"type": "array", "items": items}, inner)
        | st.builds(
            lambda members: {"type": "object", "properties": members},
            st.dictionaries(NAMES, inner, max_size=3),
        )
        | st.builds(lambda branch: {"anyOf": [{"type": "null"}, branch]}, inner)
    ),
    max_leaves=4,
)
FIELDS = st.dictionaries(NAMES, SCHEMAS, max_size=4)
KINDS = st.sampled_from(
    [("order", "id"), ("order", "name"), ("city", "id"), ("big order", "id"), ("user", "email")]
)


@st.composite
def functions(draw: st.DrawFn, make: Make) -> list[FunctionSpec]:
    """Up to seven functions of two namespaces and of none."""
    made = []
    for number in range(draw(st.integers(0, 7))):
        takes, gives = draw(FIELDS), draw(st.none() | FIELDS)
        pointers = [f"/parameters/properties/{name}" for name in takes] + [
            f"/returns/properties/{name}" for name in gives or ()
        ]
        chosen = draw(st.lists(st.sampled_from(pointers), max_size=3)) if pointers else []
        verb = draw(st.sampled_from(["get", "create", "delete", "list"]))
        made.append(
            make(
                f"{verb}_{draw(NAMES)}_{number}",
                takes,
                gives,
                namespace=draw(st.sampled_from(["", "shop", "sea"])),
                effect=draw(st.sampled_from(list(Effect))),
                domain=draw(st.sampled_from([Domain.TRAVEL, Domain.CLOUD])),
                required=tuple(name for name in takes if draw(st.booleans())),
                identifiers={pointer: draw(KINDS) for pointer in chosen},
            )
        )
    return made


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.parametrize("formula", ["evidence", "dataflow"])
@given(data=st.data())
def test_the_graph_of_any_functions_keeps_its_bounds(
    make_function: Make, find: Find, formula: str, data: st.DataObject
) -> None:
    stated = {
        "formula": formula,
        "max_sources": 2,
        "max_pair_links": 2,
        "max_partners": 2,
        "random_ratio": 0.5,
    }
    params = GraphParams.model_validate(stated)
    edges = find(data.draw(functions(make_function)), params).edges
    for edge in edges:
        assert 0 <= edge.score <= 1
        assert 0 <= edge.agreement <= 1
        assert 0 <= edge.compatibility <= 1
        assert edge.source_function_id != edge.target_function_id
        assert bool(edge.reason) == (edge.verdict is EdgeVerdict.REJECTED)
        ends = (edge.source_function_id, edge.output_path, edge.target_function_id, edge.input_path)
        assert edge.edge_id == edge_id_of(edge.kind, *ends)
    assert len({edge.edge_id for edge in edges}) == len(edges)
    found = [edge for edge in edges if not edge.is_random]
    assert all(edge.score >= params.min_kept_score for edge in found)
    sources = Counter((edge.target_function_id, edge.input_path) for edge in found if edge.kind == "P-R")
    assert max(sources.values(), default=0) <= params.max_sources
    pairs = Counter((edge.kind, edge.source_function_id, edge.target_function_id) for edge in found)
    assert max(pairs.values(), default=0) <= params.max_pair_links
