import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from toolmind_resources.chat.journal_thread import JournalThread


def test_calls_are_made_one_after_another_while_the_loop_goes_on() -> None:
    made: list[int] = []
    may_go_on = threading.Event()

    async def run() -> None:
        thread = JournalThread()
        blocked = asyncio.create_task(thread.run(lambda: may_go_on.wait(5)))
        others = [asyncio.create_task(thread.run(lambda n=n: made.append(n))) for n in range(20)]
        await asyncio.sleep(0.05)
        assert made == []
        may_go_on.set()
        assert await blocked
        await asyncio.gather(*others)

    asyncio.run(run())
    assert made == list(range(20))


def test_an_exception_is_its_askers_and_the_next_call_is_made() -> None:
    def fail() -> None:
        raise KeyError("a key")

    async def run() -> str:
        thread = JournalThread()
        with pytest.raises(KeyError, match="a key"):
            await thread.run(fail)
        return await thread.run(lambda: "made")

    assert asyncio.run(run()) == "made"


def test_a_call_is_made_though_its_asker_is_cancelled_and_its_loop_is_gone() -> None:
    thread, made, may_go_on = JournalThread(), [], threading.Event()

    async def leave() -> None:
        calls = (lambda: may_go_on.wait(5), lambda: made.append("made"))
        asked = [asyncio.create_task(thread.run(call)) for call in calls]
        await asyncio.sleep(0.05)
        asked[1].cancel()

    asyncio.run(leave())
    may_go_on.set()
    assert asyncio.run(thread.run(lambda: list(made))) == ["made"]


def test_calls_that_wait_together_share_their_group_and_are_told_when_it_is_left() -> None:
    may_go_on, events = threading.Event(), []

    @contextmanager
    def group() -> Iterator[None]:
        events.append("begin")
        yield
        events.append("end")

    async def run() -> None:
        thread = JournalThread()

        async def ask(name: str) -> None:
            await thread.run(lambda: events.append(name), group)
            events.append(f"{name} told")

        blocked = asyncio.create_task(thread.run(lambda: may_go_on.wait(5)))
        asked = [asyncio.create_task(ask(name)) for name in "ab"]
        await asyncio.sleep(0.05)
        may_go_on.set()
        await asyncio.gather(blocked, *asked)

    asyncio.run(run())
    assert events == ["begin", "a", "b", "end", "a told", "b told"]


def test_where_a_group_fails_all_its_calls_do() -> None:
    @contextmanager
    def group() -> Iterator[None]:
        yield
        raise KeyError("no room")

    async def run() -> None:
        thread = JournalThread()
        with pytest.raises(KeyError, match="no room"):
            await thread.run(lambda: "made", group)
        assert await thread.run(lambda: "made") == "made"

    asyncio.run(run())
