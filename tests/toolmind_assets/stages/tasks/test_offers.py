from typing import Any

import pytest

from toolmind_assets.model.near_duplicates import NearDuplicate, NearDuplicateKind
from toolmind_assets.stages.tasks.offers import offered_functions
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.sampling_context import SamplingContext


def near_duplicate(function: Any, leader: Any) -> NearDuplicate:
    is_leader = function is leader
    kind = NearDuplicateKind.REPRESENTATIVE if is_leader else NearDuplicateKind.RENAMED
    return NearDuplicate(
        function.function_id, leader.function_key, leader.function_id, is_leader, kind, 1.0, 1.0, 1.0
    )


def offer(
    make: Any,
    needed: list[str],
    chain: list[str],
    withheld: Any = None,
    seed: int = 7,
    is_irrelevant: bool = False,
    alike: tuple[str, ...] = (),
    edges: Any = (),
    **params: int,
) -> list[str]:
    named = {**make.functions(), "refund_payments": make.function("refund_payments")}
    by_id = {function.function_id: function for function in named.values()}
    offered = offered_functions(
        [named[name].function_id for name in needed],
        [named[name].function_id for name in chain],
        withheld and named[withheld],
        SamplingContext.of(
            list(by_id.values()), edges, [near_duplicate(named[one], named[alike[0]]) for one in alike]
        ),
        seed,
        TaskParams(**params),
        is_irrelevant=is_irrelevant,
    )
    assert len(set(offered)) == len(offered)
    return [by_id[function_id].name for function_id in offered]


def test_what_is_needed_is_offered_among_distractors(make: Any) -> None:
    offered = offer(make, ["get_order"], ["get_order", "track_parcel"], offered_max=4)
    assert len(offered) == 4
    assert {"get_order", "track_parcel"} <= {*offered}


def test_every_needed_function_is_offered_even_beyond_the_limit(make: Any) -> None:
    needed = ["get_order", "track_parcel", "list_orders", "find_customer"]
    offered = offer(make, needed, needed, offered_max=2, distractors_min=1)
    assert {*needed} <= {*offered}
    assert len(offered) == 5


@pytest.mark.parametrize("chain", [["refund_payment", "refund_payments", "get_order"], ["get_order"]])
def test_neither_the_withheld_function_nor_its_look_alike_is_offered(make: Any, chain: list[str]) -> None:
    offered = offer(make, ["list_orders"], chain, "refund_payment", offered_max=100)
    assert {"refund_payment", "refund_payments"}.isdisjoint(offered)
    assert "get_order" in offered
    assert "refund_payments" in offer(make, ["list_orders"], chain, offered_max=100)


def test_nothing_of_the_domain_of_an_irrelevant_request_is_offered(make: Any) -> None:
    offered = offer(
        make, [], ["get_wind", "get_order"], "refund_payment", is_irrelevant=True, offered_max=100
    )
    assert "get_wind" in offered
    assert {"get_order", "list_orders", "refund_payments"}.isdisjoint(offered)


ALIKE = ("get_order", "get_tides", "get_wind", "add_comment")


@pytest.mark.parametrize("count", [0, 1, 2, 3, 9])
def test_near_duplicates_of_what_is_needed_are_offered_first_as_many_as_are_asked_for(
    make: Any, count: int
) -> None:
    for seed in range(5):
        offered = offer(
            make,
            ["get_order"],
            ["get_order"],
            alike=ALIKE,
            seed=seed,
            near_duplicate_distractors=count,
            offered_max=1,
            distractors_min=min(count, 3),
        )
        assert len({*offered} & {*ALIKE[1:]}) == min(count, 3)


def test_no_near_duplicate_of_the_withheld_function_is_offered(make: Any) -> None:
    offered = offer(make, ["list_orders"], ["get_tides"], "get_order", alike=ALIKE, offered_max=100)
    assert {*ALIKE}.isdisjoint(offered)
    assert "refund_payment" in offered


@pytest.mark.parametrize("count", [0, 1, 2])
def test_functions_linked_to_what_is_needed_come_before_the_rest_of_the_walk(make: Any, count: int) -> None:
    walked = ["list_orders", "get_tides", "get_wind", "get_forecast"]
    for seed in range(5):
        offered = offer(
            make,
            ["list_orders"],
            walked,
            edges=make.edges(),
            seed=seed,
            linked_distractors=count,
            offered_max=3,
            distractors_min=0,
        )
        assert len({*offered} - {*walked}) == count


def test_the_order_tells_nothing_about_what_is_needed(make: Any) -> None:
    offers = [offer(make, ["get_wind"], ["get_wind"], seed=seed, offered_max=3) for seed in range(60)]
    assert {offered.index("get_wind") for offered in offers} == {0, 1, 2, 3}
