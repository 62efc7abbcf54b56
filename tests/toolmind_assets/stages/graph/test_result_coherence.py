"""Coherence of values that are handed on: each thing that speaks against a link, with a near miss."""

from collections.abc import Callable
from typing import Any

import pytest

from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.stages.graph import coherence_factors as by

Make = Callable[..., FunctionSpec]
Sense = Callable[..., Any]
STRING = {"type": "string"}


def id_of(thing: str, *pointers: str) -> dict[str, tuple[str, str]]:
    return dict.fromkeys(pointers, (thing, "id"))


@pytest.fixture
def tasks(make_function: Make) -> dict[str, FunctionSpec]:
    """Functions on the tasks of a project, by name."""
    given, taken = "/returns/properties/id", "/parameters/properties/task_id"
    task = {
        "type": "object",
        "properties": {"id": STRING, "owner": {"type": "object", "properties": {"user_id": STRING}}},
    }
    listed = "/returns/properties/tasks/items/properties/id"
    user = "/returns/properties/tasks/items/properties/owner/properties/user_id"
    found = (
        make_function("list_tasks", {}, {"tasks": {"type": "array", "items": task}},
                      identifiers={**id_of("task", listed), **id_of("user", user)}),
        make_function("create_task", {"title": STRING}, {"id": STRING, "title": STRING, "state": STRING},
                      effect=Effect.CREATE, identifiers=id_of("task", given)),
        make_function("reserve_task", {"title": STRING}, {"id": STRING}, effect=Effect.CREATE,
                      identifiers=id_of("task", given)),
        make_function("get_task", {"task_id": STRING}, {"id": STRING, "title": STRING, "state": STRING},
                      identifiers={**id_of("task", taken, given)}),
        make_function("update_task", {"task_id": STRING}, effect=Effect.UPDATE, identifiers=id_of("task", taken)),
        make_function("publish_task", {"task_id": STRING}, effect=Effect.UPDATE, identifiers=id_of("task", taken)),
        make_function("delete_task", {"task_id": STRING}, {"id": STRING}, effect=Effect.DELETE,
                      identifiers=id_of("task", taken, given)),
        make_function("assign_task", {"task_id": STRING}, {"id": STRING, "project_id": STRING}, effect=Effect.UPDATE,
                      identifiers={**id_of("task", taken, given), **id_of("project", "/returns/properties/project_id")}),
        make_function("create_task_comment", {"task_id": STRING, "text": STRING}, effect=Effect.CREATE,
                      identifiers=id_of("task", taken)),
        make_function("list_comments", {"task_id": STRING}, {"texts": {"type": "array", "items": STRING}},
                      identifiers=id_of("task", taken)),
        make_function("get_comment", {"task_id": STRING, "comment_id": STRING}, {"text": STRING},
                      identifiers={**id_of("task", taken), **id_of("comment", "/parameters/properties/comment_id")}),
        make_function("get_user", {"user_id": STRING}, {"name": STRING},
                      identifiers=id_of("user", "/parameters/properties/user_id")),
        make_function("remove_user_image", {"user_id": STRING}, effect=Effect.DELETE,
                      identifiers=id_of("user", "/parameters/properties/user_id")),
        make_function("archive_project", {"project_id": STRING}, effect=Effect.UPDATE,
                      identifiers=id_of("project", "/parameters/properties/project_id")),
    )  # fmt: skip
    return {function.name: function for function in found}


@pytest.fixture
def weigh(tasks: dict[str, FunctionSpec], sense: Sense) -> Callable[..., Any]:
    def weighed(source: str, target: str, output: str = "id", into: str = "task_id") -> Any:
        return sense(list(tasks.values()), source, output, target, into, "P-R")

    return weighed


LISTED = "tasks[].id"


@pytest.mark.parametrize("target", ["get_task", "update_task", "delete_task", "create_task_comment"])
def test_what_was_found_may_be_looked_at_changed_removed_or_added_to(weigh: Any, target: str) -> None:
    found = weigh("list_tasks", target, LISTED)
    assert (found.subject, found.cycle) == (1, 1)
    assert found.value >= 0.65


@pytest.mark.parametrize(
    ("target", "factor"),
    [
        ("delete_task", by.UNDONE),
        ("update_task", by.REMADE),
        ("publish_task", by.WORKED_ON),
        ("get_task", by.TOLD),
        ("list_comments", by.EMPTY),
        ("get_comment", by.EMPTY),
        ("create_task_comment", 1),
    ],
)
def test_what_was_just_made_is_added_to_rather_than_undone_redone_or_asked_for(
    weigh: Any, target: str, factor: float
) -> None:
    assert weigh("create_task", target).cycle == factor


def test_what_making_did_not_tell_may_be_asked_for(weigh: Any) -> None:
    assert weigh("create_task", "get_task").cycle == by.TOLD
    assert weigh("reserve_task", "update_task").cycle == by.REMADE
    told = weigh("reserve_task", "get_task")
    assert told.cycle == by.TOLD  # a third of the three fields is told
    assert by.MUCH < 1 / 3 < by.MOST


def test_nothing_follows_a_deletion(weigh: Any) -> None:
    assert weigh("delete_task", "get_task").cycle == by.GONE


def test_what_the_first_call_had_to_be_told_is_no_find(weigh: Any) -> None:
    assert weigh("get_task", "update_task").subject == by.KNOWN
    assert weigh("list_tasks", "update_task", LISTED).subject == 1


def test_what_a_change_carries_along_leads_nowhere(weigh: Any) -> None:
    carried = weigh("assign_task", "archive_project", "project_id", "project_id")
    assert carried.subject == by.CARRIED


def test_what_a_lookup_mentions_may_be_looked_at_and_is_not_removed_for_it(weigh: Any) -> None:
    user = "tasks[].owner.user_id"
    assert weigh("list_tasks", "get_user", user, "user_id").subject == by.MENTIONED
    assert weigh("list_tasks", "remove_user_image", user, "user_id").subject == by.PASSING


def test_what_only_holds_the_thing_acted_on_is_a_find_and_less_than_that_thing(weigh: Any) -> None:
    assert weigh("list_tasks", "get_comment", LISTED).subject == by.HELD
    assert weigh("list_tasks", "list_comments", LISTED).subject == 1


def test_where_the_thing_acted_on_comes_along_its_holder_is_no_less(
    make_function: Make, sense: Sense
) -> None:
    def search(gives: dict[str, Any]) -> FunctionSpec:
        marks = {f"/returns/properties/{name}": (name.removesuffix("_id"), "id") for name in gives}
        return make_function("find_board", {}, gives, identifiers=marks)

    item = make_function(
        "get_item",
        {"board_id": STRING, "item_id": STRING},
        identifiers={f"/parameters/properties/{one}_id": (one, "id") for one in ("board", "item")},
    )
    other = make_function(
        "list_items", {"board_id": STRING}, identifiers=id_of("board", "/parameters/properties/board_id")
    )
    ends = ("find_board", "board_id", "get_item", "board_id", "P-R")
    alone, both = search({"board_id": STRING}), search({"board_id": STRING, "item_id": STRING})
    assert sense([alone, item, other], *ends).subject == by.HELD
    assert sense([both, item, other], *ends).subject == 1


def test_a_filter_by_what_identifies_nothing_is_a_whim(make_function: Make, sense: Sense) -> None:
    source = make_function("get_podcast", {}, {"language": STRING})
    ends = ("get_podcast", "language", "search_episodes", "language", "P-R")
    filtered = make_function("search_episodes", {"language": STRING}, required=())
    needed = make_function("search_episodes", {"language": STRING})
    assert sense([source, filtered], *ends).subject == by.WHIM
    assert sense([source, needed], *ends).subject == 1


def test_what_a_change_works_without_is_not_looked_up_for_it(make_function: Make, sense: Sense) -> None:
    source = make_function("get_offer", {}, {"note": STRING})
    ends = ("get_offer", "note", "send_parcel", "note", "P-R")
    optional = make_function("send_parcel", {"note": STRING}, required=(), effect=Effect.CREATE)
    needed = make_function("send_parcel", {"note": STRING}, effect=Effect.CREATE)
    assert sense([source, optional], *ends).subject == by.ASIDE
    assert sense([source, needed], *ends).subject == 1


def test_the_present_name_is_no_new_name(make_function: Make, sense: Sense) -> None:
    names = {"/parameters/properties/name": ("team", "name"), "/returns/properties/name": ("team", "name")}
    source = make_function("list_teams", {}, {"name": STRING}, identifiers=names)
    ends = ("list_teams", "name", "update_team", "name", "P-R")
    renamed = make_function(
        "update_team",
        {"team_id": STRING, "name": STRING},
        effect=Effect.UPDATE,
        identifiers={**names, **id_of("team", "/parameters/properties/team_id")},
    )
    called = make_function("update_team", {"name": STRING}, effect=Effect.UPDATE, identifiers=names)
    assert sense([source, renamed], *ends).subject == by.RENAMED
    assert sense([source, called], *ends).subject == 1


def test_a_call_that_only_checks_whether_a_find_is_there_says_nothing_new(
    make_function: Make, sense: Sense
) -> None:
    marks = {
        **id_of("show", "/returns/properties/show_ids", "/parameters/properties/show_id"),
    }
    source = make_function(
        "list_shows", {}, {"show_ids": {"type": "array", "items": STRING}}, identifiers=marks
    )
    ends = ("list_shows", "show_ids[]", "get_show", "show_id", "P-R")
    check, look = (
        make_function("get_show", {"show_id": STRING}, description=text, identifiers=marks)
        for text in ("Check if a show is followed", "Everything about a show")
    )
    assert sense([source, check], *ends).cycle == by.CHECKED
    assert sense([source, look], *ends).cycle == 1


def test_what_is_set_going_may_be_looked_after(make_function: Make, sense: Sense) -> None:
    def ends(thing: str) -> list[FunctionSpec]:
        given, taken = f"/returns/properties/{thing}_id", f"/parameters/properties/{thing}_id"
        return [
            make_function("resize_server", {"server_id": STRING}, {f"{thing}_id": STRING}, effect=Effect.UPDATE,
                          identifiers={**id_of(thing, given), **id_of("server", "/parameters/properties/server_id")}),
            make_function(f"get_{thing}", {f"{thing}_id": STRING}, identifiers=id_of(thing, taken)),
        ]  # fmt: skip

    for thing, factor in (("operation", 1), ("region", by.CARRIED)):
        weighed = sense(ends(thing), "resize_server", f"{thing}_id", f"get_{thing}", f"{thing}_id", "P-R")
        assert weighed.subject == factor
