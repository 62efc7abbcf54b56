from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolmind_assets.model.edges import Edge
from toolmind_assets.model.functions import Domain, FunctionSpec
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.sampling_context import SamplingContext
from toolmind_assets.stages.tasks.walks import FREE_SOURCES, Neighbourhoods, hubness, walk

PARAMS = TaskParams()
N = 9


def walk_by_name(
    make: Any, start: str, length: int, seed: int, edges: list[Edge], params: TaskParams = PARAMS
) -> list[str]:
    by_name = make.functions()
    context = SamplingContext.of(list(by_name.values()), edges)
    chain = walk(context.ways(params), context.neighbourhoods, by_name[start].function_id, length, seed)
    return [context.functions[function_id].name for function_id in chain]


@pytest.mark.parametrize("seed", range(20))
def test_a_walk_is_distinct_of_the_wanted_length_and_follows_links_first(make: Any, seed: int) -> None:
    chain = walk_by_name(make, "find_customer", 5, seed, make.edges())
    assert chain[:2] == ["find_customer", "list_orders"]
    assert len(set(chain)) == len(chain) == 5
    assert "get_tides" not in chain


def test_a_walk_without_links_keeps_to_its_domain_as_long_as_it_can(make: Any) -> None:
    chain = walk_by_name(make, "get_tides", 9, 1, [])
    assert chain[0] == "get_tides"
    assert sorted(chain[:3]) == ["get_forecast", "get_tides", "get_wind"]
    assert len(set(chain)) == len(chain) == 9


@pytest.mark.parametrize(
    ("good", "poor", "least", "most"),
    [({"score": 0.9}, {"score": 0.1}, 150, 199), ({"kind": "P-R"}, {"kind": "P-P"}, 150, 199),
     ({"kind": "P-P"}, {"kind": "P-P"}, 70, 130)],
)  # fmt: skip
def test_a_better_link_and_one_that_carries_a_value_are_walked_more_often(
    make: Any, good: Any, poor: Any, least: int, most: int
) -> None:
    named = make.functions()
    start, better, worse = (named[name] for name in ("list_orders", "get_order", "refund_payment"))
    edges = [make.edge(start, "o", better, "i", **good), make.edge(start, "o", worse, "i", **poor)]
    second = [walk_by_name(make, "list_orders", 2, seed, edges)[1] for seed in range(200)]
    assert least < second.count("get_order") < most


def test_values_flow_from_any_earlier_function_of_a_walk(make: Any) -> None:
    """`a` gives to all others, which lead nowhere: a walk fans out from it instead of jumping."""
    named = [make.function(name, domain=domain) for name, domain in
             [("a", Domain.MEDIA), ("b", Domain.TRAVEL), ("c", Domain.WEATHER), ("d", Domain.FINANCE), ("e", Domain.MEDIA)]]  # fmt: skip
    context = SamplingContext.of(named, [make.edge(named[0], "o", other, "i") for other in named[1:4]])
    for seed in range(10):
        chain = walk(context.ways(PARAMS), context.neighbourhoods, named[0].function_id, 4, seed)
        assert {*chain} == {function.function_id for function in named[:4]}


def test_a_hub_is_walked_to_less_often_and_one_link_more_rarely_counts(make: Any) -> None:
    assert [hubness(n) for n in (0, 1, FREE_SOURCES, 2 * FREE_SOURCES - 1)] == [1] * 4
    assert [hubness(times * FREE_SOURCES) for times in (2, 3, 4, 100)] == [2, 2, 4, 64]
    hub, plain, *others = [make.function(f"f{place}") for place in range(8 * FREE_SOURCES + 2)]
    edges = [make.edge(other, "o", hub, "i") for other in others]
    edges += [make.edge(others[0], "o", plain, "i")]
    context = SamplingContext.of([hub, plain, *others], edges)

    def hub_steps(penalty: float) -> int:
        ways = context.ways(PARAMS.model_copy(update={"hub_penalty": penalty}))
        start = others[0].function_id
        return sum(walk(ways, context.neighbourhoods, start, 2, s)[1] == hub.function_id for s in range(200))

    assert 70 < hub_steps(0) < 130
    assert hub_steps(1) < 50


@cache
def functions(make: Any) -> list[FunctionSpec]:
    domains = list(Domain)[:3]
    return [make.function(f"f{place}", domain=domains[place % 3]) for place in range(N)]


PAIRS = st.lists(
    st.tuples(st.integers(0, N - 1), st.integers(0, N - 1), st.sampled_from(["P-R", "P-P"]), st.floats(0.1, 1)),
    max_size=30,
)  # fmt: skip


def edges_of(make: Any, pairs: list[tuple[int, int, str, float]]) -> list[Edge]:
    made = functions(make)
    edges = [make.edge(made[a], "o", made[b], "i", kind, score) for a, b, kind, score in pairs]
    return list({edge.edge_id: edge for edge in edges}.values())


@settings(max_examples=60)
@given(
    pairs=PAIRS,
    start=st.integers(0, N - 1),
    length=st.integers(1, 12),
    seed=st.integers(0, 2**63 - 1),
    order=st.randoms(use_true_random=False),
)
def test_a_walk_over_any_graph_is_distinct_as_long_as_there_are_functions_and_the_same_in_any_order(
    make: Any, pairs: Any, start: int, length: int, seed: int, order: Any
) -> None:
    made, edges = list(functions(make)), edges_of(make, pairs)
    first = made[start].function_id
    context = SamplingContext.of(made, edges)
    chain = walk(context.ways(PARAMS), context.neighbourhoods, first, length, seed)
    assert chain[0] == first
    assert len(set(chain)) == len(chain) == min(length, N)
    order.shuffle(made)
    order.shuffle(edges)
    other = SamplingContext.of(made, edges)
    assert walk(other.ways(PARAMS), other.neighbourhoods, first, length, seed) == chain


@settings(max_examples=60)
@given(
    pairs=PAIRS,
    gone=st.integers(0, N - 1),
    start=st.integers(0, N - 1),
    length=st.integers(1, 6),
    seed=st.integers(0, 2**63 - 1),
)
def test_a_function_that_goes_or_changes_alters_no_walk_that_visits_it_neither_before_nor_after(
    make: Any, pairs: Any, gone: int, start: int, length: int, seed: int
) -> None:
    made, edges = functions(make), edges_of(make, pairs)
    lost = made[gone].function_id
    changed = replace(made[gone], function_id=f"{lost}-changed", description="changed")
    touching = {edge.edge_id for edge in edges if lost in (edge.source_function_id, edge.target_function_id)}
    kept = [edge for edge in edges if edge.edge_id not in touching]
    rest = [function for function in made if function.function_id != lost]
    chains = [
        walk(context.ways(PARAMS), context.neighbourhoods, made[start].function_id, length, seed)
        for context in (SamplingContext.of(made, edges), SamplingContext.of([*rest, changed], kept))
        if start != gone
    ]
    if chains and not {lost, changed.function_id} & {*chains[0], *chains[1]}:
        assert chains[0] == chains[1]


def test_neighbours_are_the_same_whatever_the_order_of_the_functions(make: Any) -> None:
    made = list(make.functions().values())
    start = made[0].function_id
    near = Neighbourhoods(made).near(start, 5)
    assert Neighbourhoods(made[::-1]).near(start, 5) == near
    assert start not in near
    assert len(set(near)) == len(near) >= 7
