"""RapidAPI entries of ToolBench: types, values that forms were filled with, and results that were once seen."""

import json
from collections.abc import Callable
from typing import Any

import pytest

Normalize = Callable[[Any], Any]
"""Document -> specs, drops."""


def api(**more: Any) -> dict[str, Any]:
    return {
        "category_name": "Media",
        "tool_name": "Vimeo",
        "api_name": "Get It",
        "api_description": "Gets it.",
        "required_parameters": [],
        "optional_parameters": [],
        "method": "GET",
        **more,
    }


def test_an_api_belongs_to_its_tool_and_its_parameters_are_one_object(normalize: Normalize) -> None:
    required = [{"name": "id", "type": "NUMBER", "description": "Which.", "default": "7"}]
    optional = [{"name": "page", "type": "NUMBER", "description": "", "default": "1"}]
    row = {"api_list": [api(required_parameters=required, optional_parameters=optional)], "query": "q"}
    ((spec,), drops) = normalize(row)
    assert drops == ()
    assert (spec.source_name, spec.namespace, spec.description) == ("Get It", "Vimeo", "Gets it.")
    assert spec.effect == "read" and spec.returns is None
    assert spec.parameters == {
        "type": "object",
        "properties": {
            "id": {"type": "number", "description": "Which.", "examples": [7]},
            "page": {"type": "number", "default": 1},
        },
        "required": ["id"],
    }


def test_a_tool_file_says_what_its_apis_belong_to(normalize: Normalize) -> None:
    listed = {"name": "f", "description": "", "required_parameters": [], "optional_parameters": []}
    tool = {"tool_name": "Weather", "tool_description": "Tells the weather.", "api_list": [listed]}
    ((spec,), _) = normalize(tool)
    assert (spec.source_name, spec.namespace, spec.description) == ("f", "Weather", "Tells the weather.")


@pytest.mark.parametrize(
    ("stated", "schema"),
    [
        ("STRING", {"type": "string"}),
        ("BOOLEAN", {"type": "boolean"}),
        ("DATE (YYYY-MM-DD)", {"type": "string", "format": "date"}),
        ("TIME (24-hour HH:MM)", {"type": "string", "pattern": r"^\d{1,2}:\d{2}$"}),
        ("GEOPOINT (latitude, longitude)", {"type": "string"}),
        ("ARRAY", {"type": "array", "items": {}}),
        ("", {}),
        (None, {}),
        ("WHATEVER", {}),
    ],
)
def test_types_are_those_of_rapidapi_and_stay_open_otherwise(
    normalize: Normalize, stated: Any, schema: Any
) -> None:
    ((spec,), _) = normalize(api(required_parameters=[{"name": "p", "type": stated}]))
    assert spec.parameters["properties"]["p"] == schema


@pytest.mark.parametrize(
    ("more", "schema"),
    [
        (
            {
                "template_response": {
                    "id": "int",
                    "tags": ["str"],
                    "n": "NoneType",
                    "rows": [{"a": "float", "_list_length": 2}],
                }
            },
            {
                "type": "object",
                "properties": {
                    "id": {"type": "integer"},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "n": {},
                    "rows": {
                        "type": "array",
                        "items": {"type": "object", "properties": {"a": {"type": "number"}}},
                    },
                },
            },
        ),
        (
            {"body": json.dumps([{"a": 1}, {"a": 2.5, "b": None}]), "statuscode": 200},
            {
                "type": "array",
                "items": {"type": "object", "properties": {"a": {"type": "number"}, "b": {}}},
            },
        ),
        (
            {"schema": {"type": "object", "properties": {"x": {}}}},
            {"type": "object", "properties": {"x": {}}},
        ),
        ({"body": {"message": "You are not subscribed"}, "statuscode": 403}, None),
        ({"template_response": {}, "body": "", "schema": ""}, None),
    ],
)
def test_the_result_is_what_an_answer_looked_like(normalize: Normalize, more: Any, schema: Any) -> None:
    ((spec,), _) = normalize(api(**more))
    assert spec.returns == schema
    assert ("returns_inferred" in {repair.code for repair in spec.repairs}) is (schema is not None)


def test_a_broken_parameter_costs_no_other(normalize: Normalize) -> None:
    listed = [3, {"type": "STRING"}, {"name": "a", "type": "NUMBER", "default": "x"}]
    ((spec,), _) = normalize(api(required_parameters=listed, optional_parameters=[{"name": "a"}]))
    assert spec.parameters["properties"] == {"a": {"type": "number"}}
    assert {"parameter_dropped", "default_dropped"} <= {repair.code for repair in spec.repairs}
