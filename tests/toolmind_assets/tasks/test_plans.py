from typing import Any

import pytest

from toolmind_assets.model.tasks import PlanArgument, PlanStep, ValueKind
from toolmind_assets.tasks.arguments import argument_fields
from toolmind_assets.tasks.drafts import Draft
from toolmind_assets.tasks.plans import fill_plan, plan_problems, planned_arguments


@pytest.fixture
def functions(make: Any) -> dict[str, Any]:
    return {function.function_id: function for function in make.functions().values()}


def good_plan(make: Any) -> tuple[PlanStep, ...]:
    return (
        make.step("s1", "find_customer", make.user("email", "ada@example.com")),
        make.step("s2", "list_orders", make.reference("customer_id", "s1", "customer_id"), group=1),
    )


def test_a_plan_that_can_be_executed_has_no_problems(make: Any, functions: dict[str, Any]) -> None:
    assert plan_problems(good_plan(make), functions) == []


def test_a_reference_to_a_later_or_unknown_step_is_a_problem(make: Any, functions: dict[str, Any]) -> None:
    first, second = good_plan(make)
    assert "s2 refers to s1" in plan_problems((second, first), functions)[0]
    assert "s2 refers to s1" in plan_problems((second,), functions)[0]


def test_a_missing_or_ill_typed_value_is_a_problem_at_its_place(make: Any, functions: dict[str, Any]) -> None:
    (problem,) = plan_problems((make.step("s1", "find_customer"),), functions)
    assert problem == "s1: find_customer requires email"
    (problem,) = plan_problems((make.step("s1", "find_customer", make.user("email", 5)),), functions)
    assert problem.startswith("s1 find_customer/email: ")


def test_a_value_that_is_not_known_yet_is_forgiven_and_its_neighbour_is_not(
    make: Any, functions: dict[str, Any]
) -> None:
    first = make.step("s1", "list_orders", make.user("customer_id", "C-1"))
    order = make.reference("order_id", "s1", "orders[].order_id")
    assert (
        plan_problems((first, make.step("s2", "refund_payment", order, make.user("amount", 5))), functions)
        == []
    )
    (problem,) = plan_problems(
        (first, make.step("s2", "refund_payment", order, make.user("amount", "five"))), functions
    )
    assert "/amount" in problem


def test_the_same_call_twice_is_a_problem(make: Any, functions: dict[str, Any]) -> None:
    steps = [make.step(f"s{n}", "get_wind", make.user("city", city)) for n, city in ((1, "Oslo"), (2, "Rome"), (3, "Oslo"))]  # fmt: skip
    assert plan_problems(steps, functions) == ["s1 and s3 are the same call"]
    assert plan_problems(steps[:2], functions) == []


def test_a_shared_argument_takes_the_value_that_it_shares_and_others_keep_theirs(make: Any) -> None:
    steps = (
        make.step("s1", "get_forecast", make.user("city", None)),
        make.step("s2", "get_wind", make.user("city", None), PlanArgument("unit", ValueKind.LITERAL, "kn")),
    )
    field = argument_fields(make.functions()["get_wind"])[0]
    drafted = Draft(
        steps, {("s1", "city"): field, ("s2", "city"): field}, {("s2", "city"): ("s1", "city")}, 1
    )
    filled = fill_plan(drafted, {("s1", "city"): "Oslo"})
    assert [planned_arguments(step) for step in filled] == [{"city": "Oslo"}, {"city": "Oslo", "unit": "kn"}]
