"""Calls of one turn are answered by one reply of the tool agent, which knows them all."""

from dataclasses import replace
from typing import Any

import pytest

from toolmind_assets.model.dialogues import CallStatus
from toolmind_assets.model.tasks import Fault
from toolmind_resources.chat.model import Role

TOOL = Role("tool_agent")
OSLO, LISBON = ("get_forecast", {"city": "Oslo"}), ("get_forecast", {"city": "Lisbon"})
SNOW, SUN = {"forecast": "snow"}, {"forecast": "sun"}
BOTH = {"call_1": SNOW, "call_2": SUN}


def act_at_once(make: Any, stage: Any, calls: list[Any], tool: list[Any], **params: Any) -> Any:
    """One turn that makes these calls, in the task that wants the weather of two cities."""
    user = [stage.says("How is it in Oslo and Lisbon?"), stage.says("", "satisfied")]
    return stage.act(make.tasks()["parallel"], user, [stage.calls(*calls), "So it is."], tool, **params)


def test_calls_of_one_turn_are_one_request_and_get_their_results_in_order(make: Any, stage: Any) -> None:
    made = act_at_once(make, stage, [OSLO, LISBON], [dict(reversed(BOTH.items()))])
    (request,) = stage.asked(TOOL)
    prompt = request.messages[-1].content or ""
    assert '{"city":"Oslo"}' in prompt and '{"city":"Lisbon"}' in prompt
    assert stage.results == [SNOW, SUN]
    assert [(call.call_index, call.plan_step_id) for call in made.calls] == [(0, "s1"), (1, "s2")]
    messages = made.dialogues[0].messages
    assert [messages[place].tool_call_id for place in (3, 4)] == [
        one.call_id for one in messages[2].tool_calls
    ]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ({"call_1": SNOW}, "no result of call_2"),
        ({"call_2": SUN, "call_3": SNOW}, "no result of call_1"),
        ([SNOW, SUN], "no result of call_1, call_2"),
        ({"call_1": SNOW, "call_2": {"forecast": 5}}, "/forecast: "),
        ({"call_1": {"wind": 1}, "call_2": SUN}, ": "),
        ("snow and sun", "no JSON"),
    ],
)
def test_a_reply_that_lacks_a_result_or_has_one_that_does_not_fit_is_asked_for_again(
    reply: Any, reason: str, make: Any, stage: Any
) -> None:
    made = act_at_once(make, stage, [OSLO, LISBON], [reply, BOTH])
    assert stage.results == [SNOW, SUN]
    (loser,) = made.candidates
    assert (loser.role, loser.attempt) == ("tool_agent", 0)
    assert loser.reason.startswith(reason) and len(loser.reason) > 1
    first, second = stage.asked(TOOL)
    assert first.seed != second.seed
    asked, again = (str(request.messages[-1].content) for request in (first, second))
    assert again.startswith(asked) and loser.reason in again.removeprefix(asked)


def test_calls_that_are_never_answered_in_form_all_fail_and_each_reply_is_kept_once(
    make: Any, stage: Any
) -> None:
    made = act_at_once(make, stage, [OSLO, LISBON], [{"call_1": SNOW}] * 9, replies_max=2)
    assert [result["error"]["type"] for result in stage.results] == ["internal_error"] * 2
    assert [candidate.attempt for candidate in made.candidates] == [0, 1]
    assert len(stage.asked(TOOL)) == 2


def test_one_of_several_results_may_be_an_error_of_the_service(make: Any, stage: Any) -> None:
    busy = {"error": {"type": "busy", "message": "later"}}
    made = act_at_once(make, stage, [OSLO, LISBON], [{"call_1": busy, "call_2": SUN}])
    assert [call.status for call in made.calls] == [CallStatus.ERROR, CallStatus.OK]
    assert stage.results == [busy, SUN]


def test_a_call_that_is_refused_is_not_shown_to_the_tool_agent(make: Any, stage: Any) -> None:
    refused = [("get_forecast", {"town": "REFUSED"}), ("get_weather", {"city": "REFUSED"})]
    act_at_once(make, stage, [refused[0], OSLO, refused[1]], [SNOW])
    assert stage.results[1] == SNOW
    assert [stage.results[place]["error"]["type"] for place in (0, 2)] == [
        "invalid_arguments",
        "unknown_function",
    ]
    (request,) = stage.asked(TOOL)
    assert "REFUSED" not in (request.messages[-1].content or "")


def faulty(make: Any) -> Any:
    """The task that wants the weather of two cities, whose first step meets an error."""
    task = make.tasks()["parallel"]
    return replace(task, plan=(replace(task.plan[0], fault=Fault.TIMEOUT), task.plan[1]))


def test_a_call_that_is_to_fail_fails_beside_one_that_is_answered(make: Any, stage: Any) -> None:
    user = [stage.says("How is it in Oslo and Lisbon?"), stage.says("", "satisfied")]
    assistant = [stage.calls(OSLO, LISBON), stage.calls(OSLO), "So it is."]
    made = stage.act(faulty(make), user, assistant, [SUN, SNOW])
    first, second, again = made.calls
    assert [call.injected_fault for call in made.calls] == ["timeout", None, None]
    assert stage.results[1:] == [SUN, SNOW]
    assert (again.plan_step_id, again.corrects_call_id) == (first.plan_step_id, first.call_id)
    assert second.corrects_call_id is None


def test_nobody_is_asked_where_every_call_fails(make: Any, stage: Any) -> None:
    act_at_once(make, stage, [("get_forecast", {}), ("get_wind", {"city": "Oslo"})], [])
    assert [result["error"]["type"] for result in stage.results] == ["invalid_arguments", "unknown_function"]
    assert stage.asked(TOOL) == []


def test_no_two_calls_of_a_turn_carry_out_the_same_planned_step(make: Any, stage: Any) -> None:
    user = [stage.says("Where is W-6041?"), stage.says("", "satisfied")]
    call, order = ("get_order", {"order_id": "W-6041"}), {"order_id": "W-6041", "carrier": "DHL"}
    tool = [{"call_1": order, "call_2": order}]
    made = stage.act(make.tasks()["missing_parameter"], user, [stage.calls(call, call), "DHL."], tool)
    assert [call.plan_step_id for call in made.calls] == ["s1", None]


def test_of_two_calls_that_could_meet_an_error_one_does(make: Any, stage: Any) -> None:
    user = [stage.says("How is it in Oslo?"), stage.says("", "satisfied")]
    task = faulty(make)
    made = stage.act(replace(task, plan=task.plan[:1]), user, [stage.calls(OSLO, OSLO), "It snows."], [SNOW])
    assert [call.injected_fault for call in made.calls] == ["timeout", None]


def test_calls_of_one_turn_know_earlier_results_and_not_each_others(make: Any, stage: Any) -> None:
    user = [stage.says("Oslo and Lisbon?"), stage.says("And Oslo again?"), stage.says("", "satisfied")]
    assistant = [stage.calls(OSLO, LISBON), "Snow, sun.", stage.calls(OSLO), "Snow."]
    stage.act(make.tasks()["parallel"], user, assistant, [BOTH, SNOW])
    prompts = [request.messages[-1].content or "" for request in stage.asked(TOOL)]
    assert ["snow" in prompt for prompt in prompts] == [False, True]


def test_the_same_calls_made_at_once_again_are_answered_anew(make: Any, stage: Any) -> None:
    user = [stage.says("Oslo and Lisbon?"), stage.says("", "satisfied")]
    stage.act(make.tasks()["parallel"], user, [stage.calls(OSLO, LISBON)] * 2 + ["So it is."], [BOTH, BOTH])
    first, second = stage.asked(TOOL)
    assert first.seed != second.seed
