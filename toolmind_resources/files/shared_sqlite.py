"""An SQLite file that many processes share: made, opened and checked, its transactions, and its faults in words."""

import os
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from toolmind_resources.errors import StoreError


@dataclass(frozen=True, slots=True)
class SqliteForm:
    """What a file is, and how it is told from others.

    Attributes:
        noun: What it is called in messages.
        loss: What follows where it is moved aside, such as "its replies will be asked again".
        application_id: SQLite's `application_id` of such a file.
        version: Version of the tables, SQLite's `user_version`.
        tables: The statements that make the tables.
        upgrades: Of each version before this one, from 1 on, the statements that lead to the next.
    """

    noun: str
    loss: str
    application_id: int
    version: int
    tables: str
    upgrades: tuple[str, ...] = ()


class SharedSqlite:
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

    def __init__(self, path: Path, form: SqliteForm, wait_seconds: float) -> None:
        """Opens the file at `path`, made where there is none.

        Args:
            path: Its file; its log lies beside it.
            form: What it is.
            wait_seconds: Longest wait for other processes' transactions.
        """
        self._path = path
        self._form = form
        self._lock = threading.RLock()
        self._is_grouped = False
        self._failure: sqlite3.Error | None = None
        self._wait_seconds = wait_seconds
        _make(path, form)
        with self._explained():
            self._connection = _connect(path, wait_seconds)
            try:
                self._check()
                self._connection.execute("PRAGMA synchronous = NORMAL")
            except (sqlite3.Error, StoreError):
                self._connection.close()
                raise

    @contextmanager
    def grouped(self) -> Iterator[None]:
        """Commits all that is written within the block as one transaction, when the block ends.

        What a `writing` within it has changed stays, though an exception ends it: whoever writes there raises
        before the first change, or not at all. After an error of SQLite nothing of the group is kept.
        """
        with self._lock, self._explained():
            self._is_grouped, self._failure = True, None
            try:
                yield
                if self._failure is not None:
                    raise self._failure
                self._connection.commit()
            finally:
                self._is_grouped = False
                self._connection.rollback()

    @contextmanager
    def looking(self) -> Iterator[sqlite3.Connection]:
        """The connection, for a single statement that reads."""
        with self._lock, self._explained():
            yield self._connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, seeing one state of the file until the block ends."""
        with self._lock, self._explained():
            if self._connection.in_transaction:
                yield self._connection
                return
            with self._connection:
                self._connection.execute("BEGIN")
                yield self._connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The connection, its changes committed when the block ends, and undone on an exception."""
        with self._lock, self._explained():
            if not self._is_grouped:
                with self._connection:
                    self._connection.execute("BEGIN IMMEDIATE")
                    yield self._connection
                return
            if not self._connection.in_transaction:
                self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except sqlite3.Error as error:
                self._failure = error
                raise

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
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"the {self._form.noun} {self._path} {self._fault(error)}") from error

    def _fault(self, error: sqlite3.Error) -> str:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest of an extended code refines it
        match code:
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                return f"was locked by another process for {self._wait_seconds:g} seconds: end it, then try again"
            case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
                return f"is damaged or another kind of file ({error}): move it aside; {self._form.loss}"
            case sqlite3.SQLITE_FULL:
                return "cannot grow, the disk is full: make room, then try again"
            case _:
                return f"cannot be used: {error}; check that it is a file of yours in a folder you may write"

    def _check(self) -> None:
        (application_id,) = self._connection.execute("PRAGMA application_id").fetchone()
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        form = self._form
        if application_id != form.application_id:
            raise StoreError(f"{self._path} is no {form.noun}: move it aside, or name another file")
        if version > form.version:
            raise StoreError(
                f"the {form.noun} {self._path} has version {version}, this ToolMind knows {form.version}: "
                "use the ToolMind that wrote it, or name another file"
            )
        if version < form.version:
            self._upgrade()

    def _upgrade(self) -> None:
        """Brings the tables to this version; of processes that start together the first one does."""
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            (version,) = self._connection.execute("PRAGMA user_version").fetchone()
            for statements in self._form.upgrades[version - 1 :]:
                for statement in filter(str.strip, statements.split(";")):
                    self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version = {self._form.version}")


def _connect(path: Path, wait_seconds: float) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=wait_seconds, isolation_level=None, check_same_thread=False)


def _make(path: Path, form: SqliteForm) -> None:
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
                    f"{form.tables} PRAGMA application_id = {form.application_id}; "
                    f"PRAGMA user_version = {form.version};"
                )
            draft.chmod(0o600)
            with suppress(FileExistsError):
                os.link(draft, path)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"cannot make the {form.noun} {path}: {error}") from error
