"""Calls that are written as text are read in every notation, and nothing else is taken for one."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_resources.chat.reading.call_markup import typed_value
from toolmind_resources.chat.reading.call_values import decoded_arguments
from toolmind_resources.chat.reading.written_calls import written_calls

OFFERED = {
    "weather": {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer"}, "tags": {"type": "array"}},
    },
    "time": {},
}
OSLO = '{"name": "weather", "arguments": {"city": "Oslo"}}'
META = '{"name": "weather", "parameters": {"city": "Oslo"}}'


def calls_of(text: str) -> Any:
    found = written_calls(text, OFFERED)
    return found and [(call.name, json.loads(call.arguments_json)) for call in found.calls]


NOTATIONS = {
    "hermes": f"<tool_call>\n{OSLO}\n</tool_call>",
    "hermes without an end": f"<tool_call>\n{OSLO}",
    "hermes in python": "<tool_call>{'name': 'weather', 'arguments': {'city': 'Oslo',}}</tool_call>",
    "function_call": f"<function_call>{OSLO}</function_call>",
    "glaive": '<functioncall> {"name": "weather", "arguments": \'{"city": "Oslo"}\'}',
    "nemotron": f"<TOOLCALL>[{OSLO}]</TOOLCALL>",
    "jamba": f"<tool_calls>[{OSLO}]</tool_calls>",
    "mistral": f"[TOOL_CALLS][{OSLO}]",
    "mistral with an id": '[TOOL_CALLS] [{"name": "weather", "arguments": {"city": "Oslo"}, "id": "9Ae3"}]',
    "mistral 11": '[TOOL_CALLS]weather{"city": "Oslo"}',
    "mistral 13": '[TOOL_CALLS]weather[CALL_ID]a1b2[ARGS]{"city": "Oslo"}',
    "llama 3": f"<|python_tag|>{META}<|eom_id|>",
    "llama 3 in python": '<|python_tag|>weather(city="Oslo")',
    "llama 3 bare": META,
    "llama 3.1": '<function=weather>{"city": "Oslo"}</function>',
    "llama 4": '[weather(city="Oslo")]',
    "lfm2": '<|tool_call_start|>[weather(city="Oslo")]<|tool_call_end|>',
    "olmo 3": '<function_calls>weather(city="Oslo")</function_calls>',
    "deepseek": '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>weather\n```json\n{"city": "Oslo"}\n```'
    "<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
    "deepseek 3.1": '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>weather<｜tool▁sep｜>{"city": "Oslo"}<｜tool▁call▁end｜>'
    "<｜tool▁calls▁end｜>",
    "deepseek 3.2": '<｜DSML｜function_calls><｜DSML｜invoke name="weather"><｜DSML｜parameter name="city" string="true">'
    "Oslo</｜DSML｜parameter></｜DSML｜invoke></｜DSML｜function_calls>",
    "kimi k2": "<|tool_calls_section_begin|><|tool_call_begin|>functions.weather:0<|tool_call_argument_begin|>"
    '{"city": "Oslo"}<|tool_call_end|><|tool_calls_section_end|>',
    "qwen coder": "<function=weather>\n<parameter=city>\nOslo\n</parameter>\n</function>",
    "qwen coder, marked": "<tool_call>\n<function=weather>\n<parameter=city>\nOslo\n</parameter>\n</function>\n</tool_call>",
    "seed": "<seed:tool_call><function=weather><parameter=city>Oslo</parameter></function></seed:tool_call>",
    "minimax": '<minimax:tool_call><invoke name="weather"><parameter name="city">Oslo</parameter></invoke></minimax:tool_call>',
    "glm": "<tool_call>weather\n<arg_key>city</arg_key>\n<arg_value>Oslo</arg_value>\n</tool_call>",
    "granite": f"<|tool_call|>[{OSLO}]",
    "phi": f"<|tool_call|>[{OSLO}]<|/tool_call|>",
    "phi mini": f"functools[{OSLO}]",
    "command": '<|START_ACTION|>[{"tool_call_id": "0", "tool_name": "weather", "parameters": {"city": "Oslo"}}]<|END_ACTION|>',
    "internlm": f"<|action_start|><|plugin|>{META}<|action_end|>",
    "a message": '{"tool_calls": [{"type": "function", "function": {"name": "weather", "arguments": "{\\"city\\": \\"Oslo\\"}"}}]}',
    "in a fence": f"```json\n{OSLO}\n```",
    "marks in a fence": f"```\n<tool_call>{OSLO}</tool_call>\n```",
    "in a fence that holds one": '```json\n{"name": "weather", "arguments": {"city": "Oslo"}}\n```\n',
    "arguments twice": json.dumps({"name": "weather", "arguments": json.dumps(json.dumps({"city": "Oslo"}))}),
}


@pytest.mark.parametrize("text", NOTATIONS.values(), ids=NOTATIONS.keys())
def test_a_call_is_read_in_every_notation(text: str):
    assert calls_of(text) == [("weather", {"city": "Oslo"})]


@pytest.mark.parametrize(
    "text",
    [
        f'<tool_call>{OSLO}</tool_call>\n<tool_call>{{"name": "time", "arguments": {{}}}}</tool_call>',
        f'[TOOL_CALLS][{OSLO}, {{"name": "time", "arguments": {{}}}}]',
        '[TOOL_CALLS]weather[ARGS]{"city": "Oslo"}[TOOL_CALLS]time[ARGS]{}',
        f'<|python_tag|>{META}; {{"name": "time", "parameters": {{}}}}',
        '[weather(city="Oslo"), time()]',
        "<function=weather><parameter=city>Oslo</parameter></function>\n<function=time></function>",
    ],
)
def test_several_calls_are_read_in_order(text: str):
    assert calls_of(text) == [("weather", {"city": "Oslo"}), ("time", {})]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"Let me see.\n<tool_call>{OSLO}</tool_call>", "Let me see."),
        (f"I call it: {OSLO}", "I call it:"),
        ('Let me see.\n[weather(city="Oslo")]', "Let me see."),
        (f"I call it:\n```json\n{OSLO}\n```", "I call it:"),
        (
            f"<tool_call>{OSLO}</tool_call>\n<tool_response>{{}}</tool_response>\n<tool_call>{OSLO}</tool_call>",
            "",
        ),
        (f"<tool_call>{OSLO}</tool_call>\nIt is 4 degrees.", ""),
    ],
)
def test_words_before_a_call_stay_and_what_is_imagined_after_it_goes(text: str, said: str):
    found = written_calls(text, OFFERED)
    assert found is not None
    assert (found.said, len(found.calls)) == (said, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It is 4 degrees (in Oslo).",
        '{"name": "Ann", "arguments": {"for": "peace"}}',
        '{"name": "time"}',
        f"The form is {OSLO}, as you see.",
        f"Write `<tool_call>{OSLO}</tool_call>` to call it.",
        "[other(a=1)]",
        'weather("Oslo")',
        "weather(city=home)",
        "weather(**all)",
        '<tool_call>{"name": "weather", "arguments": {"city": "Os',
        "<tool_call>weather in Oslo</tool_call>",
        f"<tool_call>{OSLO}</tool_call><tool_call>and so on</tool_call>",
        '<tool_call>{"name": "weather", "arguments": [1]}</tool_call>',
        "<function=weather>Oslo, please</function>",
        "<invoke name='weather'><city>Oslo</city></invoke>",
    ],
)
def test_what_is_no_call_or_can_not_be_read_is_left(text: str):
    assert written_calls(text, OFFERED) is None


def test_between_marks_any_name_is_that_of_a_call():
    assert calls_of('<tool_call>{"name": "no_such", "arguments": {}}</tool_call>') == [("no_such", {})]


@pytest.mark.parametrize(
    ("text", "schema", "value"),
    [
        ("\n3\n", {"type": "integer"}, 3),
        ("3", {"type": "number"}, 3),
        ("3", {"type": "string"}, "3"),
        ("3", None, "3"),
        ("3", {"type": ["string", "integer"]}, 3),
        ("3.5", {"type": "integer"}, "3.5"),
        ("True", {"type": "boolean"}, True),
        ("null", {"anyOf": [{"type": "string"}, {"type": "null"}]}, None),
        ('["a"]', {"type": "array"}, ["a"]),
        ('{"a": 1}', {"type": "object"}, {"a": 1}),
        ("two\nlines\n", {"type": "string"}, "two\nlines"),
        ("2", {"enum": [1, 2]}, 2),
        ('"a"', {"type": "string"}, '"a"'),
        ("many", {"type": "integer"}, "many"),
    ],
)
def test_a_value_of_markup_has_the_type_of_its_parameter(text: str, schema: Any, value: Any):
    found = typed_value(text, schema)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        ('{"a": 1}', '{"a": 1}'),
        ('"{\\"a\\": 1}"', '{"a": 1}'),
        (json.dumps(json.dumps('{"a": 1}')), '{"a": 1}'),
        ('"a"', '"a"'),
        ('"[1]"', '"[1]"'),
        ('{"a": ', '{"a": '),
        ("", ""),
    ],
)
def test_arguments_that_are_encoded_twice_are_decoded(text: str, decoded: str):
    assert decoded_arguments(text) == decoded


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=5), st.integers() | st.text(max_size=10) | st.booleans(), max_size=3
    )
)
def test_any_arguments_survive_the_notations_in_json(arguments: dict[str, Any]):
    call = json.dumps({"name": "time", "arguments": arguments}, ensure_ascii=False)
    inner = json.dumps(arguments, ensure_ascii=False)
    for text in (
        f"<tool_call>{call}</tool_call>",
        f"[TOOL_CALLS][{call}]",
        f"[TOOL_CALLS]time[ARGS]{inner}",
        call,
    ):
        assert calls_of(text) == [("time", arguments)]


@given(st.text(st.sampled_from('<>/tool_call=function"{}[]():,a1 \n`'), max_size=60) | st.text())
def test_any_text_holds_calls_or_none(text: str):
    found = written_calls(text, OFFERED)
    assert found is None or found.calls
