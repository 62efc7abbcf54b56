"""The file of the journal: made, opened and checked, its transactions, and its faults in words."""

import os
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from toolmind_resources.errors import StoreError

APPLICATION_ID = 0x746D6A31
"""SQLite's `application_id` of a journal: "tmj1"."""
VERSION = 1
"""Version of the tables below, SQLite's `user_version`."""

_TABLES = """
-- What came back, as it came, compressed.
CREATE TABLE replies (
    reply_id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, raw BLOB NOT NULL, model TEXT NOT NULL,
    written_at REAL NOT NULL
);
-- One period's making of one partition; not complete while it is under way, or where it was broken off.
CREATE TABLE builds (
    build_id INTEGER PRIMARY KEY AUTOINCREMENT, stage TEXT NOT NULL, partition TEXT NOT NULL,
    period TEXT NOT NULL, completed_at REAL, UNIQUE (stage, partition, period)
);
-- Which replies a build used.
CREATE TABLE pins (
    build_id INTEGER NOT NULL, reply_id INTEGER NOT NULL, PRIMARY KEY (build_id, reply_id)
) WITHOUT ROWID;
CREATE INDEX pins_by_reply ON pins (reply_id);
-- Every call that was answered. Never deleted from.
CREATE TABLE calls (
    period TEXT NOT NULL, stage TEXT NOT NULL, partition TEXT NOT NULL, role TEXT NOT NULL, model TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, usd REAL NOT NULL,
    seconds REAL NOT NULL, n_attempts INTEGER NOT NULL, at REAL NOT NULL
);
-- Periods in which a request was not answered in any try, while nothing else was either.
CREATE TABLE failures (key TEXT NOT NULL, period TEXT NOT NULL, PRIMARY KEY (key, period)) WITHOUT ROWID;
-- What calls that were not answered yet may cost. Ids are never given twice.
CREATE TABLE reservations (
    reservation_id INTEGER PRIMARY KEY AUTOINCREMENT, period TEXT NOT NULL, pid INTEGER NOT NULL,
    started REAL NOT NULL, calls INTEGER NOT NULL, tokens INTEGER NOT NULL, usd REAL NOT NULL
);
-- Sums of the two tables above, so that no call has to add them up.
CREATE TABLE totals (
    period TEXT PRIMARY KEY, calls INTEGER NOT NULL, tokens INTEGER NOT NULL, usd REAL NOT NULL,
    reserved_calls INTEGER NOT NULL, reserved_tokens INTEGER NOT NULL, reserved_usd REAL NOT NULL
) WITHOUT ROWID;
"""


class JournalFile:
    """One SQLite file that many processes read and write at once.

    The write-ahead log lets readers go on beside a writer. `synchronous=NORMAL` keeps every committed
    transaction when processes are killed; when the machine loses power, the last ones may go, and the rest
    is whole. All threads of a process share one connection behind a lock: SQLite lets one writer in at a
    time anyway, and threads wait for a lock in turn, where connections would sleep and try again.
    Not to be used across a fork: a child opens its own.

    Raises:
        StoreError: from any method: the file is locked, damaged, foreign, of a later version, or cannot be
            written; the message says which.
    """

    def __init__(self, path: Path, wait_seconds: float) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._wait_seconds = wait_seconds
        _make(path)
        with self._explained():
            self._connection = _connect(path, wait_seconds)
            try:
                self._check()
                self._connection.execute("PRAGMA synchronous = NORMAL")
            except (sqlite3.Error, StoreError):
                self._connection.close()
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, seeing one state of the file until the block ends."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The connection, its changes committed when the block ends, and undone on an exception."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def shrink(self) -> None:
        """Gives the room of deleted rows back to the disk."""
        with self._lock, self._explained():
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Closes the file; it can't be used again."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._lock, self._explained(), self._connection:
            self._connection.execute(begin)
            yield self._connection

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"the journal of model calls {self._path} {self._fault(error)}") from error

    def _fault(self, error: sqlite3.Error) -> str:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest of an extended code refines it
        match code:
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                return f"was locked by another process for {self._wait_seconds:g} seconds: end it, then try again"
            case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
                return f"is damaged or no journal ({error}): move it aside; its replies will be asked again"
            case sqlite3.SQLITE_FULL:
                return "cannot grow, the disk is full: make room, then try again"
            case _:
                return f"cannot be used: {error}; check that it is a file of yours in a folder you may write"

    def _check(self) -> None:
        (application_id,) = self._connection.execute("PRAGMA application_id").fetchone()
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if application_id != APPLICATION_ID:
            raise StoreError(
                f"{self._path} is no journal of model calls: move it aside, or name another file"
            )
        if version > VERSION:
            raise StoreError(
                f"the journal of model calls {self._path} has version {version}, this ToolMind knows {VERSION}: "
                "use the ToolMind that wrote it, or name another file"
            )


def _connect(path: Path, wait_seconds: float) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=wait_seconds, isolation_level=None, check_same_thread=False)


def _make(path: Path) -> None:
    """Makes the file where there is none, for its owner's eyes only.

    It is made whole beside its place and then linked into it: processes that start together never see half
    of it, and the first one's is kept. The log beside it takes over its permissions.
    """
    if path.exists():
        return
    log = path.with_name(f"{path.name}-wal")
    if (
        log.exists() and not path.exists()
    ):  # asked again: a process that starts beside may just have made both
        raise StoreError(
            f"{path} is gone but its log {log.name} is not: put it back, or delete the log as well"
        )
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as folder:
            draft = Path(folder) / path.name
            with closing(_connect(draft, 1.0)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(
                    f"{_TABLES} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION};"
                )
            draft.chmod(0o600)
            with suppress(FileExistsError):
                os.link(draft, path)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"cannot make the journal of model calls {path}: {error}") from error
