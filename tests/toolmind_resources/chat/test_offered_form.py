import json
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.model import ChatMessage, ChatReply, ChatRequest, ChatToolCall, Role
from toolmind_resources.chat.offered_form import (
    offered_call,
    offered_names,
    offered_schema,
    offered_tool,
    restored,
)
from toolmind_resources.chat.request_form import request_body

ENDPOINT = Endpoint(name="e", base_url="http://127.0.0.1:1/v1", model="m")
TEXT = {"type": "string"}


def tool(parameters: dict[str, Any], description: str = "Does it.") -> dict[str, Any]:
    return {
        "type": "function",
        "function": {"name": "f", "description": description, "parameters": parameters},
    }


def offered(parameters: dict[str, Any]) -> tuple[dict[str, Any], str]:
    function = offered_tool(tool(parameters))["function"]
    return function["parameters"], function["description"]


def fits(schema: dict[str, Any], value: Any) -> bool:
    return jsonschema_rs.Draft202012Validator(schema).is_valid(value)


def test_a_plain_object_is_offered_as_it_is():
    plain = {"type": "object", "properties": {"a": {"anyOf": [TEXT, {"type": "null"}]}}, "$defs": {}}
    assert offered_schema(plain) == plain
    assert offered_tool(tool(plain)) == tool(plain)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "array", "items": TEXT}, ["a"]),
        ({"type": "string"}, "a"),
        ({"anyOf": [{"type": "object"}, {"type": "null"}]}, None),
        ({"type": ["object", "null"]}, {}),
        ({}, 3),
        ({"type": "object", "oneOf": [{"required": ["a"]}]}, {"a": 1}),
    ],
)
def test_a_wanted_reply_that_is_no_plain_object_stands_in_one(schema: dict[str, Any], value: Any):
    wrapped = offered_schema(schema)
    assert wrapped["type"] == "object"
    assert fits(wrapped, {"result": value})
    assert not fits(wrapped, {})


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "array", "items": {"$ref": "#/$defs/a"}, "$defs": {"a": TEXT}}, ["x"], [1]),
        ({"type": "array", "items": {"$ref": "#/definitions/a"}, "definitions": {"a": TEXT}}, ["x"], [1]),
        ({"type": "array", "items": {"anyOf": [TEXT, {"$ref": "#"}]}}, ["x", ["y"]], [[1]]),
        (
            {
                "type": "array",
                "prefixItems": [{"type": "integer"}],
                "items": {"$ref": "#/prefixItems/0"},
            },
            [1, 2],
            [1, "x"],
        ),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"type": "array", "items": {"$ref": "#/$defs/b"}}, "b": TEXT}}, ["x"], [1]),
        ({"$id": "urn:x", "type": "array", "items": {"$ref": "#/$defs/a"}, "$defs": {"a": TEXT}}, ["x"], [1]),
    ],
)  # fmt: skip
def test_references_lead_where_they_did(schema: dict[str, Any], good: Any, bad: Any):
    assert fits(schema, good)
    assert not fits(schema, bad)
    assert fits(offered_schema(schema), {"result": good})
    assert not fits(offered_schema(schema), {"result": bad})


def test_what_only_looks_like_a_reference_is_left_alone():
    schema = {"type": "array", "items": {"enum": [{"$ref": "#/items"}]}}
    assert fits(offered_schema(schema), {"result": [{"$ref": "#/items"}]})


def test_alternatives_of_a_tool_are_merged_and_told_in_words():
    parameters, description = offered(
        {
            "type": "object",
            "properties": {"day": TEXT},
            "anyOf": [
                {"properties": {"city": TEXT}, "required": ["city", "day"]},
                {
                    "properties": {"lat": {"type": "number"}, "lon": {"type": "number"}},
                    "required": ["lat", "lon", "day"],
                },
            ],
        }
    )
    assert parameters == {
        "type": "object",
        "properties": {"day": TEXT, "city": TEXT, "lat": {"type": "number"}, "lon": {"type": "number"}},
        "required": ["day"],
    }
    assert description == "Does it.\n\nGive at least one of these: `city`; `lat` and `lon`."


def test_one_of_several_is_told_as_such_and_what_all_have_stays_required():
    parameters, description = offered({"oneOf": [{"required": ["a"]}, {"required": ["b"]}]})
    assert parameters == {"type": "object", "properties": {}}
    assert description.endswith("Give exactly one of these: `a`; `b`.")


def test_all_parts_of_a_tool_are_required_together():
    parameters, description = offered(
        {
            "type": "object",
            "allOf": [
                {"properties": {"a": TEXT}, "required": ["a"]},
                {"$ref": "#/$defs/more"},
            ],
            "$defs": {"more": {"type": "object", "properties": {"b": TEXT}, "required": ["b"]}},
        }
    )
    assert parameters["properties"] == {"a": TEXT, "b": TEXT}
    assert parameters["required"] == ["a", "b"]
    assert description == "Does it."


def test_a_parameter_that_is_known_otherwise_may_be_either():
    number = {"type": "number"}
    branches = [{"properties": {"a": TEXT}}, {"properties": {"a": number}}, {"properties": {"a": TEXT}}]
    parameters, _ = offered({"type": "object", "anyOf": branches})
    assert parameters["properties"] == {"a": {"anyOf": [TEXT, number]}}


def test_conditions_are_told_as_the_schema_says_them():
    parameters, description = offered({"type": "object", "not": {"required": ["a"]}})
    assert parameters == {"type": "object", "properties": {}}
    assert '{"not": {"required": ["a"]}}' in description


def test_references_into_a_branch_that_was_taken_apart_lead_to_the_whole():
    parameters, _ = offered(
        {
            "type": "object",
            "properties": {"first": {"$ref": "#/anyOf/0/properties/second"}},
            "anyOf": [{"properties": {"second": {"type": "integer"}}}],
        }
    )
    assert fits(parameters, {"first": 1})
    assert not fits(parameters, {"first": "x"})


def test_parameters_that_lead_to_themselves_are_offered_once():
    parameters, _ = offered(
        {"$ref": "#/$defs/a", "$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}, {"properties": {"x": TEXT}}]}}}
    )
    assert parameters["properties"] == {"x": TEXT}


ODD = {
    "type": "object",
    "properties": {
        "first name": TEXT,
        "first_name": TEXT,
        "näme": {"type": "object", "properties": {"$id/x": TEXT}, "required": ["$id/x"]},
        "other": {"$ref": "#/properties/n%C3%A4me"},
        "same": {"$ref": "#/properties/first name"},
    },
    "required": ["first name"],
    "dependentRequired": {"first name": ["näme"]},
}


def test_names_that_endpoints_refuse_are_offered_otherwise_and_never_twice():
    assert offered_names(tool(ODD)) == {"first name": "first_name_2", "näme": "n_me", "$id/x": "_id_x"}
    parameters, _ = offered(ODD)
    assert parameters["required"] == ["first_name_2"]
    assert parameters["dependentRequired"] == {"first_name_2": ["n_me"]}
    assert parameters["properties"]["n_me"]["required"] == ["_id_x"]
    assert parameters["properties"]["same"] == {"$ref": "#/properties/first_name_2"}


def test_a_call_comes_back_under_the_names_of_its_function_and_is_shown_under_those_offered():
    arguments = {"first name": "A", "näme": {"$id/x": "B"}, "first_name": "C"}
    call = ChatToolCall("f", json.dumps(arguments))
    asked = ChatRequest(
        Role("assistant_agent"), (ChatMessage("assistant", None, (call,)),), tools=(tool(ODD),)
    )
    shown = offered_call(call, asked.tools)
    assert json.loads(shown.arguments_json) == {
        "first_name_2": "A",
        "n_me": {"_id_x": "B"},
        "first_name": "C",
    }
    sent = request_body(asked, ENDPOINT)["messages"][0]["tool_calls"][0]["function"]["arguments"]
    assert sent == shown.arguments_json
    back = restored(ChatReply(None, (shown, ChatToolCall("g", '{"a":1}'))), asked)
    assert json.loads(back.tool_calls[0].arguments_json) == arguments
    assert back.tool_calls[1] == ChatToolCall("g", '{"a":1}')


def test_arguments_that_are_broken_or_need_nothing_stay_as_they_were_written():
    asked = ChatRequest(Role("assistant_agent"), (), tools=(tool(ODD),))
    reply = ChatReply(None, (ChatToolCall("f", '{"first_name_2": '), ChatToolCall("f", '{ "same" : 1 }')))
    assert restored(reply, asked) is reply


NAMES = st.dictionaries(st.text(max_size=70), st.just(TEXT), min_size=1, max_size=5)


@given(NAMES)
def test_whatever_the_names_are_those_offered_fit_and_arguments_come_back(properties: dict[str, Any]):
    parameters = {"type": "object", "properties": properties, "required": list(properties)}
    asked = ChatRequest(Role("assistant_agent"), (), tools=(tool(parameters),))
    schema = offered_tool(tool(parameters))["function"]["parameters"]
    assert len(schema["properties"]) == len(properties)
    assert all(name.isascii() and 1 <= len(name) <= 64 for name in schema["properties"])
    call = ChatToolCall("f", json.dumps(dict.fromkeys(properties, "x")))
    shown = offered_call(call, asked.tools)
    assert fits(schema, json.loads(shown.arguments_json))
    (back,) = restored(ChatReply(None, (shown,)), asked).tool_calls
    assert json.loads(back.arguments_json) == json.loads(call.arguments_json)


OBJECTS = st.fixed_dictionaries(
    {},
    optional={
        "properties": st.dictionaries(st.sampled_from("abc"), st.just(TEXT), max_size=3),
        "required": st.lists(st.sampled_from("abc"), unique=True, max_size=2),
    },
)
UNIONS = st.fixed_dictionaries(
    {"type": st.just("object")},
    optional={key: st.lists(OBJECTS, min_size=1, max_size=3) for key in ("anyOf", "oneOf", "allOf")},
)
ARGUMENTS = st.dictionaries(st.sampled_from("abc"), st.just("x"), max_size=3)


@given(UNIONS, ARGUMENTS)
def test_what_is_offered_asks_for_no_argument_that_the_function_does_without(
    schema: dict[str, Any], arguments: dict[str, Any]
):
    parameters, _ = offered(schema)
    assert parameters["type"] == "object"
    assert {"anyOf", "oneOf", "allOf"}.isdisjoint(parameters)
    assert fits(parameters, arguments) or not fits(schema, arguments)
