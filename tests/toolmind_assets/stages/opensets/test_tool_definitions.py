"""Definitions of open sets become valid OpenAI tool definitions."""

import pytest

from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.schemas import violations
from toolmind_assets.stages.opensets.adapter import UnfitRowError
from toolmind_assets.stages.opensets.tool_definitions import is_optional, tool_definitions


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


@pytest.mark.parametrize(
    ("stated", "meant"),
    [
        ("str, optional", {"type": "string"}),
        ("int optional", {"type": "integer"}),
        ("List[int]", {"type": "array", "items": {"type": "integer"}}),
        ("List[List[float]], optional", {"type": "array", "items": {"type": "array", "items": {"type": "number"}}}),
        ("typing.Dict[str, int]", {"type": "object"}),
        ("Tuple[int, str]", {"type": "array"}),
        ("set", {"type": "array"}),
        ("Optional[str]", {"type": ["string", "null"]}),
        ("Union[int, float]", {"type": ["integer", "number"]}),
        ("Union[Optional[int], str]", {"type": ["integer", "null", "string"]}),
        ("Union[int, List[int]]", {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}]}),
        ("Union[int, Whatever]", {}),
        ("Callable[[float], float]", {}),
        ("List[" * 200 + "]" * 200, {}),
        ({"a": 1}, {}),
    ],
)  # fmt: skip
def test_type_names_of_python_become_schemas(stated: object, meant: dict):
    (tool,) = tool_definitions([{"name": "f", "parameters": {"properties": {"a": {"type": stated}}}}])
    assert tool["function"]["parameters"]["properties"]["a"] == meant


def test_members_that_are_stated_win_over_those_of_the_type_name():
    stated = {"items": {"type": "str"}, "type": "List[int]"}
    for order in (stated, dict(reversed(stated.items()))):
        (tool,) = tool_definitions([{"name": "f", "parameters": {"properties": {"a": order}}}])
        assert tool["function"]["parameters"]["properties"]["a"] == {
            "type": "array",
            "items": {"type": "string"},
        }


@pytest.mark.parametrize(
    ("stated", "expected"),
    [("str, optional", True), ("Optional[int]", True), ("str", False), ("optionality", False), (None, False)],
)
def test_a_type_name_may_say_that_it_is_optional(stated: object, expected: bool):
    assert is_optional(stated) is expected


def test_names_that_a_function_requires_beside_its_parameters_are_required():
    function = {"name": "f", "parameters": {"properties": {"a": {}}}, "required": ["a"]}
    (tool,) = tool_definitions([function])
    assert tool["function"]["parameters"]["required"] == ["a"]
    (tool,) = tool_definitions([{**function, "required": None}])
    assert "required" not in tool["function"]["parameters"]


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
