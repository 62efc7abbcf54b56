"""How a run is getting on, as lines of a step's log: what the UI shows while it is at work."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from toolmind_assets.reports.pace import PaceWatch

LOG_SECONDS = 30.0
"""Between two lines, where anything has changed."""


@contextmanager
def logged_pace(
    watch: PaceWatch, log: Callable[[str], object], seconds: float = LOG_SECONDS
) -> Iterator[None]:
    """Has a line logged every so many seconds while the block lasts, and one at its end."""
    is_over = threading.Event()
    said: list[str] = []

    def say() -> None:
        if (words := watch.look().words()) not in said[-1:]:
            said.append(words)
            log(words)

    def keep_saying() -> None:
        while not is_over.wait(seconds):
            say()

    thread = threading.Thread(target=keep_saying, name="pace", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
        say()
