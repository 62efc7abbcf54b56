"""The score of a pair of fields is a matter of that pair alone."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.stages.graph.columns import Columns, columns_of, pair_columns
from toolmind_assets.stages.graph.field_reader import fields_of
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_assets.stages.graph.scoring import Scorer
from toolmind_assets.stages.graph.similarity import embed_pools
from toolmind_resources.embed.hashed import HashedEmbedder

Make = Callable[..., FunctionSpec]
STRING = {"type": "string"}
WORDS = ("order", "city", "id", "name", "price", "customer", "ship", "wing")
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map("_".join)
SCHEMAS = st.builds(
    lambda kind, words: {"type": kind, "description": " ".join(words)},
    st.sampled_from(["string", "number", "integer"]),
    st.lists(st.sampled_from([*WORDS, "the", "of", "cheap", "delivered"]), max_size=5),
)
FIELDS = st.dictionaries(NAMES, SCHEMAS, min_size=1, max_size=3)


def scorer_of(columns: Columns) -> Scorer:
    vectors = embed_pools(HashedEmbedder(), columns.pools.labels, columns.pools.descriptions)
    return Scorer(columns, vectors)


def columns_from(functions: Sequence[FunctionSpec]) -> Columns:
    return columns_of(fields_of(function, GraphParams()) for function in functions)


def scores_of(columns: Columns, kind: EdgeKind) -> dict[tuple[str, str, str, str], float]:
    """Scores of all pairs of the first two functions, by their ends."""
    fields = columns.fields
    wanted = fields.is_input if kind is EdgeKind.SHARED_PARAMETER else ~fields.is_input
    names = [profile.name for profile in columns.profiles]
    pairs = [
        (int(source), int(target))
        for source in np.flatnonzero(wanted)
        for target in np.flatnonzero(fields.is_input)
        if {names[fields.function[source]], names[fields.function[target]]} == {"first", "second"}
    ]
    sources, targets = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    scores = scorer_of(columns).score(kind, sources, targets)
    ends = [(columns.field(source), columns.field(target)) for source, target in pairs]
    keys = [(a.function.name, a.path, b.function.name, b.path) for a, b in ends]
    return dict(zip(keys, scores.tolist(), strict=True))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), kind=st.sampled_from(list(EdgeKind)))
def test_no_score_depends_on_other_functions(
    make_function: Make, data: st.DataObject, kind: EdgeKind
) -> None:
    both = [make_function(name, data.draw(FIELDS), data.draw(FIELDS)) for name in ("first", "second")]
    before, after = (
        [
            make_function(f"{side}_{n}", data.draw(FIELDS), data.draw(FIELDS))
            for n in range(data.draw(st.integers(0, 3)))
        ]
        for side in ("before", "after")
    )
    alone = scores_of(columns_from(both), kind)
    assert alone
    assert scores_of(columns_from([*before, *both, *after]), kind) == alone


def test_a_score_is_agreement_times_compatibility_with_four_places(shop: dict[str, FunctionSpec]) -> None:
    columns = columns_from(list(shop.values()))
    scorer, fields = scorer_of(columns), columns.fields
    sources, targets = np.flatnonzero(~fields.is_input), np.flatnonzero(fields.is_input)
    sources, targets = np.repeat(sources, len(targets)), np.tile(targets, len(sources))
    scores = scorer.score(EdgeKind.RESULT_TO_PARAMETER, sources, targets)
    agreement = scorer.evidence.weigh(sources, targets).value
    compatibility = scorer.compatibilities.weigh(EdgeKind.RESULT_TO_PARAMETER, sources, targets).value
    assert scores == pytest.approx(agreement * compatibility, abs=1e-4)
    assert np.array_equal(scores, np.round(scores, 4))


def test_functions_are_close_by_what_their_names_say_beside_the_verb(make_function: Make) -> None:
    names = ("get_order_line", "open_order_line", "get_order", "get_weather", "get")
    columns = columns_from([make_function(name) for name in names])
    places = np.arange(len(names))
    near = scorer_of(columns).closeness(np.zeros(len(names), dtype=np.int64), places)
    assert near[:2] == pytest.approx([1, 1])
    assert 0 < near[2] < 1
    assert near[3:].tolist() == [0, 0]


def test_a_field_is_made_again_from_its_columns_as_it_was(make_function: Make) -> None:
    schemas: dict[str, Any] = {
        "order_id": STRING,
        "price": {"type": ["number", "string"], "description": "What it costs"},
        "colour": {"enum": ["red", "green"]},
        "tags": {"type": "array", "items": {"type": "string", "format": "uuid"}},
        "buyer": {"type": "object", "properties": {"name": STRING}, "required": ["name"]},
        "text": STRING,
    }
    function = make_function(
        "get_order",
        schemas,
        schemas,
        required=("price",),
        identifiers={"/parameters/properties/order_id": ("order", "id")},
    )
    fields = fields_of(function, GraphParams())
    columns = columns_of([fields, fields])
    again = [columns.field(place) for place in range(len(columns.fields))]
    assert again == [*fields.inputs, *fields.outputs] * 2
    assert pair_columns(fields.outputs[0], fields.inputs[0]).field(0) == fields.outputs[0]
