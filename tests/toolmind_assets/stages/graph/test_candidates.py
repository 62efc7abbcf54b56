"""P-R links as they are found, before anybody is asked; and which of them are kept."""

from collections.abc import Callable
from random import Random
from threading import Barrier
from typing import Any

import numpy as np
import pytest

from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.stages.graph.candidates import WORKERS, Candidates, first_of_groups, in_order, without
from toolmind_assets.stages.graph.params import GraphParams

Make = Callable[..., FunctionSpec]
Find = Callable[..., Any]
STRING = {"type": "string"}


def word(number: int) -> str:
    return "".join(Random(number).choices("abcdefghijklmnop", k=9))


def test_results_fill_the_parameters_that_mean_the_same(shop: dict[str, FunctionSpec], find: Find) -> None:
    assert find(list(shop.values())).ends("P-R") == {
        ("list_orders", "orders[].id", "get_order", "order_id"),
        ("list_orders", "orders[].id", "delete_order", "order_id"),
        ("find_customer", "customer.id", "list_orders", "customer_id"),
    }


def test_marked_identifiers_meet_whatever_they_are_called(make_function: Make, find: Find) -> None:
    source = make_function(
        "give", {}, {"Ref": STRING}, identifiers={"/returns/properties/Ref": ("vpc", "id")}
    )
    target = make_function(
        "take", {"network": STRING}, identifiers={"/parameters/properties/network": ("vpc", "id")}
    )
    assert find([source, target]).ends() == {("give", "Ref", "take", "network")}


def test_values_of_one_class_meet_without_a_common_word_and_are_doubted(
    make_function: Make, find: Find
) -> None:
    source = make_function("plan", {}, {"monthly_payment": {"type": "number"}})
    target = make_function("draw", {"price": {"type": "number"}})
    assert find([source, target]).ends("P-R", "rejected") == {("plan", "monthly_payment", "draw", "price")}


def test_what_can_be_said_for_no_link_makes_no_row(make_function: Make, find: Find) -> None:
    source = make_function("plan", {}, {"wing": STRING})
    assert find([source, make_function("draw", {"spoon": STRING})]).edges == ()


def test_types_that_exclude_each_other_make_no_row(make_function: Make, find: Find) -> None:
    source = make_function("get_order", {}, {"order_id": {"type": "boolean"}})
    assert find([source, make_function("ship", {"order_id": STRING})]).edges == ()


def test_a_pair_of_functions_keeps_its_best_links_only(make_function: Make, find: Find) -> None:
    things = ("sender", "receiver", "broker", "role")
    gives = {f"{thing}_id": STRING for thing in things}
    source = make_function("get_parcel", {}, gives)
    target = make_function("plan_route", gives, required=("broker_id",))
    found = find([source, target], GraphParams(random_ratio=0, max_pair_links=2))
    assert len(found.edges) == 2
    assert max(found.edges, key=lambda edge: edge.score).input_path == "broker_id"


def test_each_parameter_keeps_its_best_sources_only(make_function: Make, find: Find) -> None:
    sources = [make_function(f"{word(n)}_order", {}, {"order_id": STRING}) for n in range(8)]
    target = make_function("ship", {"order_id": STRING})
    assert len(find([*sources, target], GraphParams(random_ratio=0, max_sources=5)).edges) == 5


def test_a_parameter_takes_from_one_function_its_best_field_only(make_function: Make, find: Find) -> None:
    parties = {"id": STRING, "parent": {"type": "object", "properties": {"order_id": STRING}}}
    source = make_function(
        "get_order", {}, {"order_id": STRING, "details": {"type": "object", "properties": parties}}
    )
    found = find([source, make_function("ship", {"order_id": STRING})])
    assert [edge.output_path for edge in found.edges] == ["order_id"]


def test_of_equal_scores_the_function_of_the_likelier_name_ranks_first(
    make_function: Make, find: Find
) -> None:
    near = make_function("open_parcel", {}, {"parcel_code": STRING})
    others = [make_function(f"{word(n)}_box", {}, {"parcel_code": STRING}) for n in range(6)]
    target = make_function("send_parcel", {"parcel_code": STRING})
    found = find([near, *others, target], GraphParams(random_ratio=0, max_sources=1))
    assert [found.ends_of(edge)[0] for edge in found.edges] == ["open_parcel"]


def test_the_first_of_each_group_are_the_highest_ranked_and_ties_keep_their_order() -> None:
    group = np.array([1, 0, 1, 1, 0])
    rank = np.array([0.5, 0.1, 0.9, 0.5, 0.1], dtype=np.float32)
    assert first_of_groups(group, None, rank, 2).tolist() == [1, 4, 2, 0]
    assert first_of_groups(group, np.array([0, 0, 0, 1, 0]), rank, 1).tolist() == [1, 2, 3]
    assert first_of_groups(group[:0], None, rank[:0], 2).tolist() == []


@pytest.mark.parametrize(
    ("kind", "kept"), [(EdgeKind.RESULT_TO_PARAMETER, [8]), (EdgeKind.SHARED_PARAMETER, [7, 8])]
)
def test_a_link_is_known_by_its_kind_and_both_ends(kind: EdgeKind, kept: list[int]) -> None:
    def links(of: EdgeKind, *targets: int) -> Candidates:
        ones, numbers = np.ones(len(targets)), np.ones(len(targets), dtype=np.float32)
        places = np.array(targets, dtype=np.int64)
        return Candidates(of, ones.astype(np.int64), places, numbers, numbers, ones.astype(bool))

    known = (links(EdgeKind.RESULT_TO_PARAMETER, 7), links(EdgeKind.SHARED_PARAMETER, 9))
    assert without(links(kind, 7, 8), known).targets.tolist() == kept


def test_blocks_are_weighed_at_the_same_time_and_come_in_their_order() -> None:
    started, both = [], Barrier(WORKERS, timeout=10)

    def work(block: int) -> int:
        started.append(block)
        both.wait()
        return -block

    assert list(in_order(range(2 * WORKERS), work)) == [-block for block in range(2 * WORKERS)]
    assert sorted(started) == list(range(2 * WORKERS))


def test_what_goes_wrong_with_a_block_is_raised() -> None:
    def work(block: int) -> int:
        return 1 // block

    with pytest.raises(ZeroDivisionError):
        list(in_order(range(3), work))
