"""The thread in which paid calls use the journal.

Another process may hold the journal locked for minutes. Were it waited for in the loop in which answers
arrive, those that had come meanwhile would be taken for late, thrown away and paid again.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from itertools import groupby
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, TypeVar

from toolmind_resources.chat.outcome import Outcome, tell

T = TypeVar("T")


Group = Callable[[], AbstractContextManager[None]]
"""Makes one transaction of the calls made within it."""


class JournalThread:
    """Makes calls that block, one after another, in a daemon thread that is started when it is first needed.

    Calls that wait together and are of one group are made within it, and told when it is left: what they wrote
    is there for good by then.
    It takes calls until the process is gone. The threads of an executor take none from the moment on when the
    process begins to end, and by then replies are still under way that have to be stored.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: SimpleQueue[_Call] = SimpleQueue()
        self._is_started = False

    async def run(self, call: Callable[[], T], group: Group | None = None) -> T:
        """What `call` comes to, made after those before it, and made also when its asker is cancelled.

        Args:
            call: What blocks.
            group: What it may share with calls that name the same; None for nothing.
        """
        self._start()
        outcome = Outcome(asyncio.get_running_loop())
        self._calls.put(_Call(call, group, outcome))
        return await outcome.told

    def _start(self) -> None:
        with self._lock:
            if not self._is_started:
                threading.Thread(target=self._work, name="journal", daemon=True).start()
                self._is_started = True

    def _work(self) -> None:
        while True:
            waiting = [self._calls.get()]
            with suppress(Empty):
                while True:
                    waiting.append(self._calls.get_nowait())
            for group, calls in groupby(waiting, key=lambda one: one.group):
                _make(group, list(calls))


@dataclass(frozen=True, slots=True)
class _Call:
    make: Callable[[], Any]
    group: Group | None
    outcome: Outcome


def _make(group: Group | None, calls: Sequence[_Call]) -> None:
    with _AllTold([call.outcome for call in calls]), group() if group else nullcontext():
        for call in calls:
            with call.outcome:
                call.outcome.value = call.make()


class _AllTold:
    """Tells what calls came to when it is left; an exception of their group is that of each."""

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self._outcomes = outcomes

    def __enter__(self) -> None:
        """Begins the block."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Tells, after the group has been left."""
        for outcome in self._outcomes:
            outcome.error = error or outcome.error
        tell(self._outcomes)
        return True


JOURNAL_THREAD = JournalThread()
"""The thread of this process."""
