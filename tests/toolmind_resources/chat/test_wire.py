import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_resources.chat.model import ChatReply, ChatToolCall, ReplyProblem
from toolmind_resources.chat.wire import (
    BrokenJsonError,
    PageError,
    WireError,
    parse_reply,
    server_message,
)

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def raw(message: Any, **fields: Any) -> bytes:
    return json.dumps({"model": "m-1", "choices": [{"message": message}], **fields}).encode()


def calling(function: Any, **fields: Any) -> bytes:
    return raw({"content": None, "tool_calls": [{"id": "c", "function": function, **fields}]})


def test_a_reply_is_read_whole():
    answer = raw(
        {"content": "hi", "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": '{"a": 1}'}}]},
        usage={"prompt_tokens": 7, "completion_tokens": 2},
    )
    assert parse_reply(answer) == ChatReply(
        "hi", (ChatToolCall("f", '{"a": 1}', "c"),), "m-1", "tool_calls", prompt_tokens=7, completion_tokens=2
    )


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ('{"a": ', '{"a": '),
        ("", ""),
        ({"a": [1, "é"]}, '{"a":[1,"é"]}'),
        ({"a": float("nan")}, '{"a":NaN}'),
        (None, "{}"),
        (3, "3"),
    ],
)
def test_arguments_stay_text_or_become_compact_json(arguments: object, text: str):
    (call,) = parse_reply(calling({"name": "f", "arguments": arguments})).tool_calls
    assert call.arguments_json == text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (None, None),
        ("", ""),
        ([{"type": "text", "text": "a"}, {"type": "image"}, {"type": "text", "text": "b"}], "ab"),
        ([], ""),
        ("half \ud83d of a pair", "half \ufffd of a pair"),
        ("a whole \U0001f600 pair", "a whole \U0001f600 pair"),
    ],
)
def test_content_is_read_as_text_that_can_be_written(content: object, text: str | None):
    assert parse_reply(raw({"content": content})).content == text


def test_thoughts_stand_apart_from_the_text():
    parts = [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "Yes."}]
    for message in ({"content": "Yes.", "reasoning_content": " Hm.\n"}, {"content": parts}):
        reply = parse_reply(raw(message))
        assert (reply.content, reply.reasoning, reply.mended) == ("Yes.", "Hm.", ())


def test_the_call_of_2023_is_a_tool_call():
    reply = parse_reply(raw({"content": None, "function_call": {"name": "f", "arguments": '{"a": 1}'}}))
    assert (reply.tool_calls, reply.finish_reason) == ((ChatToolCall("f", '{"a": 1}'),), "tool_calls")
    assert reply.mended == ("function_call",)


def test_the_call_of_2023_beside_tool_calls_is_not_read_twice():
    call = {"name": "f", "arguments": "{}"}
    reply = parse_reply(raw({"function_call": call, "tool_calls": [{"id": "c", "function": call}]}))
    assert (reply.tool_calls, reply.mended) == ((ChatToolCall("f", "{}", "c"),), ())


def test_a_tool_call_without_the_object_around_it_is_read():
    reply = parse_reply(raw({"tool_calls": [{"id": "c", "name": "f", "arguments": {"a": 1}}]}))
    assert reply.tool_calls == (ChatToolCall("f", '{"a":1}', "c"),)


def test_a_refusal_is_told_from_an_answer():
    reply = parse_reply(raw({"content": None, "refusal": "I can't do that."}))
    assert (reply.content, reply.problem) == ("I can't do that.", ReplyProblem.REFUSED)
    assert parse_reply(raw({"content": "Yes.", "refusal": None})).problem is None
    assert parse_reply(raw({"content": "Yes.", "refusal": "No."})) == parse_reply(raw({"content": "Yes."}))


@pytest.mark.parametrize(
    ("stated", "reason"), [("MAX_TOKENS", "length"), ("end_turn", "stop"), (None, "stop")]
)
def test_why_it_ended_is_told_in_one_set_of_words(stated: object, reason: str):
    answer = {"choices": [{"message": {"content": "hi"}, "finish_reason": stated}]}
    assert parse_reply(json.dumps(answer).encode()).finish_reason == reason


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [(None, None), ({}, None), ({"prompt_tokens": -1}, None), ({"prompt_tokens": True}, None),
     ({"prompt_tokens": float("nan")}, None), ({"prompt_tokens": "3"}, None), ({"prompt_tokens": 0}, 0),
     ({"prompt_tokens": 3, "completion_tokens_details": {"reasoning_tokens": 2}}, 3)],
)  # fmt: skip
def test_tokens_are_counts_or_unknown(usage: object, tokens: int | None):
    assert parse_reply(raw({"content": "hi"}, usage=usage)).prompt_tokens == tokens


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (b"", BrokenJsonError, "an empty body"),
        (b'{"choices": [{"mess', BrokenJsonError, 'broken JSON that ends in \'{"choices": [{"mess\''),
        (b"\xff\xfe\xfd", BrokenJsonError, "broken JSON"),
        (b"[" * 100_000, BrokenJsonError, "broken JSON"),
        (b" \n<!doctype html><p>Sign in</p>", PageError, "an HTML page"),
        (b'data: {"choices": []}\n\n', BrokenJsonError, "a stream of events that breaks off"),
        (b'data: {"choices": [{"delta": {"content": "hi"}}]}\n\ndata: {"cho', BrokenJsonError, "breaks off"),
        (b'data: {"error": {"message": "overloaded"}}\n\n', WireError, "an error: overloaded"),
        (b"[]", WireError, "no completion but an array"),
        (b"3", WireError, "no completion but a number"),
        (b'{"status": "ok"}', WireError, 'no completion: {"status": "ok"}'),
        (b'{"error": {"message": "no  such\\nmodel"}}', WireError, "an error: no such model"),
        (b'{"error": "overloaded", "choices": null}', WireError, "an error: overloaded"),
        (
            b'{"choices": [{"message": {"content": "It is"}, "finish_reason": "error"}]}',
            BrokenJsonError,
            "a reply that broke off: error",
        ),
        (
            b'{"choices": [{"message": {"content": "It is"}, "error": {"message": "overloaded"}}]}',
            WireError,
            "an error: overloaded",
        ),
        (b'{"choices": []}', WireError, "without choices"),
        (b'{"choices": [{"text": "hi"}]}', WireError, "a choice without a message"),
        (raw("hi"), WireError, "a choice without a message"),
        (raw({"content": {"a": 1}}), WireError, "content is an object"),
        (raw({"tool_calls": "f()"}), WireError, "tool_calls are a string"),
        (raw({"tool_calls": ["f()"]}), WireError, "a tool call without a function"),
        (calling(None), WireError, "a tool call without a function"),
        (calling({"arguments": "{}"}), WireError, "without the name of a function"),
        (calling({"name": "", "arguments": "{}"}), WireError, "without the name of a function"),
    ],
)
def test_what_is_no_reply_is_told(answer: bytes, error: type[WireError], said: str):
    with pytest.raises(error) as caught:
        parse_reply(answer)
    assert type(caught.value) is error
    assert said in str(caught.value)


@given(
    JSON_VALUES
    | st.fixed_dictionaries({"choices": st.lists(st.fixed_dictionaries({"message": JSON_VALUES}))})
)
def test_any_json_is_a_reply_that_can_be_written_or_a_wire_error(value: Any):
    try:
        reply = parse_reply(json.dumps(value).encode())
    except WireError as error:
        str(error).encode()
    else:
        (reply.content or "").encode()


@given(st.binary(max_size=40))
def test_any_bytes_are_a_wire_error(value: bytes):
    with pytest.raises(WireError):
        parse_reply(value)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'{"error": {"message": "too\\n long", "code": 3}}', "too long"),
        (b'{"error": "busy"}', "busy"),
        (b'{"message": "busy"}', "busy"),
        (b'{"detail": [{"loc": ["seed"]}]}', '[{"loc": ["seed"]}]'),
        (b'{"error": {"code": 3}}', '{"code": 3}'),
        (b"upstream   timed out", "upstream timed out"),
        (b"<html>Bad Gateway</html>", "an HTML page"),
        (b"", ""),
        (b"x" * 400, "x" * 300 + "..."),
    ],
)
def test_a_servers_own_words_are_found_and_cut(body: bytes, text: str):
    assert server_message(body) == text
