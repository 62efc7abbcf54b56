"""A good dialogue to mutate, and what rules find in it."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from toolmind_assets.model.dialogues import Dialogue
from toolmind_assets.stages.trajectories.dialogue_files import parse_dialogue
from toolmind_assets.stages.trajectories.rule import Rule
from toolmind_assets.stages.trajectories.trajectory import Trajectory, trajectory_of

Json = dict[str, Any]


def function(name: str, required: list[str] | None = None, /, **properties: Any) -> Json:
    parameters: Json = {"type": "object", "properties": properties}
    if required:
        parameters["required"] = required
    return {"type": "function", "function": {"name": name, "description": "", "parameters": parameters}}


TOOLS = [
    function("find_order", ["order_id"], order_id={"type": "string"}),
    function("cancel_order", ["order_id", "reason"], order_id={"type": "string"},
             reason={"type": "string", "enum": ["unwanted", "mistake"]}),
    function("book_table", ["date"], date={"type": "string"}, guests={"type": "integer"}),
    function("roll_dice"),
]  # fmt: skip


def call(name: str, call_id: str, /, **arguments: Any) -> Json:
    made = {"id": call_id, "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
    return {"role": "assistant", "content": None, "tool_calls": [made]}


def result(call_id: str, content: Any) -> Json:
    text = content if isinstance(content, str) else json.dumps(content)
    return {"role": "tool", "tool_call_id": call_id, "content": text}


def user(text: str) -> Json:
    return {"role": "user", "content": text}


def says(text: str | None) -> Json:
    return {"role": "assistant", "content": text}


GOOD = [
    user("Please cancel my order W-60417, I do not want it any more."),
    call("find_order", "c1", order_id="W-60417"),
    result("c1", {"order_id": "W-60417", "status": "pending"}),
    call("cancel_order", "c2", order_id="W-60417", reason="unwanted"),
    result("c2", {"order_id": "W-60417", "status": "cancelled", "refund_id": "R-88123"}),
    says("Your order W-60417 is cancelled; the refund is R-88123."),
]


def dialogue_from(messages: list[Json], tools: list[Json] | None = None) -> Dialogue:
    line = {"id": "d1", "tools": TOOLS if tools is None else tools, "messages": messages}
    dialogue = parse_dialogue(json.dumps(line), 1)
    assert isinstance(dialogue, Dialogue), dialogue
    return dialogue


@pytest.fixture
def good() -> list[Json]:
    """A dialogue in which no rule finds anything."""
    return copy.deepcopy(GOOD)


@pytest.fixture
def make() -> Any:
    """The builders of messages, functions and dialogues."""

    class Make:
        call = staticmethod(call)
        result = staticmethod(result)
        user = staticmethod(user)
        says = staticmethod(says)
        function = staticmethod(function)
        dialogue = staticmethod(dialogue_from)
        tools = copy.deepcopy(TOOLS)

        @staticmethod
        def trajectory(messages: list[Json], tools: list[Json] | None = None, **given: Any) -> Trajectory:
            return trajectory_of(dialogue_from(messages, tools), **given)

    return Make


@pytest.fixture
def codes(make: Any) -> Callable[..., list[tuple[int | None, str, str]]]:
    """What one rule finds: message index, code, path."""

    def found(rule: Rule, messages: list[Json], tools: list[Json] | None = None, **given: Any) -> Any:
        trajectory = make.trajectory(messages, tools, **given)
        findings = list(rule.check(trajectory))
        assert all(finding.code in rule.codes for finding in findings)
        return [(finding.message_index, finding.code, finding.path) for finding in findings]

    return found
