"""How far a command is: a bar for each part of it."""

from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars


class Progress:
    """A bar for each part of a run; plain lines where the output is no terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars = Bars(
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
        self._bars.stop()

    def report(self, what: str, n_done: int, n_total: int) -> None:
        """Shows that `n_done` of `n_total` parts are done."""
        if not self._console.is_terminal:
            if n_done and n_done % max(1, n_total // 8) == 0:
                self._console.print(f"{what}: {n_done} of {n_total}")
            return
        if what not in self._tasks:
            self._tasks[what] = self._bars.add_task(what, total=n_total)
        self._bars.update(self._tasks[what], completed=n_done, total=n_total)
