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
    failures: list[Exception] = []
    places = iter(range(len(values)))

    async def work() -> None:
        for place in places:
            if failures:
                return
            try:
                results[place] = await function(values[place])
            except Exception as error:  # noqa: BLE001 (raised below, once the others have ended)
                failures.append(error)

    await asyncio.gather(*(work() for _ in range(min(limit, len(values)))))
    if failures:
        raise failures[0]
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
