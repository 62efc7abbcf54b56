"""What a slot pays for: no start whose offer fails, and no more than two starts in vain."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.tasks import Scenario
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.sample import PAID_STARTS, Sampled, sample_tasks
from toolmind_assets.stages.tasks.sampling_context import SamplingContext
from toolmind_assets.stages.tasks.stand_in import RULES
from toolmind_resources.chat.embedded import EmbeddedChat
from toolmind_resources.chat.model import ChatReply, ChatRequest, ReplyProblem, Role
from toolmind_resources.chat.scripted import ScriptedChat
from toolmind_resources.errors import ChatError

PLANNER, INTENT_WRITER = Role("planner"), Role("intent_writer")


def only(scenario: Scenario) -> dict[str, Any]:
    """The shares of a shard of this scenario alone."""
    return {f"{one.value}_share": float(one is scenario) for one in Scenario}


ONE_CHAINED = TaskParams(
    tasks_per_shard=1, attempts=6, replies_max=2, walk_min=3, walk_max=6, **only(Scenario.CHAINED)
)


class Spoilt(EmbeddedChat):
    """Plays all roles well but one, which always says the same; keeps every request."""

    def __init__(self, no_errors: Any, role: Role, reply: ChatReply | None) -> None:
        super().__init__(RULES, no_errors)
        self._spoilt, self._reply = role, reply
        self.requests: list[ChatRequest] = []
        self.given_up: list[ChatRequest] = []

    def give_up(self, requests: Sequence[ChatRequest]) -> None:
        self.given_up += requests

    async def complete(self, request: ChatRequest) -> ChatReply:
        self.requests.append(request)
        if request.role is not self._spoilt:
            return await super().complete(request)
        if self._reply is None:
            raise ChatError("nobody is there")
        return self._reply

    def n_asked(self, role: Role) -> int:
        return sum(request.role is role for request in self.requests)


def sample(make: Any, chat: Any, params: TaskParams = ONE_CHAINED) -> Sampled:
    context = SamplingContext.of(list(make.functions().values()), make.edges())
    return asyncio.run(sample_tasks(context, "sim-0000", 1, chat, params))


def test_a_slot_is_given_up_after_two_starts_for_which_models_were_asked_in_vain(make: Any) -> None:
    chat = Spoilt(make.no_errors, INTENT_WRITER, ChatReply("hm"))
    made = sample(make, chat)
    (drop,) = made.drops
    assert drop.reason is DropReason.INVALID_INTENT
    n_starts = int(drop.detail.split(", ")[2].split()[0])
    assert PAID_STARTS <= n_starts < len(drop.parent_ids) == ONE_CHAINED.attempts
    assert drop.detail.endswith(
        "the reply is no JSON: Expecting value: line 1 column 1 (char 0); it says: hm"
    )
    assert chat.n_asked(INTENT_WRITER) == PAID_STARTS * ONE_CHAINED.replies_max
    assert chat.n_asked(PLANNER) <= PAID_STARTS


def test_a_planner_that_is_of_no_use_costs_two_starts_and_no_intent_is_written(make: Any) -> None:
    chat = Spoilt(make.no_errors, PLANNER, ChatReply('{"values": []}'))
    (drop,) = sample(make, chat).drops
    assert drop.reason is DropReason.INVALID_PLAN
    assert "the planner: no usable reply in 2 tries: no value was given for s" in drop.detail
    assert chat.n_asked(PLANNER) == PAID_STARTS * ONE_CHAINED.replies_max
    assert chat.n_asked(INTENT_WRITER) == 0
    assert chat.given_up == []  # a slot without a plan is no lost one


def test_a_slot_is_given_up_at_once_where_no_reply_can_be_had(make: Any) -> None:
    chat = Spoilt(make.no_errors, PLANNER, None)
    (drop,) = sample(make, chat).drops
    assert drop.reason is DropReason.CHAT_FAILED and drop.detail.endswith("nobody is there")
    assert len(chat.requests) == 1


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (ReplyProblem.CUT_OFF, DropReason.CUT_OFF),
        (ReplyProblem.CONTENT_FILTER, DropReason.CONTENT_FILTER),
        (ReplyProblem.REFUSED, DropReason.UNUSABLE_REPLY),
        (ReplyProblem.EMPTY, DropReason.UNUSABLE_REPLY),
    ],
)
@pytest.mark.parametrize("role", [PLANNER, INTENT_WRITER])
def test_a_slot_whose_replies_all_have_a_problem_is_dropped_for_it(
    role: Role, problem: ReplyProblem, reason: DropReason, make: Any
) -> None:
    chat = Spoilt(make.no_errors, role, ChatReply("{", problem=problem))
    (drop,) = sample(make, chat).drops
    assert drop.reason is reason
    assert chat.given_up == [request for request in chat.requests if request.role is role]
    assert f"the {role.replace('_', ' ')}: no usable reply in 2 tries: " in drop.detail


def test_no_model_is_asked_where_nothing_can_be_offered(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolmind_assets.stages.tasks.sample.offered_functions", lambda *_, **__: ())
    chat = ScriptedChat({})
    (drop,) = sample(make, chat).drops
    assert chat.requests == []
    assert drop.reason is DropReason.DEAD_END and drop.detail.endswith("no function is left to offer")


def test_no_model_is_asked_where_a_planned_function_could_stand_in_for_the_withheld_one(
    make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toolmind_assets.stages.tasks.sample.could_stand_in", lambda *_: True)
    chat = ScriptedChat({})
    (drop,) = sample(make, chat, ONE_CHAINED.model_copy(update=only(Scenario.MISSING_FUNCTION))).drops
    assert chat.requests == []
    assert "a planned function could stand in for " in drop.detail


def test_a_start_after_one_that_was_paid_in_vain_may_bear_the_task(make: Any) -> None:
    class Hesitant(Spoilt):
        async def complete(self, request: ChatRequest) -> ChatReply:
            reply = await super().complete(request)
            is_early = self.n_asked(INTENT_WRITER) <= ONE_CHAINED.replies_max
            return replace(reply, content="hm") if request.role is INTENT_WRITER and is_early else reply

    chat = Hesitant(make.no_errors, Role("nobody"), None)
    made = sample(make, chat)
    assert made.drops == ()
    assert len(made.tasks) == 1
    assert chat.given_up == []  # asked anew, the first start might bear another task
