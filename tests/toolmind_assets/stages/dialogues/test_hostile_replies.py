"""Replies as bad as they come: each ends in a kept reply or a dropped row, never in an exception."""

import asyncio
from typing import Any

import pytest

from toolmind_assets.stages.dialogues.params import DialogueParams
from toolmind_assets.stages.dialogues.simulate import simulate_dialogues
from toolmind_assets.stages.tasks.intent_writer import IntentContext, write_intent
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.tables.dialogues import ARGUMENTS, CALLS, CANDIDATES, DIALOGUES, DIALOGUES_DROPPED
from toolmind_assets.tables.rows import encode_rows
from toolmind_resources.chat.asking import Unused
from toolmind_resources.chat.model import ChatReply, ChatToolCall, Role
from toolmind_resources.chat.scripted import ScriptedChat

USER, ASSISTANT, TOOL = Role("user_agent"), Role("assistant_agent"), Role("tool_agent")
DEEP, NESTED = "[" * 100_000, "[" * 900 + "]" * 900
HELLO, DONE = '{"message": "hi", "status": "continue"}', '{"message": "", "status": "satisfied"}'
GOOD_CALL, ORDER = '{"order_id": "W"}', '{"order_id": "W", "carrier": "DHL"}'


def script(
    user: str = HELLO, call: str = GOOD_CALL, result: str = ORDER, text: str = "Done."
) -> dict[Role, list[Any]]:
    called = ChatReply(None, (ChatToolCall("get_order", call),))
    return {
        USER: [*([] if user == HELLO else [user] * 2), HELLO, DONE],
        ASSISTANT: [called, text, text, text],
        TOOL: [result] * 3,
    }


@pytest.mark.parametrize(
    "replies",
    [
        script(),
        script(user=DEEP),
        script(user='{"message": "a", "status": ["x"]}'),
        script(user='{"message": "a", "status": {}}'),
        script(user='{"message": "a \\ud800", "status": "continue"}'),
        script(call='{"order_id": ' + DEEP),
        script(call='{"order_id": ' + NESTED + "}"),
        script(call='{"order_id": "\\ud800"}'),
        script(result=DEEP),
        script(result='{"order_id": "W", "carrier": "\\ud800"}'),
        script(text="a \ud800"),
    ],
    ids=lambda replies: None,
)
def test_no_reply_of_an_agent_is_too_bad_to_be_a_row(make: Any, replies: dict[Role, list[Any]]) -> None:
    functions = {function.function_id: function for function in make.functions().values()}
    task = make.tasks()["missing_parameter"]
    made = asyncio.run(simulate_dialogues([task], functions, ScriptedChat(replies), DialogueParams()))
    assert len(made.dialogues) + len(made.drops) == 1
    for table, rows in ((DIALOGUES, made.dialogues), (CALLS, made.calls), (ARGUMENTS, made.arguments), (CANDIDATES, made.candidates), (DIALOGUES_DROPPED, made.drops)):  # fmt: skip
        encode_rows(table, rows)


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_arguments_and_results_that_only_python_reads_are_no_json(make: Any, constant: str) -> None:
    functions = {function.function_id: function for function in make.functions().values()}
    replies = script(call=f'{{"order_id": "W", "amount": {constant}}}')
    task = make.tasks()["missing_parameter"]
    made = asyncio.run(simulate_dialogues([task], functions, ScriptedChat(replies), DialogueParams()))
    assert isinstance(made.dialogues[0].messages[2].tool_calls[0].arguments, str)
    assert "invalid_arguments" in (made.calls[0].result_json or "")
    replies = script(result=f'{{"order_id": "W", "carrier": "DHL", "x": {constant}}}')
    made = asyncio.run(simulate_dialogues([task], functions, ScriptedChat(replies), DialogueParams()))
    assert constant not in (made.calls[0].result_json or "")
    assert len(made.candidates) == 3


@pytest.mark.parametrize(
    "reply",
    ['{"intent": "x", "requests": null}', '{"intent": "x", "requests": 5}', DEEP,
     '{"intent": null, "requests": [{"goal": null}]}', '{"intent": {"a": 1}, "requests": [{"goal": ["b"]}]}',
     '{"intent": "\\ud800", "requests": [{"goal": "b"}]}'],
)  # fmt: skip
def test_an_intent_of_the_wrong_types_is_a_problem_in_words(make: Any, reply: str) -> None:
    functions = {function.function_id: function for function in make.functions().values()}
    context = IntentContext(
        ((make.step("s1", "find_customer", make.user("email", "a@b.de")),),), ((),), functions
    )
    chat = ScriptedChat({Role("intent_writer"): [reply] * 3})
    unused = asyncio.run(write_intent(context, chat, 1, TaskParams()))
    assert isinstance(unused, Unused) and unused.words.startswith("no usable reply in 3 tries: ")
