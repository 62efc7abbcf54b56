"""Rules of sense: each with a step that breaks it, and with one that comes near and is right."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.model.tasks import PlanArgument, PlanStep, ValueKind
from toolmind_assets.stages.tasks.plan_sense import IDLE_READS_MAX, RULES, SAME_PLACE_MAX, broken_rule
from toolmind_assets.stages.tasks.story import Story

TEXT = {"type": "string"}
EFFECTS = {"get": Effect.READ, "list": Effect.READ, "find": Effect.READ, "create": Effect.CREATE, "add": Effect.CREATE,
           "update": Effect.UPDATE, "replace": Effect.UPDATE, "rename": Effect.UPDATE, "delete": Effect.DELETE, "run": Effect.EXECUTE}  # fmt: skip


class Told:
    """A story in short: `list_orders`, `get_order(order_id<list_orders.orders[].id)`; `=` shares an argument."""

    def __init__(self, make: Any) -> None:
        self._make = make
        self.functions: dict[str, FunctionSpec] = {}
        self.ids: dict[str, str] = {}
        self.shared: dict[tuple[str, str], tuple[str, str]] = {}

    def step(self, told: str, **changes: Any) -> PlanStep:
        name, _, rest = told.partition("(")
        parts = [part for part in rest.rstrip(")").split(", ") if part]
        paths = [part.split("<")[0].split("=")[0] for part in parts]
        effect = EFFECTS.get(name.split("_")[0], Effect.EXECUTE)
        made = self._make.function(name, dict.fromkeys(paths, TEXT), {"id": TEXT}, effect=effect)
        function = replace(made, **changes)
        self.functions[function.function_id] = function
        step_id = self.ids.setdefault(name, f"s{len(self.ids) + 1}")
        arguments = tuple(self._argument(step_id, part) for part in parts)
        return PlanStep(step_id, function.function_id, 0, 0, arguments)

    def _argument(self, step_id: str, part: str) -> PlanArgument:
        if "<" in part:
            path, source = part.split("<")
            name, _, output = source.partition(".")
            return PlanArgument(path, ValueKind.REFERENCE, step_id=self.ids[name], output_path=output)
        path, _, other = part.partition("=")
        if other:
            self.shared[step_id, path] = (self.ids[other], path)
        return PlanArgument(path, ValueKind.USER)


def broken(make: Any, *told: str, alike: Sequence[str] = (), containers: Sequence[str] = ()) -> str:
    """The rule that the last step of a story breaks."""
    story = Told(make)
    *steps, last = [story.step(one) for one in told]
    near = {
        last.function_id: [
            step.function_id for step in steps if story.functions[step.function_id].name in alike
        ]
    }
    inside = frozenset(("commerce", one) for one in containers)
    return broken_rule(Story(steps, story.shared, story.functions, near, inside), last)


LOOK = ("list_orders", "get_order(order_id<list_orders.orders[].id)")
CASES = [
    ("same_again", ("find_user(name)", "find_user(name)"), ("find_user(name)", "find_team(name)")),
    ("same_again", ("list_orders", "list_all_orders"), LOOK),
    ("same_again", ("get_order(order_id)", "get_order_by_id(id)"), ("get_order(order_id)", "get_parcel(order_id=get_order)")),
    ("same_again", ("get_match(match_id)", "get_match_simple(match_id=get_match)"), ("get_match(match_id)", "get_match_score(match_id=get_match)")),
    ("same_again", ("replace_tag(tag_id, name)", "update_tag(tag_id=replace_tag, name)"), ("replace_tag(tag_id, name)", "archive_tag(tag_id=replace_tag)")),
    ("same_again", ("create_tag(name)", "add_tag(name)"), ("create_tag(name)", "create_box(name)")),
    ("undoes", ("create_tag(name)", "delete_tag(tag_id<create_tag.id)"), ("find_tag(name)", "delete_tag(tag_id<find_tag.id)")),
    ("undoes", ("lock_door(door_id)", "unlock_door(door_id=lock_door)"), ("lock_door(door_id)", "unlock_bike(bike_id)")),
    (
        "removes_what_was_worked_on",
        ("list_orders", "rename_box(order_id<list_orders.orders[].id, name)", "delete_order(order_id<list_orders.orders[].id)"),
        (*LOOK, "delete_order(order_id<list_orders.orders[].id)"),
    ),
    (
        "mixes_things",
        ("list_users", "list_sessions", "delete_session(user_id<list_users.users[].id, session_id<list_sessions.sessions[].id)"),
        ("list_users", "list_sessions(user_id<list_users.users[].id)",
         "delete_session(user_id<list_users.users[].id, session_id<list_sessions.sessions[].id)"),
    ),
    ("asks_too_late", ("create_flight(city, day)", "get_fare(city=create_flight)"), ("get_fare(city)", "create_flight(city=get_fare, day)")),
    (
        "after_deletion",
        ("list_orders", "delete_order(order_id<list_orders.orders[].id)", "get_parcel(order_id<list_orders.orders[].id)"),
        ("list_orders", "get_order(order_id<list_orders.orders[].id)", "get_parcel(order_id<list_orders.orders[].id)"),
    ),
    ("after_deletion", ("delete_order(order_id)", "rename_order(order_id)"), ("delete_order(order_id)", "rename_box(box_id)")),
    ("second_deletion", ("delete_order(order_id)", "delete_box(box_id)"), ("rename_order(order_id)", "delete_box(box_id)")),
    ("reads_what_was_written", ("create_order(name)", "get_order(order_id<create_order.id)"), ("create_job(name)", "get_job(job_id<create_job.id)")),
    ("copies", ("get_tag(tag_id)", "create_tag(name<get_tag.name)"), ("get_tag(tag_id)", "create_box(name<get_tag.name)")),
    ("copies", ("get_tag(tag_id)", "create_tag(name<get_tag.name)"), ("find_room(word)", "book_room(word<find_room.word)")),
    ("copies", ("create_tag(name)", "rename_tag(tag_id<create_tag.id)"), ("find_tag(name)", "rename_tag(tag_id<find_tag.id)")),
    (
        "uses_a_side_effect",
        ("create_order(name)", "rename_account(account_id<create_order.payment.account.id)"),
        ("create_order(name)", "rename_account(account_id<create_order.account.id)"),
    ),
    ("backwards", ("rename_order(order_id)", "get_order(order_id=rename_order)"), ("rename_order(order_id)", "get_parcel(order_id=rename_order)")),
    ("backwards", ("get_order(order_id)", "list_orders"), LOOK),
    ("backwards", ("create_order(name)", "list_orders"), ("create_order(name)", "list_parcels")),
    ("looks_too_late", ("run_order(order_id)", "get_order(order_id=run_order)"), ("get_order(order_id)", "run_order(order_id=get_order)")),
    (
        "looks_too_late",
        ("list_teams", "add_member(team_id<list_teams.teams[].id)", "get_team(team_id<list_teams.teams[].id)"),
        ("list_teams", "get_team(team_id<list_teams.teams[].id)", "add_member(team_id<list_teams.teams[].id)"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "wrong", "right"), CASES)
def test_a_step_that_breaks_a_rule_is_told_and_one_that_comes_near_is_not(
    make: Any, rule: str, wrong: Sequence[str], right: Sequence[str]
) -> None:
    assert broken(make, *wrong) == rule
    assert broken(make, *right) == ""


def test_two_functions_that_say_the_same_are_the_same_call_again(make: Any) -> None:
    story = Told(make)
    first = story.step("create_key(name)", description="Request an app key.")
    again = story.step("create_authkey(name)", description="Requests app keys. Pass a name.")
    other = story.step("create_lock(name)", description="Request an app lock.")
    assert broken_rule(Story([first], {}, story.functions, {}), again) == "same_again"
    assert broken_rule(Story([first], {}, story.functions, {}), other) == ""


def test_a_near_duplicate_is_the_same_call_again(make: Any) -> None:
    assert broken(make, "find_user(name)", "find_person(name)", alike=["find_user"]) == "same_again"
    assert broken(make, "find_user(name)", "find_person(name)") == ""


def test_what_only_hangs_on_one_value_is_a_tour_from_the_fourth_call_on(make: Any) -> None:
    place = "(shop_id<list_shops.shops[].id)"
    told = ["list_shops", *(f"run_{word}{place}" for word in ("audit", "sale", "raffle", "parade"))]
    assert broken(make, *told[: 1 + SAME_PLACE_MAX]) == ""
    assert broken(make, *told) == "tour"


def test_calls_that_only_share_a_container_are_a_tour_and_those_that_pass_something_on_are_not(
    make: Any,
) -> None:
    told = [
        "list_spaces",
        *(f"list_{word}(space_id<list_spaces.spaces[].id, {word})" for word in ("cats", "dogs")),
    ]
    more = "list_birds(space_id<list_spaces.spaces[].id, birds)"
    assert broken(make, *told, containers=["space_id"]) == ""
    assert broken(make, *told, more, containers=["space_id"]) == "tour"
    fed = "list_birds(space_id<list_spaces.spaces[].id, birds<list_dogs.id)"
    assert broken(make, *told, fed, containers=["space_id"]) == ""


def test_an_id_that_the_user_knows_goes_with_a_container_that_the_user_knows(make: Any) -> None:
    inside = ["space_id"]
    found = ("list_spaces", "get_page(space_id<list_spaces.spaces[].id, page_id)")
    assert broken(make, *found, containers=inside) == "knows_the_thing_but_not_its_place"
    assert broken(make, "list_spaces", "get_page(space_id, page_id)", containers=inside) == ""


def test_a_person_asks_a_few_questions_and_no_inventory(make: Any) -> None:
    asked = [f"list_{word}" for word in ("cats", "dogs", "birds", "fish")]
    assert broken(make, *asked[:IDLE_READS_MAX]) == ""
    assert broken(make, *asked) == "idle_read"
    assert broken(make, *asked[:3], "rename_cage(cage_id)", "list_fish") == ""


def test_what_a_worker_calls_is_no_step_of_a_plan(make: Any) -> None:
    story = Told(make)
    internal = story.step("run_sync(job_id)", description="For worker to save the state of a job.")
    asked = story.step("run_report(job_id)", description="Saves the work of a job as a report.")
    assert broken_rule(Story((), {}, story.functions, {}), internal) == "made_by_platform"
    assert broken_rule(Story((), {}, story.functions, {}), asked) == ""


def test_every_rule_has_a_case_here() -> None:
    told = {rule for rule, _, _ in CASES}
    alone = {"made_by_platform", "tour", "idle_read", "knows_the_thing_but_not_its_place"}
    assert told | alone == set(RULES)
