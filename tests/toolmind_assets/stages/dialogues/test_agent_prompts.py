"""What user, assistant and tool agents are shown: everything they need, and nothing that they must not know."""

import re
from dataclasses import replace
from typing import Any

import pytest

from toolmind_assets.model.dialogues import CallStatus, Message, Speaker, ToolCall
from toolmind_assets.model.tasks import Choice, ChoiceKind, Scenario, Task
from toolmind_assets.stages.dialogues.agents import ask_assistant, ask_tools, ask_user
from toolmind_assets.stages.dialogues.contexts import (
    AssistantContext,
    Execution,
    ServedCall,
    ToolContext,
    UserContext,
)
from toolmind_assets.stages.dialogues.params import DialogueParams
from toolmind_resources.chat.model import ChatRequest

PARAMS = DialogueParams()
SCENARIOS = [scenario.value for scenario in Scenario]
CALL = ToolCall("call_2_0", "list_orders", {"customer_id": "C-77"})
MESSAGES = (
    Message(Speaker.SYSTEM, "You work for a shop."),
    Message(Speaker.USER, "My orders, please."),
    Message(Speaker.ASSISTANT, None, (CALL,)),
    Message(Speaker.TOOL, '{"orders":["HIDDEN-RESULT"]}', tool_call_id="call_2_0"),
    Message(Speaker.ASSISTANT, "There is one order."),
)


def task_of(make: Any, scenario: str) -> Task:
    return replace(make.tasks()[scenario], reference_time="2031-05-06T07:08:09Z", language="pt-BR")


def text_of(request: ChatRequest) -> str:
    """Everything that is sent but the tools."""
    return "\n".join(f"{message.content} {message.tool_calls}" for message in request.messages)


def user(make: Any, scenario: str, messages: tuple[Message, ...] = MESSAGES) -> str:
    return text_of(ask_user(UserContext(task_of(make, scenario), messages), 1, PARAMS))


def assistant(make: Any, scenario: str, messages: tuple[Message, ...] = MESSAGES) -> ChatRequest:
    task, functions = task_of(make, scenario), {f.function_id: f for f in make.functions().values()}
    offered = {functions[key].name: functions[key] for key in task.offered_function_ids}
    return ask_assistant(AssistantContext(task, offered, messages, ()), 1, PARAMS)


def tool(make: Any, name: str, arguments: dict[str, Any], *session: Execution) -> ChatRequest:
    return tools(make, ServedCall(make.functions()[name], arguments, ("orders[].order_id",)), session=session)


def tools(make: Any, *calls: ServedCall, session: tuple[Execution, ...] = ()) -> ChatRequest:
    return ask_tools(ToolContext(calls, session), task_of(make, "chained"), 1, PARAMS)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_user_sees_intent_requests_and_facts_with_those_that_wait_marked(
    make: Any, scenario: str
) -> None:
    task, text = task_of(make, scenario), user(make, scenario)
    assert task.intent in text and task.reference_time in text and "pt-BR" in text
    for place, request in enumerate(task.requests, 1):
        assert f"{place}. {request.goal}" in text
        for fact in request.facts:
            (line,) = [line for line in text.splitlines() if f'- {fact.label}: "{fact.value}"' in line]
            assert line.endswith("(only if asked)") is fact.is_withheld


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_user_sees_no_function_no_call_no_result_no_plan_and_no_scenario(
    make: Any, scenario: str
) -> None:
    text = user(make, scenario)
    assert not any(name in text for name in make.functions())
    assert not any(word in text for word in ("HIDDEN-RESULT", "C-77", "call_2_0", "s1", *SCENARIOS))
    assert "You work for a shop." not in text


def test_the_user_hears_the_dialogue_from_the_other_side(make: Any) -> None:
    request = ask_user(UserContext(task_of(make, "chained"), MESSAGES), 1, PARAMS)
    assert [(m.role, m.content) for m in request.messages[1:]] == [
        ("assistant", "My orders, please."),
        ("user", "There is one order."),
    ]
    assert request.tools == () and request.response_schema


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_assistant_sees_policy_time_dialogue_and_the_offered_functions_alone(
    make: Any, scenario: str
) -> None:
    task, request = task_of(make, scenario), assistant(make, scenario)
    text = text_of(request)
    assert task.system_text in text
    assert [m.role for m in request.messages] == ["system", "user", "assistant", "tool", "assistant"]
    assert "HIDDEN-RESULT" in text and request.messages[2].tool_calls[0].call_id == "call_2_0"
    by_id = {function.function_id: function for function in make.functions().values()}
    assert list(request.tools) == [by_id[key].as_tool() for key in task.offered_function_ids]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_assistant_sees_no_intent_no_goal_no_fact_no_plan_and_no_scenario(
    make: Any, scenario: str
) -> None:
    task, request = task_of(make, scenario), assistant(make, scenario)
    text = f"{text_of(request)} {request.tools}"
    hidden = [fact for one in task.requests for fact in one.facts]
    assert not any(str(fact.value) in text for fact in hidden)
    assert not any(one.goal in text for one in task.requests)
    assert not any(word in text for word in ("SECRET-INTENT", "'s1'", task.task_id, *SCENARIOS))
    assert task.withheld_function_id is None or "refund_payment" not in text


def test_the_tool_sees_function_arguments_schema_and_session_in_order(make: Any) -> None:
    session = [
        Execution(2, place, ToolCall(f"c{place}", "find_customer", {"email": f"{place}@x"}), "fn", "s1", CallStatus.OK, {"customer_id": place})
        for place in (0, 1)
    ]  # fmt: skip
    request = tool(make, "list_orders", {"customer_id": "C-77"}, *session)
    text = text_of(request)
    function = make.functions()["list_orders"]
    assert function.name in text and function.description in text
    assert '{"customer_id":"C-77"}' in text and '"minItems":1' in text
    assert text.index('find_customer({"email":"0@x"}) -> {"customer_id":0}') < text.index('{"email":"1@x"}')
    assert "2031-05-06T07:08:09Z" in text
    assert request.response_schema == function.returns


def test_the_tool_sees_no_task_and_no_plan(make: Any) -> None:
    task = task_of(make, "chained")
    request = tool(make, "list_orders", {"customer_id": "C-77"})
    text = text_of(request)
    assert not any(
        word in text for word in ("'s1'", "SECRET-INTENT", "ada@example.com", task.task_id, *SCENARIOS)
    )
    assert not any(one.goal in text for one in task.requests)
    assert request.tools == ()


def needs_in(text: str) -> list[str]:
    return re.findall(r"^  in this result: (.*)$", text, re.MULTILINE)


def test_the_tool_is_told_what_its_results_have_to_hold(make: Any) -> None:
    function, path = make.functions()["list_orders"], "orders[].order_id"
    named = Choice(ChoiceKind.MATCH, "orders[].label", "Berlin office", "label")

    def needs(listed: tuple[str, ...] = (), *chosen: Choice, read: str = path) -> list[str]:
        call = ServedCall(function, {}, (read,), listed, tuple((read, choice) for choice in chosen))
        return needs_in(text_of(tools(make, call)))

    assert needs(read="customer") == ["`customer` is there"]
    assert needs((path,)) == [f"there are two different values of `{path}` at least"]
    assert needs((), make.dearest) == [
        "every entry has a `orders[].total`, no two the same",
        f"every entry has its own `{path}`",
    ]
    assert needs((), Choice(ChoiceKind.ONLY))[0] == "`orders[]` has exactly one entry"
    assert needs((), named)[0].startswith("the `orders[].label` of exactly one entry")
    assert '"Berlin office"' in needs((), named)[0]


def test_the_tool_is_told_what_a_function_takes_and_which_defaults_hold(make: Any) -> None:
    limit = {"type": "integer", "default": 20, "description": "Most orders." + " x" * 200}
    function = make.function("find", {"limit": limit, "q": {"type": "string"}, "all": {"default": False}})
    text = text_of(tools(make, ServedCall(function, {"q": "tea"})))
    assert '\n  left at their defaults: {"limit":20,"all":false}\n' in text
    (line,) = [line for line in text.splitlines() if line.startswith("  it takes: ")]
    assert line.startswith("  it takes: limit (Most orders. x") and line.endswith("x...); q; all")
    assert "left at" not in text_of(tools(make, ServedCall(function, {"limit": 1, "all": True})))


def test_a_function_that_states_no_result_says_so(make: Any) -> None:
    request = tool(make, "refund_payment", {"order_id": "W-1", "amount": 5})
    assert "not stated" in text_of(request)
    assert request.response_schema == {}


def test_one_call_is_answered_by_its_result_alone(make: Any) -> None:
    request = tool(make, "list_orders", {"customer_id": "C-77"})
    assert text_of(request).rstrip("\n ()").endswith("Answer with the JSON result alone.")
    assert request.sampling.max_tokens == PARAMS.reply_tokens_max


def test_calls_made_at_once_are_named_and_answered_in_one_object_with_room_for_each(make: Any) -> None:
    functions = make.functions()
    calls = (
        ServedCall(functions["list_orders"], {"customer_id": "C-77"}),
        ServedCall(functions["get_order"], {"order_id": "W-1"}),
    )
    request = tools(make, *calls)
    text = text_of(request)
    assert 'keys are "call_1", "call_2", each' in text
    assert text.index("call_1\n  function: ") < text.index("list_orders") < text.index("call_2\n  function: ")
    assert '{"order_id":"W-1"}' in text and "in this result: `" not in text
    returns = {"call_1": functions["list_orders"].returns, "call_2": functions["get_order"].returns}
    assert request.response_schema == {
        "type": "object",
        "properties": returns,
        "required": ["call_1", "call_2"],
    }
    assert request.sampling.max_tokens == 2 * PARAMS.reply_tokens_max


def test_a_schema_that_points_into_itself_is_stated_alone_and_not_among_others(make: Any) -> None:
    order = make.functions()["get_order"]
    pointing = replace(order, returns={"$ref": "#/$defs/order", "$defs": {"order": {"type": "object"}}})
    unstated = replace(order, returns=None)
    calls = [ServedCall(function, {"order_id": "W-1"}) for function in (pointing, order, unstated)]
    assert tools(make, calls[0]).response_schema == pointing.returns
    joint = tools(make, *calls).response_schema or {}
    assert joint["properties"] == {"call_1": {}, "call_2": order.returns, "call_3": {}}
    assert '"$ref":"#/$defs/order"' in text_of(tools(make, *calls))


def test_no_field_is_left_unfilled(make: Any) -> None:
    requests = [assistant(make, scenario) for scenario in SCENARIOS] + [
        tool(make, "get_wind", {"city": "Oslo"})
    ]
    texts = [text_of(request) for request in requests] + [user(make, scenario) for scenario in SCENARIOS]
    assert not any(re.search(r"\$\w", text) for text in texts)
