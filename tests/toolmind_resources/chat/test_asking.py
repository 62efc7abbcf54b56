"""A question is asked until a reply is of use, and what was wrong with each reply is told."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_resources.chat.asking import (
    SHOWN_CHARACTERS,
    WORDS,
    Doubtful,
    Unusable,
    Unused,
    Used,
    ask,
    ask_until_used,
)
from toolmind_resources.chat.model import ChatMessage, ChatReply, ChatRequest, ReplyProblem, Role
from toolmind_resources.chat.scripted import ScriptedChat
from toolmind_resources.errors import ChatError, UselessRoleError

PLANNER = Role("planner")


class Planner(ScriptedChat):
    """A script of the planner alone."""

    def __init__(self, *replies: ChatReply | str) -> None:
        super().__init__({PLANNER: replies})


def request(rejected: Sequence[Unusable] = ()) -> ChatRequest:
    """The question, whose seed is the number of replies that were of no use."""
    return ChatRequest(PLANNER, (ChatMessage("user", "A number?"),), seed=len(rejected))


def read_number(reply: ChatReply) -> int | Doubtful[int] | Unusable:
    """A number; one that is negative is doubtful."""
    text = reply.content or ""
    try:
        number = int(text)
    except ValueError:
        return Unusable(f"{text} is no number", reply)
    return Doubtful(number, "it is negative") if number < 0 else number


def ask_for_number(chat: Planner, replies_max: int = 3) -> Used[int] | Unused:
    return asyncio.run(ask_until_used(chat, request, read_number, replies_max))


def test_a_reply_that_is_of_use_is_taken_and_rated_as_such() -> None:
    chat = Planner("7")
    found = asyncio.run(ask(chat, request(), read_number))
    assert found == Used(7, ChatReply("7", model="scripted"))
    assert (chat.faults, chat.given_up) == ([""], [])


def test_replies_are_asked_for_until_one_is_of_use_and_the_earlier_ones_are_told() -> None:
    chat = Planner("a", "b", "7", "8")
    found = ask_for_number(chat)
    assert isinstance(found, Used) and found.value == 7
    assert [rejected.reason for rejected in found.rejected] == ["a is no number", "b is no number"]
    assert [rejected.reply.content for rejected in found.rejected] == ["a", "b"]
    assert [asked.seed for asked in chat.requests] == [0, 1, 2]
    assert chat.faults == ["a is no number", "b is no number", ""]


def test_a_question_none_of_whose_replies_was_of_use_tells_all_its_requests_and_gives_up_none() -> None:
    chat = Planner("a", "b", "c")
    found = ask_for_number(chat, 2)
    assert isinstance(found, Unused)
    assert found.last is found.rejected[1] and found.last.reason == "b is no number"
    assert list(found.requests) == chat.requests and len(chat.requests) == 2
    assert chat.given_up == []  # whether a row is lost with it, the one who asks knows


def test_a_question_that_breaks_off_gives_up_nothing_so_that_no_reply_is_paid_twice() -> None:
    chat = Planner("a")
    with pytest.raises(ChatError, match="no scripted reply"):
        ask_for_number(chat)
    assert chat.given_up == []


def test_a_model_that_stops_the_run_is_not_asked_again() -> None:
    class Stopped(Planner):
        async def complete(self, request: ChatRequest) -> ChatReply:
            if self.requests:
                raise UselessRoleError("stop")
            return await super().complete(request)

    chat = Stopped("a", "7")
    with pytest.raises(UselessRoleError):
        ask_for_number(chat)
    assert chat.faults == ["a is no number"]


def test_a_doubtful_reply_is_taken_at_once_and_rated_as_a_fault() -> None:
    chat = Planner("-7", "7")
    found = ask_for_number(chat)
    assert isinstance(found, Used) and (found.value, found.rejected) == (-7, ())
    assert (chat.faults, chat.given_up) == (["it is negative"], [])


@pytest.mark.parametrize("problem", ReplyProblem)
def test_a_reply_with_a_problem_never_reaches_the_reader(problem: ReplyProblem) -> None:
    def read(reply: ChatReply) -> Any:
        raise AssertionError(reply)

    chat = Planner(ChatReply("7", problem=problem))
    found = asyncio.run(ask(chat, request(), read))
    assert isinstance(found, Unused)
    assert found.last.reason == WORDS[problem] == chat.faults[0]


@pytest.mark.parametrize("value", [0, "", None, ()])
def test_what_a_reader_takes_may_be_nothing(value: Any) -> None:
    found = asyncio.run(ask(Planner("x"), request(), lambda _: value))
    assert isinstance(found, Used) and found.value == value


def unused(*said: str | None) -> Unused:
    return Unused(tuple(Unusable("it is wrong", ChatReply(text)) for text in said))


def test_unused_replies_say_in_words_how_many_they_were_why_and_how_the_last_begins() -> None:
    assert unused("a\n  b").words == "no usable reply in 1 try: it is wrong; it says: a b"
    assert unused("first", None).words == "no usable reply in 2 tries: it is wrong"
    assert unused("x" * SHOWN_CHARACTERS).words.endswith(" " + "x" * SHOWN_CHARACTERS)
    assert unused("x" * (SHOWN_CHARACTERS + 1)).words.endswith("x" * SHOWN_CHARACTERS + "...")


@given(said=st.lists(st.sampled_from(["7", "-7", "hm"]), min_size=1, max_size=6), most=st.integers(1, 6))
def test_whatever_is_said_every_reply_is_rated_and_either_one_is_used_or_all_are_told(
    said: list[str], most: int
) -> None:
    chat = Planner(*said, *["hm"] * most)
    found = ask_for_number(chat, most)
    n_asked = len(chat.requests)
    assert n_asked <= most and len(chat.faults) == n_asked
    n_rejected = len(found.rejected)
    assert n_rejected == n_asked - isinstance(found, Used)
    assert isinstance(found, Used) or [asked.seed for asked in found.requests] == list(range(n_asked))
    assert [fault == "hm is no number" for fault in chat.faults[:n_rejected]] == [True] * n_rejected
