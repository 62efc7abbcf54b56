"""What something comes to in one thread, told to a loop in another one. No I/O."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import groupby
from typing import Any


class Outcome:
    """What something comes to in another thread than that of the loop which waits for it: a value, or an exception.

    Attributes:
        loop: The loop that waits.
        told: What it awaits.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.told: asyncio.Future[Any] = loop.create_future()
        self._value: Any = None
        self._error: BaseException | None = None

    def take(self, call: Callable[[], Any]) -> None:
        """Keeps what a call comes to; its exception ends here, and is its asker's."""
        try:
            self._value = call()
        except BaseException as error:  # noqa: BLE001 (its asker is told)
            self._error = error

    def fail(self, error: BaseException) -> None:
        """Keeps an exception, whatever was kept before."""
        self._error = error

    def settle(self) -> None:
        """Hands over what was kept, in the loop's own thread."""
        if self.told.cancelled():
            return
        if self._error is None:
            self.told.set_result(self._value)
        else:
            self.told.set_exception(self._error)


def tell(outcomes: Sequence[Outcome]) -> None:
    """Tells the loops; one that is closed has nobody left who waits."""
    for loop, ours in groupby(outcomes, key=lambda outcome: outcome.loop):
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_tell_all, list(ours))


def _tell_all(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        outcome.settle()
