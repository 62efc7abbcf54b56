"""Which checks are held again: of what changed, of what refers to it, and of what could not be judged before."""

from pathlib import Path

import polars as pl
import pytest

from toolmind_assets.errors import ToolMindError
from toolmind_assets.reports.verification import verify_tables
from toolmind_resources.delta.commit import Commit
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Column, Parent, Table

PART = Column("part", pl.String, "p")
UPS = Table("a/ups", "r", (PART, Column("id", pl.String, "i")), ("part", "id"), "part")
DOWNS = Table(
    "b/downs",
    "r",
    (PART, Column("up_id", pl.String, "u")),
    ("part", "up_id"),
    "part",
    parents=(Parent("up_id", "a/ups", "id"),),
)
TABLES = (UPS, DOWNS)
PER_TABLE = {UPS: 2, DOWNS: 3}


class Home:
    def __init__(self, folder: Path) -> None:
        self.store = DeltaStore(folder / "tables")
        self.file = folder / "verified.json"

    def write(self, table: Table, part: str, *ids: str, run: str = "run") -> None:
        rows = pl.DataFrame(
            {"part": [part] * len(ids), table.columns[1].name: ids}, schema_overrides={"part": pl.String}
        )
        commit = Commit(run_id=run, input_digest="", build_token="t", reads={"x/y": 0})
        self.store.write(table, rows.with_columns(pl.lit("t").alias("build_token")), part, commit)

    def verify(self, is_whole: bool = False) -> int:
        return verify_tables(self.store, TABLES, self.file, lambda *_: None, is_whole).n_checks


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    for part in ("a", "b"):
        home.write(UPS, part, "1")
        home.write(DOWNS, part, "1")
    return home


def test_what_was_verified_is_verified_again_only_on_demand(home: Home):
    assert home.verify() == PER_TABLE[UPS] + PER_TABLE[DOWNS]
    assert home.verify() == 0
    assert home.verify(is_whole=True) == PER_TABLE[UPS] + PER_TABLE[DOWNS]


def test_what_changed_is_verified_and_what_refers_to_it(home: Home):
    home.verify()
    home.write(DOWNS, "a", "1", run="another")
    assert home.verify() == PER_TABLE[DOWNS]
    home.write(UPS, "a", "1", run="another")
    assert home.verify() == PER_TABLE[UPS] + PER_TABLE[DOWNS]


def test_rows_whose_parent_went_are_found_although_they_stayed(home: Home):
    home.verify()
    home.store.remove_partition(UPS, "b")
    with pytest.raises(ToolMindError, match=r"parents_exist of b/downs"):
        home.verify()


def test_tables_that_were_deleted_and_made_again_are_verified(home: Home, tmp_path: Path):
    home.verify()
    again = Home(tmp_path / "again")
    again.file = home.file
    for part in ("a", "b"):
        again.write(UPS, part, "1", run="later")
        again.write(DOWNS, part, "1", run="later")
    assert again.verify() == PER_TABLE[UPS] + PER_TABLE[DOWNS]


def test_what_could_not_be_judged_is_judged_as_soon_as_it_can_be(tmp_path: Path):
    home = Home(tmp_path)
    home.write(DOWNS, "a", "1")
    commit = Commit(run_id="r", input_digest="", build_token="t", reads={"a/ups": 0})
    rows = pl.DataFrame({"part": ["a"], "up_id": ["1"], "build_token": ["t"]})
    home.store.write(DOWNS, rows, "a", commit)
    held = verify_tables(home.store, TABLES, home.file, lambda *_: None)
    assert held.waiting == ("parents_exist of b/downs waits for a/ups, which was not made yet",)
    home.write(UPS, "a", "1")
    assert home.verify() == PER_TABLE[UPS] + PER_TABLE[DOWNS]
    assert home.verify() == 0
