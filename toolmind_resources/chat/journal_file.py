"""The file of the journal: its tables, and how it is told from other files."""

from toolmind_resources.files.shared_sqlite import SqliteForm

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

_GIVEN_UP = """
-- Replies of no use to a question that was given up, which are forgotten where rows are made again
CREATE TABLE given_up (key TEXT PRIMARY KEY) WITHOUT ROWID;
"""

_WHOSE = """
-- Whose calls were lost where their process went before they were answered
ALTER TABLE reservations ADD COLUMN stage TEXT NOT NULL DEFAULT '';
ALTER TABLE reservations ADD COLUMN partition TEXT NOT NULL DEFAULT '';
ALTER TABLE reservations ADD COLUMN role TEXT NOT NULL DEFAULT '';
ALTER TABLE reservations ADD COLUMN model TEXT NOT NULL DEFAULT '';
ALTER TABLE reservations ADD COLUMN at REAL NOT NULL DEFAULT 0;
-- What became of the replies that a role read, kept ones among them
CREATE TABLE readings (
    period TEXT NOT NULL, stage TEXT NOT NULL, partition TEXT NOT NULL, role TEXT NOT NULL, model TEXT NOT NULL,
    n_kept INTEGER NOT NULL, n_mended INTEGER NOT NULL, n_unusable INTEGER NOT NULL,
    PRIMARY KEY (period, stage, partition, role, model)
) WITHOUT ROWID;
"""

JOURNAL = SqliteForm(
    noun="journal of model calls",
    loss="its replies will be asked again",
    application_id=0x746D6A31,  # "tmj1"
    version=3,
    tables=_TABLES + _GIVEN_UP + _WHOSE,
    upgrades=(_GIVEN_UP, _WHOSE),
)
