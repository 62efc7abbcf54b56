"""What is counted of tasks without reading them."""

import importlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.model.tasks import (
    Choice,
    ChoiceKind,
    Members,
    PlanArgument,
    PlanStep,
    Scenario,
    Task,
    ValueKind,
)

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
TEXT = {"type": "string"}


@pytest.fixture(autouse=True)
def beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def module(name: str) -> ModuleType:
    return importlib.import_module(name)


def shop(make: Any) -> Mapping[str, FunctionSpec]:
    return {one.function_id: one for one in make.functions().values()}


def figures(make: Any, *tasks: Task) -> dict[str, Any]:
    return module("plan_figures").figures_of(tasks, shop(make))


def test_calls_are_counted_of_tasks_whose_calls_belong_together(make: Any) -> None:
    tasks = make.tasks()
    found = figures(make, tasks["chained"], tasks["long_horizon"], tasks["parallel"])
    assert found["tasks"] == 2
    assert found["calls"] == {"all": 3.5, "chained": 3.0, "long_horizon": 4.0}


def test_a_sequence_of_an_earlier_task_is_a_repeat_in_whatever_scenario(make: Any) -> None:
    tasks = make.tasks()
    found = figures(make, tasks["chained"], tasks["implicit"], tasks["fan_in"], tasks["long_horizon"])
    assert found["repeated_sequences"] == 0.25


def with_order(make: Any, name: str, **changes: Any) -> Task:
    """A task whose last call takes the id of an order from a list."""
    order = replace(make.reference("order_id", "s2", "orders[].order_id"), **changes)
    chained = make.tasks()["chained"]
    return replace(chained, plan=(*chained.plan[:2], make.step("s3", name, order)))


@pytest.mark.parametrize(
    ("changes", "n_picks", "n_unnamed"),
    [
        ({}, 1, 1),
        ({"choice": Choice(ChoiceKind.ONLY)}, 1, 0),
        ({"members": Members.EACH}, 0, 0),
        ({"members": Members.ALL}, 0, 0),
        ({"output_path": "order_id"}, 0, 0),
    ],
)
def test_one_member_of_a_list_is_unnamed_where_nothing_says_which(
    make: Any, changes: dict[str, Any], n_picks: int, n_unnamed: int
) -> None:
    picks = figures(make, with_order(make, "get_order", **changes))["picks"]
    assert (picks["of_one_member"], picks["unnamed"]) == (n_picks, n_unnamed)
    assert picks["changes"] == 0


def test_changes_of_an_unnamed_thing_are_counted_apart(make: Any) -> None:
    named = Choice(ChoiceKind.NEWEST, "orders[].placed_at", label="placed at")
    tasks = (with_order(make, "refund_payment"), with_order(make, "refund_payment", choice=named))
    picks = figures(make, *tasks)["picks"]
    assert (picks["changes"], picks["changes_of_unnamed"]) == (2, 1)
    assert picks["changes_of_unnamed_share"] == 0.5


def test_a_namespace_is_compared_with_its_share_of_functions(make: Any) -> None:
    rows = figures(make, make.tasks()["chained"])["namespaces"]
    assert rows == [
        {
            "namespace": "commerce",
            "functions": 8,
            "function_share": 0.7273,
            "calls": 3,
            "call_share": 1.0,
            "ratio": 1.38,
        },
        {
            "namespace": "weather",
            "functions": 3,
            "function_share": 0.2727,
            "calls": 0,
            "call_share": 0.0,
            "ratio": 0.0,
        },
    ]


def test_functions_are_planned_or_offered_or_never_seen_in_any_scenario(make: Any) -> None:
    tasks = make.tasks()
    found = figures(make, tasks["parallel"], tasks["chained"])["functions"]
    assert found == {"all": 11, "planned": 4, "offered_only": 1, "never": 6, "planned_share": 0.3636}


def test_no_tasks_have_figures_too(make: Any) -> None:
    found = figures(make)
    assert found["calls"] == {"all": 0.0}
    assert found["functions"]["never"] == 11
    assert found["picks"]["unnamed_share"] == 0.0


def call(step_id: str, function: FunctionSpec, *arguments: PlanArgument) -> PlanStep:
    return PlanStep(step_id, function.function_id, 0, 0, arguments)


UPDATE, CREATE, DELETE = Effect.UPDATE, Effect.CREATE, Effect.DELETE


@pytest.mark.parametrize(
    ("name", "takes", "stated", "effect", "is_empty"),
    [
        ("update_contact", ("contact_id", "phone"), ("contact_id",), UPDATE, True),
        ("update_contact", ("contact_id", "phone"), ("contact_id", "phone"), UPDATE, False),
        ("PATCH /contacts/{contactId}", ("contactId", "phone"), ("contactId",), UPDATE, True),
        ("UpdateContact", ("contactArn", "phone"), ("contactArn",), UPDATE, True),
        ("archive_contact", ("contact_id", "note"), ("contact_id",), UPDATE, False),
        ("PUT /contacts/{contactId}/archive", ("contactId", "note"), ("contactId",), UPDATE, False),
        ("set_default_card", ("contact_id", "card_id", "note"), ("contact_id", "card_id"), UPDATE, False),
        ("update_contact", ("contact_id",), ("contact_id",), UPDATE, False),
        ("update_contact", ("contact_id", "owner_id", "note"), ("contact_id", "owner_id"), UPDATE, False),
        ("PUT /contacts/{id}", ("id", "name", "note"), ("id", "name"), UPDATE, False),
        ("update_user", ("username", "phone"), ("username",), UPDATE, True),
        ("create_user", ("username", "phone"), ("username",), CREATE, False),
        ("create_note", ("user_id", "text"), ("user_id",), CREATE, True),
        ("create_note", ("text",), (), CREATE, True),
    ],
)
def test_a_change_that_states_only_which_thing_is_empty(
    make: Any, name: str, takes: tuple[str, ...], stated: tuple[str, ...], effect: Effect, is_empty: bool
) -> None:
    function = make.function(name, dict.fromkeys(takes, TEXT), effect=effect, required=takes[:1])
    step = call("s1", function, *(make.user(path, "x") for path in stated))
    assert module("plan_changes").is_empty_change(step, function) is is_empty


@pytest.mark.parametrize(
    ("about", "is_empty"), [("User assigned name of the policy.", True), ("What it costs.", False)]
)
def test_a_description_can_say_that_a_parameter_tells_which_thing(
    make: Any, about: str, is_empty: bool
) -> None:
    takes = {
        "project": {**TEXT, "description": "Identifies the project."},
        "policy": {**TEXT, "description": about},
    }
    function = make.function(
        "policies.update", {**takes, "note": TEXT}, effect=UPDATE, required=("project", "policy")
    )
    step = call("s1", function, make.user("project", "p"), make.user("policy", "x"))
    assert module("plan_changes").is_empty_change(step, function) is is_empty


def test_what_the_schema_fixes_is_no_content(make: Any) -> None:
    function = make.function("update_contact", {"contact_id": TEXT, "kind": TEXT}, effect=UPDATE)
    step = call("s1", function, make.user("contact_id", "x"), PlanArgument("kind", ValueKind.LITERAL, "a"))
    assert module("plan_changes").is_empty_change(step, function)


def undone(*calls: tuple[PlanStep, FunctionSpec]) -> list[tuple[str, str]]:
    functions = {function.function_id: function for _, function in calls}
    return module("plan_changes").undone_steps([step for step, _ in calls], functions)


def made_order(make: Any) -> tuple[PlanStep, FunctionSpec]:
    creating = make.function("create_order", {"shop_id": TEXT}, effect=CREATE)
    return call("s1", creating, make.user("shop_id", "S1")), creating


@pytest.mark.parametrize(
    ("name", "output_path", "is_undone"),
    [
        ("delete_order", "id", True),
        ("DELETE /orders/{orderId}", "id", True),
        ("orders.delete", "id", True),
        ("delete_order_by_id", "id", True),
        ("remove_invoice", "invoice.id", True),
        ("delete_customer", "id", False),
    ],
)
def test_a_deletion_of_what_the_plan_made_undoes_it(
    make: Any, name: str, output_path: str, is_undone: bool
) -> None:
    deleting = make.function(name, {"x": TEXT}, effect=DELETE)
    step = call("s2", deleting, make.reference("x", "s1", output_path))
    assert undone(made_order(make), (step, deleting)) == ([("s1", "s2")] if is_undone else [])


@pytest.mark.parametrize(("output_path", "is_undone"), [("order_id", True), ("orders[].order_id", False)])
def test_what_was_made_is_followed_through_a_look_at_it_but_through_no_list(
    make: Any, output_path: str, is_undone: bool
) -> None:
    looking = make.function("get_order", {"order_id": TEXT})
    deleting = make.function("delete_order", {"order_id": TEXT}, effect=DELETE)
    look = call("s2", looking, make.reference("order_id", "s1", "id"))
    delete = call("s3", deleting, make.reference("order_id", "s2", output_path))
    found = undone(made_order(make), (look, looking), (delete, deleting))
    assert found == ([("s1", "s3")] if is_undone else [])


def test_a_thing_that_the_user_names_is_made_and_deleted_by_that_name(make: Any) -> None:
    creating = make.function("create_bucket", {"name": TEXT, "zone": TEXT}, effect=CREATE)
    deleting = make.function("delete_bucket", {"name": TEXT}, effect=DELETE)
    create = call("s1", creating, make.user("name", "b1"), make.user("zone", "z"))
    same, other = (call("s2", deleting, make.user("name", name)) for name in ("b1", "b2"))
    assert undone((create, creating), (same, deleting)) == [("s1", "s2")]
    assert undone((create, creating), (other, deleting)) == []


def test_opposite_verbs_undo_each_other_on_the_same_thing_alone(make: Any) -> None:
    locking = make.function("lock_card", {"card_id": TEXT, "why": TEXT}, effect=UPDATE)
    opening = make.function("unlock_card", {"card_id": TEXT}, effect=UPDATE)
    lock = call("s1", locking, make.user("card_id", "c1"), make.user("why", "lost"))
    same, other = (call("s2", opening, make.user("card_id", card)) for card in ("c1", "c2"))
    assert undone((lock, locking), (same, opening)) == [("s1", "s2")]
    assert undone((lock, locking), (other, opening)) == []


def test_two_things_that_are_joined_and_parted_again_are_undone(make: Any) -> None:
    takes = {"song_id": TEXT, "label": TEXT}
    joining = make.function("PUT /songs/{song_id}/labels", takes, effect=UPDATE)
    parting = make.function("DELETE /songs/{song_id}/labels", takes, effect=DELETE)
    arguments = (make.user("song_id", "s9"), make.user("label", "calm"))
    other = (arguments[0], make.user("label", "loud"))
    join = call("s1", joining, *arguments)
    assert undone((join, joining), (call("s2", parting, *arguments), parting)) == [("s1", "s2")]
    assert undone((join, joining), (call("s2", parting, *other), parting)) == []


def test_tasks_that_undo_their_own_work_are_counted_once(make: Any) -> None:
    step, creating = made_order(make)
    deleting = make.function("delete_order", {"x": TEXT}, effect=DELETE)
    twice = [call(f"s{n}", deleting, make.reference("x", "s1", "id")) for n in (2, 3)]
    task = make.task(Scenario.CHAINED, (step, *twice), (), ())
    functions = {one.function_id: one for one in (creating, deleting)}
    changes = module("plan_figures").figures_of([task], functions)["changes"]
    assert (changes["creates"], changes["creates_without_content"]) == (1, 0)
    assert (changes["tasks_that_undo"], changes["undo_share"]) == (1, 1.0)
