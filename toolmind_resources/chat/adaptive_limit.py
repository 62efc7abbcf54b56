"""How many requests an endpoint is sent at once: as many as it admits, found out by what it refuses. No I/O.

An endpoint that refuses (status 429) a tenth of what it is sent, while places stand empty because refusals come at
once, has less room than it is given: the limit is cut, once an episode however many refusals belong to it, and to no
less than what was being answered meanwhile. With every round of answers it grows by one. Refusals while all places
are being answered, such as an endpoint makes that limits tokens a minute, are no lack of places and cut nothing:
each request waits for itself.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType

CUT = 0.75
"""The least that is left of the limit after a cut."""
REFUSED_SHARE = 0.1
"""From which share of the latest requests on refusals are taken for a lack of room."""
REFUSED_MIN = 8
"""Fewest refusals that are taken for it, where the limit is no smaller than that."""
FULL_SHARE = 0.9
"""From which share of the limit on, being answered, places count as full."""
LATEST = 128
"""Requests over which the share is counted."""


class AdaptiveLimit:
    """Places at one endpoint, handed out in turn; for use in one event loop.

    Attributes:
        limit: Places at the moment, from 1 to `most`; a fraction of one is growth on its way.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        """All places are free.

        Args:
            most: Most places.
            clock: Seconds, monotonic.
        """
        self._most = most
        self._clock = clock
        self.limit = float(most)
        self._cut_at = float("-inf")
        self._n_running = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._n_latest = self._n_refused = self._n_beside = 0

    async def __aenter__(self) -> None:
        """Waits for a place."""
        if self._n_running < int(self.limit) and not self._waiting:
            self._n_running += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Gives the place to the next one."""
        self._leave()

    def note_answer(self) -> None:
        """Takes note of a request that the endpoint had room for, whatever came of it."""
        self._count()
        if self.limit < self._most:
            self.limit = min(self._most, self.limit + 1 / self.limit)
            self._admit()

    def note_refusal(self, sent_at: float) -> None:
        """Takes note of a request that was refused for lack of room, before it leaves its place.

        Args:
            sent_at: When it was sent, by the clock: of those sent before the last cut the limit knows.
        """
        if sent_at <= self._cut_at:
            return
        self._count()
        self._n_refused += 1
        self._n_beside += self._n_running - 1
        is_many = self._n_refused >= min(REFUSED_MIN, int(self.limit))
        if is_many and self._n_refused > REFUSED_SHARE * self._n_latest:
            self._judge(self._n_beside / self._n_refused)

    def _judge(self, n_answered: float) -> None:
        """Ends an episode of refusals, in which so many requests were being answered; the limit is cut if they are few."""
        if n_answered < FULL_SHARE * self.limit:
            self.limit = max(1.0, CUT * self.limit, n_answered)
            self._cut_at = self._clock()
        self._n_latest = self._n_refused = self._n_beside = 0

    def _count(self) -> None:
        if self._n_latest >= LATEST:
            self._n_latest = self._n_refused = self._n_beside = 0
        self._n_latest += 1

    def _leave(self) -> None:
        self._n_running -= 1
        self._admit()

    def _admit(self) -> None:
        while self._waiting and self._n_running < int(self.limit):
            turn = self._waiting.popleft()
            if not turn.done():
                self._n_running += 1
                turn.set_result(None)
