"""The loop in which everything that is paid for happens: what askers are told, and when they go on without."""

import asyncio
import threading

import pytest

from toolmind_resources.chat.background import BackgroundLoop
from toolmind_resources.errors import StoppedError


class Work:
    """Comes to its end when a test says so, in the loop that it is begun in."""

    def __init__(self) -> None:
        self.has_begun, self.may_end, self.has_ended = (threading.Event() for _ in range(3))

    async def __call__(self) -> str:
        self.has_begun.set()
        await asyncio.to_thread(self.may_end.wait, 30)
        self.has_ended.set()
        return "done"


async def _fail() -> None:
    raise ZeroDivisionError


def test_an_asker_is_told_what_its_coroutine_came_to() -> None:
    loop, work = BackgroundLoop(), Work()
    work.may_end.set()
    assert asyncio.run(loop.run(work())) == "done"
    assert loop.n_under_way == 0
    with pytest.raises(ZeroDivisionError):
        asyncio.run(loop.run(_fail()))


def test_an_asker_that_is_cancelled_leaves_its_coroutine_to_come_to_its_end() -> None:
    loop, work = BackgroundLoop(), Work()

    async def ask_and_leave() -> None:
        asking = asyncio.create_task(loop.run(work()))
        await asyncio.to_thread(work.has_begun.wait, 30)
        asking.cancel()

    asyncio.run(ask_and_leave())
    assert loop.n_under_way == 1
    work.may_end.set()
    assert work.has_ended.wait(30)


def test_an_asker_that_is_waited_for_no_longer_goes_on_without() -> None:
    loop, work = BackgroundLoop(), Work()

    async def ask_and_be_abandoned() -> None:
        asking = asyncio.create_task(loop.run(work()))
        await asyncio.to_thread(work.has_begun.wait, 30)
        loop.abandon()
        with pytest.raises(StoppedError, match="waited long enough"):
            await asking

    asyncio.run(ask_and_be_abandoned())
    assert not work.has_ended.is_set()
    work.may_end.set()
    assert work.has_ended.wait(30)


def test_a_loop_that_was_never_needed_has_nobody_to_abandon() -> None:
    BackgroundLoop().abandon()
