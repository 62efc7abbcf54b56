"""P-P links: which functions share a parameter."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.stages.graph.params import GraphParams

Make = Callable[..., FunctionSpec]
Find = Callable[..., Any]
STRING = {"type": "string"}
ANY_GOAL = GraphParams(random_ratio=0, min_coherence_score=0, accept_coherence_score=0)
"""Links count whatever the calls are for."""


def word(number: int) -> str:
    return "".join(Random(number).choices("abcdefghijklmnop", k=9))


def test_a_shared_parameter_links_but_a_deletion_only_comes_last(
    shop: dict[str, FunctionSpec], find: Find
) -> None:
    found = find(list(shop.values())).ends("P-P")
    assert found == {("get_order", "order_id", "delete_order", "order_id")}


def test_without_returns_there_are_shared_parameters_only_both_ways(make_function: Make, find: Find) -> None:
    found = find([make_function(f"{verb}_order", {"order_id": STRING}) for verb in ("get", "ship", "pay")])
    assert {edge.kind.value for edge in found.edges} == {"P-P"}
    pairs = {(found.ends_of(edge)[0], found.ends_of(edge)[2]) for edge in found.edges}
    assert len(pairs) == 6
    assert pairs == {(target, source) for source, target in pairs}


def test_parameters_that_identify_the_same_are_shared_whatever_they_are_called(
    make_function: Make, find: Find
) -> None:
    functions = [
        make_function(
            f"{word(n)}", {name: STRING}, identifiers={f"/parameters/properties/{name}": ("vpc", "id")}
        )
        for n, name in enumerate(("network", "VpcId"))
    ]
    assert len(find(functions, ANY_GOAL).ends("P-P")) == 2


def test_five_hundred_identical_parameters_stay_bounded_and_connected(
    make_function: Make, find: Find
) -> None:
    functions = [make_function(f"do_{word(n)}", {"order_id": STRING}) for n in range(500)]
    params = GraphParams(random_ratio=0, max_partners=3)
    found = find(functions, params).edges
    assert 500 * params.max_partners <= len(found) <= 2 * 500 * params.max_partners
    assert len({edge.source_function_id for edge in found}) == 500


def test_no_partners_make_no_shared_links(make_function: Make, find: Find) -> None:
    functions = [make_function(f"do_{word(n)}", {"order_id": STRING}) for n in range(5)]
    assert find(functions, GraphParams(random_ratio=0, max_partners=0)).edges == ()


def test_near_duplicates_share_no_parameter_unless_one_api_has_both(make_function: Make, find: Find) -> None:
    near = [
        make_function(name, {"city": STRING}, namespace=namespace)
        for name, namespace in (("get_weather", "a"), ("weather_get", "b"))
    ]
    assert find(near).edges == ()
    assert len(find([near[0], make_function("rain_get", {"city": STRING}, namespace="a")]).edges) == 2


def test_functions_of_two_apis_whose_names_are_alike_are_near_duplicates(
    make_function: Make, find: Find
) -> None:
    names = ("show_weather_radar_forecast_map", "show_forecast_weather_radar")
    near = [
        make_function(name, {"city": STRING}, namespace=home) for name, home in zip(names, "ab", strict=True)
    ]
    assert find(near).edges == ()
    assert len(find(near, GraphParams(random_ratio=0, duplicate_similarity=1)).edges) == 2


@pytest.mark.parametrize("namespaces", ["ab", "aa"])
def test_functions_of_one_name_are_near_duplicates(make_function: Make, find: Find, namespaces: str) -> None:
    functions = [
        make_function("call_cab", {"city": STRING, thing: STRING}, namespace=home)
        for home, thing in zip(namespaces, ("wing", "spoon"), strict=True)
    ]
    assert find(functions).edges == ()


def test_a_city_is_shared_by_two_apis_where_a_bucket_is_not(make_function: Make, find: Find) -> None:
    takes = {"city": STRING, "bucket": STRING}
    functions = [make_function(f"do_{word(n)}", takes, namespace=f"api{n}") for n in range(2)]
    assert {ends[1] for ends in find(functions).ends("P-P")} == {"city"}


def test_settings_and_credentials_are_no_reason_to_share(make_function: Make, find: Find) -> None:
    takes = {"page_size": {"type": "integer"}, "access_token": STRING, "verbose": {"type": "boolean"}}
    assert find([make_function(f"do_{word(n)}", takes) for n in range(3)]).edges == ()
