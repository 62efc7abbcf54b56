"""What the user of a task knows, says otherwise than it is, and does not know."""

from dataclasses import replace
from typing import Any

import pytest

from toolmind_assets.model.tasks import FactKind, UserFact
from toolmind_assets.stages.tasks.argument_fields import ArgumentField, argument_fields
from toolmind_assets.stages.tasks.circumstances import Circumstances
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.plan_skeletons import PlanSkeleton
from toolmind_assets.stages.tasks.user_facts import facts_of, user_facts, with_expressions, with_unknown

FRIDAY = Circumstances(reference_time="2026-03-06T09:00:00+01:00")


@pytest.fixture
def functions(make: Any) -> dict[str, Any]:
    return {function.function_id: function for function in make.functions().values()}


@pytest.fixture
def skeleton(make: Any) -> PlanSkeleton:
    (email,) = argument_fields(make.functions()["find_customer"])
    (customer,) = [
        one for one in argument_fields(make.functions()["list_orders"]) if one.path == "customer_id"
    ]
    steps = (
        make.step("s1", "find_customer", make.user("email", None)),
        make.step("s2", "list_orders", make.reference("customer_id", "s1", "customer_id"), group=1),
    )
    places = {("s1", "email"): email, ("s2", "customer_id"): customer}
    return PlanSkeleton(steps, places, {}, 1, withheld=frozenset({("s1", "email")}))


def dated(value: Any) -> UserFact:
    return UserFact("s1", "day", "day", value, False)


def test_facts_are_what_the_user_knows_with_what_is_withheld_marked(
    skeleton: PlanSkeleton, functions: dict[str, Any]
) -> None:
    ((fact,),) = user_facts(skeleton, {("s1", "email"): "ada@example.com"}, functions)
    assert (fact.step_id, fact.path, fact.value, fact.is_withheld) == ("s1", "email", "ada@example.com", True)


def test_an_identifier_that_a_result_gives_is_not_known(
    skeleton: PlanSkeleton, functions: dict[str, Any]
) -> None:
    values = {("s1", "email"): "ada@example.com"}
    ((known, unknown),) = facts_of(skeleton, values, functions, FRIDAY, 1, TaskParams())
    assert (known.kind, known.value) == (FactKind.KNOWN, "ada@example.com")
    assert (unknown.kind, unknown.label, unknown.value) == (FactKind.UNKNOWN, "customer ID", None)
    assert not unknown.is_withheld


def test_what_is_called_as_a_known_value_is_not_called_unknown(
    skeleton: PlanSkeleton, functions: dict[str, Any]
) -> None:
    told = UserFact("s9", "customer_id", "customer ID", "C-1", False)
    assert with_unknown(((told,),), skeleton, functions) == ((told,),)


def test_a_near_date_is_told_by_a_word_and_keeps_its_value() -> None:
    (((fact),),) = with_expressions(((dated("2026-03-07"),),), FRIDAY, 1, 1.0)
    assert (fact.value, fact.expression, fact.said) == ("2026-03-07", "tomorrow", "tomorrow")


@pytest.mark.parametrize(
    "value", ["2026-03-30", "2026-03-07T10:00:00Z", "20260307", 20260307, "2026-13-01", None]
)
def test_what_is_far_away_or_no_plain_date_is_told_as_it_is(value: Any) -> None:
    assert with_expressions(((dated(value),),), FRIDAY, 1, 1.0) == ((dated(value),),)


def test_dates_are_told_as_they_are_in_other_languages_by_share_and_where_no_time_is_known() -> None:
    facts = ((dated("2026-03-07"),),)
    german = Circumstances(reference_time=FRIDAY.reference_time, language="de")
    assert with_expressions(facts, german, 1, 1.0) == facts
    assert with_expressions(facts, Circumstances(), 1, 1.0) == facts
    assert with_expressions(facts, FRIDAY, 1, 0.0) == facts
    told = [with_expressions(facts, FRIDAY, seed, 0.5) != facts for seed in range(200)]
    assert 70 < sum(told) < 130


@pytest.mark.parametrize(
    ("name", "path", "label"),
    [
        ("post_transactions_relationships_tags", "data.id", "tag ID"),
        ("events__2_patch", "id", "event ID"),
        ("getUser", "id", "user ID"),
        ("update_order", "invoice.id", "invoice ID"),
    ],
)
def test_a_bare_name_is_called_after_a_thing_and_not_after_what_is_around_it(
    make: Any, name: str, path: str, label: str
) -> None:
    function = replace(make.functions()["find_customer"], source_name=name)
    owner, _, key = path.rpartition(".")
    field = ArgumentField(path, key, owner, {"type": "string"}, True, False)
    step = make.step("s1", "find_customer", make.user(path, None))
    skeleton = PlanSkeleton((step,), {("s1", path): field}, {}, 1)
    ((fact,),) = user_facts(skeleton, {("s1", path): "x"}, {step.function_id: function})
    assert fact.label == label
