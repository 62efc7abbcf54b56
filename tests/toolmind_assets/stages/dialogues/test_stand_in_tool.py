"""What the embedded model answers as a function."""

import copy
import random
from typing import Any

import pytest

from toolmind_assets.model.dialogues import CallStatus, ToolCall
from toolmind_assets.stages.dialogues.contexts import Execution, ServedCall, ToolContext
from toolmind_assets.stages.dialogues.roles import TOOL_AGENT
from toolmind_assets.stages.dialogues.stand_in_tool import tool
from toolmind_resources.chat.model import ChatRequest

STRING = {"type": "string"}
OWNER = {"type": "object", "properties": {"name": STRING}, "required": ["name"]}


@pytest.mark.parametrize("mismatch", [0.0, 1.0])
def test_a_result_that_takes_parts_of_an_earlier_one_leaves_that_as_it_was(
    make: Any, mismatch: float
) -> None:
    function = make.function("get_order", {"order_id": STRING, "name": STRING}, {"owner": OWNER})
    earlier = {"order_id": "W-4711", "owner": {"name": "Ada"}}
    call = ToolCall("call_1_0", "get_order", {"order_id": "W-4711"})
    session = (Execution(1, 0, call, function.function_id, "s1", CallStatus.OK, copy.deepcopy(earlier)),)
    for seed in range(20):
        given = {"order_id": "W-4711", "name": "Grace" if seed % 2 else "Ada"}
        request = ChatRequest(TOOL_AGENT, (), context=ToolContext((ServedCall(function, given),), session))
        errors = make.no_errors.model_copy(update={"tool_mismatch": mismatch})
        tool(request, random.Random(seed), errors)
        assert session[0].result == earlier


def test_what_is_passed_in_comes_back_by_its_name(make: Any) -> None:
    function = make.function("get_order", {"order_id": STRING}, {"order_id": STRING, "city": STRING})
    context = ToolContext((ServedCall(function, {"order_id": "W-4711"}),), ())
    reply = tool(ChatRequest(TOOL_AGENT, (), context=context), random.Random(1), make.no_errors)
    assert '"order_id": "W-4711"' in (reply.content or "")


def test_what_is_passed_in_does_not_come_back_where_later_calls_will_read(make: Any) -> None:
    function = make.function("get_order", {"order_id": STRING}, {"order_id": STRING, "city": STRING})
    context = ToolContext((ServedCall(function, {"order_id": "W-4711"}, ("order_id",)),), ())
    reply = tool(ChatRequest(TOOL_AGENT, (), context=context), random.Random(1), make.no_errors)
    assert "W-4711" not in (reply.content or "")


def test_what_is_passed_in_does_not_come_back_where_the_result_would_not_fit(make: Any) -> None:
    code = {"type": "string", "enum": ["A", "B"]}
    function = make.function("get_order", {"code": STRING}, {"code": code})
    context = ToolContext((ServedCall(function, {"code": "C"}),), ())
    reply = tool(ChatRequest(TOOL_AGENT, (), context=context), random.Random(1), make.no_errors)
    assert reply.content in ('{"code": "A"}', '{"code": "B"}')
