"""What something comes to in one thread, told to a loop in another one. No I/O."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby
from types import TracebackType
from typing import Any


class Outcome:
    """Keeps what a block of another thread comes to: its value, or its exception, which ends there.

    Attributes:
        loop: The loop that waits for it.
        told: What it awaits.
        value: What the block came to.
        error: The exception that ended it, if one did.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, told: asyncio.Future[Any] | None = None) -> None:
        """Nothing has come yet.

        Args:
            loop: The loop that waits for it.
            told: What it awaits already; None for something new.
        """
        self.loop = loop
        self.told: asyncio.Future[Any] = told or loop.create_future()
        self.value: Any = None
        self.error: BaseException | None = None

    def __enter__(self) -> None:
        """Begins the block."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Keeps the exception for whoever is told."""
        self.error = error
        return True

    def settle(self) -> None:
        """Hands over what was kept, in the loop's own thread; whoever was told before is told no more."""
        if self.told.done():
            return
        if self.error is None:
            self.told.set_result(self.value)
        else:
            self.told.set_exception(self.error)


def tell(outcomes: Sequence[Outcome]) -> None:
    """Tells the loops; one that is closed has nobody left who waits."""
    for loop, ours in groupby(outcomes, key=lambda outcome: outcome.loop):
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_tell_all, list(ours))


def _tell_all(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        outcome.settle()
