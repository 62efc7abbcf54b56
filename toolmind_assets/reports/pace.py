"""How a run is getting on: calls, tokens and USD a minute, what is under way, what came of it, and time left."""

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from toolmind_assets.settings.config import Settings
from toolmind_assets.tables.dialogues import DIALOGUES
from toolmind_assets.tables.drops import holds_drops
from toolmind_assets.tables.trajectories import SAMPLES
from toolmind_resources.chat.budget import Cost
from toolmind_resources.chat.journal import Journal, Progress
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Table
from toolmind_resources.errors import StoreError

WINDOW_SECONDS = 60.0
"""The time over which a rate is taken."""
WAIT_SECONDS = 0.5
"""Longest wait for the journal: a look that comes too soon is followed by another."""
_SHOWN_REASONS = 4


@dataclass(frozen=True, slots=True)
class Pace:
    """How far a run is.

    Attributes:
        spent: Calls, tokens and USD since it began.
        a_minute: The same of one minute, by the last minute.
        n_under_way: Calls that were made and not answered yet.
        n_dialogues, n_samples: What stands in the tables, all shards together.
        drops: Reason -> dropped rows of shards, the most frequent first.
        seconds_left: Till all shards are made; None where none was made yet.
    """

    spent: Cost = field(default_factory=Cost)
    a_minute: Cost = field(default_factory=Cost)
    n_under_way: int = 0
    n_dialogues: int = 0
    n_samples: int = 0
    drops: Mapping[str, int] = field(default_factory=dict)
    seconds_left: float | None = None

    def words(self) -> str:
        """All of it in one line."""
        parts = [*self._calls(), f"{self.n_dialogues:,} dialogues, {self.n_samples:,} samples"]
        if self.drops:
            shown = list(self.drops.items())[:_SHOWN_REASONS]
            parts.append("dropped: " + ", ".join(f"{reason} {n:,}" for reason, n in shown))
        if self.seconds_left is not None:
            parts.append(f"about {_duration(self.seconds_left)} left")
        return "; ".join(parts)

    def _calls(self) -> list[str]:
        if not (self.spent.calls or self.n_under_way):
            return []
        usd = f", {self.spent.usd:,.2f} USD ({self.a_minute.usd:,.2f})" if self.spent.usd else ""
        return [
            f"{self.spent.calls:,} calls ({self.a_minute.calls:,} a minute), {self.spent.tokens:,} tokens "
            f"({self.a_minute.tokens:,}){usd}, {self.n_under_way:,} under way"
        ]


class PaceWatch:
    """Looks at the journal and the tables of a run that other threads and processes make."""

    def __init__(self, settings: Settings, period: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing was looked at yet.

        Args:
            settings: The project.
            period: What the run's budget is for.
            clock: Seconds.
        """
        self._settings = settings
        self._period = period
        self._clock = clock
        self._journal: Journal | None = None
        self._seen: deque[tuple[float, Cost]] = deque([(clock(), Cost())])
        self._yield = _Yield(settings)
        self._counts: tuple[int, int, Mapping[str, int]] = (0, 0, {})
        self._shards: tuple[float, int] | None = None
        self._progress = Progress(Cost(), 0)
        self._seconds_left: float | None = None

    def report(self, what: str, n_done: int, n_total: int) -> None:
        """Takes note of how many shards are made."""
        if what != "shards":
            return
        if self._shards is None:
            self._shards = (self._clock(), n_done)
        began, n_before = self._shards
        if n_done > n_before:
            self._seconds_left = (self._clock() - began) / (n_done - n_before) * (n_total - n_done)

    def look(self) -> Pace:
        """How far the run is now."""
        now, progress = self._clock(), self._looked()
        self._seen.append((now, progress.spent))
        while len(self._seen) > 2 and self._seen[1][0] <= now - WINDOW_SECONDS:
            self._seen.popleft()
        with suppress(StoreError):  # a table that is being written or cleaned up: what was counted last holds
            self._counts = self._yield.look()
        return Pace(
            progress.spent,
            _a_minute(*self._seen[0], now, progress.spent),
            progress.n_under_way,
            *self._counts,
            seconds_left=self._seconds_left,
        )

    def _looked(self) -> Progress:
        """What the journal says, or said last where another process keeps it locked."""
        path = self._settings.journal
        with suppress(StoreError):
            if self._journal is None and path.is_file():
                self._journal = Journal(path, wait_seconds=WAIT_SECONDS)
            if self._journal is not None:
                self._progress = self._journal.progress(self._period)
        return self._progress


class _Yield:
    """Counts rows of tables; a table is read anew where it has a new version."""

    def __init__(self, settings: Settings) -> None:
        self._store = DeltaStore(settings.tables)
        shards = [step for step in settings.pipeline.steps if step.partitions.is_shard]
        self._tables = {table: "reason" for step in shards for table in step.makes if holds_drops(table)}
        self._tables |= {DIALOGUES: "dialogue_id", SAMPLES: "sample_id"}
        self._counts: dict[Table, tuple[int | None, Counter[str]]] = {}

    def look(self) -> tuple[int, int, Mapping[str, int]]:
        """Dialogues, samples, and reason -> dropped rows."""
        for table, column in self._tables.items():
            version = self._store.version(table)
            if table not in self._counts or self._counts[table][0] != version:
                self._counts[table] = (version, self._count(table, column))
        drops = Counter[str]()
        for table, (_, counts) in self._counts.items():
            drops.update(counts if holds_drops(table) else {})
        rows = [self._counts[table][1].total() for table in (DIALOGUES, SAMPLES)]
        return rows[0], rows[1], dict(drops.most_common())

    def _count(self, table: Table, column: str) -> Counter[str]:
        values = self._store.read(table, columns=[column])[column]
        return Counter(values.to_list() if column == "reason" else {"rows": values.len()})


def _a_minute(began: float, before: Cost, now: float, spent: Cost) -> Cost:
    factor = 60 / max(now - began, 1.0)
    return Cost(
        round((spent.calls - before.calls) * factor),
        round((spent.tokens - before.tokens) * factor),
        (spent.usd - before.usd) * factor,
    )


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return "a minute" if seconds > 30 else "half a minute"
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"
