from pathlib import Path

import polars as pl
import pytest

from toolmind_resources.delta.commit import Commit
from toolmind_resources.delta.judge import KEY, PARENTS, SCHEMA, Judge, Judgement
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Column, Frames, Law, Parent, Table

PART, ID = Column("part", pl.String, "the partition"), Column("id", pl.String, "the id")


def equal(*names: str) -> Law:
    def holds(frames: Frames) -> list[str]:
        heights = [frames[name].height for name in names]
        return [] if len(set(heights)) == 1 else [" != ".join(map(str, heights))]

    return Law("conserved", " = ".join(names), names, holds)


UPS = Table(name="a/ups", row="r", columns=(PART, ID), key=("part", "id"), partition_by="part")
SIDES = Table(name="a/sides", row="r", columns=(PART, ID), key=("part", "id"), partition_by="part")
DOWNS = Table(
    name="b/downs",
    row="r",
    columns=(PART, ID),
    key=("part", "id"),
    partition_by="part",
    parents=(Parent("id", "a/ups", "id"),),
    laws=(equal("a/ups", "b/downs"),),
)
WHOLES = Table(name="c/wholes", row="r", columns=(ID,), key=("id",), laws=(equal("b/downs", "c/wholes"),))
TABLES = {table.name: table for table in (UPS, SIDES, DOWNS, WHOLES)}
ALL = (SCHEMA, KEY, PARENTS, "conserved")
FINE = dict.fromkeys(ALL, Judgement())


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    return Judge(DeltaStore(tmp_path), TABLES)


def put(judge: Judge, table: Table, part: str, *ids: str, reads: tuple[Table, ...] = ()) -> None:
    commit = Commit(input_digest="", build_token="t", reads=judge.store.versions(reads))
    frame = pl.DataFrame({"part": part, "id": ids}, schema={"part": pl.String, "id": pl.String})
    if table.partition_by is None:
        judge.store.write(table, frame.drop("part"), None, commit)
    else:
        judge.store.write(table, frame, part, commit)


def test_tables_that_hold_together_are_fine(judge: Judge) -> None:
    put(judge, UPS, "p", "1", "2")
    put(judge, DOWNS, "p", "1", "2", reads=(UPS,))
    put(judge, WHOLES, "", "1", "2", reads=(DOWNS,))
    assert judge.judge(DOWNS, None, ALL) == judge.judge(DOWNS, ["p"], ALL) == FINE
    assert judge.judge(WHOLES, None, ["conserved"]) == {"conserved": Judgement()}


def test_a_broken_law_and_a_missing_parent_are_found(judge: Judge) -> None:
    put(judge, UPS, "p", "1", "2")
    put(judge, DOWNS, "p", "3", reads=(UPS,))
    found = judge.judge(DOWNS, None, (PARENTS, "conserved"))
    assert found["conserved"].violations == ("p: 2 != 1",)
    assert found[PARENTS].violations == ("column 'id': 1 values that a/ups.id does not hold, such as '3'",)


def test_only_the_partitions_asked_for_are_judged(judge: Judge) -> None:
    put(judge, UPS, "good", "1")
    put(judge, UPS, "bad", "2", "3")
    put(judge, DOWNS, "good", "1", reads=(UPS,))
    put(judge, DOWNS, "bad", "2", reads=(UPS,))
    assert judge.judge(DOWNS, ["good"], ALL) == FINE
    assert judge.judge(DOWNS, None, ["conserved"])["conserved"].violations == ("bad: 2 != 1",)


def test_a_partition_that_was_not_made_yet_is_no_loss(judge: Judge) -> None:
    put(judge, UPS, "p", "1")
    put(judge, UPS, "later", "2")
    put(judge, DOWNS, "p", "1", reads=(UPS,))
    assert judge.judge(DOWNS, None, ALL) == FINE
    assert judge.judge(DOWNS, ["later"], ALL) == FINE


def test_a_table_that_was_not_made_yet_is_waited_for(judge: Judge) -> None:
    assert judge.judge(DOWNS, None, [KEY]) == {KEY: Judgement(waits_for="b/downs, which was not made yet")}
    put(judge, DOWNS, "p", "1")
    waits = Judgement(waits_for="a/ups, which was not made yet")
    assert judge.judge(DOWNS, ["p"], (PARENTS, "conserved")) == {PARENTS: waits, "conserved": waits}


def test_a_table_that_the_rows_were_knowingly_made_without_counts_as_empty(judge: Judge) -> None:
    put(judge, SIDES, "p", "1")
    put(judge, DOWNS, "p", "1", reads=(SIDES, UPS))
    assert judge.judge(DOWNS, None, ["conserved"])["conserved"].violations == ("p: 0 != 1",)


def test_rows_older_than_what_they_were_made_from_are_not_judged(judge: Judge) -> None:
    put(judge, UPS, "p", "1")
    put(judge, UPS, "q", "1")
    put(judge, DOWNS, "p", "1", reads=(UPS,))
    put(judge, UPS, "q", "1", "2")
    assert judge.judge(DOWNS, None, ["conserved"])["conserved"] == Judgement()
    put(judge, UPS, "p", "1", "2")
    words = "b/downs: a/ups was made anew after it"
    assert judge.judge(DOWNS, None, ["conserved"])["conserved"] == Judgement(waits_for=words)
    put(judge, DOWNS, "p", "1", reads=(UPS,))
    assert judge.judge(DOWNS, None, ["conserved"])["conserved"].violations == ("p: 2 != 1",)


def test_a_table_stored_with_another_type_fails_all_its_checks(judge: Judge) -> None:
    number = Column("id", pl.Int64, "the id")
    other = Table(name=WHOLES.name, row="r", columns=(number,), key=("id",))
    judge.store.write(
        other, pl.DataFrame({"id": [1]}), None, Commit(input_digest="", build_token="", reads={})
    )
    found = judge.judge(WHOLES, None, [SCHEMA, KEY])
    broken = Judgement(("column 'id': wanted String, got Int64",))
    assert found == {SCHEMA: broken, KEY: broken}
