"""A journal that an earlier ToolMind wrote is brought to this version, and loses nothing."""

import sqlite3
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from toolmind_resources.chat.budget import Budget, Cost
from toolmind_resources.chat.journal import Journal
from toolmind_resources.chat.journal_file import JOURNAL
from toolmind_resources.chat.model import Charge, Role
from toolmind_resources.chat.reservations import Reservation
from toolmind_resources.chat.usage import PaidCall
from toolmind_resources.errors import StoreError
from toolmind_resources.files.shared_sqlite import SharedSqlite, SqliteForm

CHARGE = Charge("run 1", "dialogues", "sim-0000")
VERSION_1 = """
CREATE TABLE replies (
    reply_id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, raw BLOB NOT NULL, model TEXT NOT NULL,
    written_at REAL NOT NULL
);
CREATE TABLE builds (
    build_id INTEGER PRIMARY KEY AUTOINCREMENT, stage TEXT NOT NULL, partition TEXT NOT NULL,
    period TEXT NOT NULL, completed_at REAL, UNIQUE (stage, partition, period)
);
CREATE TABLE pins (
    build_id INTEGER NOT NULL, reply_id INTEGER NOT NULL, PRIMARY KEY (build_id, reply_id)
) WITHOUT ROWID;
CREATE INDEX pins_by_reply ON pins (reply_id);
CREATE TABLE calls (
    period TEXT NOT NULL, stage TEXT NOT NULL, partition TEXT NOT NULL, role TEXT NOT NULL, model TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, usd REAL NOT NULL,
    seconds REAL NOT NULL, n_attempts INTEGER NOT NULL, at REAL NOT NULL
);
CREATE TABLE failures (key TEXT NOT NULL, period TEXT NOT NULL, PRIMARY KEY (key, period)) WITHOUT ROWID;
CREATE TABLE reservations (
    reservation_id INTEGER PRIMARY KEY AUTOINCREMENT, period TEXT NOT NULL, pid INTEGER NOT NULL,
    started REAL NOT NULL, calls INTEGER NOT NULL, tokens INTEGER NOT NULL, usd REAL NOT NULL
);
CREATE TABLE totals (
    period TEXT PRIMARY KEY, calls INTEGER NOT NULL, tokens INTEGER NOT NULL, usd REAL NOT NULL,
    reserved_calls INTEGER NOT NULL, reserved_tokens INTEGER NOT NULL, reserved_usd REAL NOT NULL
) WITHOUT ROWID;
INSERT INTO calls VALUES ('run 1', 'dialogues', 'sim-0000', 'user_agent', 'm', 7, 3, 0.5, 1.0, 1, 0.0);
INSERT INTO totals VALUES ('run 1', 1, 10, 0.5, 0, 0, 0.0);
PRAGMA application_id = 1953327665;
PRAGMA user_version = 1;
"""
"""The tables as they were at version 1, with one call."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The file of a journal of version 1 that holds the reply `kept` under `a`."""
    path = tmp_path / "journal.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(VERSION_1)
        reply = ("a", zlib.compress(b"kept"), "m", 0.0)
        with connection:
            connection.execute("INSERT INTO replies (key, raw, model, written_at) VALUES (?, ?, ?, ?)", reply)
    return path


def columns(path: Path) -> dict[str, set[str]]:
    """The columns of each table."""
    with closing(sqlite3.connect(path)) as connection:
        names = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {name: {row[1] for row in connection.execute(f"PRAGMA table_info({name})")} for name in names}


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def test_replies_and_costs_of_an_older_journal_stay_and_calls_go_on(old: Path) -> None:
    with closing(Journal(old)) as journal:
        assert journal.find("a", CHARGE) == b"kept"
        assert journal.spent("run 1") == Cost(1, 10, 0.5)
        reservation = journal.reserve(CHARGE, Cost(1, 20, 1.0), Budget())
        assert isinstance(reservation, Reservation)
        journal.settle(reservation, "b", b"new", PaidCall(Role("user_agent"), "m", 7, 3, 0.5))
        journal.give_up(["b"])
        assert journal.forget_given_up() == 1
        (usage,) = journal.usage("run 1")
        assert usage.n_calls == 2
    assert version(old) == JOURNAL.version


def test_an_older_journal_becomes_what_a_new_one_is(old: Path, tmp_path: Path) -> None:
    Journal(old).close()
    new = tmp_path / "new.sqlite"
    Journal(new).close()
    assert columns(old) == columns(new)
    assert version(old) == version(new) == JOURNAL.version


def test_each_version_before_this_one_has_its_upgrade() -> None:
    assert len(JOURNAL.upgrades) == JOURNAL.version - 1


def test_of_many_that_open_an_older_journal_at_once_one_brings_it_to_this_version(old: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        journals = list(threads.map(Journal, [old] * 8))
    for journal in journals:
        assert journal.peek("a") == b"kept"
        journal.close()
    assert version(old) == JOURNAL.version


def test_an_older_journal_that_another_holds_locked_is_told_and_left_as_it_is(old: Path) -> None:
    with closing(sqlite3.connect(old, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="was locked by another process"):
            Journal(old, wait_seconds=0.05)
        other.rollback()
    assert version(old) == 1
    with closing(Journal(old)) as journal:
        assert journal.peek("a") == b"kept"


def form_of(version: int, *upgrades: str) -> SqliteForm:
    return SqliteForm("shelf", "nothing", 0x73686C66, version, "CREATE TABLE one (a);", upgrades)


def test_a_file_is_led_through_every_version_after_its_own(tmp_path: Path) -> None:
    path = tmp_path / "shelf.sqlite"
    SharedSqlite(path, form_of(1), 1.0).close()
    to_2, to_3 = "CREATE TABLE two (b); -- a word\nINSERT INTO one VALUES (2);\n", "DROP TABLE two;"
    SharedSqlite(path, form_of(2, to_2), 1.0).close()
    assert (set(columns(path)), version(path)) == ({"one", "two"}, 2)
    with closing(SharedSqlite(path, form_of(3, to_2, to_3), 1.0)) as shelf, shelf.reading() as connection:
        assert connection.execute("SELECT a FROM one").fetchall() == [(2,)]
    assert (set(columns(path)), version(path)) == ({"one"}, 3)


def test_an_upgrade_that_fails_in_its_midst_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "shelf.sqlite"
    SharedSqlite(path, form_of(1), 1.0).close()
    broken = form_of(2, "CREATE TABLE two (b); INSERT INTO nowhere VALUES (1);")
    with pytest.raises(StoreError, match="no such table: nowhere"):
        SharedSqlite(path, broken, 1.0)
    assert (set(columns(path)), version(path)) == ({"one"}, 1)
