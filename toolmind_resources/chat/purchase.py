"""What one request takes of the budget: from its reservation to the stored reply, or to nothing.

The journal is used in a thread of its own, and the loop in which answers arrive waits for none of its locks.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from toolmind_resources.chat.background import BACKGROUND
from toolmind_resources.chat.budget import Budget, Cost
from toolmind_resources.chat.journal import Journal
from toolmind_resources.chat.journal_thread import JOURNAL_THREAD
from toolmind_resources.chat.model import Charge
from toolmind_resources.chat.readings import Readings
from toolmind_resources.chat.reservations import Reservation, Shortage
from toolmind_resources.chat.usage import PaidCall
from toolmind_resources.errors import BudgetError, StoppedError

T = TypeVar("T")

WAIT_SECONDS = 0.05
"""Time between two looks whether calls under way have left enough of the budget."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Who pays for calls, and from what.

    Attributes:
        journal: Keeps the replies and what they cost.
        budget: Most of one period.
        charge: Whom the calls are charged to.
        under_way: Keys of the calls that this process is waiting for; equal requests wait for the first.
        readings: Counts what becomes of the replies.
    """

    journal: Journal
    budget: Budget
    charge: Charge
    under_way: dict[str, asyncio.Event]
    readings: Readings = field(default_factory=Readings)


class Purchase:
    """Pays for the answers to one request, of which the last is its reply.

    While it waits for the budget it holds nothing of it. What it holds is seen and changed in the journal's
    thread alone, where one thing is done after another: so `end` comes after a reservation or a settlement
    that its task, being cancelled, no longer waited for.
    """

    def __init__(self, terms: Terms, cost: Cost, unread: PaidCall) -> None:
        """Holds nothing yet.

        Args:
            terms: Who pays.
            cost: The most that one answer may cost.
            unread: What an answer that cannot be read is counted as.
        """
        self._terms = terms
        self._cost = cost
        self._unread = unread
        self._held: Reservation | None = None
        self._paid: PaidCall | None = None
        self._is_settled = False

    async def reserve(self) -> None:
        """Takes its part of the budget for one answer; waits while calls under way may leave enough.

        Raises:
            BudgetError: they cannot.
            StoppedError: the process ends.
        """
        while not BACKGROUND.is_ending:
            shortage = await self._run(self._reserve)
            if shortage is None:
                return
            if not shortage.may_fit_later:
                raise BudgetError(shortage.message)
            await asyncio.sleep(WAIT_SECONDS)
        raise StoppedError("the process ends; nothing more is asked")

    async def release(self) -> None:
        """Gives back what a try holds to which no answer came; the next one wants a reservation of its own."""
        await self._run(self._end)

    async def count_unread(self) -> None:
        """What came and cannot be read was paid all the same; the next try wants a reservation of its own."""
        await self._run(lambda: self._forfeit(self._unread))

    async def settle(self, key: str, raw: bytes, call: PaidCall) -> bytes:
        """The reply that counts for `key`, stored with what it cost."""
        reply = await self._run(lambda: self._settle(key, raw, call))
        self._is_settled = True
        return reply

    async def end(self) -> None:
        """Gives back what is still held; an answer that was paid and could not be stored counts."""
        if not self._is_settled:
            await self._run(self._end)

    async def _run(self, call: Callable[[], T]) -> T:
        return await JOURNAL_THREAD.run(call, self._terms.journal.grouped)

    def _reserve(self) -> Shortage | None:
        terms = self._terms
        whose = (self._unread.role, self._unread.model)
        answer = terms.journal.reserve(terms.charge, self._cost, terms.budget, *whose)
        if isinstance(answer, Shortage):
            return answer
        self._held = answer
        return None

    def _forfeit(self, call: PaidCall) -> None:
        self._paid = call
        self._terms.journal.forfeit(self._reservation, call)
        self._held = self._paid = None

    def _settle(self, key: str, raw: bytes, call: PaidCall) -> bytes:
        self._paid = call
        reply = self._terms.journal.settle(self._reservation, key, raw, call)
        self._held = self._paid = None
        return reply

    def _end(self) -> None:
        if self._held is None:
            return
        if self._paid is not None:
            self._forfeit(self._paid)
        else:
            self._terms.journal.release(self._held)
            self._held = None

    @property
    def _reservation(self) -> Reservation:
        assert self._held is not None, "nothing was reserved"
        return self._held
