"""Agents that say what is written down for them."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.tasks import Task
from toolmind_assets.stages.dialogues.params import DialogueParams
from toolmind_assets.stages.dialogues.simulate import Simulated, simulate_dialogues
from toolmind_resources.chat.model import ChatReply, ChatRequest, ChatToolCall, Role
from toolmind_resources.chat.scripted import ScriptedChat

USER, ASSISTANT, TOOL = Role("user_agent"), Role("assistant_agent"), Role("tool_agent")


class Stage:
    """One dialogue acted out by a script.

    Attributes:
        made: What became of it.
        chat: Who played the agents.
    """

    def __init__(self, functions: Mapping[str, FunctionSpec]) -> None:
        self._functions = {function.function_id: function for function in functions.values()}
        self.made = Simulated((), (), (), (), ())
        self.chat = ScriptedChat({})

    @staticmethod
    def says(message: str, status: str = "continue") -> str:
        """A reply of the user."""
        return json.dumps({"message": message, "status": status})

    @staticmethod
    def calls(*named: tuple[str, Mapping[str, Any]]) -> ChatReply:
        """A reply of the assistant that calls functions."""
        return ChatReply(None, tuple(ChatToolCall(name, json.dumps(given)) for name, given in named))

    def act(
        self, task: Task, user: list[Any], assistant: list[Any], tool: Any = (), **params: Any
    ) -> Simulated:
        """Acts a task out; what a tool agent says is a text, or the JSON of it."""
        results = [one if isinstance(one, (str, ChatReply)) else json.dumps(one) for one in tool]
        self.chat = ScriptedChat({USER: user, ASSISTANT: assistant, TOOL: results})
        acted = simulate_dialogues([task], self._functions, self.chat, DialogueParams(**params))
        self.made = asyncio.run(acted)
        return self.made

    def asked(self, role: Role) -> list[ChatRequest]:
        """The requests to one role."""
        return [request for request in self.chat.requests if request.role is role]

    @property
    def results(self) -> list[Any]:
        """The results of all calls, in order."""
        return [json.loads(call.result_json or "") for call in self.made.calls]


@pytest.fixture
def stage(make: Any) -> Stage:
    """Where a script is acted out."""
    return Stage(make.functions())
