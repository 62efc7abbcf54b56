"""What a request holds of the budget when its task is cancelled while the journal is waited for."""

import asyncio
import sqlite3
from collections.abc import Coroutine, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from toolmind_resources.chat.budget import Budget, Cost
from toolmind_resources.chat.journal import Journal
from toolmind_resources.chat.model import Charge, Role
from toolmind_resources.chat.purchase import Purchase, Terms
from toolmind_resources.chat.usage import PaidCall

CALL = PaidCall(Role("planner"), "m", 6, 4)
UNREAD = PaidCall(Role("planner"), "m", 7, 9)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(Journal(tmp_path / "journal.sqlite")) as journal:
        yield journal


def purchase(journal: Journal) -> Purchase:
    terms = Terms(journal, Budget(calls=2), Charge("run 1", "tasks"), {})
    return Purchase(terms, Cost(1, 20, 0.0), UNREAD)


@contextmanager
def other(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path / "journal.sqlite", isolation_level=None)) as connection:
        yield connection


async def cancelled_while_locked(path: Path, step: Coroutine[Any, Any, object], bought: Purchase) -> None:
    """Cancels `step` while it waits for the journal, and then ends the purchase, as its task would."""

    async def bought_in_a_task() -> None:
        try:
            await step
        finally:
            await bought.end()

    with other(path) as connection:
        connection.execute("BEGIN IMMEDIATE")
        task = asyncio.create_task(bought_in_a_task())
        await asyncio.sleep(0.1)
        task.cancel()
        await asyncio.sleep(0.1)
        connection.rollback()
    with pytest.raises(asyncio.CancelledError):
        await task


def left(journal: Journal, path: Path) -> tuple[Cost, int]:
    """What is spent, and how many reservations there are."""
    with other(path) as connection:
        n_reserved = connection.execute("SELECT COUNT(*) FROM reservations").fetchone()[0]
    return journal.spent("run 1"), n_reserved


def test_a_reservation_under_way_is_given_back(journal: Journal, tmp_path: Path) -> None:
    async def run() -> None:
        bought = purchase(journal)
        await cancelled_while_locked(tmp_path, bought.reserve(), bought)

    asyncio.run(run())
    assert left(journal, tmp_path) == (Cost(), 0)


def test_a_settlement_under_way_is_done_and_counted_once(journal: Journal, tmp_path: Path) -> None:
    async def run() -> None:
        bought = purchase(journal)
        await bought.reserve()
        await cancelled_while_locked(tmp_path, bought.settle("key", b"raw", CALL), bought)

    asyncio.run(run())
    assert journal.peek("key") == b"raw"
    assert left(journal, tmp_path) == (Cost(1, 10, 0.0), 0)


def test_an_unread_answer_under_way_is_counted_once(journal: Journal, tmp_path: Path) -> None:
    async def run() -> None:
        bought = purchase(journal)
        await bought.reserve()
        await cancelled_while_locked(tmp_path, bought.count_unread(), bought)

    asyncio.run(run())
    assert left(journal, tmp_path) == (Cost(1, 16, 0.0), 0)


def test_what_waits_for_the_budget_holds_nothing_of_it(journal: Journal, tmp_path: Path) -> None:
    async def run() -> None:
        holders, waiting = [purchase(journal), purchase(journal)], purchase(journal)
        for holder in holders:
            await holder.reserve()
        wait = asyncio.create_task(waiting.reserve())
        await asyncio.sleep(0.1)
        assert left(journal, tmp_path) == (Cost(), 2)
        await holders[0].end()
        await asyncio.wait_for(wait, 5)
        await holders[1].end()
        await waiting.end()

    asyncio.run(run())
    assert left(journal, tmp_path) == (Cost(), 0)
