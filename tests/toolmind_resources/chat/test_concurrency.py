import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_resources.chat.concurrency import BoundedChat, map_concurrently
from toolmind_resources.chat.model import ChatMessage, ChatModel, ChatReply, ChatRequest, Role


@given(st.lists(st.integers(0, 5)), st.integers(1, 4))
def test_results_stand_in_the_order_of_the_values_and_no_more_than_the_limit_run(
    values: list[int], limit: int
) -> None:
    running, most = 0, 0

    async def slow_square(value: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        for _ in range(value):
            await asyncio.sleep(0)
        running -= 1
        return value * value

    assert asyncio.run(map_concurrently(slow_square, values, limit)) == [value * value for value in values]
    assert most <= limit


def test_values_run_side_by_side_up_to_the_limit() -> None:
    barrier = asyncio.Barrier(3)

    async def meet(value: int) -> int:
        await asyncio.wait_for(barrier.wait(), 5)
        return value

    assert asyncio.run(map_concurrently(meet, range(3), 3)) == [0, 1, 2]


def test_after_the_first_exception_nothing_is_begun_and_what_was_begun_comes_to_its_end() -> None:
    begun, done = [], []

    async def work(value: int) -> None:
        begun.append(value)
        for _ in range(5 - value):
            await asyncio.sleep(0)
        if value == 1:
            raise KeyError(value)
        for _ in range(5):
            await asyncio.sleep(0)
        done.append(value)

    with pytest.raises(KeyError) as raised:
        asyncio.run(map_concurrently(work, range(50), 4))
    assert raised.value.args == (1,)
    assert begun == [0, 1, 2, 3]
    assert sorted(done) == [0, 2, 3]


class Telling:
    """A model that keeps what it is told, and how many requests were under way at once."""

    def __init__(self) -> None:
        self.told: list[object] = []
        self.n_open = self.most = 0

    def model_name(self, role: Role) -> str:
        return f"model of {role}"

    async def complete(self, request: ChatRequest) -> ChatReply:
        self.n_open += 1
        self.most = max(self.most, self.n_open)
        for _ in range(3):
            await asyncio.sleep(0)
        self.n_open -= 1
        return ChatReply(str(request.seed))

    def rate(self, request: ChatRequest, reply: ChatReply, fault: str) -> None:
        self.told.append((request.seed, reply.content, fault))

    def give_up(self, requests: Sequence[ChatRequest]) -> None:
        self.told.append([request.seed for request in requests])


def test_a_bounded_model_asks_few_at_a_time_and_passes_on_what_is_said_of_replies() -> None:
    behind = Telling()
    bounded = BoundedChat(behind, 2)
    requests = [ChatRequest(Role("planner"), (ChatMessage("user", "hi"),), seed=seed) for seed in range(9)]

    async def ask_all() -> list[ChatReply]:
        return await asyncio.gather(*map(bounded.complete, requests))

    replies = asyncio.run(ask_all())
    bounded.rate(requests[3], replies[3], "no JSON")
    bounded.give_up(requests[:2])
    assert isinstance(bounded, ChatModel)
    assert ([reply.content for reply in replies], behind.most) == ([str(seed) for seed in range(9)], 2)
    assert behind.told == [(3, "3", "no JSON"), [0, 1]]
    assert bounded.model_name(Role("planner")) == "model of planner"
