import asyncio

import pytest

from toolmind_resources.chat.model import ChatMessage, ChatModel, ChatReply, ChatRequest, Role
from toolmind_resources.chat.scripted import ScriptedChat
from toolmind_resources.errors import ChatError


def ask(chat: ScriptedChat, role: Role) -> ChatReply:
    return asyncio.run(chat.complete(ChatRequest(role, (ChatMessage("user", "hi"),))))


def test_each_role_has_its_own_script_and_every_request_is_kept() -> None:
    chat = ScriptedChat(
        {Role("planner"): ["one", ChatReply("two", model="m")], Role("tool_agent"): ["{}"]}, "s"
    )
    assert ask(chat, Role("planner")) == ChatReply("one", model="s")
    assert ask(chat, Role("tool_agent")).content == "{}"
    assert ask(chat, Role("planner")) == ChatReply("two", model="m")
    assert [request.role for request in chat.requests] == [
        Role("planner"),
        Role("tool_agent"),
        Role("planner"),
    ]
    assert isinstance(chat, ChatModel)
    assert chat.model_name(Role("planner")) == "s"


@pytest.mark.parametrize("role", [Role("planner"), Role("user_agent")])
def test_a_script_that_is_used_up_or_was_never_there_is_a_chat_error(role: Role) -> None:
    chat = ScriptedChat({Role("planner"): []})
    with pytest.raises(ChatError, match=role):
        ask(chat, role)
    assert len(chat.requests) == 1


def test_what_was_wrong_with_each_reply_is_kept_in_order() -> None:
    chat = ScriptedChat({})
    request = ChatRequest(Role("planner"), (ChatMessage("user", "hi"),))
    for fault in ("no JSON", ""):
        chat.rate(request, ChatReply("one"), fault)
    chat.give_up([request])
    assert chat.faults == ["no JSON", ""]
