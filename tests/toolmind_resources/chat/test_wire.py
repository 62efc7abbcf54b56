import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.model import ChatMessage, ChatReply, ChatRequest, ChatToolCall, Role, Sampling
from toolmind_resources.chat.wire import (
    BrokenJsonError,
    PageError,
    WireError,
    parse_reply,
    reply_key,
    request_body,
    server_message,
)

TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
SCHEMA = {"type": "object", "properties": {"score": {"type": "number"}}}
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def endpoint(**settings: Any) -> Endpoint:
    return Endpoint.model_validate(
        {"name": "e", "base_url": "http://127.0.0.1:1/v1", "model": "m", **settings}
    )


def request(*messages: ChatMessage, **fields: Any) -> ChatRequest:
    return ChatRequest(Role("assistant_agent"), messages or (ChatMessage("user", "hello"),), **fields)


def raw(message: Any, **fields: Any) -> bytes:
    return json.dumps({"model": "m-1", "choices": [{"message": message}], **fields}).encode()


def calling(function: Any, **fields: Any) -> bytes:
    return raw({"content": None, "tool_calls": [{"id": "c", "function": function, **fields}]})


def test_a_plain_request_has_no_more_than_it_needs():
    asked = request(sampling=Sampling(0.7, 99), seed=5)
    assert request_body(asked, endpoint()) == {
        "model": "m",
        "messages": [{"role": "user", "content": "hello"}],
        "temperature": 0.7,
        "max_tokens": 99,
        "seed": 5,
    }


def test_calls_and_results_take_the_openai_form():
    asked = request(
        ChatMessage("assistant", None, (ChatToolCall("f", '{"a":1}', "c1"),)),
        ChatMessage("tool", "done", tool_call_id="c1"),
        tools=(TOOL,),
    )
    body = request_body(asked, endpoint())
    assert body["tools"] == [TOOL]
    assert body["messages"] == [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}
            ],
        },
        {"role": "tool", "content": "done", "tool_call_id": "c1"},
    ]


def test_calls_without_ids_get_the_same_ones_each_time_and_results_answer_them_in_order():
    asked = request(
        ChatMessage("user", "go"),
        ChatMessage("assistant", None, (ChatToolCall("f", "{}"), ChatToolCall("g", "{}", "own"), ChatToolCall("h", "{}"))),
        ChatMessage("tool", "2", tool_call_id="own"),
        ChatMessage("tool", "1"),
        ChatMessage("tool", "3"),
    )  # fmt: skip
    messages = request_body(asked, endpoint())["messages"]
    assert [call["id"] for call in messages[1]["tool_calls"]] == ["call_1_0", "own", "call_1_2"]
    assert [message["tool_call_id"] for message in messages[2:]] == ["own", "call_1_0", "call_1_2"]


@pytest.mark.parametrize(
    ("seed", "sent"), [(0, 0), (2**63 - 1, 2**63 - 1), (2**63, 0), (-1, 2**63 - 1), (2**200 + 7, 7)]
)
def test_a_seed_is_cut_to_what_servers_take(seed: int, sent: int):
    assert request_body(request(seed=seed), endpoint())["seed"] == sent


def test_a_schema_is_sent_where_the_endpoint_takes_one():
    asked = request(response_schema=SCHEMA)
    assert request_body(asked, endpoint())["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "reply", "strict": False, "schema": SCHEMA},
    }
    assert "response_format" not in request_body(asked, endpoint(is_schema_sent=False))
    assert "response_format" not in request_body(request(), endpoint())


def test_the_endpoints_own_fields_come_on_top_and_null_removes_one():
    terms = endpoint(
        max_tokens_field="max_completion_tokens", extra_body={"seed": None, "temperature": 1, "top_p": 0.5}
    )
    body = request_body(request(), terms)
    assert body == {
        "model": "m",
        "messages": [{"role": "user", "content": "hello"}],
        "temperature": 1,
        "max_completion_tokens": 2048,
        "top_p": 0.5,
    }


def test_the_key_is_that_of_the_body_whatever_the_order_of_its_fields_and_wherever_it_is_sent():
    body = request_body(request(tools=(TOOL,)), endpoint())
    turned = json.loads(json.dumps(dict(reversed(body.items()))))
    elsewhere = request_body(
        request(tools=(TOOL,)), endpoint(base_url="https://b.example/v1", api_key_env="K")
    )
    assert reply_key(body) == reply_key(turned) == reply_key(elsewhere)
    assert len(reply_key(body)) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"messages": (ChatMessage("user", "hello!"),)},
        {"tools": (TOOL,)},
        {"response_schema": SCHEMA},
        {"sampling": Sampling(0.1)},
        {"sampling": Sampling(0.0, 1)},
        {"seed": 1},
    ],
    ids=["messages", "tools", "schema", "temperature", "max_tokens", "seed"],
)
def test_whatever_determines_a_reply_changes_the_key(change: dict[str, Any]):
    plain: dict[str, Any] = {"messages": (ChatMessage("user", "hello"),)}
    keys = {
        reply_key(request_body(ChatRequest(Role("planner"), **{**plain, **more}), endpoint()))
        for more in ({}, change)
    }
    assert len(keys) == 2


def test_who_asks_and_what_it_knows_are_no_part_of_the_body():
    known = ChatRequest(Role("planner"), (ChatMessage("user", "hello"),), context="secret plan")
    assert request_body(known, endpoint()) == request_body(request(), endpoint())


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


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [(None, None), ({}, None), ({"prompt_tokens": -1}, None), ({"prompt_tokens": True}, None),
     ({"prompt_tokens": float("nan")}, None), ({"prompt_tokens": "3"}, None), ({"prompt_tokens": 0}, 0)],
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
        (b'data: {"choices": []}\n\n', WireError, "a stream of events"),
        (b"[]", WireError, "no completion but an array"),
        (b"3", WireError, "no completion but a number"),
        (b'{"status": "ok"}', WireError, 'no completion: {"status": "ok"}'),
        (b'{"error": {"message": "no  such\\nmodel"}}', WireError, "an error: no such model"),
        (b'{"error": "overloaded", "choices": null}', WireError, "an error: overloaded"),
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
