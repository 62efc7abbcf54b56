"""The turn loop, with every reply written down."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from toolmind_assets.model.dialogues import CallStatus, Speaker, StopReason
from toolmind_assets.model.drops import DropReason
from toolmind_assets.stages.dialogues.params import DialogueParams
from toolmind_assets.stages.dialogues.simulate import Simulated, simulate_dialogues
from toolmind_resources.chat.model import ChatReply, ChatToolCall, Role
from toolmind_resources.chat.scripted import ScriptedChat

USER, ASSISTANT, TOOL = Role("user_agent"), Role("assistant_agent"), Role("tool_agent")
ORDER = '{"order_id": "W-6041", "carrier": "DHL"}'


def says(message: str, status: str = "continue") -> str:
    return json.dumps({"message": message, "status": status})


def calls(*named: tuple[str, str]) -> ChatReply:
    return ChatReply(None, tuple(ChatToolCall(name, arguments) for name, arguments in named))


GET_ORDER = calls(("get_order", '{"order_id": "W-6041"}'))
DONE = says("", "satisfied")


def act(
    make: Any, script: dict[Role, list[Any]], scenario: str = "missing_parameter", **params: Any
) -> tuple[Simulated, ScriptedChat]:
    chat = ScriptedChat(script)
    functions = {function.function_id: function for function in make.functions().values()}
    task = make.tasks()[scenario]
    return asyncio.run(simulate_dialogues([task], functions, chat, DialogueParams(**params))), chat


def heard(made: Simulated) -> list[tuple[str, str | None]]:
    return [(message.role, message.content) for message in made.dialogues[0].messages]


def test_a_value_that_is_missing_is_asked_for_before_the_call(make: Any) -> None:
    made, _ = act(
        make,
        {
            USER: [says("Look at my order"), says("It is W-6041"), DONE],
            ASSISTANT: ["Which order?", GET_ORDER, "DHL has it."],
            TOOL: [ORDER],
        },
    )
    assert heard(made) == [
        ("system", "You work for a shop."),
        ("user", "Look at my order"),
        ("assistant", "Which order?"),
        ("user", "It is W-6041"),
        ("assistant", None),
        ("tool", '{"order_id":"W-6041","carrier":"DHL"}'),
        ("assistant", "DHL has it."),
    ]
    (dialogue,) = made.dialogues
    assert dialogue.stop_reason is StopReason.USER_SATISFIED
    assert dialogue.n_turns == 3
    assert dialogue.models == tuple(f"{role}=scripted" for role in (USER, ASSISTANT, TOOL))
    (call,) = made.calls
    assert (call.plan_step_id, call.status, call.message_index) == ("s1", CallStatus.OK, 4)
    assert [(row.path, row.source_kind.value, row.source_message_index) for row in made.arguments] == [
        ("order_id", "user", 3)
    ]
    assert made.drops == made.candidates == ()


def test_an_error_of_the_service_is_a_result_and_the_next_call_corrects_it(make: Any) -> None:
    made, _ = act(
        make,
        {
            USER: [says("Order W-6041"), DONE],
            ASSISTANT: [GET_ORDER, GET_ORDER, "Found."],
            TOOL: ['{"error": {"type": "busy", "message": "later"}}', ORDER],
        },
    )
    failed, mended = made.calls
    assert (failed.status, failed.corrects_call_id) == (CallStatus.ERROR, None)
    assert (mended.status, mended.corrects_call_id) == (CallStatus.OK, failed.call_id)
    assert made.candidates == ()


@pytest.mark.parametrize(
    ("name", "text", "kept", "kind"),
    [
        ("get_order", "{broken", "{broken", "invalid_arguments"),
        ("get_order", '["W-6041"]', '["W-6041"]', "invalid_arguments"),
        ("get_order", '{"order_id":5}', {"order_id": 5}, "invalid_arguments"),
        ("get_order", "", {}, "invalid_arguments"),
        ("cancel_order", "{}", {}, "unknown_function"),
    ],
)
def test_a_bad_call_is_kept_and_answered_with_an_error_without_asking_the_service(
    make: Any, name: str, text: str, kept: Any, kind: str
) -> None:
    made, chat = act(make, {USER: [says("Order W-6041"), DONE], ASSISTANT: [calls((name, text)), "Sorry."]})
    (dialogue,), (call,) = made.dialogues, made.calls
    assert dialogue.messages[2].tool_calls[0].arguments == kept
    assert call.arguments_json == (text or "{}")
    assert json.loads(call.result_json or "")["error"]["type"] == kind
    assert call.status is CallStatus.ERROR
    assert (call.function_id is None) is (kind == "unknown_function")
    assert TOOL not in {request.role for request in chat.requests}


def test_a_result_that_does_not_fit_is_asked_for_again_and_the_loser_is_kept(make: Any) -> None:
    losers = ["It works!", '{"order_id": "W-6041"}']
    made, chat = act(
        make, {USER: [says("Order W-6041"), DONE], ASSISTANT: [GET_ORDER, "Found."], TOOL: [*losers, ORDER]}
    )
    assert json.loads(made.calls[0].result_json or "") == json.loads(ORDER)
    assert [(row.role, row.attempt, row.message_index, row.reply) for row in made.candidates] == [
        ("tool_agent", 0, 3, losers[0]),
        ("tool_agent", 1, 3, losers[1]),
    ]
    assert "no JSON" in made.candidates[0].reason and "carrier" in made.candidates[1].reason
    assert len({request.seed for request in chat.requests if request.role is TOOL}) == 3
    assert len({row.candidate_id for row in made.candidates}) == 2


def test_a_service_that_never_answers_in_form_gives_an_error_to_the_assistant(make: Any) -> None:
    made, _ = act(
        make,
        {USER: [says("Order W-6041"), DONE], ASSISTANT: [GET_ORDER, "Sorry."], TOOL: ["?"] * 5},
        replies_max=2,
    )
    assert json.loads(made.calls[0].result_json or "")["error"]["type"] == "internal_error"
    assert len(made.candidates) == 2


@pytest.mark.parametrize(
    "useless",
    ["hello", "[]", '{"message": "x"}', '{"message": "", "status": "continue"}', '{"message": 1, "status": "stop"}', DONE],
)  # fmt: skip
def test_a_reply_of_the_user_that_is_unusable_is_kept_and_asked_for_again(make: Any, useless: str) -> None:
    made, _ = act(make, {USER: [useless, says("Hello"), DONE], ASSISTANT: ["Hello."]})
    assert heard(made)[1:] == [("user", "Hello"), ("assistant", "Hello.")]
    (loser,) = made.candidates
    assert (loser.role, loser.attempt, loser.reply) == ("user_agent", 0, useless)
    assert loser.dialogue_id == made.dialogues[0].dialogue_id


def test_a_user_who_never_speaks_drops_the_dialogue_and_keeps_the_replies(make: Any) -> None:
    made, _ = act(make, {USER: ["?"] * 9}, replies_max=2)
    (drop,) = made.drops
    assert drop.reason is DropReason.UNUSABLE_REPLY
    assert drop.parent_ids == (make.tasks()["missing_parameter"].task_id,)
    assert len(made.candidates) == 2
    assert made.dialogues == made.calls == made.arguments == ()


@pytest.mark.parametrize("role", [USER, ASSISTANT, TOOL])
def test_a_model_that_cannot_be_reached_drops_the_dialogue_with_what_was_said(make: Any, role: Role) -> None:
    script: dict[Role, list[Any]] = {USER: [says("Order W-6041")], ASSISTANT: [GET_ORDER], TOOL: []}
    made, _ = act(make, {name: replies for name, replies in script.items() if name is not role})
    (drop,) = made.drops
    assert (drop.reason, drop.stage, drop.partition) == (DropReason.CHAT_FAILED, "dialogues", "sim-0000")
    assert role in drop.detail
    assert ("W-6041" in drop.raw) is (role is not USER)
    assert made.dialogues == made.calls == made.arguments == ()


def test_a_dialogue_without_end_is_dropped_at_the_limit(make: Any) -> None:
    made, _ = act(make, {USER: [says("Again")] * 9, ASSISTANT: ["Yes."] * 9}, messages_max=6)
    (drop,) = made.drops
    assert drop.reason is DropReason.UNFINISHED_DIALOGUE
    assert "7 messages" in drop.detail
    made, _ = act(
        make, {USER: [says("Order W-6041")], ASSISTANT: [GET_ORDER] * 9, TOOL: [ORDER] * 9}, messages_max=6
    )
    assert made.drops[0].reason is DropReason.UNFINISHED_DIALOGUE


def test_a_user_who_gives_up_ends_the_dialogue_and_the_last_message_is_not_sent(make: Any) -> None:
    made, _ = act(make, {USER: [says("Hi"), says("Forget it", "gave_up")], ASSISTANT: ["I can't do that."]})
    assert made.dialogues[0].stop_reason is StopReason.USER_GAVE_UP
    assert made.dialogues[0].messages[-1].role is Speaker.ASSISTANT


def test_an_empty_reply_of_the_assistant_stands_as_it_is(make: Any) -> None:
    made, _ = act(make, {USER: [says("Hi"), DONE], ASSISTANT: [ChatReply(None)]})
    assert heard(made)[-1] == ("assistant", "")


@pytest.mark.parametrize("part", ["offered", "planned"])
def test_a_task_with_a_function_that_is_gone_is_dropped_and_the_others_are_acted_out(
    make: Any, part: str
) -> None:
    tasks = make.tasks()
    gone, kept = tasks["chained"], tasks["missing_parameter"]
    functions = {f.function_id: f for f in make.functions().values() if f.name != "list_orders"}
    missing = make.functions()["list_orders"].function_id
    if part == "planned":
        offered = tuple(one for one in gone.offered_function_ids if one != missing)
        gone = replace(gone, offered_function_ids=offered)
    chat = ScriptedChat({USER: [says("Order W-6041"), DONE], ASSISTANT: [GET_ORDER, "Found."], TOOL: [ORDER]})
    made = asyncio.run(simulate_dialogues([gone, kept], functions, chat, DialogueParams()))
    assert [dialogue.task_id for dialogue in made.dialogues] == [kept.task_id]
    (drop,) = made.drops
    assert (drop.reason, drop.parent_ids) == (DropReason.FUNCTION_GONE, (gone.task_id,))
    assert (drop.stage, drop.partition) == ("dialogues", "sim-0000")
    assert missing in drop.detail and "run again from `tasks`" in drop.detail
    assert drop.subject_id.startswith("dialogue_")


class GrownParams(DialogueParams):
    """The parameters after one more has come."""

    interruptions_max: int = 0


def test_a_parameter_that_is_new_renumbers_no_dialogue_until_it_is_set(make: Any) -> None:
    functions = {function.function_id: function for function in make.functions().values()}

    def dialogue_id(params: DialogueParams) -> str:
        chat = ScriptedChat({USER: [says("Hi"), DONE], ASSISTANT: ["Hello."]})
        tasks = [make.tasks()["missing_parameter"]]
        (dialogue,) = asyncio.run(simulate_dialogues(tasks, functions, chat, params)).dialogues
        return dialogue.dialogue_id

    before = dialogue_id(DialogueParams())
    assert dialogue_id(GrownParams()) == before
    others = [GrownParams(interruptions_max=1), DialogueParams(user_temperature=0.5)]
    assert len({before, *map(dialogue_id, others)}) == 3


def test_calls_of_one_turn_do_not_correct_each_other(make: Any) -> None:
    wrong = ("no_such_function", "{}")
    made, _ = act(make, {USER: [says("Hi"), DONE], ASSISTANT: [calls(wrong, wrong), calls(wrong), "Sorry."]})
    first, second, third = made.calls
    assert (first.corrects_call_id, second.corrects_call_id) == (None, None)
    assert third.corrects_call_id == first.call_id


def test_the_same_call_made_again_is_answered_anew(make: Any) -> None:
    _, chat = act(
        make,
        {USER: [says("W-6041"), DONE], ASSISTANT: [GET_ORDER, GET_ORDER, "Found."], TOOL: [ORDER, ORDER]},
    )
    asked = [request.seed for request in chat.requests if request.role is TOOL]
    assert len(set(asked)) == len(asked) == 2
