"""The journal of paid calls: their replies, what they cost, and what the budget leaves.

A reply in it is the checkpoint: it is there before anybody has read it, and no call whose reply is there is
made again. Which calls there are, and what a reply says, is no matter of this module.
"""

import sqlite3
import time
import zlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from toolmind_resources.chat import pins, readings, reservations, role_usage, usage
from toolmind_resources.chat.budget import Budget, Cost
from toolmind_resources.chat.journal_file import JOURNAL
from toolmind_resources.chat.model import CHECK_ROLE, Charge
from toolmind_resources.chat.readings import ReadingCounts
from toolmind_resources.chat.reservations import Reservation, Shortage, Whose
from toolmind_resources.chat.role_usage import RoleUsage
from toolmind_resources.chat.usage import Average, PaidCall, Usage
from toolmind_resources.errors import StoreError
from toolmind_resources.files.shared_sqlite import SharedSqlite

_SECONDS_PER_DAY = 86_400
_FAST = 1
"""zlib level: replies shrink little more at higher ones, which take several times as long."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What a period has spent so far, and how many of its calls are under way in whatever process."""

    spent: Cost
    n_under_way: int


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was deleted; bytes as they were stored, compressed."""

    n_replies: int
    n_bytes: int


class Journal:
    """The journal in one file, which any number of processes and threads may use at once.

    Every method raises StoreError where the file is locked, damaged or cannot be written.
    """

    def __init__(
        self, path: Path, clock: Callable[[], float] = time.time, wait_seconds: float = 900.0
    ) -> None:
        """Opens the journal at `path`, made where there is none.

        Args:
            path: Its file; its log lies beside it.
            clock: Seconds since 1970.
            wait_seconds: Longest wait for other processes' transactions.

        Raises:
            StoreError: the file is no journal, of a later version, or cannot be opened.
        """
        self._path = path
        self._file = SharedSqlite(path, JOURNAL, wait_seconds)
        self._clock = clock

    def find(self, key: str, charge: Charge) -> bytes | None:
        """The raw reply kept under `key`, from now on pinned to the charge's build; None where there is none."""
        with self._file.looking() as connection:
            packed = _packed(connection, key)
        if packed is None:
            return None
        with self._file.looking() as connection:
            is_pinned = pins.is_pinned(connection, key, charge)
        if not is_pinned:
            with self._file.writing() as connection:
                pins.pin(connection, key, charge)
                packed = _packed(connection, key)  # it may have been pruned since
        return None if packed is None else self._unpacked(packed)

    def peek(self, key: str) -> bytes | None:
        """The raw reply kept under `key`, which nothing is pinned for; None where there is none."""
        with self._file.looking() as connection:
            packed = _packed(connection, key)
        return None if packed is None else self._unpacked(packed)

    def grouped(self) -> AbstractContextManager[None]:
        """Makes one transaction of what is reserved, settled, forfeited and released in the block."""
        return self._file.grouped()

    def reserve(
        self, charge: Charge, cost: Cost, budget: Budget, role: str = "", model: str = ""
    ) -> Reservation | Shortage:
        """Leave to spend `cost`, to be settled or released; or why the budget of the charge's period forbids it."""
        whose = Whose(role, model, self._clock())
        with self._file.writing() as connection:
            return reservations.reserve(connection, charge, cost, budget, whose)

    def forsake(self) -> None:
        """Says that no reply to what this process asks is waited for any more: what is not settled yet is lost."""
        with self._file.writing() as connection:
            reservations.forsake(connection)

    def settle(self, reservation: Reservation, key: str, raw: bytes, call: PaidCall) -> bytes:
        """The reply that counts for `key`, stored and pinned, with its cost, all at once and for good.

        It is `raw`, unless another process stored one under the same key meanwhile: then it is that one, so
        that all rows rest on one reply. Both calls were paid, and count.
        """
        packed = zlib.compress(raw, _FAST)
        at = self._clock()
        with self._file.writing() as connection:
            reservations.close(connection, reservation, call.cost)
            usage.add_call(connection, reservation.charge, call, at)
            added = connection.execute(
                "INSERT OR IGNORE INTO replies (key, raw, model, written_at) VALUES (?, ?, ?, ?)",
                (key, packed, call.model, at),
            )
            pins.pin(connection, key, reservation.charge)
            stored = packed if added.rowcount else _packed(connection, key)
        return raw if stored is None or stored == packed else self._unpacked(stored)

    def forfeit(self, reservation: Reservation, call: PaidCall) -> None:
        """Counts a call that was answered and paid, and whose answer is no reply that could be kept."""
        with self._file.writing() as connection:
            reservations.close(connection, reservation, call.cost)
            usage.add_call(connection, reservation.charge, call, self._clock())

    def release(self, reservation: Reservation) -> None:
        """Gives back what was reserved for a call that no reply came to."""
        with self._file.writing() as connection:
            reservations.close(connection, reservation, Cost())

    def keep_only(self, charge: Charge) -> None:
        """Says that the charge's build has all its replies: what only old or broken-off builds used goes free.

        Its rows may not stand in their table yet, and those of the build before it do: its replies stay pinned.
        """
        at = self._clock()
        with self._file.writing() as connection:
            pins.keep_only(connection, charge, at)

    def unpin(self, stage: str, partition: str) -> None:
        """Lets go of every reply that a partition's rows rest on, for when they are removed."""
        with self._file.writing() as connection:
            pins.unpin(connection, stage, partition)

    def prune(self, older_than_days: float) -> Pruned:
        """Deletes the replies that are older and that no rows rest on, and frees their room; calls stay listed.

        Whoever wants to write meanwhile waits, for as long as it takes to write the whole file anew.
        """
        before = self._clock() - older_than_days * _SECONDS_PER_DAY
        which = "written_at < ? AND NOT EXISTS (SELECT 1 FROM pins WHERE pins.reply_id = replies.reply_id)"
        with self._file.writing() as connection:
            counted = f"SELECT COUNT(*), COALESCE(SUM(LENGTH(raw)), 0) FROM replies WHERE {which}"
            pruned = Pruned(*connection.execute(counted, (before,)).fetchone())
            connection.execute(f"DELETE FROM replies WHERE {which}", (before,))
        if pruned.n_replies:
            self._file.shrink()
        return pruned

    def give_up(self, keys: Sequence[str]) -> None:
        """Takes note of replies that were of no use to a question that was given up."""
        with self._file.writing() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO given_up (key) VALUES (?)", [(key,) for key in keys]
            )

    def forget_given_up(self) -> int:
        """Deletes the replies that were of no use, so that they are asked anew; how many there were."""
        with self._file.writing() as connection:
            which = "key IN (SELECT key FROM given_up)"
            connection.execute(
                f"DELETE FROM pins WHERE reply_id IN (SELECT reply_id FROM replies WHERE {which})"
            )
            n_deleted = connection.execute(f"DELETE FROM replies WHERE {which}").rowcount
            connection.execute("DELETE FROM given_up")
            return n_deleted

    def add_failure(self, key: str, period: str) -> int:
        """In how many periods, this one among them, the request under `key` was not answered in any try."""
        with self._file.writing() as connection:
            connection.execute("INSERT OR IGNORE INTO failures (key, period) VALUES (?, ?)", (key, period))
            return connection.execute("SELECT COUNT(*) FROM failures WHERE key = ?", (key,)).fetchone()[0]

    def has_replies_of(self, model: str, period: str) -> bool:
        """Whether the model has answered a call of this period, short questions of ours apart."""
        with self._file.reading() as connection:
            found = connection.execute(
                "SELECT 1 FROM calls WHERE model = ? AND period = ? AND role <> ? LIMIT 1",
                (model, period, CHECK_ROLE),
            )
            return found.fetchone() is not None

    def spent(self, period: str) -> Cost:
        """What a period has spent: its answered calls, and those that died with the process that had asked."""
        with self._file.reading() as connection:
            return reservations.spent(connection, period)

    def usage(self, period: str | None = None) -> list[Usage]:
        """What calls cost, of one period or of all, by stage, partition, role and model.

        A call that died with its process was perhaps answered, and is told beside those that were.
        """
        with self._file.reading() as connection:
            return usage.with_lost(usage.usage(connection, period), reservations.lost(connection, period))

    def role_usage(self) -> list[RoleUsage]:
        """How each role was served in each period."""
        with self._file.reading() as connection:
            lost = reservations.lost(connection, None)
            return role_usage.role_usage(connection, lost)

    def add_readings(self, charge: Charge, counts: ReadingCounts) -> None:
        """Adds what became of replies that were read for `charge`."""
        with self._file.writing() as connection:
            readings.add(connection, charge, counts)

    def progress(self, period: str) -> Progress:
        """How far the calls of a period are."""
        with self._file.reading() as connection:
            spent = reservations.spent(connection, period)
            return Progress(spent, reservations.n_open(connection, period))

    def averages(self) -> dict[tuple[str, str], Average]:
        """The mean answered call of each `(role, model)`, for estimates."""
        with self._file.reading() as connection:
            return usage.averages(connection)

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def _unpacked(self, packed: bytes) -> bytes:
        try:
            return zlib.decompress(packed)
        except zlib.error as error:
            raise StoreError(
                f"a reply in the journal of model calls {self._path} is damaged ({error}): move the journal "
                "aside; its replies will be asked again"
            ) from error


def _packed(connection: sqlite3.Connection, key: str) -> bytes | None:
    row = connection.execute("SELECT raw FROM replies WHERE key = ?", (key,)).fetchone()
    return row and row[0]
