"""Replies as roles see them: what can be put right is, and what is of no use says why."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_resources.chat.model import ChatReply, ChatRequest, ChatToolCall, ReplyProblem, Role
from toolmind_resources.chat.reading.reply_reader import read_reply
from toolmind_resources.chat.reading.thoughts import holds_thoughts

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}
WORDS = ChatRequest(Role("user"), ())
JSON = ChatRequest(Role("planner"), (), response_schema=SCHEMA)
CALLS = ChatRequest(Role("assistant"), (), tools=(TOOL,))


@pytest.mark.parametrize(
    ("request_", "reply"),
    [
        (WORDS, ChatReply("It is 4 degrees (in Oslo), <b>cold</b>.")),
        (JSON, ChatReply('{"a": 1, "b": "<think>"}')),
        (CALLS, ChatReply("It is [4] degrees.")),
        (CALLS, ChatReply(None, (ChatToolCall("f", "{}", "c1"),))),
        (CALLS, ChatReply("I'm sorry, but I can't do that.")),
    ],
)
def test_a_reply_that_needs_nothing_stays_the_same_object(request_: ChatRequest, reply: ChatReply):
    assert read_reply(reply, request_) is reply


@pytest.mark.parametrize(
    ("request_", "text", "content", "reasoning", "mended"),
    [
        (WORDS, "<think>Hm.</think>Yes.", "Yes.", "Hm.", ("thoughts_in_content",)),
        (WORDS, "Hm.</think>Yes.<|im_end|>", "Yes.", "Hm.", ("thoughts_in_content", "special_token")),
        (
            WORDS,
            "Yes.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nNo?",
            "Yes.",
            None,
            ("special_token",),
        ),
        (
            WORDS,
            "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Yes.<|return|>",
            "Yes.",
            "Hm.",
            ("channels",),
        ),
        (WORDS, "analysisHm.assistantfinalYes.", "Yes.", "Hm.", ("channels",)),
        (
            JSON,
            '<think>{"a": 2}</think>```json\n{"a": 1}\n```',
            '{"a": 1}',
            '{"a": 2}',
            ("thoughts_in_content", "code_fence"),
        ),
        (JSON, '{"a": 1}</s>', '{"a": 1}', None, ("special_token",)),
        (JSON, ' \ufeff{"a": 1}', '{"a": 1}', None, ("text_around",)),
    ],
)
def test_a_reply_is_put_right_and_says_what_was_mended(
    request_: ChatRequest, text: str, content: str, reasoning: str | None, mended: tuple[str, ...]
):
    read = read_reply(ChatReply(text), request_)
    assert read == ChatReply(content, reasoning=reasoning, mended=mended)


def test_thoughts_of_a_field_and_of_the_text_are_joined():
    read = read_reply(ChatReply("<think>b</think>c", reasoning="a"), WORDS)
    assert (read.content, read.reasoning) == ("c", "a\n\nb")


def test_calls_in_text_become_calls_and_the_words_before_them_stay():
    text = (
        '<think>Hm.</think>Let me see.\n<tool_call>{"name": "f", "arguments": {"x": 1}}</tool_call><|im_end|>'
    )
    read = read_reply(ChatReply(text), CALLS)
    assert (read.content, read.tool_calls, read.reasoning) == (
        "Let me see.",
        (ChatToolCall("f", '{"x":1}'),),
        "Hm.",
    )
    assert read.mended == ("thoughts_in_content", "special_token", "calls_in_text")
    assert read.problem is None


def test_a_call_in_a_channel_is_a_call():
    text = (
        "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>commentary to=functions.f "
        '<|constrain|>json<|message|>{"x": 1}<|call|>'
    )
    read = read_reply(ChatReply(text), CALLS)
    assert (read.content, read.tool_calls, read.reasoning) == ("", (ChatToolCall("f", '{"x": 1}'),), "Hm.")


def test_a_channel_for_calls_is_text_where_no_functions_are_offered():
    text = '<|channel|>commentary to=functions.f<|message|>{"a": 1}<|call|>'
    assert read_reply(ChatReply(text), JSON).content == '{"a": 1}'


def test_a_text_that_repeats_the_calls_beside_it_is_taken_for_no_more_calls():
    calls = (ChatToolCall("f", '{"x": 1}', "c1"),)
    text = 'I look.<tool_call>{"name": "f", "arguments": {"x": 1}}</tool_call>'
    read = read_reply(ChatReply(text, calls), CALLS)
    assert (read.content, read.tool_calls) == ("I look.", calls)
    other = ChatReply(text.replace("1", "2"), calls)
    assert read_reply(other, CALLS) is other


def test_calls_in_text_are_read_only_where_functions_are_offered():
    text = '<tool_call>{"name": "f", "arguments": {}}</tool_call>'
    assert read_reply(ChatReply(text), WORDS) == ChatReply(text)


def test_arguments_that_are_encoded_twice_are_decoded():
    read = read_reply(ChatReply(None, (ChatToolCall("f", '"{\\"x\\": 1}"', "c1"),)), CALLS)
    assert read.tool_calls == (ChatToolCall("f", '{"x": 1}', "c1"),)
    assert read.mended == ("arguments_twice",)


@pytest.mark.parametrize(
    ("request_", "reply", "problem"),
    [
        (WORDS, ChatReply(None), ReplyProblem.EMPTY),
        (WORDS, ChatReply(" \n"), ReplyProblem.EMPTY),
        (WORDS, ChatReply("<think>Let me"), ReplyProblem.EMPTY),
        (WORDS, ChatReply("<think>Let me", finish_reason="length"), ReplyProblem.CUT_OFF),
        (WORDS, ChatReply("It is", finish_reason="length"), ReplyProblem.CUT_OFF),
        (JSON, ChatReply('{"a": 1, "b": [1', finish_reason="length"), ReplyProblem.CUT_OFF),
        (WORDS, ChatReply("It is", finish_reason="content_filter"), ReplyProblem.CONTENT_FILTER),
        (WORDS, ChatReply("No.", problem=ReplyProblem.REFUSED), ReplyProblem.REFUSED),
        (JSON, ChatReply("I'm sorry, but I can't help with that."), ReplyProblem.REFUSED),
        (JSON, ChatReply("Es tut mir leid, das geht nicht."), ReplyProblem.REFUSED),
        (JSON, ChatReply("很抱歉，我无法帮助。"), ReplyProblem.REFUSED),
        (JSON, ChatReply("The plan is simple."), ReplyProblem.NO_JSON),
        (JSON, ChatReply("{'a': 'x'}"), ReplyProblem.NO_JSON),
        (JSON, ChatReply("<think>Hm.</think>"), ReplyProblem.EMPTY),
        (JSON, ChatReply('I\'m sorry, but here: {"a": 1}'), None),
        (CALLS, ChatReply("", (ChatToolCall("f", "{}"),)), None),
    ],
)
def test_what_is_of_no_use_says_why(request_: ChatRequest, reply: ChatReply, problem: ReplyProblem | None):
    assert read_reply(reply, request_).problem is problem


THOUGHTS = st.text(st.sampled_from("ab {}[]\"':,`\n<>好"), max_size=30)
PAIRS = st.sampled_from(
    [("<think>", "</think>"), ("[THINK]", "[/THINK]"), ("", "</think>"), ("◁think▷", "◁/think▷")]
)


@given(
    THOUGHTS, PAIRS, st.sampled_from(["", "```json\n", "So: "]), st.sampled_from(["", "<|im_end|>", "</s>"])
)
def test_json_behind_any_thoughts_is_bare_and_the_thoughts_are_kept(
    thought: str, pair: tuple[str, str], before: str, after: str
):
    closing = "\n```" if before.startswith("```") else ""
    text = f"{pair[0]}t{thought}t{pair[1]}{before}" + '{"a": 1}' + closing + after
    read = read_reply(ChatReply(text), JSON)
    assert (read.content, read.reasoning, read.problem) == ('{"a": 1}', f"t{thought}t", None)


@given(THOUGHTS, PAIRS, st.text(st.sampled_from("ab .,é\n"), max_size=20))
def test_words_behind_any_thoughts_are_free_of_them(thought: str, pair: tuple[str, str], said: str):
    read = read_reply(ChatReply(f"{pair[0]}t{thought}t{pair[1]}{said}"), WORDS)
    assert (read.content, read.reasoning) == (said.strip(), f"t{thought}t")
    assert not holds_thoughts(read.content or "")


@given(
    st.text() | st.text(st.sampled_from('<>|/think_tool_call[TOOL_CALLS]{}"`\n:,1'), max_size=80),
    st.sampled_from([WORDS, JSON, CALLS]),
)
def test_any_text_is_read(text: str, request_: ChatRequest):
    read: Any = read_reply(ChatReply(text), request_)
    if request_ is JSON and read.problem is None:
        json.loads(read.content)


@pytest.mark.parametrize(
    "piece",
    [
        "<think>", "</think>", "<think>a</think>", "<think>a</thinking>", "`<think>", "```<think>", "```", "```\n", "~~~",
        ': "<think>', "\n", "[", "{", '{"a":', "{'a':", "[1,", "{'", "<tool_call>{", "<tool_call>f", "[TOOL_CALLS]f ",
        "<function=f><parameter=a>", "\n[f(", "f(a=1)\n", "<|channel|>", "<|channel|>final<|message|>", "analysis",
        "<|im_end|>", "</s>", "<s>", "<answer>\n", '"', "'", "/*", "//\n", ", ", "a: ",
    ],
)  # fmt: skip
@pytest.mark.parametrize("ending", ["", "}"])
def test_a_long_text_of_anything_is_read_in_bounded_time(piece: str, ending: str):
    text = (piece * 20_000)[:20_000] + ending
    started = time.process_time()
    for request_ in (WORDS, JSON, CALLS):
        read_reply(ChatReply(text), request_)
    assert time.process_time() - started < 2
