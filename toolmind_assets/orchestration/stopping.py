"""How a process that asks models ends when a signal tells it to.

The work is done in a thread of its own, and the main thread is there for signals. After the first one nothing
more is asked, replies under way are waited for and kept, and the work comes to its end by itself; what then goes
on all the same, or after a second signal, is ended as it is: everything that is kept survives that.
"""

import multiprocessing
import multiprocessing.util
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from toolmind_assets.errors import Interrupted
from toolmind_resources.chat.background import BACKGROUND, LAST_WAIT_SECONDS
from toolmind_resources.chat.journal import Journal
from toolmind_resources.errors import StoreError

T = TypeVar("T")

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, `docker stop` and service managers, a terminal that was closed."""
TICK_SECONDS = 0.1
"""Between two looks at signals and work."""
END_SECONDS = 20.0
"""Longest wait for work that waits for no reply any more."""
GIVE_BACK_SECONDS = 1.0
"""Longest wait, at an end that is not waited for, for what processes shared."""


def _nothing() -> None:
    """What is done at a tick or a stop where nothing is to be done."""


class Stopping:
    """Takes the signals of this process from `listening` on.

    Attributes:
        on_stop: Called when the first one has come.
    """

    def __init__(self, is_led: bool = False) -> None:
        """Takes no signal yet.

        Args:
            is_led: Whether this process works for another, which alone decides when it is ended as it is.
        """
        self.on_stop: Callable[[], None] = _nothing
        self._is_led = is_led
        self._number: int | None = None
        self._is_at_work = False

    @contextmanager
    def listening(self, *signals: signal.Signals) -> Iterator[None]:
        """Takes these signals, save those that the process was started to ignore; elsewhere than in the main thread none."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        taken = {number: signal.getsignal(number) for number in signals}
        taken = {number: before for number, before in taken.items() if before != signal.SIG_IGN}
        for number in taken:
            signal.signal(number, self._take)
        try:
            yield
        finally:
            for number, before in taken.items():
                signal.signal(number, before)

    def run(self, work: Callable[[], T], journal: Path, look: Callable[[], None] = _nothing) -> T:
        """What `work` comes to in a thread of its own.

        Args:
            work: What is to be done; it ends soon once nothing more may be asked.
            journal: File of the replies that it is waiting for.
            look: Called at each tick meanwhile.

        Raises:
            Interrupted: a signal came, and the work ended before it was done, or was not begun.
        """
        if self._number is not None:
            raise Interrupted(self._number)
        outcome: Future[T] = Future()
        thread = threading.Thread(target=_do, args=(work, outcome), name="work", daemon=True)
        end = _End(journal)
        self._is_at_work = True
        try:
            thread.start()
            while thread.is_alive():
                thread.join(TICK_SECONDS)
                if self._number is not None and not end.is_begun:
                    end.begin()
                    self.on_stop()
                elif self._number is not None and end.is_over():
                    end_at_once(self._number)
                look()
        finally:
            self._is_at_work = False
            if thread.is_alive():  # a look has failed
                end.begin()
        if self._number is not None and outcome.exception() is not None:
            raise Interrupted(self._number) from outcome.exception()
        return outcome.result()

    def _take(self, number: int, _: object) -> None:
        if self._number is not None and not self._is_led:
            end_at_once(number)
        self._number = number
        if not self._is_at_work and not self._is_led:
            raise Interrupted(number)


def end_at_once(number: int) -> None:
    """Ends this process and those that it has started, without another word."""
    for child in multiprocessing.active_children():
        child.kill()
    # What they shared is given back first, else its tracker warns of it when all are gone.
    giving_back = threading.Thread(target=multiprocessing.util._exit_function, daemon=True)  # pyright: ignore[reportAttributeAccessIssue]
    giving_back.start()
    giving_back.join(GIVE_BACK_SECONDS)
    os._exit(128 + number)


class _End:
    """How the end of the work comes about, from the first signal on."""

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._begun_at: float | None = None
        self._asked_at = 0.0
        self._has_abandoned = False
        self._told: set[int | None] = set()

    @property
    def is_begun(self) -> bool:
        """Whether a signal has come."""
        return self._begun_at is not None

    def begin(self) -> None:
        """Has nothing more asked, here and in the processes that this one has started."""
        self._begun_at = self._asked_at = time.monotonic()
        BACKGROUND.is_ending = True
        self._tell_children()

    def is_over(self) -> bool:
        """Whether the work is waited for no longer; what it still waits for is given up before."""
        now = time.monotonic()
        self._tell_children()
        if BACKGROUND.n_under_way or multiprocessing.active_children():
            self._asked_at = now
        if now > (self._begun_at or now) + LAST_WAIT_SECONDS and not self._has_abandoned:
            self._has_abandoned = True
            self._abandon()
        is_late = now > (self._begun_at or now) + LAST_WAIT_SECONDS + END_SECONDS
        return is_late or now > self._asked_at + END_SECONDS

    def _tell_children(self) -> None:
        """Tells the processes that this one has started, those included that the work was just starting."""
        for child in multiprocessing.active_children():
            if child.pid not in self._told:
                self._told.add(child.pid)
                child.terminate()

    def _abandon(self) -> None:
        if BACKGROUND.n_under_way and self._journal.is_file():
            with suppress(StoreError):  # as it is locked: the same is true once this process is gone
                Journal(self._journal, wait_seconds=1.0).forsake()
        BACKGROUND.abandon()


def _do(work: Callable[[], T], outcome: Future[T]) -> None:
    with _Raised(outcome):
        outcome.set_result(work())


class _Raised:
    """Has what a block raises raised where its outcome is asked for, and not here."""

    def __init__(self, outcome: Future[Any]) -> None:
        self._outcome = outcome

    def __enter__(self) -> None:
        """Begins the block."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Hands the exception on, if there is one."""
        if error is not None:
            self._outcome.set_exception(error)
        return True


@contextmanager
def signals_held() -> Iterator[None]:
    """Has processes that are started inside begin with all signals held back, till they can take them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def led() -> Iterator[Stopping]:
    """In a process that was started by another: takes SIGTERM; what a terminal sends to both is for the other."""
    stopping = Stopping(is_led=True)
    with stopping.listening(signal.SIGTERM):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        yield stopping
