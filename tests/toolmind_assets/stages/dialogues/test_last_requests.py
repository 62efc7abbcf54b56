"""A user who wants nothing beyond what was just asked for is not asked whether all is done."""

from typing import Any

import pytest

from toolmind_assets.model.dialogues import StopReason
from toolmind_resources.chat.model import ChatReply, Role

USER = Role("user_agent")
ORDER = {"order_id": "W-6041", "carrier": "DHL"}
GET_ORDER = ("get_order", {"order_id": "W-6041"})


def test_a_dialogue_ends_unasked_once_the_plan_is_done_and_nothing_is_asked_back(
    make: Any, stage: Any
) -> None:
    last = stage.says("Where is W-6041?", "last")
    made = stage.act(
        make.tasks()["missing_parameter"], [last], [stage.calls(GET_ORDER), "DHL has it."], [ORDER]
    )
    (dialogue,) = made.dialogues
    assert dialogue.stop_reason is StopReason.USER_SATISFIED
    assert dialogue.messages[-1].content == "DHL has it."
    assert len(stage.asked(USER)) == 1


def test_a_dialogue_in_which_nothing_could_be_had_ends_as_given_up(make: Any, stage: Any) -> None:
    last = stage.says("Have my payment back", "last")
    made = stage.act(make.tasks()["irrelevant"], [last], ["I can't do that."])
    assert made.dialogues[0].stop_reason is StopReason.USER_GAVE_UP
    assert len(stage.asked(USER)) == 1


@pytest.mark.parametrize(
    ("spoken", "result"),
    [
        ("DHL has it. Anything else?", ORDER),
        ("It could not be found.", {"error": {"type": "timeout"}}),
    ],
)
def test_a_user_is_asked_where_the_assistant_asks_or_a_step_is_open(
    spoken: str, result: Any, make: Any, stage: Any
) -> None:
    user = [stage.says("Where is W-6041?", "last"), stage.says("", "gave_up")]
    made = stage.act(make.tasks()["missing_parameter"], user, [stage.calls(GET_ORDER), spoken], [result])
    assert made.dialogues[0].stop_reason is StopReason.USER_GAVE_UP
    assert len(stage.asked(USER)) == 2


def test_a_user_who_answers_what_was_asked_back_may_speak_last_again(make: Any, stage: Any) -> None:
    user = [stage.says("Where is my order?", "last"), stage.says("It is W-6041", "last")]
    assistant = ["Which one?", stage.calls(GET_ORDER), "DHL has it."]
    made = stage.act(make.tasks()["missing_parameter"], user, assistant, [ORDER])
    assert made.dialogues[0].stop_reason is StopReason.USER_SATISFIED
    assert [message.role for message in made.dialogues[0].messages].count("user") == 2


def test_a_user_is_asked_where_the_assistant_says_nothing(make: Any, stage: Any) -> None:
    user = [stage.says("Have my payment back", "last"), stage.says("", "gave_up")]
    stage.act(make.tasks()["irrelevant"], user, [ChatReply(None)])
    assert len(stage.asked(USER)) == 2


def test_a_user_who_goes_on_is_asked_though_the_plan_is_done(make: Any, stage: Any) -> None:
    user = [stage.says("Where is W-6041?"), stage.says("Thanks", "last")]
    assistant = [stage.calls(GET_ORDER), "DHL has it.", "You're welcome."]
    made = stage.act(make.tasks()["missing_parameter"], user, assistant, [ORDER])
    assert made.dialogues[0].messages[-1].content == "You're welcome."


def test_a_last_message_without_words_is_asked_for_again(make: Any, stage: Any) -> None:
    user = [stage.says(" ", "last"), stage.says("Have my payment back", "last")]
    made = stage.act(make.tasks()["irrelevant"], user, ["I can't do that."])
    assert [candidate.reason for candidate in made.candidates] == ["an empty message"]
    assert len(made.dialogues) == 1
