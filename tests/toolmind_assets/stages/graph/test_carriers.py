from typing import Any

import pytest

from toolmind_assets.model.schemas import types_of
from toolmind_assets.stages.graph.carriers import Carrier, classify

STRING = {"type": "string"}


def carrier_of(
    name: str,
    schema: dict[str, Any],
    owner: str = "",
    *,
    is_identifier: bool = False,
    is_member: bool = False,
) -> Carrier:
    types = types_of(schema)
    return classify(name, owner, types, schema, is_identifier=is_identifier, is_member=is_member)


@pytest.mark.parametrize(
    ("name", "schema", "carrier"),
    [
        ("orderId", STRING, Carrier.IDENTIFIER),
        ("ref", {"type": "string", "format": "uuid"}, Carrier.IDENTIFIER),
        ("city", STRING, Carrier.VALUE),
        ("weight", {"type": "number"}, Carrier.NUMBER),
        ("access_token", STRING, Carrier.CREDENTIAL),
        ("apiKey", STRING, Carrier.CREDENTIAL),
        ("nextPageToken", STRING, Carrier.SETTING),
        ("page_size", {"type": "integer"}, Carrier.SETTING),
        ("before_id", STRING, Carrier.SETTING),
        ("payload", {"type": "object"}, Carrier.OPAQUE),
        ("input", STRING, Carrier.OPAQUE),
        ("description", STRING, Carrier.PROSE),
        ("order_status", STRING, Carrier.STATE),
        ("colour", {"enum": ["red", "green"]}, Carrier.STATE),
        ("created_at", STRING, Carrier.AUDIT),
        ("user_password", STRING, Carrier.SECRET),
        ("verified", {"type": "boolean"}, Carrier.FLAG),
    ],
)
def test_fields_are_sorted_by_what_their_values_are_good_for(
    name: str, schema: dict[str, object], carrier: Carrier
) -> None:
    assert carrier_of(name, schema) is carrier


def test_fields_of_a_filter_are_settings_unless_they_identify() -> None:
    assert carrier_of("name", STRING, "filters") is Carrier.SETTING
    assert carrier_of("id", STRING, "filters") is Carrier.IDENTIFIER


@pytest.mark.parametrize("name", ["created_by", "status", "ref", "page"])
def test_what_is_marked_as_an_identifier_is_one_whatever_its_name(name: str) -> None:
    assert carrier_of(name, STRING) is not Carrier.IDENTIFIER
    assert carrier_of(name, STRING, is_identifier=True) is Carrier.IDENTIFIER


def test_a_mark_makes_no_identifier_of_a_choice_a_flag_or_a_secret() -> None:
    assert carrier_of("code", {"enum": ["a", "b"]}, is_identifier=True) is Carrier.STATE
    assert carrier_of("id", {"type": "boolean"}, is_identifier=True) is Carrier.FLAG
    assert carrier_of("pin", STRING, is_identifier=True) is Carrier.SECRET


def test_one_text_is_prose_and_many_short_ones_are_values() -> None:
    assert carrier_of("messages", STRING) is Carrier.PROSE
    assert carrier_of("messages", STRING, is_member=True) is Carrier.VALUE
