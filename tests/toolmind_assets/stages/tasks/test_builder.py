"""Steps of a plan as they are added: what an earlier call has deleted is not used again."""

import random
from typing import Any

from toolmind_assets.model.function_graph import FunctionGraph
from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.stages.tasks.builder import PlanBuilder, Tie
from toolmind_assets.stages.tasks.params import TaskParams

TEXT = {"type": "string"}


def disks(make: Any) -> tuple[list[FunctionSpec], PlanBuilder]:
    """Functions that create, show and delete a disk, and a plan without steps; all name it by `disk_id`."""
    create = make.function(
        "create_disk", {"size": TEXT}, {"disk_id": TEXT, "zone": TEXT}, effect=Effect.CREATE
    )
    show = make.function("get_disk", {"disk_id": TEXT}, {"owner": TEXT})
    delete = make.function("delete_disk", {"disk_id": TEXT}, effect=Effect.DELETE)
    zone = make.function("get_zone", {"zone": TEXT})
    functions = [create, show, delete, zone]
    edges = [
        *(make.edge(create, "disk_id", user, "disk_id") for user in (show, delete)),
        make.edge(create, "zone", zone, "zone"),
        make.edge(show, "disk_id", delete, "disk_id", "P-P"),
        make.edge(delete, "disk_id", show, "disk_id", "P-P"),
    ]
    by_id = {function.function_id: function for function in functions}
    return functions, PlanBuilder(by_id, FunctionGraph(edges), random.Random(1), TaskParams())


def test_what_a_result_gave_is_not_used_after_it_was_deleted(make: Any) -> None:
    (create, show, delete, zone), plan = disks(make)
    assert plan.add(create.function_id, Tie.NONE)
    assert plan.add(delete.function_id, Tie.RESULT)
    assert not plan.add(show.function_id, Tie.RESULT)
    assert plan.add(zone.function_id, Tie.RESULT)
    assert [step.function_id for step in plan.steps] == [
        create.function_id,
        delete.function_id,
        zone.function_id,
    ]


def test_what_the_user_named_is_not_used_after_it_was_deleted(make: Any) -> None:
    (_, show, delete, _), plan = disks(make)
    assert plan.add(delete.function_id, Tie.NONE)
    assert not plan.add(show.function_id, Tie.ANY)


def test_what_is_deleted_last_may_be_used_before(make: Any) -> None:
    (create, show, delete, _), plan = disks(make)
    assert plan.add(create.function_id, Tie.NONE)
    assert plan.add(show.function_id, Tie.RESULT)
    assert plan.add(delete.function_id, Tie.RESULT)


def plan_of(functions: list[FunctionSpec], edges: list[Any]) -> PlanBuilder:
    by_id = {function.function_id: function for function in functions}
    return PlanBuilder(by_id, FunctionGraph(edges), random.Random(1), TaskParams())


def test_what_a_deletion_only_needs_to_find_its_thing_goes_on_being_used(make: Any) -> None:
    rules = make.function("list_rules", {"app_id": TEXT}, {"rule_ref": TEXT})
    delete = make.function("delete_rule", {"app_id": TEXT, "rule_ref": TEXT}, effect=Effect.DELETE)
    app = make.function("get_app", {"app_id": TEXT}, {"title": TEXT})
    rule = make.function("get_rule", {"rule_ref": TEXT}, {"text": TEXT})
    edges = [make.edge(rules, "rule_ref", user, "rule_ref") for user in (delete, rule)]
    plan = plan_of([rules, delete, app, rule], edges)
    assert plan.add(rules.function_id, Tie.NONE)
    assert plan.add(delete.function_id, Tie.RESULT)
    assert plan.add(app.function_id, Tie.ANY)
    assert not plan.add(rule.function_id, Tie.RESULT)


def test_no_result_of_a_function_that_was_called_several_times_is_read(make: Any) -> None:
    by_name = make.functions()
    plan = plan_of(list(by_name.values()), make.edges())
    find, orders = by_name["find_customer"].function_id, by_name["list_orders"].function_id
    assert plan.add(find, Tie.NONE) and plan.add(find, Tie.NONE)
    assert not plan.add(orders, Tie.RESULT)


def test_of_several_values_of_one_kind_none_is_shared(make: Any) -> None:
    by_name = make.functions()
    wind, shops = by_name["get_wind"].function_id, by_name["list_shops"].function_id
    once, twice = (plan_of(list(by_name.values()), make.edges()) for _ in range(2))
    assert once.add(wind, Tie.NONE) and once.add(shops, Tie.ANY)
    assert once.shared == {("s2", "city"): ("s1", "city")}
    assert twice.add(wind, Tie.NONE) and twice.add(wind, Tie.NONE)
    assert not twice.add(shops, Tie.ANY)
