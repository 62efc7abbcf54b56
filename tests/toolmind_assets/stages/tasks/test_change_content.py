"""A change says what is to be."""

from typing import Any

import pytest

from toolmind_assets.model.functions import Effect
from toolmind_assets.stages.tasks.argument_fields import argument_fields
from toolmind_assets.stages.tasks.change_content import content_for

TEXT, ID, YES = {"type": "string"}, {"type": "string"}, {"type": "boolean"}


def content(
    make: Any, name: str, takes: Any, required: tuple[str, ...], effect: Effect = Effect.UPDATE
) -> Any:
    """Paths of each group of arguments that could be added, or None where the call may not be planned."""
    function = make.function(name, takes, required=required, effect=effect)
    groups = content_for(function, [field for field in argument_fields(function) if field.is_required])
    return None if groups is None else [[field.path for field in group] for group in groups]


def test_an_update_of_a_thing_takes_what_people_change_first(make: Any) -> None:
    takes = {"contact_id": ID, "is_new": YES, "shade": TEXT, "phone": TEXT, "limit": TEXT, "team_id": ID}
    assert content(make, "update_contact", takes, ("contact_id",)) == [["phone"]]


def test_what_is_required_may_say_it_already(make: Any) -> None:
    assert content(make, "update_contact", {"contact_id": ID, "phone": TEXT}, ("contact_id", "phone")) == []


def test_a_default_says_nothing(make: Any) -> None:
    takes = {"id": ID, "mode": {**TEXT, "default": "fast"}, "note": TEXT}
    assert content(make, "update_job", takes, ("id", "mode")) == [["note"]]


def test_what_stands_in_an_object_is_said_with_what_that_requires(make: Any) -> None:
    address = {"type": "object", "properties": {"city": TEXT, "zip": TEXT, "note": TEXT}, "required": ["zip"]}
    takes = {"contact_id": ID, "address": address}
    assert content(make, "update_contact", takes, ("contact_id",)) == [
        ["address.city", "address.zip"],
        ["address.note", "address.zip"],
    ]
    paired = {
        "type": "object",
        "properties": {"note": TEXT, "amount": {"type": "number"}},
        "required": ["amount"],
    }
    assert content(make, "update_contact", {"contact_id": ID, "pay": paired}, ("contact_id",)) == [
        ["pay.amount"]
    ]


def test_a_list_of_plain_values_is_content_too(make: Any) -> None:
    tags = {"type": "array", "items": TEXT}
    assert content(make, "update_contact", {"contact_id": ID, "tags": tags}, ("contact_id",)) == [["tags"]]


@pytest.mark.parametrize(
    "takes",
    [
        {"contact_id": ID},
        {"contact_id": ID, "list_id": ID},
        {
            "contact_id": ID,
            "lines": {"type": "array", "items": {"type": "object", "properties": {"n": TEXT}}},
        },
        {"contact_id": ID, "photo": {"type": "string", "format": "binary"}},
    ],
)
def test_an_update_that_can_say_nothing_is_not_planned(make: Any, takes: Any) -> None:
    assert content(make, "update_contact", takes, ("contact_id",)) is None


def test_a_verb_or_a_second_thing_says_what_happens(make: Any) -> None:
    assert content(make, "archive_contact", {"contact_id": ID}, ("contact_id",)) == []
    assert (
        content(make, "set_default_card", {"customer_id": ID, "card_id": ID}, ("customer_id", "card_id"))
        == []
    )
    assert (
        content(make, "add_member", {"team_id": ID, "user_id": ID}, ("team_id", "user_id"), Effect.CREATE)
        == []
    )
    assert content(make, "create_cart", {}, (), Effect.CREATE) == []


def test_a_name_that_says_which_thing_is_no_content(make: Any) -> None:
    takes = {"ServiceName": TEXT, "Description": TEXT}
    assert content(make, "UpdateService", takes, ("ServiceName",)) == [["Description"]]
    assert content(make, "accountUpdateName", {"name": TEXT}, ("name",)) == []


def test_reading_and_removing_need_none(make: Any) -> None:
    for effect in (Effect.READ, Effect.DELETE, Effect.EXECUTE):
        assert content(make, "do_contact", {"contact_id": ID, "phone": TEXT}, ("contact_id",), effect) == []
