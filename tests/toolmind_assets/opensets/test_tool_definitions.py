"""Definitions of open sets become valid OpenAI tool definitions."""

import pytest

from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.schemas import violations
from toolmind_assets.opensets.adapter import UnfitRowError
from toolmind_assets.opensets.tool_definitions import tool_definitions


def test_foreign_type_names_become_those_of_json_schema():
    properties = {
        "count": {"type": "int"},
        "ratio": {"type": "Float", "required": True},
        "tags": {"type": "list", "items": {"type": "str"}},
        "extra": {"type": "any"},
        "either": {"type": ["string", "none"]},
    }
    (tool,) = tool_definitions([{"name": "f", "parameters": {"type": "dict", "properties": properties}}])
    parameters = tool["function"]["parameters"]
    assert parameters == {
        "type": "object",
        "properties": {
            "count": {"type": "integer"},
            "ratio": {"type": "number"},
            "tags": {"type": "array", "items": {"type": "string"}},
            "extra": {},
            "either": {"type": ["string", "null"]},
        },
    }
    assert violations(parameters, {"count": "one"})


@pytest.mark.parametrize("parameters", [None, {}, [], "none"])
def test_a_function_without_parameters_takes_an_empty_object(parameters: object):
    (tool,) = tool_definitions([{"name": "f", "parameters": parameters}])
    assert tool["function"] == {
        "name": "f",
        "description": "",
        "parameters": {"type": "object", "properties": {}},
    }


@pytest.mark.parametrize(
    ("functions", "reason"),
    [
        ({"name": "f"}, DropReason.UNKNOWN_FORM),
        ([{"description": "nameless"}], DropReason.MISSING_NAME),
        (["f"], DropReason.MISSING_NAME),
        ([{"name": "f"}, {"name": "f"}], DropReason.UNKNOWN_FORM),
        ([{"name": "f", "parameters": {"minProperties": "two"}}], DropReason.INVALID_SCHEMA),
        (
            [{"name": "f", "parameters": {"properties": {"a": {"$ref": "https://x.test/a"}}}}],
            DropReason.UNRESOLVED_REF,
        ),
        (
            [{"name": "f", "parameters": {"properties": {"a": {"$ref": "#/$defs/none"}}}}],
            DropReason.INVALID_SCHEMA,
        ),
        ([{"name": "f", "parameters": {"properties": {"a": {"pattern": "("}}}}], DropReason.INVALID_SCHEMA),
    ],
)
def test_what_cannot_be_made_valid_is_refused(functions: object, reason: DropReason):
    with pytest.raises(UnfitRowError) as refused:
        tool_definitions(functions)
    assert refused.value.reason is reason
