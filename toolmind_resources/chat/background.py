"""One event loop of the process, in a thread of its own, in which everything that is paid for happens.

A reply that arrives is stored at once, however busy or gone its asker is: neither a long computation nor a
cancelled task of the asker's loop can lose it, and connections outlive the loops of single steps.
"""

import asyncio
import atexit
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from toolmind_resources.chat.outcome import Outcome, tell
from toolmind_resources.errors import StoppedError

T = TypeVar("T")

LAST_WAIT_SECONDS = 30.0
"""Longest wait for replies under way when the process ends, or is told to."""


class BackgroundLoop:
    """An event loop in a daemon thread, started when it is first needed.

    Attributes:
        is_ending: Whether the process ends: what is under way comes to its end, nothing more is to be begun.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: dict[asyncio.Task[Any], Outcome] = {}
        self.is_ending = False
        self._has_abandoned = False
        self._closers: list[Callable[[], Awaitable[None]]] = []

    @property
    def n_under_way(self) -> int:
        """How many coroutines have not come to their end."""
        return len(self._tasks)

    def close_at_exit(self, closer: Callable[[], Awaitable[None]]) -> None:
        """Awaits `closer` in the loop when the process ends, after the last reply."""
        self._closers.append(closer)

    async def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """What `coroutine` comes to in the background; it goes on to its end when the asker is cancelled.

        Raises:
            StoppedError: the process ends, and waits for it no longer.
        """
        outcome = Outcome(asyncio.get_running_loop())
        self._started().call_soon_threadsafe(self._begin, coroutine, outcome)
        return await outcome.told

    def abandon(self) -> None:
        """Has all askers go on without what they wait for, which may come to its end all the same."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._abandon)

    def _begin(self, coroutine: Coroutine[Any, Any, Any], outcome: Outcome) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks[task] = outcome
        task.add_done_callback(self._tell)

    def _tell(self, task: asyncio.Task[Any]) -> None:
        outcome = self._tasks.pop(task)
        with outcome:
            outcome.value = task.result()
        tell([outcome])

    def _abandon(self) -> None:
        self._has_abandoned = True
        for outcome in self._tasks.values():
            abandoned = Outcome(outcome.loop, outcome.told)
            abandoned.error = StoppedError("the process ends, and waited long enough for this reply")
            tell([abandoned])

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="chat", daemon=True).start()
                atexit.register(self._end)
            return self._loop

    def _end(self) -> None:
        """Waits, when the process ends, for replies that are still under way, and closes what is open."""
        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(self._ended(), self._loop).result(LAST_WAIT_SECONDS + 5)

    async def _ended(self) -> None:
        self.is_ending = True
        if self._tasks and not self._has_abandoned:
            await asyncio.wait(list(self._tasks), timeout=LAST_WAIT_SECONDS)
        if self._tasks:
            return  # what is closed under them would look like a refusal, which costs nothing
        await asyncio.gather(*(closer() for closer in self._closers))


BACKGROUND = BackgroundLoop()
"""The loop of this process."""
