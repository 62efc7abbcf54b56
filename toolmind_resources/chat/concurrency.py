"""Many requests at once, a bounded number in flight. No I/O."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from toolmind_resources.chat.model import ChatModel, ChatReply, ChatRequest, Role

A = TypeVar("A")
B = TypeVar("B")


async def map_concurrently(function: Callable[[A], Awaitable[B]], values: Sequence[A], limit: int) -> list[B]:
    """`function` of every value, in the order of the values, at most `limit` at a time.

    After the first exception no further value is begun; those under way come to their end, since what they
    wait for may have been paid, and then the exception is raised as it is.
    """
    results: list[B | None] = [None] * len(values)
    places = iter(range(len(values)))
    is_broken = False

    async def work() -> None:
        nonlocal is_broken
        for place in places:
            if is_broken:
                return
            is_done = False
            try:
                results[place] = await function(values[place])
                is_done = True
            finally:
                is_broken = is_broken or not is_done

    ended = await asyncio.gather(*(work() for _ in range(min(limit, len(values)))), return_exceptions=True)
    for failure in ended:
        if failure is not None:
            raise failure
    return results  # type: ignore[return-value]


class BoundedChat:
    """A chat model that is asked at most `limit` requests at a time, whoever asks them."""

    def __init__(self, chat: ChatModel, limit: int) -> None:
        self._chat = chat
        self._free = asyncio.Semaphore(limit)

    def model_name(self, role: Role) -> str:
        """Name of the model behind it."""
        return self._chat.model_name(role)

    async def complete(self, request: ChatRequest) -> ChatReply:
        """The reply of the model behind it, once fewer than `limit` requests are under way."""
        async with self._free:
            return await self._chat.complete(request)

    def rate(self, request: ChatRequest, reply: ChatReply, fault: str) -> None:
        """Tells the model behind it."""
        self._chat.rate(request, reply, fault)

    def give_up(self, requests: Sequence[ChatRequest]) -> None:
        """Tells the model behind it."""
        self._chat.give_up(requests)
