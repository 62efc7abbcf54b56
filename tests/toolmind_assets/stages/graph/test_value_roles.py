from typing import Any

import pytest

from toolmind_assets.model.schemas import types_of
from toolmind_assets.stages.graph.value_roles import ValueRole, role_of

STRING = {"type": "string"}


def role_in(
    name: str,
    schema: dict[str, Any],
    owner: str = "",
    *,
    is_identifier: bool = False,
    is_member: bool = False,
) -> ValueRole:
    types = types_of(schema)
    return role_of(name, owner, types, schema, is_identifier=is_identifier, is_member=is_member)


@pytest.mark.parametrize(
    ("name", "schema", "role"),
    [
        ("orderId", STRING, ValueRole.IDENTIFIER),
        ("ref", {"type": "string", "format": "uuid"}, ValueRole.IDENTIFIER),
        ("city", STRING, ValueRole.VALUE),
        ("weight", {"type": "number"}, ValueRole.NUMBER),
        ("access_token", STRING, ValueRole.CREDENTIAL),
        ("apiKey", STRING, ValueRole.CREDENTIAL),
        ("nextPageToken", STRING, ValueRole.SETTING),
        ("page_size", {"type": "integer"}, ValueRole.SETTING),
        ("before_id", STRING, ValueRole.SETTING),
        ("payload", {"type": "object"}, ValueRole.OPAQUE),
        ("input", STRING, ValueRole.OPAQUE),
        ("description", STRING, ValueRole.PROSE),
        ("order_status", STRING, ValueRole.STATE),
        ("colour", {"enum": ["red", "green"]}, ValueRole.STATE),
        ("created_at", STRING, ValueRole.AUDIT),
        ("user_password", STRING, ValueRole.SECRET),
        ("verified", {"type": "boolean"}, ValueRole.FLAG),
    ],
)
def test_fields_are_sorted_by_what_their_values_are_good_for(
    name: str, schema: dict[str, object], role: ValueRole
) -> None:
    assert role_in(name, schema) is role


def test_fields_of_a_filter_are_settings_unless_they_identify() -> None:
    assert role_in("name", STRING, "filters") is ValueRole.SETTING
    assert role_in("id", STRING, "filters") is ValueRole.IDENTIFIER


@pytest.mark.parametrize("name", ["created_by", "status", "ref", "page"])
def test_what_is_marked_as_an_identifier_is_one_whatever_its_name(name: str) -> None:
    assert role_in(name, STRING) is not ValueRole.IDENTIFIER
    assert role_in(name, STRING, is_identifier=True) is ValueRole.IDENTIFIER


def test_a_mark_makes_no_identifier_of_a_choice_a_flag_or_a_secret() -> None:
    assert role_in("code", {"enum": ["a", "b"]}, is_identifier=True) is ValueRole.STATE
    assert role_in("id", {"type": "boolean"}, is_identifier=True) is ValueRole.FLAG
    assert role_in("pin", STRING, is_identifier=True) is ValueRole.SECRET


def test_one_text_is_prose_and_many_short_ones_are_values() -> None:
    assert role_in("messages", STRING) is ValueRole.PROSE
    assert role_in("messages", STRING, is_member=True) is ValueRole.VALUE
