"""What is wrong with a written intent, check by check, each with what only looks like it."""

from dataclasses import replace
from typing import Any

import pytest

from toolmind_assets.model.tasks import Choice, ChoiceKind, FactKind, PlanStep, UserFact
from toolmind_assets.stages.tasks.circumstances import Circumstances
from toolmind_assets.stages.tasks.intent_checks import (
    Written,
    copied_descriptions,
    enum_codes,
    intent_problems,
    lost_goals,
    missing_texts,
    reads_as_code,
    told_names,
    told_values,
    unsaid_values,
    untold_choices,
)
from toolmind_assets.stages.tasks.intent_outline import IntentContext

EMAIL = UserFact("s1", "email", "email", "ada@example.com", False)


def written(*goals: str, covers: tuple[str, ...] = (), **texts: str) -> Written:
    said = {"situation": "Ada moves house.", "intent": "I want it settled."} | texts
    return Written(said["situation"], said["intent"], goals, tuple(frozenset(covers) for _ in goals))


@pytest.fixture
def context(make: Any) -> IntentContext:
    """Two requests: find the customer and list the orders, then look at one order."""
    functions = {function.function_id: function for function in make.functions().values()}
    find = make.step("s1", "find_customer", make.user("email", "ada@example.com"), is_implicit=True)
    orders = make.step("s2", "list_orders", make.reference("customer_id", "s1", "customer_id"))
    look = make.step("s3", "get_order", make.reference("order_id", "s2", "orders[].order_id"), request=1)
    return IntentContext(((find, orders), (look,)), ((EMAIL,), ()), functions)


def with_choice(context: IntentContext, choice: Choice) -> IntentContext:
    (look,) = context.requests[1]
    (argument,) = look.arguments
    chosen = replace(look, arguments=(replace(argument, choice=choice),))
    return replace(context, requests=(context.requests[0], (chosen,)))


def test_each_request_wants_a_goal_and_the_whole_a_situation_and_an_intent(context: IntentContext) -> None:
    assert list(missing_texts(written("My orders", "The newest"), context)) == []
    assert list(missing_texts(written("My orders"), context)) == ["1 goals for 2 requests"]
    assert list(missing_texts(written("My orders", ""), context)) == ["a goal is empty"]
    assert list(missing_texts(written("a", "b", intent=""), context)) == ["the intent is empty"]
    assert list(missing_texts(written("a", "b", situation=""), context)) == ["the situation is empty"]


def test_a_wish_is_covered_by_a_shared_word_or_by_what_the_writer_says(context: IntentContext) -> None:
    assert list(lost_goals(written("What orders are there?", "How is the order doing"), context)) == []
    assert (
        list(lost_goals(written("Know what is under way", "Hear more", covers=("1a", "2a")), context)) == []
    )
    lost = list(lost_goals(written("Know what is under way", "See the order"), context))
    assert lost == ["the goal of request 1 says nothing of 1a"]


def test_a_step_that_stays_unsaid_is_no_wish(context: IntentContext) -> None:
    assert [step.step_id for step in context.wishes().values()] == ["s2", "s3"]
    assert list(context.wishes()) == ["1a", "2a"]


@pytest.mark.parametrize("text", ["Use get_order", "I need the customer_id", "Read orders of list_orders."])
def test_names_of_functions_and_fields_are_not_told(context: IntentContext, text: str) -> None:
    (problem,) = told_names(written("My orders", text), context)
    assert "gives away the name" in problem


@pytest.mark.parametrize(
    "text", ["Get the order", "My email, please", "get_orders_of_mine", "The customer, id or not"]
)
def test_ordinary_words_give_no_name_away(context: IntentContext, text: str) -> None:
    assert list(told_names(written("My orders", text), context)) == []


def test_a_name_reads_as_code_by_an_underscore_a_dot_or_a_capital_inside() -> None:
    names = ("search", "find_it", "findIt", "a.b", "Search", "e.g.", "v2")
    assert [name for name in names if reads_as_code(name)] == ["find_it", "findIt", "a.b", "e.g."]


def test_codes_of_enums_are_not_told_unless_the_person_has_them(context: IntentContext, make: Any) -> None:
    states = {"type": "object", "properties": {"state": {"enum": ["in_progress", "open"]}}}
    order = replace(make.functions()["get_order"], parameters=states)
    assert enum_codes(order) == ("in_progress",)
    coded = replace(context, functions={**context.functions, order.function_id: order})
    assert list(told_names(written("My orders", "Is it in_progress?"), coded))
    assert list(told_names(written("My orders", "Is it open, or in progress?"), coded)) == []
    known = replace(coded, facts=((EMAIL, UserFact("s3", "state", "state", "in_progress", False)), ()))
    assert list(told_names(written("My orders", "Is it in_progress?"), known)) == []


def test_six_words_in_a_row_of_a_description_are_a_copy_and_five_are_not(
    context: IntentContext, make: Any
) -> None:
    described = replace(make.functions()["get_order"], description="Returns the order with all of its lines.")
    context = replace(context, functions={**context.functions, described.function_id: described})
    (problem,) = copied_descriptions(written("x", "See the order with all of its lines"), context)
    assert "the order with all of its" in problem
    assert list(copied_descriptions(written("x", "See the order with all of my things"), context)) == []


def test_a_value_that_waits_to_be_asked_for_is_not_told(context: IntentContext) -> None:
    waiting = replace(context, facts=((replace(EMAIL, is_withheld=True),), ()))
    (problem,) = told_values(written("Find ada@example.com", "x"), waiting)
    assert "only when asked" in problem
    assert list(told_values(written("Find ada@example.com", "x"), context)) == []
    assert list(told_values(written("Find my account", "x"), waiting)) == []


@pytest.mark.parametrize("text", ["See order W-6041", "Ask for AB-C1", "Pay 1500 back", "By 2031-05-06"])
def test_no_value_is_told_that_nobody_has(context: IntentContext, text: str) -> None:
    (problem,) = told_values(written("My orders", text), context)
    assert "none of the person's values" in problem


@pytest.mark.parametrize(
    "text",
    [
        "See both of my 2 orders",
        "The first one",
        "By 5pm",
        "The one of 2031-05-07",
        "A 24-hour visit of a 42-year-old",
        "In 2031",
    ],
)
def test_small_counts_and_the_date_may_be_told(context: IntentContext, text: str) -> None:
    dated = replace(context, circumstances=Circumstances(reference_time="2031-05-07T09:00:00+02:00"))
    assert list(told_values(written("My orders", text), dated)) == []


@pytest.mark.parametrize(
    ("choice", "right", "wrong"),
    [
        (Choice(ChoiceKind.NEWEST, "orders[].placed", label="placed"), "My latest order", "An order"),
        (Choice(ChoiceKind.LOWEST, "orders[].total", label="total"), "The cheapest order", "The newest order"),
        (Choice(ChoiceKind.OLDEST, "orders[].due", label="due"), "The order that is due next", "The order"),
        (Choice(ChoiceKind.LOWEST, "orders[].km", label="km"), "The nearest order", "The furthest order"),
        (Choice(ChoiceKind.MATCH, "orders[].shop", "Tea House", "shop"), "The one of the tea-house", "That of a shop"),
        (Choice(ChoiceKind.ONLY), "That order", None),
    ],
)  # fmt: skip
def test_a_goal_says_which_of_several_is_meant(
    context: IntentContext, choice: Choice, right: str, wrong: str | None
) -> None:
    context = with_choice(context, choice)
    assert list(untold_choices(written("My orders", right), context)) == []
    if wrong is not None:
        (problem,) = untold_choices(written("My orders", wrong), context)
        assert "request 2 does not say which one is meant" in problem
        assert list(untold_choices(written(right, wrong), context)) == []


def test_a_choice_is_told_by_a_fact_as_well_and_in_other_languages_only_values_are_looked_for(
    context: IntentContext,
) -> None:
    match = with_choice(context, Choice(ChoiceKind.MATCH, "orders[].shop", "Tea House", "shop"))
    stated = replace(match, facts=((EMAIL,), (UserFact("s3", "order_id", "shop", "Tea House", False),)))
    assert list(untold_choices(written("a", "That order"), stated)) == []
    newest = with_choice(context, Choice(ChoiceKind.NEWEST, "orders[].placed", label="placed"))
    german = replace(newest, circumstances=Circumstances(language="de-AT"))
    assert list(untold_choices(written("a", "Die letzte Bestellung"), german)) == []


def test_every_value_of_a_plan_can_be_said_in_its_request_or_an_earlier_one(make: Any) -> None:
    step: PlanStep = make.step("s1", "find_customer", make.user("email", "ada@example.com"), request=1)
    assert list(unsaid_values([step], ((), (EMAIL,)))) == []
    assert list(unsaid_values([step], ((EMAIL,), ()))) == []
    assert list(unsaid_values([replace(step, request_index=0)], ((), (EMAIL,)))) == [
        "nothing says the email of s1"
    ]
    assert list(unsaid_values([step], ((), (replace(EMAIL, value=None, kind=FactKind.UNKNOWN),))))


def test_where_texts_are_missing_nothing_else_is_told(context: IntentContext) -> None:
    assert intent_problems(written("get_order"), context) == ["1 goals for 2 requests"]
    problems = intent_problems(written("Know what is under way", "Use get_order for W-6041"), context)
    assert len(problems) == 3
