"""What calls act on, and which of the things that they need named only hold others."""

from collections.abc import Callable
from typing import Any

import pytest

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.stages.graph.columns import NONE, Columns
from toolmind_assets.stages.graph.subjects import Subjects

Make = Callable[..., FunctionSpec]
STRING = {"type": "string"}
AsColumns = Callable[..., Columns]


def parameters(columns: Columns, chosen: Any) -> dict[str, set[str]]:
    """Paths of the chosen parameters, by the names of their functions."""
    found: dict[str, set[str]] = {profile.source_name: set() for profile in columns.profiles}
    for place in range(len(columns.fields)):
        if chosen[place] and columns.fields.is_input[place]:
            field = columns.field(place)
            found[field.function.source_name].add(field.path)
    return found


def acted_on(columns: Columns, subjects: Subjects) -> dict[str, set[str]]:
    """Paths of the parameters that name what each function acts on."""
    own = subjects.of_function[columns.fields.function]
    return parameters(columns, (subjects.of_field == own) & (own != NONE))


@pytest.fixture
def boards(make_function: Make) -> list[FunctionSpec]:
    def function(name: str, *things: str, route: str = "") -> FunctionSpec:
        marks = {f"/parameters/properties/{one}_id": (one, "id") for one in things}
        return make_function(name, {f"{one}_id": STRING for one in things}, identifiers=marks, route=route)

    return [
        function("get_board", "board"),
        function("list_cards", "board"),
        function("get_card", "board", "card"),
        function("move_card", "card", "board"),
        function("get_user", "user"),
        function("add_member", "board", "user"),
    ]


def test_the_thing_that_the_fewest_need_is_acted_on_and_what_all_of_them_need_holds_it(
    boards: list[FunctionSpec], columns: AsColumns
) -> None:
    made = columns(boards)
    subjects = Subjects.of(made)
    assert acted_on(made, subjects)["get_card"] == acted_on(made, subjects)["move_card"] == {"card_id"}
    assert acted_on(made, subjects)["list_cards"] == {"board_id"}
    held = parameters(made, subjects.is_holder)
    assert held["get_card"] == held["move_card"] == {"board_id"}
    assert held["list_cards"] == held["get_board"] == set()


def test_two_things_of_which_neither_holds_the_other_are_both_acted_with(
    boards: list[FunctionSpec], columns: AsColumns
) -> None:
    made = columns(boards)
    assert parameters(made, Subjects.of(made).is_holder)["add_member"] == set()


def test_the_route_tells_what_holds_what(make_function: Make, columns: AsColumns) -> None:
    takes = {"project": STRING, "server": STRING}
    made = columns([make_function("start", takes, route="/projects/{project}/servers/{server}/start")])
    subjects = Subjects.of(made)
    assert acted_on(made, subjects) == {"start": {"server"}}
    assert parameters(made, subjects.is_holder) == {"start": {"project"}}
    bare = columns([make_function("start", takes)])
    assert acted_on(bare, Subjects.of(bare)) == {"start": set()}


def test_what_may_be_left_out_is_not_acted_on(make_function: Make, columns: AsColumns) -> None:
    marks = {"/parameters/properties/user_id": ("user", "id")}
    made = columns([make_function("list_posts", {"user_id": STRING}, required=(), identifiers=marks)])
    assert acted_on(made, Subjects.of(made)) == {"list_posts": set()}


def test_no_functions_have_no_subjects(columns: AsColumns) -> None:
    subjects = Subjects.of(columns([]))
    assert len(subjects.of_field) == len(subjects.of_function) == len(subjects.given) == 0
