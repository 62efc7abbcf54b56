"""What a person can give in a chat."""

from dataclasses import replace
from typing import Any

import pytest

from toolmind_assets.stages.tasks.argument_fields import ArgumentField, argument_fields
from toolmind_assets.stages.tasks.sayable_values import is_sayable, is_worth_saying

TEXT = {"type": "string"}


def only_field(make: Any, name: str, schema: Any) -> ArgumentField:
    (field,) = argument_fields(make.function("f", {name: schema}, required=()))
    return field


def said(text: str) -> dict[str, str]:
    return {"type": "string", "description": text}


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("content", {"type": "string", "format": "binary"}),
        ("image", said("The image, encoded as base64.")),
        ("image_base64", TEXT),
        ("picture", {"type": "string", "contentEncoding": "base64"}),
        ("file", said("The file to upload.")),
        ("refresh_token", TEXT),
        ("file_hash", TEXT),
        ("checksum", TEXT),
        ("Data", {"allOf": [TEXT, {"description": "The blob, base64-encoded."}]}),
        ("config", {}),
        ("rules", said("The rules as a JSON string.")),
        ("data", said("The alert manager definition data.")),
    ],
)
def test_bytes_hashes_tokens_and_settings_of_no_type_cannot_be_said(
    make: Any, name: str, schema: Any
) -> None:
    assert not is_sayable(only_field(make, name, schema))


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("file", said("Name of the file.")),
        ("size_bytes", {"type": "integer"}),
        ("max_tokens", {"type": "integer", "description": "No checksum."}),
        ("text", said("What to encrypt.")),
        ("config", TEXT),
        ("how", {**said("In JSON format or not."), "enum": ["json", "csv"]}),
        ("value", {}),
        ("tags", {"type": "array", "items": TEXT}),
    ],
)
def test_names_numbers_texts_and_lists_of_them_can(make: Any, name: str, schema: Any) -> None:
    assert is_sayable(only_field(make, name, schema))


def test_what_shapes_the_answer_or_serves_programs_is_not_worth_saying(make: Any) -> None:
    fields = dict.fromkeys(
        ("city", "expand", "dry_run", "customer_id", "nextPage", "page_token", "password"), TEXT
    )
    function = make.function("f", {**fields, "state": {**TEXT, "default": "open"}}, required=())
    marks = ({"path": "/parameters/properties/nextPage", "kind": "pagination"},)
    marked = replace(function, marks=marks)
    assert [one.path for one in argument_fields(marked) if is_worth_saying(one, marked)] == ["city"]
