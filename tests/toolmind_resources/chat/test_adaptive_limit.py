import asyncio
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_resources.chat.adaptive_limit import AdaptiveLimit


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 0.001
        return self.now


class VirtualLoop(asyncio.SelectorEventLoop):
    """Sleeps take no time: the clock jumps to the next one that ends."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:  # pyright: ignore[reportAttributeAccessIssue]
            self.now = max(self.now, self._scheduled[0]._when)  # pyright: ignore[reportAttributeAccessIssue]
        super()._run_once()  # pyright: ignore[reportAttributeAccessIssue]


async def enter(limit: AdaptiveLimit, n_places: int) -> None:
    for _ in range(n_places):
        await limit.__aenter__()


def refuse(limit: AdaptiveLimit, clock: Clock, n_times: int, sent_at: float | None = None) -> None:
    for _ in range(n_times):
        limit.note_refusal(clock() if sent_at is None else sent_at)


def test_an_episode_of_refusals_cuts_the_limit_once_and_by_a_quarter_at_most() -> None:
    async def run() -> float:
        clock = Clock()
        limit = AdaptiveLimit(64, clock)
        await enter(limit, 10)
        sent_at = clock()
        refuse(limit, clock, 40, sent_at)
        return limit.limit

    assert asyncio.run(run()) == 48


def test_the_limit_is_not_cut_below_what_is_being_answered() -> None:
    async def run() -> float:
        clock = Clock()
        limit = AdaptiveLimit(64, clock)
        await enter(limit, 53)
        refuse(limit, clock, 8)
        return limit.limit

    assert asyncio.run(run()) == 52


def test_refusals_while_all_places_are_answered_or_few_among_many_answers_cut_nothing() -> None:
    async def run(n_running: int, n_answers: int) -> float:
        clock = Clock()
        limit = AdaptiveLimit(64, clock)
        await enter(limit, n_running)
        for _ in range(n_answers):
            limit.note_answer()
        refuse(limit, clock, 8)
        return limit.limit

    assert asyncio.run(run(64, 0)) == 64
    assert asyncio.run(run(10, 100)) == 64
    assert asyncio.run(run(10, 50)) == 48


def test_the_limit_grows_by_one_a_round_of_answers_up_to_the_most() -> None:
    async def run() -> tuple[float, float]:
        clock = Clock()
        limit = AdaptiveLimit(10, clock)
        await enter(limit, 2)
        refuse(limit, clock, 8)
        cut = limit.limit
        for _ in range(8):
            limit.note_answer()
        grown = limit.limit
        for _ in range(100):
            limit.note_answer()
        assert limit.limit == 10
        return cut, grown

    cut, grown = asyncio.run(run())
    assert cut == 7.5
    assert 8.4 < grown < 8.6


@given(st.lists(st.booleans(), max_size=300), st.integers(1, 20), st.integers(0, 20))
def test_the_limit_stays_between_one_and_the_most(came: list[bool], most: int, n_running: int) -> None:
    async def run() -> None:
        clock = Clock()
        limit = AdaptiveLimit(most, clock)
        await enter(limit, min(most, n_running) or 1)
        for is_answer in came:
            if is_answer:
                limit.note_answer()
            else:
                limit.note_refusal(clock())
            assert 1 <= limit.limit <= most

    asyncio.run(run())


def test_places_are_given_in_turn_and_one_that_is_cancelled_is_passed_on() -> None:
    async def run() -> list[int]:
        limit, order = AdaptiveLimit(1), []

        async def work(number: int) -> None:
            async with limit:
                order.append(number)
                await asyncio.sleep(0)

        async with limit:
            tasks = [asyncio.create_task(work(number)) for number in range(4)]
            await asyncio.sleep(0)
            tasks[1].cancel()
        tasks[0].cancel()  # whose place was given, and not taken yet
        await asyncio.gather(*tasks, return_exceptions=True)
        async with limit:
            return order

    assert asyncio.run(run()) == [2, 3]


def rate_share(refuses: Callable[[int], bool], places: int, n_workers: int = 64, n_calls: int = 60) -> float:
    """Share of the answers a second that `places` at 0.2 s each can give, between a tenth and nine tenths."""
    loop = VirtualLoop()
    limit, answered_at, n_running = AdaptiveLimit(64, loop.time), [], 0

    async def ask() -> None:
        nonlocal n_running
        while True:
            async with limit:
                sent_at = loop.time()
                if refuses(n_running):
                    await asyncio.sleep(0.002)
                    limit.note_refusal(sent_at)
                else:
                    n_running += 1
                    await asyncio.sleep(0.2)
                    n_running -= 1
                    limit.note_answer()
                    answered_at.append(loop.time())
                    return
            await asyncio.sleep(0.5)

    async def work() -> None:
        for _ in range(n_calls):
            await ask()

    async def all_of_them() -> None:
        await asyncio.gather(*(work() for _ in range(n_workers)))

    loop.run_until_complete(all_of_them())
    loop.close()
    first, last = len(answered_at) // 10, len(answered_at) * 9 // 10
    rate = (last - first) / (answered_at[last] - answered_at[first])
    return rate * 0.2 / places


def test_an_endpoint_that_admits_half_as_many_is_kept_busy() -> None:
    assert rate_share(lambda n_running: n_running >= 32, 32) > 0.95


@pytest.mark.parametrize(("refused", "least"), [(0.05, 0.8), (0.2, 0.4)])
def test_refusals_at_random_cost_little_more_than_the_waits(refused: float, least: float) -> None:
    generator = random.Random(0)
    assert rate_share(lambda _: generator.random() < refused, 64) > least
