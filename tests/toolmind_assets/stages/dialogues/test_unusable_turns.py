"""What becomes of a dialogue in which a role says what it cannot use."""

from typing import Any

import pytest

from toolmind_assets.model.drops import DropReason
from toolmind_resources.chat.model import ChatReply, ReplyProblem, Role

USER, ASSISTANT, TOOL = Role("user_agent"), Role("assistant_agent"), Role("tool_agent")
GET_ORDER = ("get_order", {"order_id": "W-6041"})
ORDER = {"order_id": "W-6041", "carrier": "DHL"}
REASONS = {
    ReplyProblem.CUT_OFF: DropReason.CUT_OFF,
    ReplyProblem.CONTENT_FILTER: DropReason.CONTENT_FILTER,
    ReplyProblem.REFUSED: DropReason.UNUSABLE_REPLY,
    ReplyProblem.EMPTY: DropReason.UNUSABLE_REPLY,
    ReplyProblem.NO_JSON: DropReason.UNUSABLE_REPLY,
}


@pytest.mark.parametrize("problem", ReplyProblem)
@pytest.mark.parametrize("role", [USER, ASSISTANT])
def test_a_dialogue_whose_role_says_nothing_of_use_is_dropped_with_the_reason_and_what_it_said(
    role: Role, problem: ReplyProblem, make: Any, stage: Any
) -> None:
    useless = [ChatReply("I would  rather not", problem=problem)] * 9
    user, assistant = [useless, []] if role is USER else [[stage.says("Where is W-6041?")], useless]
    made = stage.act(make.tasks()["missing_parameter"], user, assistant, replies_max=2)
    (drop,) = made.drops
    assert drop.reason is REASONS[problem]
    assert drop.detail.startswith(f"{role}: no usable reply in 2 tries: ")
    assert drop.detail.endswith("; it says: I would rather not")
    assert ("W-6041" in drop.raw) is (role is ASSISTANT)
    losers = [(one.role, one.attempt, one.reply) for one in made.candidates]
    assert losers == [(role, attempt, "I would  rather not") for attempt in (0, 1)]
    assert made.dialogues == made.calls == ()
    assert len(stage.asked(role)) == 2
    assert stage.chat.given_up == stage.asked(role)


def test_the_last_reply_says_why_a_dialogue_is_dropped(make: Any, stage: Any) -> None:
    user = [ChatReply("a", problem=ReplyProblem.CUT_OFF), "hello"]
    made = stage.act(make.tasks()["missing_parameter"], user, [], replies_max=2)
    assert made.drops[0].reason is DropReason.UNUSABLE_REPLY
    assert made.drops[0].detail == "user_agent: no usable reply in 2 tries: no JSON; it says: hello"


@pytest.mark.parametrize("problem", ReplyProblem)
def test_an_assistant_whose_reply_has_a_problem_is_asked_again_with_another_seed(
    problem: ReplyProblem, make: Any, stage: Any
) -> None:
    user = [stage.says("Where is W-6041?"), stage.says("", "satisfied")]
    half = ChatReply("Let me", problem=problem)
    made = stage.act(make.tasks()["missing_parameter"], user, [half, stage.calls(GET_ORDER), "DHL."], [ORDER])
    (dialogue,) = made.dialogues
    assert "Let me" not in [message.content for message in dialogue.messages]
    assert [(one.role, one.message_index, one.reply) for one in made.candidates] == [
        ("assistant_agent", 2, "Let me")
    ]
    first, second, _ = stage.asked(ASSISTANT)
    assert first.seed != second.seed and first.messages == second.messages


def test_a_tool_agent_whose_replies_have_a_problem_fails_the_call_and_not_the_dialogue(
    make: Any, stage: Any
) -> None:
    user = [stage.says("Where is W-6041?"), stage.says("", "gave_up")]
    cut = ChatReply('{"order_id": "W-6041", "carrier": "DHL"}', problem=ReplyProblem.CUT_OFF)
    made = stage.act(
        make.tasks()["missing_parameter"], user, [stage.calls(GET_ORDER), "Sorry."], [cut] * 9, replies_max=2
    )
    assert [result["error"]["type"] for result in stage.results] == ["internal_error"]
    assert len(made.dialogues) == 1 and len(made.candidates) == 2
    assert stage.chat.given_up == []  # the dialogue stands as it is


def test_a_turn_whose_calls_are_all_refused_is_taken_and_rated_as_a_fault(make: Any, stage: Any) -> None:
    user = [stage.says("Where is W-6041?"), stage.says("", "gave_up")]
    refused = stage.calls(("find_order", {}), ("get_order", {"id": 5}))
    made = stage.act(make.tasks()["missing_parameter"], user, [refused, "Sorry."])
    (dialogue,) = made.dialogues
    assert len(dialogue.messages[2].tool_calls) == 2
    assert stage.chat.faults == ["", "There is no function 'find_order'.", "", ""]
    assert made.candidates == ()


def test_a_turn_with_one_call_that_can_be_carried_out_is_no_fault(make: Any, stage: Any) -> None:
    user = [stage.says("Where is W-6041?"), stage.says("", "satisfied")]
    some = stage.calls(("find_order", {}), GET_ORDER)
    stage.act(make.tasks()["missing_parameter"], user, [some, "DHL."], [ORDER])
    assert set(stage.chat.faults) == {""}
