from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolmind_assets.graph.candidates import Candidate, find_candidates
from toolmind_assets.graph.params import GraphParams
from toolmind_assets.model.functions import Domain, Effect, FunctionSpec
from toolmind_resources.embed.tfidf import TfidfEmbedder

Make = Callable[..., FunctionSpec]
STRING = {"type": "string"}
FOUND_ONLY = GraphParams(random_ratio=0)


def find(functions: list[FunctionSpec], params: GraphParams = FOUND_ONLY) -> tuple[Candidate, ...]:
    return find_candidates(functions, TfidfEmbedder(), params)


def ends(candidates: tuple[Candidate, ...], kind: str) -> set[tuple[str, str, str, str]]:
    return {
        (link.source.function.name, link.source.path, link.target.function.name, link.target.path)
        for link in candidates
        if link.kind == kind
    }


def test_results_fill_the_parameters_that_mean_the_same(shop: dict[str, FunctionSpec]) -> None:
    assert ends(find(list(shop.values())), "P-R") == {
        ("list_orders", "orders[].id", "get_order", "order_id"),
        ("list_orders", "orders[].id", "delete_order", "order_id"),
        ("find_customer", "customer.id", "list_orders", "customer_id"),
    }


def test_a_shared_parameter_links_but_a_deletion_only_comes_last(shop: dict[str, FunctionSpec]) -> None:
    assert ends(find(list(shop.values())), "P-P") == {("get_order", "order_id", "delete_order", "order_id")}


def test_a_link_says_how_it_was_scored(shop: dict[str, FunctionSpec]) -> None:
    for link in find(list(shop.values())):
        assert link.score == round(link.similarity * link.compatibility.value, 4) >= FOUND_ONLY.min_score


@settings(max_examples=15, deadline=None)
@given(order=st.permutations(range(12)))
def test_the_order_of_the_functions_changes_nothing(make_function: Make, order: list[int]) -> None:
    nouns = ("order", "customer", "invoice")
    functions = [
        make_function(f"{verb}_{noun}", {f"{noun}_id": STRING}, {f"{other}_id": STRING})
        for noun, other in zip(nouns, nouns[1:] + nouns[:1], strict=True)
        for verb in ("get", "find", "check", "open")
    ]
    params = GraphParams(random_ratio=1.0)
    assert find([functions[place] for place in order], params) == find(functions, params)


@pytest.mark.parametrize(
    "functions",
    [
        [],
        [("alone", {"order_id": STRING}, {"order_id": STRING})],
        [("ping", {}, None), ("pong", {}, None)],
        [("ping", {}, {}), ("pong", {"$": {}, "": {}}, {"?!": {}})],
    ],
    ids=["none", "one", "no parameters", "names without words"],
)
def test_functions_that_have_nothing_in_common_give_no_links(
    make_function: Make, functions: list[tuple[str, dict[str, object], dict[str, object] | None]]
) -> None:
    assert find([make_function(*function) for function in functions], GraphParams(random_ratio=1.0)) == ()


def test_without_returns_there_are_shared_parameters_only(make_function: Make) -> None:
    found = find([make_function(f"{verb}_order", {"order_id": STRING}) for verb in ("get", "ship", "pay")])
    assert {link.kind.value for link in found} == {"P-P"}
    assert len(found) == 6


def test_five_hundred_identical_parameters_stay_bounded_and_connected(make_function: Make) -> None:
    functions = [make_function(f"do_{_word(n)}", {"order_id": STRING}) for n in range(500)]
    params = GraphParams(random_ratio=0, max_partners=3)
    found = find(functions, params)
    assert 500 * params.max_partners <= len(found) <= 2 * 500 * params.max_partners
    assert len({link.ends[0] for link in found}) == 500


def _word(number: int) -> str:
    return "".join(Random(number).choices("abcdefghijklmnop", k=9))


def test_near_duplicates_share_no_parameter_unless_one_api_has_both(make_function: Make) -> None:
    words = "Gives the weather in a city, such as temperature, wind and rain"
    near = [
        make_function(name, {"city": STRING}, namespace=namespace, description=words)
        for name, namespace in (("get_weather", "a"), ("weather_get", "b"))
    ]
    assert find(near) == ()
    assert (
        len(find([near[0], make_function("rain_get", {"city": STRING}, namespace="a", description=words)]))
        == 2
    )


def test_functions_of_one_name_are_near_duplicates(make_function: Make) -> None:
    functions = [
        make_function("call_cab", {"city": STRING}, namespace=name, description=name) for name in "ab"
    ]
    assert find(functions) == ()


def test_a_pair_of_functions_keeps_its_best_links_only(make_function: Make) -> None:
    things = ("sender", "receiver", "broker", "carrier")
    gives = {f"{thing}_id": STRING for thing in things}
    source = make_function("get_parcel", {}, gives)
    target = make_function("plan_route", gives, required=("broker_id",))
    found = find([source, target], GraphParams(random_ratio=0, max_pair_links=2))
    assert len(found) == 2
    assert max(found, key=lambda link: link.score).target.path == "broker_id"


def test_each_parameter_keeps_its_best_sources_only(make_function: Make) -> None:
    sources = [make_function(f"{_word(n)}_order", {}, {"order_id": STRING}) for n in range(8)]
    target = make_function("ship", {"order_id": STRING})
    assert len(find([*sources, target], GraphParams(random_ratio=0, max_sources=5))) == 5


def test_drawn_links_are_marked_and_stay_in_their_domain(make_function: Make) -> None:
    functions = [
        make_function(f"{_word(n)}", {_word(n + 50): STRING}, domain=(Domain.TRAVEL, Domain.FOOD)[n % 2])
        for n in range(10)
    ]
    found = find(functions, GraphParams(random_ratio=1.0))
    assert len(found) == 10
    assert all(link.is_random for link in found)
    assert all(link.source.function.domain is link.target.function.domain for link in found)


def test_types_that_exclude_each_other_are_not_even_drawn(make_function: Make) -> None:
    source = make_function("get_order", {}, {"order_id": {"type": "integer"}})
    target = make_function("ship_order", {"order_id": STRING}, effect=Effect.EXECUTE)
    assert [
        link for link in find([source, target], GraphParams(random_ratio=1.0)) if link.kind == "P-R"
    ] == []
