"""Which member of a list a plan means, from the first reference through the list to the last."""

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolmind_assets.model.function_graph import FunctionGraph
from toolmind_assets.model.functions import Effect
from toolmind_assets.model.tasks import Choice, ChoiceKind, Members, PlanStep
from toolmind_assets.stages.tasks.builder import PlanBuilder, Tie
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.plan_skeletons import PlanSkeleton
from toolmind_assets.stages.tasks.plans import fill_plan, plan_problems, skeleton_problems

TEXT = {"type": "string"}
STATE = {"type": "string", "enum": ["open", "paid"]}
DAY = {"type": "string", "format": "date"}


class Shop:
    """A list of bills, what can be done with one, and a plan that has listed them."""

    def __init__(self, make: Any, told: dict[str, Any], seed: int = 1) -> None:
        bill = {"type": "object", "properties": {"bill_id": TEXT, **told}}
        takes = {"bill_id": TEXT}
        self.list = make.function("list_bills", {}, {"bills": {"type": "array", "items": bill}})
        self.show = make.function("get_bill", takes, {"note": TEXT})
        self.delete = make.function("delete_bill", takes, effect=Effect.DELETE)
        self.pay = make.function("pay_bill", takes, effect=Effect.UPDATE)
        self.ship = make.function("ship", {"bill_id": TEXT, "label": TEXT}, effect=Effect.CREATE)
        functions = (self.list, self.show, self.delete, self.pay, self.ship)
        self.functions = {one.function_id: one for one in functions}
        edges = [make.edge(self.list, "bills[].bill_id", one, "bill_id") for one in functions[1:]]
        edges.append(make.edge(self.list, "bills[].label", self.ship, "label"))
        self.plan = PlanBuilder(self.functions, FunctionGraph(edges), random.Random(seed), TaskParams())
        assert self.plan.add(self.list.function_id, Tie.NONE)

    def add(self, function: Any) -> bool:
        return self.plan.add(function.function_id, Tie.RESULT)

    def choices(self) -> list[Choice | None]:
        return [one.choice for step in self.plan.steps[1:] for one in step.references()]

    def skeleton(self) -> PlanSkeleton:
        steps = tuple(replace(step, group=place) for place, step in enumerate(self.plan.steps))
        return PlanSkeleton(steps, self.plan.fields, self.plan.shared, 1)


def test_what_nobody_could_say_is_not_read(make: Any) -> None:
    shop = Shop(make, {"url": TEXT})
    assert not shop.add(shop.show)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_all_steps_go_on_with_the_same_member_and_the_user_knows_it_once(make: Any, seed: int) -> None:
    shop = Shop(make, {"name": TEXT, "due_date": DAY, "city": TEXT, "label": TEXT}, seed)
    assert shop.add(shop.show) and shop.add(shop.ship) and shop.add(shop.pay)
    (choice,) = set(shop.choices())
    assert choice is not None
    skeleton = shop.skeleton()
    assert skeleton_problems(skeleton.steps, shop.functions) == []
    is_match = choice.kind is ChoiceKind.MATCH
    assert skeleton.user_places() == ([("s2", "bill_id")] if is_match else [])
    plan = fill_plan(skeleton, {("s2", "bill_id"): "Berlin"})
    told = {one.choice and one.choice.value for step in plan[1:] for one in step.references()}
    assert told == {"Berlin" if is_match else None}
    if choice.path == "bills[].label":
        assert {one.path: one.value for one in plan[2].arguments}["label"] == "Berlin"
    assert plan_problems(plan, shop.functions) == []


def test_seeds_choose_in_different_ways(make: Any) -> None:
    told = {"name": TEXT, "due_date": DAY, "city": TEXT, "price": {"type": "number"}}
    kinds = set()
    for seed in range(60):
        shop = Shop(make, told, seed)
        assert shop.add(shop.show)
        kinds |= {(choice.kind, choice.path) for choice in shop.choices() if choice}
    assert {(ChoiceKind.MATCH, "bills[].name"), (ChoiceKind.NEWEST, "bills[].due_date")} < kinds


def test_what_is_removed_goes_by_its_name_or_was_chosen_before(make: Any) -> None:
    for seed in range(20):
        shop = Shop(make, {"name": TEXT, "due_date": DAY, "status": STATE}, seed)
        assert shop.add(shop.delete)
        (choice,) = shop.choices()
        assert choice and choice.path == "bills[].name"
    dated = Shop(make, {"due_date": DAY})
    assert not dated.add(dated.delete)
    assert dated.add(dated.show) and dated.add(dated.delete)


def test_what_goes_by_its_state_is_only_looked_at(make: Any) -> None:
    shop = Shop(make, {"status": STATE})
    assert not shop.add(shop.pay)
    assert shop.add(shop.show) and not shop.add(shop.pay) and not shop.add(shop.delete)


def test_nothing_of_a_member_is_used_after_it_was_removed(make: Any) -> None:
    shop = Shop(make, {"name": TEXT, "label": TEXT})
    assert shop.add(shop.delete) and not shop.add(shop.show) and not shop.add(shop.ship)


def test_of_a_list_that_was_asked_for_by_what_no_two_share_the_only_one_is_meant(make: Any) -> None:
    items = {"type": "object", "properties": {"ref": TEXT, "email": TEXT, "name": TEXT}}
    find = make.function("find_people", {"email": TEXT}, {"people": {"type": "array", "items": items}})
    look = make.function("get_person", {"ref": TEXT}, {"city": TEXT})
    functions = {one.function_id: one for one in (find, look)}
    graph = FunctionGraph([make.edge(find, "people[].ref", look, "ref")])
    plan = PlanBuilder(functions, graph, random.Random(1), TaskParams())
    assert plan.add(find.function_id, Tie.NONE) and plan.add(look.function_id, Tie.RESULT)
    assert [one.choice for one in plan.steps[1].references()] == [Choice(ChoiceKind.ONLY)]


def test_all_members_are_not_removed_by_one_call(make: Any) -> None:
    items = {"type": "object", "properties": {"ref": TEXT, "name": TEXT}}
    find = make.function("list_files", {}, {"files": {"type": "array", "items": items}})
    refs = {"refs": {"type": "array", "items": TEXT}}
    read = make.function("get_files", refs, {"text": TEXT})
    delete = make.function("delete_files", refs, effect=Effect.DELETE)
    functions = {one.function_id: one for one in (find, read, delete)}
    graph = FunctionGraph([make.edge(find, "files[].ref", one, "refs[]") for one in (read, delete)])
    plan = PlanBuilder(functions, graph, random.Random(1), TaskParams())
    assert plan.add(find.function_id, Tie.NONE)
    assert not plan.add(delete.function_id, Tie.RESULT)
    assert plan.add(read.function_id, Tie.RESULT)
    assert [one.members for one in plan.steps[1].references()] == [Members.ALL]


def test_a_field_around_an_inner_list_is_that_of_the_member_that_is_meant(make: Any) -> None:
    room = {"type": "object", "properties": {"room_id": TEXT, "name": TEXT}}
    site = {
        "type": "object",
        "properties": {"site_id": TEXT, "city": TEXT, "rooms": {"type": "array", "items": room}},
    }
    find = make.function("list_sites", {}, {"sites": {"type": "array", "items": site}})
    book = make.function("book_room", {"site_id": TEXT, "room_id": TEXT}, effect=Effect.CREATE)
    functions = {one.function_id: one for one in (find, book)}
    edges = [
        make.edge(find, "sites[].site_id", book, "site_id"),
        make.edge(find, "sites[].rooms[].room_id", book, "room_id"),
    ]
    plan = PlanBuilder(functions, FunctionGraph(edges), random.Random(1), TaskParams())
    assert plan.add(find.function_id, Tie.NONE)
    assert plan.add(book.function_id, Tie.RESULT)
    read = plan.steps[1].references()
    assert {one.path for one in read} == {"site_id", "room_id"}
    assert {one.choice and one.choice.path for one in read} == {"sites[].rooms[].name"}


@pytest.mark.parametrize(
    ("path", "choice", "problem"),
    [
        ("orders[].order_id", None, "nothing says which"),
        ("orders[].order_id", Choice(ChoiceKind.NEWEST, "others[].at", label="at"), "of another list"),
        (
            "orders[].order_id",
            Choice(ChoiceKind.HIGHEST, "orders[].weight", label="weight"),
            "has no orders[].weight",
        ),
        ("orders[].order_id", Choice(ChoiceKind.HIGHEST), "told by nothing"),
        ("orders[].order_id", Choice(ChoiceKind.ONLY, "orders[].total"), "told by orders[].total"),
    ],
)
def test_a_choice_that_no_result_could_show_is_a_problem(
    make: Any, path: str, choice: Choice | None, problem: str
) -> None:
    functions = {function.function_id: function for function in make.functions().values()}
    first = make.step("s1", "list_orders", make.user("customer_id", "C-1"))
    second = make.step("s2", "get_order", make.reference("order_id", "s1", path, choice), group=1)
    assert any(problem in told for told in plan_problems((first, second), functions))


def test_a_choice_where_there_is_none_to_be_made_is_a_problem(make: Any) -> None:
    functions = {function.function_id: function for function in make.functions().values()}
    first = make.step("s1", "find_customer", make.user("email", "a@example.com"))
    second = make.step(
        "s2",
        "list_orders",
        make.reference("customer_id", "s1", "customer_id", Choice(ChoiceKind.ONLY)),
        group=1,
    )
    assert any("none to be made" in told for told in plan_problems((first, second), functions))


def test_one_step_means_one_member_of_a_list(make: Any) -> None:
    functions = {function.function_id: function for function in make.functions().values()}
    first = make.step("s1", "list_orders", make.user("customer_id", "C-1"))
    one = make.reference("order_id", "s1", "orders[].order_id", make.dearest)
    other = make.reference(
        "verdict", "s1", "orders[].order_id", replace(make.dearest, kind=ChoiceKind.LOWEST)
    )
    second = make.step("s2", "rate_delivery", make.user("carrier", "x"), one, other, group=1)
    assert any("two members" in told for told in plan_problems((first, second), functions))


@pytest.mark.parametrize(("value", "is_right"), [("open", True), ("lost", False), ("", False), (None, False)])
def test_the_value_of_a_match_is_one_that_the_field_can_have(make: Any, value: Any, is_right: bool) -> None:
    bill = {"type": "object", "properties": {"id": TEXT, "status": STATE}}
    find = make.function("list_bills", {}, {"bills": {"type": "array", "items": bill}})
    look = make.function("get_bill", {"id": TEXT}, {"note": TEXT})
    choice = Choice(ChoiceKind.MATCH, "bills[].status", value, "status")
    steps = (
        PlanStep("s1", find.function_id, 0, 0, ()),
        PlanStep("s2", look.function_id, 0, 1, (make.reference("id", "s1", "bills[].id", choice),)),
    )
    assert (plan_problems(steps, {one.function_id: one for one in (find, look)}) == []) is is_right
