"""What keeps every role from using a reply is found before any role sees it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_resources.chat.model import (
    ChatMessage,
    ChatReply,
    ChatRequest,
    ChatToolCall,
    ReplyProblem,
    Role,
)
from toolmind_resources.chat.reading.reply_reader import read_reply

REQUEST = ChatRequest(Role("planner"), (ChatMessage("user", "Plan."),))
CALL = ChatToolCall("get_order", "{}")


@pytest.mark.parametrize(
    ("reason", "problem"),
    [("length", ReplyProblem.CUT_OFF), ("content_filter", ReplyProblem.CONTENT_FILTER)],
)
@pytest.mark.parametrize("reply", [ChatReply("half a"), ChatReply(None), ChatReply(None, (CALL,))])
def test_a_reply_that_did_not_end_by_itself_has_the_problem_that_ended_it(
    reply: ChatReply, reason: str, problem: ReplyProblem
) -> None:
    ended = replace(reply, finish_reason=reason)
    assert read_reply(ended, REQUEST) == replace(ended, problem=problem)


@pytest.mark.parametrize("content", [None, "", " \n"])
def test_a_reply_without_words_and_calls_is_empty(content: str | None) -> None:
    assert read_reply(ChatReply(content), REQUEST).problem is ReplyProblem.EMPTY


@pytest.mark.parametrize("content", [None, "", " \n"])
def test_a_reply_that_only_calls_is_not_empty(content: str | None) -> None:
    reply = ChatReply(content, (CALL,), finish_reason="tool_calls")
    assert read_reply(reply, REQUEST).problem is None


@given(st.from_regex(r"[a-z ,.]*[a-z]", fullmatch=True), st.sampled_from(["stop", "tool_calls", "eos", ""]))
def test_plain_words_are_left_as_they_are(words: str, reason: str) -> None:
    reply = ChatReply(words, finish_reason=reason)
    assert read_reply(reply, REQUEST).problem is None
