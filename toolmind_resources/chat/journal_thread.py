"""The thread in which paid calls use the journal.

Another process may hold the journal locked for minutes. Were it waited for in the loop in which answers
arrive, those that had come meanwhile would be taken for late, thrown away and paid again.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from types import TracebackType
from typing import Any, TypeVar

T = TypeVar("T")


class JournalThread:
    """Makes calls that block, one after another, in a daemon thread that is started when it is first needed.

    It takes calls until the process is gone. The threads of an executor take none from the moment on when the
    process begins to end, and by then replies are still under way that have to be stored.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: SimpleQueue[tuple[Callable[[], Any], _Outcome]] = SimpleQueue()
        self._is_started = False

    async def run(self, call: Callable[[], T]) -> T:
        """What `call` comes to, made after those before it, and made also when its asker is cancelled."""
        self._start()
        outcome = _Outcome(asyncio.get_running_loop())
        self._calls.put((call, outcome))
        return await outcome.told

    def _start(self) -> None:
        with self._lock:
            if not self._is_started:
                threading.Thread(target=self._work, name="journal", daemon=True).start()
                self._is_started = True

    def _work(self) -> None:
        while True:
            call, outcome = self._calls.get()
            with outcome:
                outcome.value = call()


class _Outcome:
    """Tells a loop what a block of another thread came to: its value, or its exception, which ends there.

    Attributes:
        told: What the loop awaits.
        value: What the block came to.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.told: asyncio.Future[Any] = loop.create_future()
        self.value: Any = None

    def __enter__(self) -> None:
        """Begins the block."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Tells the loop, unless it is closed and nobody waits there any more."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._tell, error)
        return True

    def _tell(self, error: BaseException | None) -> None:
        if self.told.cancelled():
            return
        if error is None:
            self.told.set_result(self.value)
        else:
            self.told.set_exception(error)


JOURNAL_THREAD = JournalThread()
"""The thread of this process."""
