"""How a command shows how far it is: bars in a terminal, lines in a log."""

import io

from rich.console import Console

from toolmind_assets.commands.progress_bars import Progress
from toolmind_assets.reports.pace import Pace


class Watch:
    """Sees what a test says, and keeps what is reported."""

    def __init__(self) -> None:
        self.pace = Pace()
        self.reported: list[tuple[str, int, int]] = []

    def look(self) -> Pace:
        return self.pace

    def report(self, *what: object) -> None:
        self.reported.append(what)  # pyright: ignore[reportArgumentType]


class Shown:
    """A progress, by a clock of the test, and what it has printed."""

    def __init__(self, is_terminal: bool = False) -> None:
        self.file, self.seconds, self.watch = io.StringIO(), 0.0, Watch()
        console = Console(file=self.file, force_terminal=is_terminal, width=100)
        self.progress = Progress(console, self.watch, lambda: self.seconds)  # pyright: ignore[reportArgumentType]

    @property
    def lines(self) -> list[str]:
        return self.file.getvalue().splitlines()


def test_a_log_gets_a_line_every_ten_seconds_where_anything_has_changed():
    shown = Shown()
    for seconds, n_dialogues in ((5, 1), (10, 1), (15, 2), (20, 2), (30, 2)):
        shown.seconds, shown.watch.pace = seconds, Pace(n_dialogues=n_dialogues)
        shown.progress.look()
    assert shown.lines == ["1 dialogues, 0 samples", "2 dialogues, 0 samples"]


def test_a_terminal_shows_it_below_the_bars():
    shown = Shown(is_terminal=True)
    with shown.progress:
        shown.progress.report("shards", 1, 4)
        shown.seconds, shown.watch.pace = 2, Pace(n_samples=31)
        shown.progress.look()
    assert "0 dialogues, 31 samples" in shown.file.getvalue()
    assert shown.watch.reported == [("shards", 1, 4)]


def test_a_stop_is_told_with_what_is_waited_for():
    shown = Shown()
    shown.progress.tell_stop()
    shown.watch.pace = Pace(n_under_way=1)
    shown.progress.tell_stop()
    assert "nothing more is asked" in shown.lines[0] and "under way" not in shown.lines[0]
    assert shown.file.getvalue().count("1 reply is under way and awaited for at most 30 s") == 1


class Closed(io.StringIO):
    """A terminal that was closed."""

    def write(self, text: str) -> int:
        raise OSError(5, "Input/output error")


def test_a_terminal_that_was_closed_ends_nothing():
    watch = Watch()
    progress = Progress(Console(file=Closed()), watch, iter((0.0, 60.0, 60.0)).__next__)  # pyright: ignore[reportArgumentType]
    watch.pace = Pace(n_samples=1)
    progress.look()
    progress.tell_stop()
