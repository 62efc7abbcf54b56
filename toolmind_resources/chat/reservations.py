"""What calls under way may cost, so that all processes together stay within one budget.

A reservation belongs to the process that made it. When that process is gone, its calls may have been answered
and billed all the same, and nobody will ever tell: they count as spent.
"""

import os
import sqlite3
from dataclasses import astuple, dataclass
from functools import cache

import psutil

from toolmind_resources.chat.budget import Budget, Cost, missing_budget
from toolmind_resources.chat.model import Charge
from toolmind_resources.errors import StoreError

_SAME_START_SECONDS = 2.0
"""Start times that differ by less are one: they are counted from a boot time that follows the clock."""

_NOBODY = 0
"""The process of what was forsaken."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """Leave to make calls of at most this cost; to be settled or released."""

    reservation_id: int
    charge: Charge
    cost: Cost


@dataclass(frozen=True, slots=True)
class Whose:
    """Which role asks which model, and when, in seconds since 1970."""

    role: str
    model: str
    at: float


@dataclass(frozen=True, slots=True)
class Lost:
    """Calls that died with the process that had asked: what one of its roles had reserved for one partition.

    Attributes:
        period, stage, partition, role, model: Whose they were.
        cost: The most that they cost.
        first_at, last_at: When the first and the last of them began, in seconds since 1970.
    """

    period: str
    stage: str
    partition: str
    role: str
    model: str
    cost: Cost
    first_at: float
    last_at: float


@dataclass(frozen=True, slots=True)
class Shortage:
    """Why a cost could not be reserved.

    Attributes:
        message: Which limit is short, with the figures.
        may_fit_later: Whether it could fit once the calls under way have been settled or released: then wait
            and ask again. Otherwise it never fits.
    """

    message: str
    may_fit_later: bool


def reserve(
    connection: sqlite3.Connection, charge: Charge, cost: Cost, budget: Budget, whose: Whose
) -> Reservation | Shortage:
    """A reservation where what is spent, what is reserved and `cost` fit the budget; else the shortage.

    Args:
        connection: The journal.
        charge: Who pays.
        cost: The most that the calls cost.
        budget: The most of the charge's period.
        whose: Who asks, and when.
    """
    shortage = _shortage(connection, charge.period, cost, budget) if budget.is_limited else None
    if shortage is not None:
        return shortage
    values = (charge.period, cost.calls, cost.tokens, cost.usd)
    connection.execute(
        "INSERT INTO totals VALUES (?, 0, 0, 0.0, ?, ?, ?) ON CONFLICT (period) DO UPDATE SET "
        "reserved_calls = reserved_calls + excluded.reserved_calls, "
        "reserved_tokens = reserved_tokens + excluded.reserved_tokens, "
        "reserved_usd = reserved_usd + excluded.reserved_usd",
        values,
    )
    cursor = connection.execute(
        "INSERT INTO reservations (period, calls, tokens, usd, pid, started, stage, partition, role, model, at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*values, *_this_process(os.getpid()), charge.stage, charge.partition, *astuple(whose)),
    )
    return Reservation(cursor.lastrowid or 0, charge, cost)


def _shortage(connection: sqlite3.Connection, period: str, cost: Cost, budget: Budget) -> Shortage | None:
    settled, reserved = _totals(connection, period)
    message = missing_budget(budget, settled + reserved, cost)
    if message is None:
        return None
    final = missing_budget(budget, settled + _lost(connection, period), cost)
    return Shortage(final or message, may_fit_later=final is None)


def close(connection: sqlite3.Connection, reservation: Reservation, cost: Cost) -> None:
    """Ends a reservation, and adds what its calls have cost to what is spent.

    Raises:
        StoreError: it has ended before.
    """
    reservation_id, reserved = reservation.reservation_id, reservation.cost
    deleted = connection.execute("DELETE FROM reservations WHERE reservation_id = ?", (reservation_id,))
    if not deleted.rowcount:
        raise StoreError(
            f"reservation {reservation_id} of {reservation.charge} was settled or released before"
        )
    connection.execute(
        "UPDATE totals SET calls = calls + ?, tokens = tokens + ?, usd = usd + ?, "
        "reserved_calls = reserved_calls - ?, reserved_tokens = reserved_tokens - ?, "
        "reserved_usd = reserved_usd - ? WHERE period = ?",
        (
            *(cost.calls, cost.tokens, cost.usd),
            *(reserved.calls, reserved.tokens, reserved.usd),
            reservation.charge.period,
        ),
    )


def spent(connection: sqlite3.Connection, period: str) -> Cost:
    """What a period's answered calls have cost, and what those of processes that are gone may have."""
    return _totals(connection, period)[0] + _lost(connection, period)


def _totals(connection: sqlite3.Connection, period: str) -> tuple[Cost, Cost]:
    """What is settled, and what is reserved by whomever."""
    row = connection.execute(
        "SELECT calls, tokens, usd, reserved_calls, reserved_tokens, reserved_usd FROM totals WHERE period = ?",
        (period,),
    ).fetchone()
    return (Cost(*row[:3]), Cost(*row[3:])) if row else (Cost(), Cost())


def forsake(connection: sqlite3.Connection) -> None:
    """Says of what this process has reserved what would be said of it were the process gone."""
    connection.execute(
        "UPDATE reservations SET pid = ?, started = 0 WHERE pid = ? AND started = ?",
        (_NOBODY, *_this_process(os.getpid())),
    )


def n_open(connection: sqlite3.Connection, period: str) -> int:
    """How many calls of a period are under way, in whatever process."""
    return sum(cost.calls for pid, started, cost in _by_process(connection, period) if _lives(pid, started))


def lost(connection: sqlite3.Connection, period: str | None) -> list[Lost]:
    """What processes that are gone had reserved, of one period or of all."""
    rows = connection.execute(
        "SELECT pid, started, period, stage, partition, role, model, SUM(calls), SUM(tokens), SUM(usd), MIN(at), "
        "MAX(at) FROM reservations WHERE ?1 IS NULL OR period = ?1 GROUP BY 1, 2, 3, 4, 5, 6, 7",
        (period,),
    )
    return [
        Lost(*whose, cost=Cost(calls, tokens, usd), first_at=first, last_at=last)
        for pid, started, *whose, calls, tokens, usd, first, last in rows
        if not _lives(pid, started)
    ]


def _lost(connection: sqlite3.Connection, period: str) -> Cost:
    """What is reserved by processes that are gone."""
    gone = (cost for pid, started, cost in _by_process(connection, period) if not _lives(pid, started))
    return sum(gone, Cost())


def _by_process(connection: sqlite3.Connection, period: str) -> list[tuple[int, float, Cost]]:
    """What each process has reserved, by its id and start time."""
    rows = connection.execute(
        "SELECT pid, started, SUM(calls), SUM(tokens), SUM(usd) FROM reservations WHERE period = ? "
        "GROUP BY pid, started",
        (period,),
    )
    return [(pid, started, Cost(*cost)) for pid, started, *cost in rows]


@cache
def _this_process(pid: int) -> tuple[int, float]:
    """Id and start time of this process; asked by id, for a forked child is another one."""
    return pid, psutil.Process(pid).create_time()


def _lives(pid: int, started: float) -> bool:
    """Whether the process runs that had this id and started then; an id alone may have a new bearer."""
    if pid == _NOBODY:
        return False
    if (pid, started) == _this_process(os.getpid()):
        return True
    try:
        process = psutil.Process(pid)
        is_same = abs(process.create_time() - started) < _SAME_START_SECONDS
        return is_same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
