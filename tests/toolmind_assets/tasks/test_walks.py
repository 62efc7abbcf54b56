import random
from typing import Any

import pytest

from toolmind_assets.model.function_graph import FunctionGraph
from toolmind_assets.tasks.walks import Neighbourhoods, walk


@pytest.fixture(scope="session")
def names(make: Any) -> dict[str, str]:
    return {function.function_id: name for name, function in make.functions().items()}


def walk_from(make: Any, start: str, length: int, seed: int, graph: FunctionGraph) -> list[str]:
    by_name = make.functions()
    neighbourhoods = Neighbourhoods(list(by_name.values()))
    chain = walk(graph, neighbourhoods, by_name[start].function_id, length, random.Random(seed), seed)
    ids = {function.function_id: name for name, function in by_name.items()}
    return [ids[function_id] for function_id in chain]


@pytest.mark.parametrize("seed", range(20))
def test_a_walk_is_distinct_of_the_wanted_length_and_follows_links_first(make: Any, seed: int) -> None:
    chain = walk_from(make, "find_customer", 5, seed, FunctionGraph(make.edges()))
    assert chain[:2] == ["find_customer", "list_orders"]
    assert len(set(chain)) == len(chain) == 5
    assert "get_tides" not in chain


def test_a_walk_without_links_keeps_to_its_domain_as_long_as_it_can(make: Any) -> None:
    chain = walk_from(make, "get_tides", 9, 1, FunctionGraph(()))
    assert chain[0] == "get_tides"
    assert sorted(chain[:3]) == ["get_forecast", "get_tides", "get_wind"]
    assert len(set(chain)) == len(chain) == 9


def test_a_better_link_is_walked_more_often(make: Any) -> None:
    by_name = make.functions()
    start, good, poor = (by_name[name] for name in ("list_orders", "get_order", "refund_payment"))
    graph = FunctionGraph(
        [make.edge(start, "o", good, "i", score=0.9), make.edge(start, "o", poor, "i", score=0.1)]
    )
    second = [walk_from(make, "list_orders", 2, seed, graph)[1] for seed in range(200)]
    assert 150 < second.count("get_order") < 200


def test_neighbours_are_the_same_whatever_the_order_of_the_functions(make: Any) -> None:
    functions = list(make.functions().values())
    start = functions[0].function_id
    near = Neighbourhoods(functions).near(start, 5)
    assert Neighbourhoods(functions[::-1]).near(start, 5) == near
    assert start not in near
    assert len(set(near)) == len(near) >= 7
