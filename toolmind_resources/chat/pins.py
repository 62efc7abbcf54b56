"""Which replies the rows of a partition rest on.

A build is one period's making of one partition, and pins every reply that it uses. Its rows reach their table
only after it is complete, and may never: so the latest complete build before it keeps its pins, and a build
that is broken off takes none from anybody.
"""

import sqlite3

from toolmind_resources.chat.model import Charge

_BUILD = "stage = ? AND partition = ? AND period = ?"


def is_pinned(connection: sqlite3.Connection, key: str, charge: Charge) -> bool:
    """Whether the build of `charge` has pinned the reply."""
    found = connection.execute(
        f"SELECT 1 FROM pins JOIN builds USING (build_id) JOIN replies USING (reply_id) WHERE key = ? AND {_BUILD}",
        (key, *_values(charge)),
    )
    return found.fetchone() is not None


def pin(connection: sqlite3.Connection, key: str, charge: Charge) -> None:
    """Pins the reply, if it is there, to the build of `charge`."""
    pinning = (
        "INSERT OR IGNORE INTO pins (build_id, reply_id) "
        f"SELECT build_id, reply_id FROM builds, replies WHERE key = ? AND {_BUILD}"
    )
    if not connection.execute(
        pinning, (key, *_values(charge))
    ).rowcount:  # the build's first, or pinned before
        connection.execute(
            "INSERT OR IGNORE INTO builds (stage, partition, period) VALUES (?, ?, ?)", _values(charge)
        )
        connection.execute(pinning, (key, *_values(charge)))


def keep_only(connection: sqlite3.Connection, charge: Charge, at: float) -> None:
    """Marks the build of `charge` as complete, and unpins all other builds of its partition but one.

    That one is the latest complete build which rests on replies that this one does not use. A build made again
    from the same replies therefore does not push it out, however often its rows fail to reach their table.
    """
    connection.execute(
        "INSERT INTO builds (stage, partition, period, completed_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (stage, partition, period) DO UPDATE SET completed_at = excluded.completed_at",
        (*_values(charge), at),
    )
    (build_id,) = connection.execute(
        f"SELECT build_id FROM builds WHERE {_BUILD}", _values(charge)
    ).fetchone()
    kept = connection.execute(
        "SELECT build_id FROM builds AS other WHERE stage = ? AND partition = ? AND build_id <> ? "
        "AND completed_at IS NOT NULL AND EXISTS ("
        "SELECT reply_id FROM pins WHERE build_id = other.build_id "
        "EXCEPT SELECT reply_id FROM pins WHERE build_id = ?) ORDER BY completed_at DESC, build_id DESC LIMIT 1",
        (charge.stage, charge.partition, build_id, build_id),
    ).fetchone()
    _delete(connection, charge.stage, charge.partition, keep=(build_id, kept[0] if kept else build_id))


def unpin(connection: sqlite3.Connection, stage: str, partition: str) -> None:
    """Unpins every build of a partition."""
    _delete(connection, stage, partition, keep=(0, 0))  # ids begin at 1


def _delete(connection: sqlite3.Connection, stage: str, partition: str, keep: tuple[int, int]) -> None:
    which = "stage = ? AND partition = ? AND build_id NOT IN (?, ?)"
    values = (stage, partition, *keep)
    connection.execute(
        f"DELETE FROM pins WHERE build_id IN (SELECT build_id FROM builds WHERE {which})", values
    )
    connection.execute(f"DELETE FROM builds WHERE {which}", values)


def _values(charge: Charge) -> tuple[str, str, str]:
    return charge.stage, charge.partition, charge.period
