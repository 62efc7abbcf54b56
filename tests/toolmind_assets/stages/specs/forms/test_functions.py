"""Function definitions in the words of every list: parameters required where they are, results kept."""

import json
from collections.abc import Callable
from typing import Any

import pytest

Normalize = Callable[[Any], Any]
"""Document -> specs, drops."""

ONE = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "f", "description": "d", "parameters": ONE},
        {"name": "f", "description": "d", "parameters": json.dumps(ONE)},
        {"name": "f", "description": "d", "input_schema": ONE},
        {"name": "f", "description": "d", "inputSchema": ONE},
        {"name": "f", "description": "d", "parametersJsonSchema": ONE},
        {"toolSpec": {"name": "f", "description": "d", "inputSchema": {"json": ONE}}},
        {
            "name": "f",
            "description": "d",
            "parameters": {"type": "OBJECT", "properties": {"a": {"type": "STRING"}}, "required": ["a"]},
        },
        {"name": "f", "description": "d", "parameters": {"a": {"type": "str"}}},
        {"name": "f", "description": "d", "parameters": [{"name": "a", "type": "string", "required": True}]},
        {"name": "f", "description": "d", "arguments": [{"name": "a", "type": "string"}]},
        {"name": "f", "description": "d", "query_parameters": {"a": {"type": "string", "required": True}}},
        {"name": "f", "description": "d", "input_parameters": {"a": {"type": "str"}}},
        {"name": "f", "description": "d", "parameter_definitions": {"a": {"type": "str", "required": True}}},
        {"api_name": "f", "api_description": "d", "parameters": {"a": {"type": "str"}}, "required": ["a"]},
        {
            "type": "function",
            "function": {
                "type": "function",
                "function": {"name": "f", "description": "d", "parameters": ONE},
            },
        },
    ],
)
def test_all_of_them_say_the_same(normalize: Normalize, entry: Any) -> None:
    ((spec,), drops) = normalize(entry)
    assert drops == ()
    assert (spec.source_name, spec.description) == ("f", "d")
    assert spec.parameters == ONE


@pytest.mark.parametrize(
    ("parameter", "schema", "is_required"),
    [
        ({"type": "str, optional"}, {"type": "string"}, False),
        ({"type": "int", "default": "10"}, {"type": "integer", "default": 10}, False),
        ({"type": "int", "default": ""}, {"type": "integer"}, False),
        ({"type": "str", "default": ""}, {"type": "string", "default": ""}, False),
        ({"type": "List[int]"}, {"type": "array", "items": {"type": "integer"}}, True),
    ],
)
def test_maps_of_parameters_say_what_may_be_left_out(
    normalize: Normalize, parameter: Any, schema: Any, is_required: bool
) -> None:
    row = {
        "query": "q",
        "tools": json.dumps([{"name": "f", "description": "d", "parameters": {"p": parameter}}]),
    }
    ((spec,), _) = normalize(row)
    assert spec.parameters["properties"]["p"] == schema
    assert ("required" in spec.parameters) is is_required


def test_cohere_requires_only_what_says_so(normalize: Normalize) -> None:
    definitions = {"a": {"type": "str", "required": True}, "b": {"type": "int"}}
    ((spec,), _) = normalize({"name": "f", "description": "d", "parameter_definitions": definitions})
    assert spec.parameters["required"] == ["a"]


@pytest.mark.parametrize(
    ("argument", "is_required"),
    [
        ({}, True),
        ({"optional": True}, False),
        ({"desc": "Optional limit"}, False),
        ({"desc": "(optional) limit"}, False),
        ({"desc": "The optional limit"}, True),
    ],
)
def test_arguments_of_dockers_lists_are_required_unless_they_say_otherwise(
    normalize: Normalize, argument: Any, is_required: bool
) -> None:
    tool = {"name": "f", "description": "d", "arguments": [{"name": "a", "type": "string", **argument}]}
    ((spec,), _) = normalize([tool])
    assert spec.parameters.get("required", []) == (["a"] if is_required else [])
    assert spec.parameters["properties"]["a"].get("description") == argument.get("desc")


def test_where_one_argument_says_required_the_others_are_not(normalize: Normalize) -> None:
    arguments = [{"name": "a", "type": "string", "required": True}, {"name": "b", "type": "string"}]
    ((spec,), _) = normalize([{"name": "f", "description": "d", "arguments": arguments}])
    assert spec.parameters["required"] == ["a"]


def test_a_parameter_may_be_called_properties(normalize: Normalize) -> None:
    parameters = {"kind": {"type": "str"}, "properties": {"type": "str", "description": "p"}}
    entry = {
        "api_name": "f",
        "api_description": "d",
        "parameters": parameters,
        "required": ["kind", "properties"],
    }
    ((spec,), _) = normalize(entry)
    assert list(spec.parameters["properties"]) == ["kind", "properties"]
    assert spec.parameters["required"] == ["kind", "properties"]


@pytest.mark.parametrize("key", ["response", "responses", "returns", "output_parameters", "outputSchema"])
def test_results_are_kept_whatever_they_are_called(normalize: Normalize, key: str) -> None:
    ((spec,), _) = normalize({"name": "f", "description": "d", "parameters": {}, key: {"x": {"type": "int"}}})
    assert spec.returns is not None and spec.returns["properties"] == {"x": {"type": "integer"}}


def test_the_field_of_a_seal_tool_is_its_namespace(normalize: Normalize) -> None:
    entry = {
        "api_name": "f",
        "api_description": "d",
        "field": "Travel/Hotel",
        "parameters": {},
        "responses": {},
    }
    ((spec,), _) = normalize(entry)
    assert spec.namespace == "Travel/Hotel"


def test_examples_of_anthropic_tools_are_kept(normalize: Normalize) -> None:
    ((spec,), _) = normalize({"name": "f", "input_schema": ONE, "input_examples": [{"a": "x"}]})
    assert spec.parameters["examples"] == [{"a": "x"}]


def test_a_definition_whose_reference_leads_nowhere_is_dropped_alone(normalize: Normalize) -> None:
    broken = {
        "name": "g",
        "description": "d",
        "input_schema": {"type": "object", "properties": {"a": {"$ref": "#/x"}}},
    }
    (specs, (drop,)) = normalize({"tools": [{"name": "f", "input_schema": ONE}, broken]})
    assert [spec.source_name for spec in specs] == ["f"] and drop.reason == "unresolved_ref"
