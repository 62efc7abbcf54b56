import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.stages.graph.build import build_edges, edge_parts, find_links
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_assets.tables.functions import functions_by_key
from toolmind_assets.tables.graph import EDGES
from toolmind_assets.tables.rows import encode_rows
from toolmind_assets.tables.specs import FUNCTIONS
from toolmind_resources.chat.scripted import ScriptedChat
from toolmind_resources.delta.table import BUILD_TOKEN
from toolmind_resources.embed.hashed import HashedEmbedder

Make = Callable[..., FunctionSpec]
Find = Callable[..., Any]
Shop = dict[str, FunctionSpec]
STRING = {"type": "string"}
ALL_DRAWN = GraphParams(random_ratio=1.0)
UNASKED = GraphParams(random_ratio=0, max_questions=0)


def sorted_by_key(functions: Shop) -> list[FunctionSpec]:
    return sorted(functions.values(), key=lambda function: function.function_key)


def build(functions: Any, params: GraphParams = UNASKED) -> pl.DataFrame:
    return asyncio.run(build_edges(functions, HashedEmbedder(), ScriptedChat({}), params))


def test_functions_in_another_order_are_refused_with_the_order_that_is_wanted(shop: Shop) -> None:
    functions = sorted_by_key(shop)
    with pytest.raises(ValueError, match="sort the functions by function_key and function_id"):
        find_links(reversed(functions), HashedEmbedder(), UNASKED)
    with pytest.raises(ValueError, match="comes after"):
        build([functions[0], functions[0]])


@settings(max_examples=15, deadline=None)
@given(order=st.permutations(range(12)))
def test_the_order_in_which_a_frame_holds_the_functions_changes_nothing(
    make_function: Make, order: list[int]
) -> None:
    nouns = ("order", "customer", "invoice")
    functions = [
        make_function(f"{verb}_{noun}", {f"{noun}_id": STRING}, {f"{other}_id": STRING})
        for noun, other in zip(nouns, nouns[1:] + nouns[:1], strict=True)
        for verb in ("get", "find", "check", "open")
    ]
    frames = [encode_rows(FUNCTIONS, chosen) for chosen in (functions, [functions[place] for place in order])]
    first, second = (build(functions_by_key(frame), ALL_DRAWN) for frame in frames)
    assert first.height > 12
    assert first.equals(second)


def test_the_same_functions_give_the_same_rows_in_the_same_order(shop: Shop) -> None:
    functions = sorted_by_key(shop)
    assert build(functions).equals(build(functions))
    parts = asyncio.run(edge_parts(iter(functions), HashedEmbedder(), ScriptedChat({}), UNASKED))
    assert pl.concat(list(parts)).equals(build(functions))


def test_no_link_is_listed_twice(shop: Shop) -> None:
    edges = build(sorted_by_key(shop), ALL_DRAWN)
    assert edges["edge_id"].n_unique() == edges.height


@pytest.mark.parametrize("formula", ["evidence", "toolmind", "dataflow"])
@pytest.mark.parametrize(
    "functions",
    [
        [],
        [("alone", {"order_id": STRING}, {"order_id": STRING})],
        [("ping", {}, None), ("pong", {}, None)],
        [("ping", {}, {"a": STRING}), ("pong", {}, {"a": STRING})],
        [("ping", {}, {}), ("pong", {"$": {}, "": {}}, {"?!": {}})],
    ],
    ids=["none", "one", "no fields", "no parameters", "names without words"],
)
def test_functions_that_have_nothing_in_common_give_no_links(
    make_function: Make, find: Find, formula: str, functions: list[tuple[str, Any, Any]]
) -> None:
    params = GraphParams.model_validate({"formula": formula, "random_ratio": 1.0})
    found = find([make_function(*function) for function in functions], params)
    assert [edge for edge in found.edges if not edge.is_random] == []


def test_no_functions_make_a_frame_without_rows() -> None:
    frame = build([])
    assert frame.is_empty()
    assert frame.schema == EDGES.empty().drop(BUILD_TOKEN).schema


def test_no_function_links_to_itself(make_function: Make) -> None:
    alone = make_function(
        "next_order", {"order_id": STRING}, {"next": {"type": "object", "properties": {"order_id": STRING}}}
    )
    assert build([alone], ALL_DRAWN).is_empty()


def test_functions_may_feed_each_other(make_function: Make, find: Find) -> None:
    functions = [
        make_function("find_wing", {"spoon": STRING}, {"wing": STRING}),
        make_function("find_spoon", {"wing": STRING}, {"spoon": STRING}),
    ]
    assert find(functions).ends() == {
        ("find_wing", "wing", "find_spoon", "wing"),
        ("find_spoon", "spoon", "find_wing", "spoon"),
    }


def test_a_function_that_changes_leaves_the_scores_of_other_links_as_they_were(
    shop: Shop, find: Find
) -> None:
    before = find(list(shop.values())).scores()
    changed = replace(
        shop["find_customer"], description="Told anew", function_id="function_later", returns=None
    )
    after = find([*(one for one in shop.values() if one.name != "find_customer"), changed]).scores()
    unmoved = {key: score for key, score in before.items() if "find_customer" not in key[1]}
    assert unmoved
    assert unmoved == {key: score for key, score in after.items() if "find_customer" not in key[1]}


def test_what_scores_too_little_to_be_kept_makes_no_row(shop: Shop) -> None:
    functions = sorted_by_key(shop)
    every = build(functions)
    kept = build(functions, UNASKED.model_copy(update={"min_kept_score": 0.5}))
    assert kept.height < every.height
    assert (kept["score"] >= 0.5).all()
    assert set(kept["edge_id"]) <= set(every["edge_id"])
