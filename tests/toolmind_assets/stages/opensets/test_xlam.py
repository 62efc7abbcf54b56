"""The xLAM adapter: one question, its calls, and parameters typed in the manner of Python."""

import json
from typing import Any

import pytest

from toolmind_assets.model.dialogues import Speaker
from toolmind_assets.model.drops import DropReason
from toolmind_assets.stages.opensets.adapter import UnfitRowError
from toolmind_assets.stages.opensets.adapters.xlam import read_row

PARAMETERS = {
    "base": {"description": "Currency", "type": "str"},
    "days": {"description": "How many", "type": "int, optional"},
    "kind": {"description": "Which kind", "type": "str", "default": "spot"},
    "type": {"description": "A parameter of this name", "type": "List[int]"},
}
FUNCTION = {"name": "get_rate", "description": "Get a rate", "parameters": PARAMETERS}
CALL = {"name": "get_rate", "arguments": {"base": "USD", "type": [1]}}


def _row(
    answers: Any = (CALL,), tools: Any = (FUNCTION,), query: Any = " What is the dollar worth? "
) -> dict:
    return {"id": 7, "query": query, "answers": json.dumps(answers), "tools": json.dumps(tools)}


def _refused(row: object) -> UnfitRowError:
    with pytest.raises(UnfitRowError) as refused:
        read_row(row)
    return refused.value


def test_a_question_and_its_calls_become_two_messages():
    other = {"name": "get_rate", "arguments": {"base": "EUR", "type": []}}
    user, calling = read_row(_row([CALL, other])).messages
    assert (user.role, user.content) == (Speaker.USER, "What is the dollar worth?")
    assert (calling.role, calling.content) == (Speaker.ASSISTANT, None)
    assert [(call.call_id, call.arguments["base"]) for call in calling.tool_calls] == [
        ("call_1", "USD"),
        ("call_2", "EUR"),
    ]


def test_a_map_of_parameters_becomes_a_schema_in_which_optional_and_defaulted_ones_are_not_required():
    (tool,) = read_row(_row()).tools
    assert tool["function"]["parameters"] == {
        "type": "object",
        "properties": {
            "base": {"description": "Currency", "type": "string"},
            "days": {"description": "How many", "type": "integer"},
            "kind": {"description": "Which kind", "type": "string", "default": "spot"},
            "type": {
                "description": "A parameter of this name",
                "type": "array",
                "items": {"type": "integer"},
            },
        },
        "required": ["base", "type"],
    }


def test_parameters_that_are_a_schema_already_stay_one():
    stated = {"type": "dict", "properties": {"base": {"type": "str"}}, "required": ["base"]}
    (tool,) = read_row(_row(tools=[{"name": "get_rate", "parameters": stated}])).tools
    assert tool["function"]["parameters"] == {
        "type": "object",
        "properties": {"base": {"type": "string"}},
        "required": ["base"],
    }


def test_columns_that_are_lists_already_are_read():
    assert read_row({"query": "Go", "answers": [CALL], "tools": [FUNCTION]}) == read_row(_row(query="Go"))


def test_a_call_of_a_function_that_is_not_offered_stays_to_be_judged():
    calling = read_row(_row([{"name": "get_other", "arguments": {}}])).messages[1]
    assert calling.tool_calls[0].name == "get_other"


def test_arguments_that_are_no_object_stay_as_text_to_be_judged():
    calling = read_row(_row([{"name": "get_rate", "arguments": ["USD"]}])).messages[1]
    assert calling.tool_calls[0].arguments == '["USD"]'


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a text", DropReason.UNKNOWN_FORM),
        ({"text": "x"}, DropReason.UNKNOWN_FORM),
        (_row(query=""), DropReason.UNKNOWN_FORM),
        (_row(answers=[]), DropReason.UNKNOWN_FORM),
        (_row(answers=[{"arguments": {}}]), DropReason.UNKNOWN_FORM),
        (_row(tools={"name": "f"}), DropReason.UNKNOWN_FORM),
        (_row(tools=[FUNCTION, FUNCTION]), DropReason.UNKNOWN_FORM),
        (_row(tools=[{"parameters": {}}]), DropReason.MISSING_NAME),
        ({**_row(), "answers": "[broken"}, DropReason.MALFORMED_JSON),
        ({**_row(), "tools": "[NaN]"}, DropReason.MALFORMED_JSON),
        ({**_row(), "tools": None}, DropReason.UNKNOWN_FORM),
    ],
)
def test_what_does_not_fit_says_why(row: object, reason: DropReason):
    refused = _refused(row)
    assert refused.reason is reason
    assert refused.detail
