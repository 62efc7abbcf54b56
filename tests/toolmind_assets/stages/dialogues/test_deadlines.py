"""A dialogue that takes too long is given up, and the others are not."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from toolmind_assets.model.drops import LOST_REPLIES, DropReason
from toolmind_assets.stages.dialogues.params import DialogueParams
from toolmind_assets.stages.dialogues.simulate import simulate_dialogues
from toolmind_resources.chat.model import ChatReply, ChatRequest, Role
from toolmind_resources.chat.scripted import ScriptedChat


class Stuck(ScriptedChat):
    """A script whose assistant never answers the task that is stuck."""

    async def complete(self, request: ChatRequest) -> ChatReply:
        reply = await super().complete(request)
        if request.role is Role("assistant_agent") and "STUCK" in (request.messages[0].content or ""):
            await asyncio.Event().wait()
        return reply


def test_a_dialogue_that_waits_beyond_its_deadline_is_dropped_with_what_was_said_and_others_go_on(
    make: Any, stage: Any
) -> None:
    task = make.tasks()["irrelevant"]
    stuck = replace(task, task_id="stuck", system_text="STUCK")
    functions = {function.function_id: function for function in make.functions().values()}
    user = [stage.says("Have my payment back", "last")] * 2
    chat = Stuck({Role("user_agent"): user, Role("assistant_agent"): ["I can't do that."] * 2})
    params = DialogueParams(seconds_max=0.5)
    made = asyncio.run(simulate_dialogues([stuck, task], functions, chat, params))
    assert [dialogue.task_id for dialogue in made.dialogues] == [task.task_id]
    (drop,) = made.drops
    assert (drop.reason, drop.parent_ids) == (DropReason.TOO_SLOW, ("stuck",))
    assert drop.reason in LOST_REPLIES
    assert drop.detail == "no end after 0.5 s and 2 messages"
    assert "Have my payment back" in drop.raw


def test_what_times_out_elsewhere_is_no_dialogue_that_is_too_slow(make: Any) -> None:
    class Broken(ScriptedChat):
        async def complete(self, request: ChatRequest) -> ChatReply:
            raise TimeoutError("a defect")

    functions = {function.function_id: function for function in make.functions().values()}
    with pytest.raises(TimeoutError, match="a defect"):
        asyncio.run(simulate_dialogues([make.tasks()["irrelevant"]], functions, Broken({}), DialogueParams()))
