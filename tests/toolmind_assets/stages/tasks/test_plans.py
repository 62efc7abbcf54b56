from dataclasses import replace
from typing import Any

import pytest

from toolmind_assets.model.tasks import PlanArgument, PlanStep, ValueKind
from toolmind_assets.stages.tasks.argument_fields import argument_fields
from toolmind_assets.stages.tasks.plan_skeletons import PlanSkeleton
from toolmind_assets.stages.tasks.plans import fill_plan, plan_problems, planned_arguments, skeleton_problems


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
    order = make.reference("order_id", "s1", "orders[].order_id", make.dearest)
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
    skeleton = PlanSkeleton(
        steps, {("s1", "city"): field, ("s2", "city"): field}, {("s2", "city"): ("s1", "city")}, 1
    )
    filled = fill_plan(skeleton, {("s1", "city"): "Oslo"})
    assert [planned_arguments(step) for step in filled] == [{"city": "Oslo"}, {"city": "Oslo", "unit": "kn"}]


def twelve_steps(make: Any, *arguments: PlanArgument) -> list[PlanStep]:
    """Eleven calls of one function with a city each, and a twelfth step with these arguments."""
    cities = [make.step(f"s{n}", "get_forecast", make.user("city", f"City {n}")) for n in range(1, 12)]
    return [*cities, make.step("s12", "get_tides", *arguments, group=1)]


def test_a_reference_means_the_one_step_of_just_this_id(make: Any, functions: dict[str, Any]) -> None:
    """DiGiT-TC takes `$10` for `$1`, by its beginning."""
    steps = twelve_steps(make, make.reference("coast", "s10", "forecast"))
    assert plan_problems(steps, functions) == []
    without = [step for step in steps if step.step_id != "s10"]
    assert plan_problems(without, functions) == ["s12 refers to s10, no earlier step"]
    assert steps[-1].source_ids() == {"s10"}


def test_a_field_is_the_one_of_just_this_name(make: Any, functions: dict[str, Any]) -> None:
    """DiGiT-TC takes `$1.identity` where the result has `id`, by its beginning."""
    first, second = good_plan(make)
    for path in ("customer", "customer_identity", "customer_id.x"):
        wrong = replace(second, arguments=(make.reference("customer_id", "s1", path),))
        (problem,) = plan_problems((first, wrong), functions)
        assert f"has no {path}" in problem


def test_a_reference_forgives_no_other_mistake_of_its_call(make: Any, functions: dict[str, Any]) -> None:
    """DiGiT-TC looks at one complaint of the schema, and forgives it whatever it is about."""
    closed = make.function("ship", {"order_id": {"type": "integer"}, "how": {"enum": ["air", "sea"]}, "kilos": {"type": "number", "minimum": 1}})  # fmt: skip
    give = make.function("give", {}, {"order_id": {"type": "integer"}})
    known = {closed.function_id: closed, give.function_id: give}

    def problems(how: Any, kilos: Any) -> list[str]:
        taken = (
            make.reference("order_id", "s1", "order_id"),
            make.user("how", how),
            make.user("kilos", kilos),
        )
        steps = [PlanStep("s1", give.function_id, 0, 0, ()), PlanStep("s2", closed.function_id, 0, 1, taken)]
        return plan_problems(steps, known)

    assert problems("air", 2) == []
    assert len(problems("rail", 2)) == len(problems("air", 0)) == 1
    assert len(problems("rail", 0)) == 2


def test_a_text_is_no_number_before_anything_is_asked(make: Any) -> None:
    """DiGiT-TC accepts a text for a whole number when it plans, and fails when it executes."""
    give, take = make.function("give", {}, {"id": {"type": "string"}}), make.function("take", {"id": {"type": "integer"}})  # fmt: skip
    taken = (make.reference("id", "s1", "id"),)
    steps = [PlanStep("s1", give.function_id, 0, 0, ()), PlanStep("s2", take.function_id, 0, 1, taken)]
    (problem,) = skeleton_problems(steps, {one.function_id: one for one in (give, take)})
    assert problem == "s2: id of give is string, id of take integer"


def test_a_call_without_arguments_is_an_ordinary_call(make: Any) -> None:
    """DiGiT-TC rejects every call without arguments."""
    bare = make.function("list_zones")
    assert plan_problems([PlanStep("s1", bare.function_id, 0, 0, ())], {bare.function_id: bare}) == []


def test_what_a_call_lacks_or_does_not_take_is_a_problem_before_its_values_are_known(
    make: Any, functions: dict[str, Any]
) -> None:
    lacking = make.step("s1", "refund_payment", make.user("order_id", None))
    assert skeleton_problems([lacking], functions) == ["s1: refund_payment requires amount"]
    more = make.step("s1", "get_order", make.user("order_id", None), make.user("colour", None))
    assert skeleton_problems([more], functions) == ["s1: get_order takes no colour"]
    twice = make.step("s1", "get_order", make.user("order_id", None), make.user("order_id", None))
    assert skeleton_problems([twice], functions) == ["s1 fills order_id of get_order twice"]


def test_a_literal_is_one_that_its_schema_allows(make: Any) -> None:
    function = make.function("paint", {"colour": {"enum": ["red", "green"]}})
    for value, n_problems in (("red", 0), ("pink", 1)):
        step = PlanStep("s1", function.function_id, 0, 0, (PlanArgument("colour", ValueKind.LITERAL, value),))
        assert len(skeleton_problems([step], {function.function_id: function})) == n_problems


def test_a_step_for_each_member_reads_one_list_and_gives_no_result_that_others_read(
    make: Any, functions: dict[str, Any]
) -> None:
    orders = make.step("s1", "list_orders", make.user("customer_id", "C-1"))
    each = make.each("order_id", "s1", "orders[].order_id")
    look = make.step("s2", "get_order", each, group=1, members_max=3)
    assert plan_problems([orders, look], functions) == []
    track = make.step("s3", "track_parcel", make.reference("carrier", "s2", "carrier"), make.user("order_id", "W"), group=2)  # fmt: skip
    assert plan_problems([orders, look, track], functions) == [
        "s3 refers to s2, which is carried out several times"
    ]
    assert plan_problems([orders, replace(look, members_max=1)], functions)
    assert plan_problems([orders, replace(look, arguments=(make.reference("order_id", "s1", "orders[].order_id"),))], functions)  # fmt: skip
    single = make.step("s2", "list_orders", make.each("customer_id", "s0", "customer_id"), members_max=2)
    found = make.step("s0", "find_customer", make.user("email", "ada@example.com"))
    assert any("no list" in problem for problem in plan_problems([found, single], functions))


def test_steps_and_requests_come_in_order(make: Any, functions: dict[str, Any]) -> None:
    first, second = good_plan(make)
    assert any("stands twice" in one for one in plan_problems((first, replace(first, arguments=(make.user("email", "b@example.com"),))), functions))  # fmt: skip
    assert any("after request" in one for one in plan_problems((replace(first, request_index=1), second), functions))  # fmt: skip
    assert any("made after it" in one for one in plan_problems((replace(first, group=2), second), functions))
