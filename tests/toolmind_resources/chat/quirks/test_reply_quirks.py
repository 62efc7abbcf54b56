"""What quirks make of replies."""

import ast
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolmind_resources.chat.quirks.drawn import QUIRKS, sent
from toolmind_resources.chat.quirks.json_quirks import JSON_QUIRKS
from toolmind_resources.chat.quirks.quirk import Asked, QuirkKind
from toolmind_resources.chat.quirks.thought_quirks import THOUGHT

CALLS = (("get_order", {"order_id": "W-1", "n": 2}), ("list", {}))
TOOLS = [{"type": "function", "function": {"name": name}} for name, _ in CALLS]
REWRITES = [name for name, quirk in QUIRKS.items() if quirk.rewrite is not None]


def _completion(content: str | None = None, *calls: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": content}
    if calls:
        message["tool_calls"] = [
            {
                "id": f"call_{n}",
                "type": "function",
                "function": {"name": name, "arguments": json.dumps(given)},
            }
            for n, (name, given) in enumerate(calls)
        ]
    return {
        "id": "chatcmpl-1",
        "model": "embedded",
        "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls" if calls else "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7},
    }


def _answer(name: str, completion: dict[str, Any], **body: Any) -> Any:
    """The answer that has the quirk, parsed."""
    noted: list[str] = []
    return json.loads(sent([QUIRKS[name]], Asked(body), completion, noted.append).raw)


def _message(name: str, completion: dict[str, Any], **body: Any) -> dict[str, Any]:
    return _answer(name, completion, **body)["choices"][0]["message"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("json_in_fence", '```json\n{"a": [true, null], "b": "x y"}\n```'),
        ("json_in_bare_fence", '```\n{"a": [true, null], "b": "x y"}\n```'),
        ("text_before_json", 'Here is the JSON that you asked for:\n\n{"a": [true, null], "b": "x y"}'),
        ("text_after_json", '{"a": [true, null], "b": "x y"}\n\nLet me know if you need anything else!'),
        ("trailing_comma", '{"a": [true, null], "b": "x y",}'),
        ("single_quotes", "{'a': [true, null], 'b': 'x y'}"),
        ("python_literals", "{'a': [True, None], 'b': 'x y'}"),
        ("unquoted_keys", '{a: [true, null], b: "x y"}'),
        ("comment_in_json", '{ // as you asked\n"a": [true, null], "b": "x y"}'),
        ("json_encoded_twice", '"{\\"a\\": [true, null], \\"b\\": \\"x y\\"}"'),
    ],
)
def test_json_is_written_in_the_way_of_the_quirk(name: str, said: str) -> None:
    assert _message(name, _completion('{"a": [true, null], "b": "x y"}'))["content"] == said


def test_line_breaks_in_strings_are_left_raw() -> None:
    assert _message("raw_newlines", _completion('{"a": "x\\ny"}'))["content"] == '{"a": "x\ny"}'


@pytest.mark.parametrize("quirk", JSON_QUIRKS, ids=lambda quirk: quirk.name)
def test_words_are_no_json_and_stay(quirk: Any) -> None:
    assert _message(quirk.name, _completion("Good morning. [1"))["content"] == "Good morning. [1"


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda some: st.lists(some) | st.dictionaries(st.text(), some), max_leaves=8).filter(lambda value: isinstance(value, dict | list)))  # fmt: skip
@settings(max_examples=30)
def test_a_python_literal_tells_the_same_value(value: Any) -> None:
    said = _message("python_literals", _completion(json.dumps(value)))["content"]
    assert ast.literal_eval(said) == value


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("think_tags", f"<think>\n{THOUGHT}\n</think>\n\nGood."),
        ("thinking_tags", f"<thinking>{THOUGHT}</thinking>\nGood."),
        ("think_brackets", f"[THINK]{THOUGHT}[/THINK]Good."),
        ("think_without_open", f"{THOUGHT}\n</think>\n\nGood."),
        ("think_without_close", f"<think>\n{THOUGHT} Good."),
        ("harmony_channels", f"<|channel|>analysis<|message|>{THOUGHT}<|end|><|start|>assistant<|channel|>final<|message|>Good."),
        ("special_token_at_end", "Good.<|im_end|>"),
        ("thinking_parts", [{"type": "thinking", "thinking": [{"type": "text", "text": THOUGHT}]}, {"type": "text", "text": "Good."}]),
        ("content_parts", [{"type": "text", "text": "Good."}]),
        ("cut_off", "Go"),
        ("cut_off_in_little_room", "Go"),
        ("content_filter", ""),
        ("empty_content", ""),
        ("refusal_in_text", "I'm sorry, but I can't help with that."),
        ("ignores_tools", "Good."),
    ],
)  # fmt: skip
def test_words_are_said_in_the_way_of_the_quirk(name: str, said: Any) -> None:
    assert _message(name, _completion("Good."))["content"] == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("calls_hermes", '<tool_call>\n{"name": "get_order", "arguments": {"order_id": "W-1", "n": 2}}\n</tool_call>\n<tool_call>\n{"name": "list", "arguments": {}}\n</tool_call>'),
        ("calls_qwen_coder", "<tool_call>\n<function=get_order>\n<parameter=order_id>\nW-1\n</parameter>\n<parameter=n>\n2\n</parameter>\n</function>\n</tool_call>\n<tool_call>\n<function=list>\n</function>\n</tool_call>"),
        ("calls_glm", "<tool_call>get_order\n<arg_key>order_id</arg_key>\n<arg_value>W-1</arg_value>\n<arg_key>n</arg_key>\n<arg_value>2</arg_value>\n</tool_call>\n<tool_call>list\n</tool_call>"),
        ("calls_mistral", '[TOOL_CALLS][{"name": "get_order", "arguments": {"order_id": "W-1", "n": 2}}, {"name": "list", "arguments": {}}]'),
        ("calls_mistral_args", '[TOOL_CALLS]get_order[ARGS]{"order_id": "W-1", "n": 2}[TOOL_CALLS]list[ARGS]{}'),
        ("calls_python_tag", '<|python_tag|>{"name": "get_order", "parameters": {"order_id": "W-1", "n": 2}}; {"name": "list", "parameters": {}}'),
        ("calls_bare_json", '{"name": "get_order", "parameters": {"order_id": "W-1", "n": 2}}; {"name": "list", "parameters": {}}'),
        ("calls_in_fence", '```json\n[{"name": "get_order", "arguments": {"order_id": "W-1", "n": 2}}, {"name": "list", "arguments": {}}]\n```'),
        ("calls_deepseek", '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_order\n```json\n{"order_id": "W-1", "n": 2}\n```<｜tool▁call▁end｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>list\n```json\n{}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>'),
        ("calls_kimi", '<|tool_calls_section_begin|><|tool_call_begin|>functions.get_order:0<|tool_call_argument_begin|>{"order_id": "W-1", "n": 2}<|tool_call_end|><|tool_call_begin|>functions.list:1<|tool_call_argument_begin|>{}<|tool_call_end|><|tool_calls_section_end|>'),
        ("calls_pythonic", "[get_order(order_id='W-1', n=2), list()]"),
    ],
)  # fmt: skip
def test_calls_stand_in_the_text_in_the_notation_of_the_quirk(name: str, said: str) -> None:
    answer = _answer(name, _completion(None, *CALLS))
    assert answer["choices"][0]["message"] == {"role": "assistant", "content": said}
    assert answer["choices"][0]["finish_reason"] == "stop"
    assert _message(name, _completion("I look.", *CALLS))["content"] == f"I look.\n{said}"


def test_calls_that_a_notation_cannot_write_stay_calls() -> None:
    odd = _completion(None, ("list", {"filter[name]": "x"}))
    assert _message("calls_pythonic", odd)["tool_calls"]
    broken = _completion(None, ("list", {}))
    broken["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"] = '{"n": '
    assert _message("calls_hermes", broken)["tool_calls"]


def test_calls_of_a_model_that_thinks_in_channels_stand_in_channels_of_their_own() -> None:
    said = _message("harmony_channels", _completion(None, CALLS[1]))["content"]
    assert said.endswith("<|channel|>commentary to=functions.list <|constrain|>json<|message|>{}<|call|>")


@pytest.mark.parametrize(
    ("name", "functions"),
    [
        ("arguments_as_object", [("call_0", {"order_id": "W-1", "n": 2}), ("call_1", {})]),
        ("arguments_twice", [("call_0", '"{\\"order_id\\": \\"W-1\\", \\"n\\": 2}"'), ("call_1", '"{}"')]),
        ("no_call_ids", [(None, '{"order_id": "W-1", "n": 2}'), (None, "{}")]),
        ("same_call_ids", [("call_0", '{"order_id": "W-1", "n": 2}'), ("call_0", "{}")]),
        ("cut_off", [("call_0", '{"order_id": "W-1", "n": 2}'), ("call_1", "{")]),
    ],
)
def test_calls_come_in_the_shape_of_the_quirk(name: str, functions: list[Any]) -> None:
    calls = _message(name, _completion(None, *CALLS))["tool_calls"]
    assert [(call.get("id"), call["function"]["arguments"]) for call in calls] == functions


def test_one_call_may_come_as_before_there_were_tools() -> None:
    answer = _answer("legacy_function_call", _completion(None, CALLS[1]))["choices"][0]
    assert answer["message"] == {
        "role": "assistant",
        "content": None,
        "function_call": {"name": "list", "arguments": "{}"},
    }
    assert answer["finish_reason"] == "function_call"
    assert len(_message("legacy_function_call", _completion(None, *CALLS))["tool_calls"]) == 2


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("stop_beside_calls", "stop"),
        ("odd_finish_reason", None),
        ("cut_off", "length"),
        ("content_filter", "content_filter"),
        ("think_without_close", "stop"),
        ("think_tags", "tool_calls"),
    ],
)
def test_a_reply_with_calls_ends_for_the_reason_of_the_quirk(name: str, reason: str | None) -> None:
    assert _answer(name, _completion(None, *CALLS))["choices"][0]["finish_reason"] == reason


def test_fields_are_there_or_not_as_the_quirk_has_it() -> None:
    assert "content" not in _message("no_content_beside_calls", _completion(None, *CALLS))
    assert _message("no_content_beside_calls", _completion("I look.", *CALLS))["content"] == "I look."
    assert _message("empty_content_beside_calls", _completion(None, *CALLS))["content"] == ""
    assert _message("empty_tool_calls", _completion("Good."))["tool_calls"] == []
    assert "usage" not in _answer("no_usage", _completion("Good."))
    assert _answer("odd_finish_reason", _completion("Good."))["choices"][0]["finish_reason"] == "eos_token"
    assert _message("more_fields", _completion("Good."))["refusal"] is None
    assert _message("refusal_field", _completion("Good."))["refusal"].startswith("I'm sorry")
    assert _message("reasoning_content", _completion("Good."))["reasoning_content"] == THOUGHT
    assert _message("reasoning_field", _completion("Good."))["reasoning"] == THOUGHT


def test_functions_are_passed_over_where_some_are_offered() -> None:
    assert "tool_calls" not in _message("ignores_tools", _completion(None, *CALLS), tools=TOOLS)


def test_a_reply_with_room_is_whole() -> None:
    assert _message("cut_off_in_little_room", _completion("Good."), max_tokens=4096)["content"] == "Good."
    assert _message("cut_off_in_little_room", _completion("Good."), max_tokens=4095)["content"] == "Go"


def test_a_stream_tells_the_whole_reply_in_pieces() -> None:
    completion = _completion("Good morning.", *CALLS)
    answer = sent([QUIRKS["streams_anyway"]], Asked({}), completion, lambda _: None)
    events = answer.raw.decode().split("\n\n")
    assert (answer.content_type, events[-2:]) == ("text/event-stream", ["data: [DONE]", ""])
    chunks = [json.loads(event.removeprefix("data: ")) for event in events[:-2]]
    choices = [chunk["choices"][0] for chunk in chunks if chunk["choices"]]
    assert "".join(choice["delta"].get("content", "") for choice in choices) == "Good morning."
    arguments = {0: "", 1: ""}
    for call in (call for choice in choices for call in choice["delta"].get("tool_calls", [])):
        arguments[call["index"]] += call["function"]["arguments"]
    assert [json.loads(text) for text in arguments.values()] == [given for _, given in CALLS]
    assert (choices[-1]["finish_reason"], chunks[-1]["usage"]["total_tokens"]) == ("tool_calls", 7)


def test_an_error_may_stand_where_a_reply_is_due() -> None:
    assert _answer("error_in_body", _completion("Good.")).keys() == {"error"}


@pytest.mark.parametrize("name", REWRITES)
@given(
    st.none() | st.text(max_size=30) | st.lists(st.integers(), max_size=3).map(json.dumps),
    st.lists(st.tuples(st.sampled_from(["f", "g h"]), st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2)), max_size=2),
)  # fmt: skip
@settings(max_examples=30)
def test_any_reply_can_be_written_in_the_way_of_any_quirk(
    name: str, content: str | None, calls: list[Any]
) -> None:
    assert _answer(name, _completion(content, *calls), tools=TOOLS)["choices"]


def test_a_quirk_is_told_where_it_changed_a_reply_and_not_where_it_found_no_place() -> None:
    noted: list[str] = []
    quirks = [QUIRKS[name] for name in ("json_in_fence", "think_tags", "calls_hermes", "streams_anyway")]
    sent(quirks, Asked({}), _completion("Good."), noted.append)
    assert noted == ["think_tags", "streams_anyway"]


def test_quirks_are_applied_in_the_order_in_which_they_are_stated() -> None:
    quirks = [QUIRKS["json_in_fence"], QUIRKS["thinking_tags"]]
    answer = json.loads(sent(quirks, Asked({}), _completion("{}"), lambda _: None).raw)
    assert answer["choices"][0]["message"]["content"] == f"<thinking>{THOUGHT}</thinking>\n```json\n{{}}\n```"


def test_every_quirk_does_one_thing_and_says_who_does_so() -> None:
    for quirk in QUIRKS.values():
        assert sum(part is not None for part in (quirk.refuse, quirk.rewrite, quirk.encode)) == 1
        assert quirk.does and not quirk.does.endswith(".") and quirk.seen
        assert (quirk.kind is QuirkKind.REFUSAL) == (quirk.refuse is not None)
    assert len(QUIRKS) >= 60
