"""What became of the replies that roles read: kept ones, mended ones, and those that were of no use."""

import sqlite3
import threading
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

from toolmind_resources.chat.model import Charge

ReadingCounts = Mapping[tuple[str, str, "Reading"], int]
"""`(role, model, what)` -> how many replies."""


class Reading(StrEnum):
    """What a reply was, beside being one."""

    KEPT = "n_kept"
    """It was there already, and cost nothing."""
    MENDED = "n_mended"
    """It could be read after something in it was put right."""
    UNUSABLE = "n_unusable"
    """The role could make nothing of it."""


class Readings:
    """Counts what becomes of replies; for use in any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str, Reading]] = Counter()

    def count(self, role: str, model: str, what: Reading) -> None:
        """Counts one reply."""
        with self._lock:
            self._counts[role, model, what] += 1

    def taken(self) -> ReadingCounts:
        """What was counted since it was last taken."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        return counts


def add(connection: sqlite3.Connection, charge: Charge, counts: ReadingCounts) -> None:
    """Adds counts to those of the charge."""
    for (role, model, what), n in counts.items():
        new = [n if what is reading else 0 for reading in Reading]
        connection.execute(
            "INSERT INTO readings VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
            + ", ".join(
                f"{reading.value} = {reading.value} + excluded.{reading.value}" for reading in Reading
            ),
            (charge.period, charge.stage, charge.partition, role, model, *new),
        )
