import asyncio
import random

import pytest
from pydantic import ValidationError

from toolmind_resources.chat.embedded import EmbeddedChat, EmbeddedErrors
from toolmind_resources.chat.model import ChatMessage, ChatModel, ChatReply, ChatRequest, Role
from toolmind_resources.errors import ChatError


def roll(request: ChatRequest, rng: random.Random, errors: EmbeddedErrors) -> ChatReply:
    return ChatReply(f"{request.context} {rng.random()} {errors.tool_failure}")


CHAT = EmbeddedChat({Role("planner"): roll}, EmbeddedErrors(tool_failure=0.25))


def request(role: Role = Role("planner"), seed: int = 1, context: object = "a") -> ChatRequest:
    return ChatRequest(role, (ChatMessage("user", "hi"),), seed=seed, context=context)


def test_a_role_is_answered_by_its_rule_from_context_seed_and_rates() -> None:
    reply = asyncio.run(CHAT.complete(request()))
    assert reply.content == f"a {random.Random(1).random()} 0.25"


def test_the_same_request_gets_the_same_reply_whatever_was_asked_before() -> None:
    first = asyncio.run(CHAT.complete(request()))
    other = asyncio.run(CHAT.complete(request(seed=2)))
    assert asyncio.run(CHAT.complete(request())) == first != other


def test_a_role_without_a_rule_is_a_chat_error() -> None:
    with pytest.raises(ChatError, match="turn_judge"):
        asyncio.run(CHAT.complete(request(Role("turn_judge"))))


def test_rows_that_it_made_say_so_for_every_role() -> None:
    assert isinstance(CHAT, ChatModel)
    assert {CHAT.model_name(role) for role in (Role("planner"), Role("turn_judge"))} == {"embedded"}


@pytest.mark.parametrize("wrong", [{"tool_failure": 1.1}, {"tool_failure": -0.1}, {"typo": 0.1}])
def test_a_rate_is_a_known_share(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        EmbeddedErrors(**wrong)
