"""How many requests an endpoint is sent at once: as many as it admits, found out by what it refuses. No I/O.

An endpoint that refuses (status 429) a share of what it is sent has less room than it is given. The limit is cut
once an episode, however many refusals belong to it; it grows back quickly to just below where it was cut, and
slowly from there. Few refusals among many answers are no lack of room, and cut nothing.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType

CUT = 0.75
"""What is left of the limit after a cut."""
REFUSED_SHARE = 0.1
"""From which share of the latest requests on refusals are taken for a lack of room."""
REFUSED_MIN = 8
"""Fewest refusals that are taken for it, where the limit is no smaller than that."""
LATEST = 128
"""Requests over which the share is counted."""
QUICK, SLOW = 0.25, 4.0
"""Answers for one more place, as a share of an answer below the last cut, and as a multiple of the limit above it."""


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
        self._quick_until = float(most)
        self._cut_at = float("-inf")
        self._n_running = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._n_latest = self._n_refused = 0

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

    @property
    def load(self) -> float:
        """Requests that have a place or wait for one, for each place that there is."""
        return (self._n_running + len(self._waiting)) / self.limit

    def note_answer(self) -> None:
        """Takes note of a request that the endpoint had room for, whatever came of it."""
        self._count(is_refused=False)
        if self.limit < self._most:
            step = 1 / SLOW / self.limit if self.limit >= self._quick_until else QUICK
            self.limit = min(self._most, self.limit + step)
            self._admit()

    def note_refusal(self, sent_at: float) -> None:
        """Takes note of a request that was refused for lack of room.

        Args:
            sent_at: When it was sent, by the clock: of those sent before the last cut the limit knows.
        """
        if sent_at <= self._cut_at:
            return
        self._count(is_refused=True)
        is_many = self._n_refused >= min(REFUSED_MIN, int(self.limit))
        if is_many and self._n_refused > REFUSED_SHARE * self._n_latest:
            self._cut()

    def _cut(self) -> None:
        reached = min(self.limit, self._n_running)
        self._quick_until = max(1.0, reached - 1)
        self.limit = max(1.0, CUT * reached)
        self._cut_at = self._clock()
        self._n_latest = self._n_refused = 0

    def _count(self, is_refused: bool) -> None:
        if self._n_latest >= LATEST:
            self._n_latest //= 2
            self._n_refused //= 2
        self._n_latest += 1
        self._n_refused += is_refused

    def _leave(self) -> None:
        self._n_running -= 1
        self._admit()

    def _admit(self) -> None:
        while self._waiting and self._n_running < int(self.limit):
            turn = self._waiting.popleft()
            if not turn.done():
                self._n_running += 1
                turn.set_result(None)
