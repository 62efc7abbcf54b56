"""Somebody by the part that they play, and things that a parameter merely names, are told by their ids."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.stages.graph import evidence as rules
from toolmind_assets.stages.graph.build import find_links
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_resources.embed.hashed import HashedEmbedder

Make = Callable[..., FunctionSpec]
STRING, MAIL = {"type": "string"}, {"type": "string", "format": "email"}
USERS = {
    "users": {"type": "array", "items": {"type": "object", "properties": {"id": STRING, "email": STRING}}}
}
USER_ID = {"/returns/properties/users/items/properties/id": ("user", "id")}


def agreement(functions: list[FunctionSpec], source: tuple[str, str], target: tuple[str, str]) -> float:
    """Agreement of two fields of functions that stand in one graph."""
    ordered = sorted(functions, key=lambda one: (one.function_key, one.function_id))
    found = find_links(ordered, HashedEmbedder(), GraphParams(random_ratio=0))
    columns = found.columns

    def place(end: tuple[str, str], *, is_input: bool) -> int:
        names = [columns.profiles[at].source_name for at in columns.fields.function]
        paths = [columns.pools.paths[at] for at in columns.fields.path]
        chosen = zip(names, paths, columns.fields.is_input, strict=True)
        return next(at for at, one in enumerate(chosen) if one == (*end, is_input))

    ends = np.array([place(source, is_input=False)]), np.array([place(target, is_input=True)])
    return float(found.scorer.evidence.weigh(*ends).value[0])


def test_an_assignee_is_a_user_where_nobody_keeps_a_list_of_assignees(make_function: Make) -> None:
    users = make_function("list_users", {}, USERS, identifiers=USER_ID)
    marked = {"/parameters/properties/assignee_id": ("assignee", "id")}
    assign = make_function("assign_task", {"assignee_id": STRING}, identifiers=marked)
    ends = ("list_users", "users[].id"), ("assign_task", "assignee_id")
    assert agreement([users, assign], *ends) == pytest.approx(rules.BY_PART)
    listing = make_function("list_assignees", {}, {})
    assert agreement([users, assign, listing], *ends) < rules.BY_PART


@pytest.mark.parametrize("name", ["user", "users", "owner"])
def test_a_user_who_is_merely_named_is_one_that_the_service_lists(make_function: Make, name: str) -> None:
    users = make_function("list_users", {}, USERS, identifiers=USER_ID)
    take = make_function("tag_file", {name: STRING})
    found = agreement([users, take], ("list_users", "users[].id"), ("tag_file", name))
    assert found == pytest.approx(rules.GIVEN_BY_ID)


def test_a_parameter_that_is_described_as_a_name_takes_no_id(make_function: Make) -> None:
    users = make_function("list_users", {}, USERS, identifiers=USER_ID)
    take = make_function("tag_file", {"user": {"type": "string", "description": "The user's login name."}})
    assert agreement([users, take], ("list_users", "users[].id"), ("tag_file", "user")) < rules.GIVEN_BY_ID


def test_a_country_is_no_thing_that_a_service_keeps_by_ids(make_function: Make) -> None:
    marked = {"/returns/properties/country_id": ("country", "id")}
    countries = make_function("list_countries", {}, {"country_id": STRING}, identifiers=marked)
    take = make_function("get_weather", {"country": STRING})
    found = agreement([countries, take], ("list_countries", "country_id"), ("get_weather", "country"))
    assert found < rules.GIVEN_BY_ID


@pytest.mark.parametrize(("name", "value"), [("to", MAIL), ("recipients", MAIL), ("cc", MAIL)])
def test_a_message_goes_to_mail_addresses(make_function: Make, name: str, value: dict[str, Any]) -> None:
    users = make_function("list_users", {}, USERS, identifiers=USER_ID)
    send = make_function("send_message", {name: {"type": "array", "items": value}}, {})
    addressed = make_function("send_message", {name: value})
    for one in (addressed, send):
        found = agreement([users, one], ("list_users", "users[].email"), ("send_message", path_of(one, name)))
        assert found == pytest.approx(rules.BY_PART)


def path_of(function: FunctionSpec, name: str) -> str:
    """The path of a parameter, or of its members."""
    return f"{name}[]" if function.parameters["properties"][name]["type"] == "array" else name


def test_who_is_written_to_by_phone_takes_no_mail_address(make_function: Make) -> None:
    users = make_function("list_users", {}, USERS, identifiers=USER_ID)
    call = make_function("send_text", {"to": {"type": "string", "description": "Phone number to dial."}})
    assert agreement([users, call], ("list_users", "users[].email"), ("send_text", "to")) < rules.BY_PART
