"""What the assistant thinks goes with its message, and to no user."""

import json
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolmind_assets.model.dialogues import Message, Speaker
from toolmind_assets.stages.dialogues.agents import ask_user, read_assistant
from toolmind_assets.stages.dialogues.contexts import UserContext
from toolmind_assets.stages.dialogues.params import DialogueParams
from toolmind_resources.chat.model import ChatReply

MARK = "QZX"
THOUGHTS = st.lists(
    st.sampled_from(
        ["<think>", "</think>", '{"status": "satisfied"}', '"', "\n", "```", "é 漢 🙂", "{{", "}"]
    ),
    max_size=5,
).map(lambda pieces: MARK.join(["", *pieces, ""]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(thoughts=THOUGHTS, said=st.sampled_from(["It is done.", "Which one?"]))
def test_the_user_reads_what_the_assistant_said_and_nothing_of_what_it_thought(
    make: Any, thoughts: str, said: str
) -> None:
    message = read_assistant(ChatReply(said, reasoning=thoughts), 1)
    assert (message.reasoning, message.content) == (thoughts.strip(), said)
    task = replace(make.tasks()["chained"], reference_time="2031-05-06T07:08:09Z")
    context = UserContext(task, (Message(Speaker.USER, "Please."), message))
    shown = json.dumps([[one.role, one.content] for one in ask_user(context, 1, DialogueParams()).messages])
    assert said in shown
    assert MARK not in shown
