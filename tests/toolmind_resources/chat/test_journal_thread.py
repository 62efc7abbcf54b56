import asyncio
import threading

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
