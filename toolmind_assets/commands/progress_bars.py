"""How far a command is: a bar for each part of it, and what the calls of models come to meanwhile."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.text import Text

from toolmind_assets.commands.printing import leave_closed_terminal
from toolmind_assets.reports.pace import Pace, PaceWatch
from toolmind_resources.chat.background import LAST_WAIT_SECONDS

LIVE_SECONDS = 1.0
"""Between two looks in a terminal."""
LINE_SECONDS = 10.0
"""Between two lines in a log, where anything has changed."""


class Progress:
    """A bar for each part of a run; plain lines where the output is no terminal."""

    def __init__(
        self, console: Console, watch: PaceWatch | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Shows nothing yet.

        Args:
            console: Where it is shown.
            watch: Looks at calls and rows; None where none are made.
            clock: Seconds.
        """
        self._console = console
        self._watch = watch
        self._clock = clock
        self._looked_at = clock()
        self._pace = Pace()
        self._bars = _BarsAndPace(
            TextColumn("{task.description:<22}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with _terminal_may_be_gone():
            self._bars.stop()

    def report(self, what: str, n_done: int, n_total: int) -> None:
        """Shows that `n_done` of `n_total` parts are done."""
        if self._watch is not None:
            self._watch.report(what, n_done, n_total)
        if not self._console.is_terminal:
            if n_done and n_done % max(1, n_total // 8) == 0:
                self._console.print(f"{what}: {n_done} of {n_total}")
            return
        if what not in self._tasks:
            self._tasks[what] = self._bars.add_task(what, total=n_total)
        self._bars.update(self._tasks[what], completed=n_done, total=n_total)

    def look(self) -> None:
        """Shows how the calls are getting on, where it is time to."""
        is_live = self._console.is_terminal
        due_at = self._looked_at + (LIVE_SECONDS if is_live else LINE_SECONDS)
        if self._watch is None or self._clock() < due_at:
            return
        self._looked_at = self._clock()
        before, self._pace = self._pace, self._watch.look()
        with _terminal_may_be_gone():
            if is_live:
                self._bars.show(self._pace.words())
            elif _state(self._pace) != _state(before):
                self._console.print(self._pace.words(), markup=False)

    def tell_stop(self) -> None:
        """Says that a signal has come, and what is waited for."""
        n = self._watch.look().n_under_way if self._watch is not None else 0
        replies = "1 reply is" if n == 1 else f"{n:,} replies are"
        awaited = f"{replies} under way and awaited for at most {LAST_WAIT_SECONDS:.0f} s; " if n else ""
        leave_closed_terminal()
        with _terminal_may_be_gone():
            self._console.print(f"stopping: {awaited}nothing more is asked; a second Ctrl-C ends at once")


class _BarsAndPace(Bars):
    """Bars, and a line below them."""

    _words = ""

    def show(self, words: str) -> None:
        """Sets the line."""
        self._words = words

    def get_renderables(self) -> Iterable[RenderableType]:
        yield from super().get_renderables()
        if self._words:
            yield Text(self._words)


def _state(pace: Pace) -> tuple[object, ...]:
    """What makes another line worth its place: rates alone change all the time."""
    return (pace.spent, pace.n_dialogues, pace.n_samples, tuple(pace.drops.items()))


def _terminal_may_be_gone() -> suppress:
    """What is said to a terminal that was closed is lost, and the command goes on to its end."""
    return suppress(OSError)
