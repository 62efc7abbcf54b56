"""A stream of events that nobody asked for is one reply."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_resources.chat.model import ChatReply, ChatToolCall
from toolmind_resources.chat.reading.event_stream import is_event_stream
from toolmind_resources.chat.wire import BrokenJsonError, parse_reply


def stream(*deltas: Any, end: str = "\n\n", reason: str | None = "stop", done: bool = True) -> bytes:
    chunks = [{"model": "m-1", "choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    chunks += [{"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}]
    chunks += [{"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2}}]
    events = [f"data: {json.dumps(chunk)}{end}" for chunk in chunks]
    return "".join([*events, f"data: [DONE]{end}" if done else ""]).encode()


def test_content_and_thoughts_are_put_together():
    raw = stream({"role": "assistant", "content": ""}, {"reasoning_content": "H"}, {"reasoning_content": "m."},
                 {"content": "Ye"}, {"content": "s."})  # fmt: skip
    assert parse_reply(raw) == ChatReply(
        "Yes.", (), "m-1", prompt_tokens=7, completion_tokens=2, reasoning="Hm.", mended=("stream",)
    )


@pytest.mark.parametrize(
    "raw",
    [
        stream({"content": "Yes."}, end="\r\n\r\n"),
        stream({"content": "Yes."}, end="\n"),
        stream({"content": "Yes."}, done=False),
        b"\xef\xbb\xbf: keep-alive\n\nevent: message\nid: 1\n" + stream({"content": "Yes."}),
        stream({"content": "Yes."}).replace(b"data: ", b"data:"),
        b'data: {"choices": [{"message": {"content": "Yes."}, "finish_reason": "stop"}]}\n\n',
    ],
)
def test_a_stream_is_read_however_its_lines_end(raw: bytes):
    assert parse_reply(raw).content == "Yes."


def test_pieces_of_calls_are_put_together_by_their_index():
    raw = stream(
        {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "f", "arguments": ""}}]},
        {"tool_calls": [{"index": 1, "id": "b", "function": {"name": "g", "arguments": '{"y"'}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": '{"x": 1}'}}]},
        {"tool_calls": [{"index": 1, "function": {"name": None, "arguments": ": 2}"}}]},
        reason="tool_calls",
    )
    assert parse_reply(raw).tool_calls == (
        ChatToolCall("f", '{"x": 1}', "a"),
        ChatToolCall("g", '{"y": 2}', "b"),
    )


@pytest.mark.parametrize("index", [{"index": 0}, {}])
def test_another_id_begins_another_call(index: dict[str, int]):
    calls = [{**index, "id": name, "function": {"name": name, "arguments": "{}"}} for name in "ab"]
    raw = stream(*({"tool_calls": [call]} for call in calls))
    assert [call.name for call in parse_reply(raw).tool_calls] == ["a", "b"]


def test_the_call_of_2023_is_put_together():
    raw = stream(
        {"function_call": {"name": "f", "arguments": '{"x"'}}, {"function_call": {"arguments": ": 1}"}}
    )
    reply = parse_reply(raw)
    assert (reply.tool_calls, reply.mended) == ((ChatToolCall("f", '{"x": 1}'),), ("stream", "function_call"))


@pytest.mark.parametrize(
    "raw",
    [
        stream({"content": "Yes."}, reason=None, done=False),
        stream({"content": "Yes."})[:60],
        b"data: \n\n",
        b": keep-alive\n\n",
    ],
)
def test_a_stream_that_breaks_off_is_broken_as_a_cut_body_is(raw: bytes):
    with pytest.raises(BrokenJsonError, match="breaks off"):
        parse_reply(raw)


@given(st.text(max_size=30), st.lists(st.integers(0, 30), max_size=5))
def test_any_text_in_any_pieces_is_put_together(text: str, cuts: list[int]):
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [{"content": text[start:end]} for start, end in pairwise(places)]
    assert parse_reply(stream(*pieces)).content == text


@given(st.binary(max_size=80))
def test_any_bytes_after_data_are_broken_or_no_completion(rest: bytes):
    raw = b"data: " + rest
    assert is_event_stream(raw)
    with pytest.raises(ValueError):
        parse_reply(raw)
