"""Coherence of two calls that take the same value: each reason for it, with a near miss."""

from collections.abc import Callable
from typing import Any

import pytest

from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.stages.graph import coherence_factors as by

Make = Callable[..., FunctionSpec]
Sense = Callable[..., Any]
STRING = {"type": "string"}
EFFECTS = {"create": Effect.CREATE, "add": Effect.CREATE, "update": Effect.UPDATE, "delete": Effect.DELETE}


@pytest.fixture
def weigh(make_function: Make, sense: Sense) -> Callable[..., Any]:
    """Weighs what two functions share; their effects follow from their names, ids end in `_id`."""

    def function(
        name: str, takes: tuple[str, ...], gives: tuple[str, ...], required: tuple[str, ...] | None
    ) -> FunctionSpec:
        sides = {"parameters": takes, "returns": gives}
        marks = {
            f"/{side}/properties/{one}": (one.removesuffix("_id"), "id")
            for side, names in sides.items()
            for one in names
            if one.endswith("_id")
        }
        return make_function(name, dict.fromkeys(takes, STRING), dict.fromkeys(gives, STRING), identifiers=marks,
                             required=required, effect=EFFECTS.get(name.split("_")[0], Effect.READ))  # fmt: skip

    def weighed(
        source: tuple[str, ...],
        target: tuple[str, ...],
        shared: str = "order_id",
        gives: tuple[str, ...] = (),
        required: tuple[str, ...] | None = None,
    ) -> Any:
        (first, *ours), (second, *theirs) = source, target
        functions = [
            function(first, tuple(ours), gives, required),
            function(second, tuple(theirs), (), required),
        ]
        return sense(functions, first, shared, second, shared, "P-P")

    return weighed


def test_two_calls_about_the_thing_that_they_take_belong_together(weigh: Any) -> None:
    assert weigh(("get_order", "order_id"), ("update_order", "order_id")).subject == 1
    assert weigh(("get_order", "order_id"), ("list_notes", "order_id")).subject == by.ONE_ABOUT
    assert weigh(("list_notes", "order_id"), ("list_taxes", "order_id")).subject == by.NONE_ABOUT


def test_two_calls_that_merely_happen_in_one_thing_do_not(weigh: Any) -> None:
    board = ("board_id", "card_id")
    beside = weigh(("get_card", *board), ("delete_user", "board_id", "user_id"), "board_id")
    assert beside.subject == by.BESIDE
    akin = weigh(("list_cards", "board_id"), ("update_card", *board), "board_id")
    assert akin.subject == by.AKIN


def test_a_call_that_looks_up_what_the_other_acts_on_belongs_to_it(weigh: Any) -> None:
    board = ("board_id", "card_id")
    found = weigh(("search", "board_id"), ("update_card", *board), "board_id", gives=("card_id",))
    assert found.subject == by.ONE_ABOUT
    assert weigh(("search", "board_id"), ("update_card", *board), "board_id").subject == by.BESIDE


def test_what_errands_turn_around_ties_two_calls_that_need_it(weigh: Any) -> None:
    assert weigh(("get_tide", "city"), ("find_hotel", "city"), "city").subject == by.GROUND
    assert weigh(("get_tide", "unit"), ("find_hotel", "unit"), "unit").subject == by.BESIDE
    assert weigh(("get_tide", "city"), ("find_hotel", "city"), "city", required=()).subject == by.BESIDE


def test_two_reports_of_one_period_are_one_look(weigh: Any) -> None:
    since = ("since",)
    assert (
        weigh(("get_open_statistics", *since), ("get_click_counts", *since), "since", required=()).subject
        == by.REPORTED
    )
    assert weigh(("get_opens", *since), ("get_clicks", *since), "since", required=()).subject == by.BESIDE


def test_a_header_of_its_own_ties_nothing(weigh: Any) -> None:
    def header(name: str) -> float:
        return weigh(("get_order", name), ("update_order", name), name).subject

    assert header("X-Tenant-Name") == by.BESIDE
    assert header("tenant") > by.BESIDE


@pytest.mark.parametrize(
    ("first", "second", "factor"),
    [
        ("get", "update", 1),
        ("get", "delete", 1),
        ("get", "get_all", 1),
        ("update", "get", by.LOOKED_AFTER),
        ("create", "delete", 0.3),
        ("create", "update", by.REMADE),
        ("update", "delete", 0.4),
        ("delete", "get", 0.4),
    ],
)
def test_two_changes_of_one_thing_are_rarely_of_one_goal(
    weigh: Any, first: str, second: str, factor: float
) -> None:
    weighed = weigh((f"{first}_order", "order_id"), (f"{second}_order", "order_id"))
    assert weighed.cycle == pytest.approx(factor)


def test_calls_that_share_a_value_and_no_word_have_no_reason(weigh: Any) -> None:
    assert weigh(("quote_flight", "region"), ("purge_backup", "region"), "region").value < 0.5
    assert weigh(("quote_flight", "flight_id"), ("book_flight", "flight_id"), "flight_id").value >= 0.5
