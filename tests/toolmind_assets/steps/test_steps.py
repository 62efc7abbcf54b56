"""When a step is due: on other input, parameters, prompts or code, and never else."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from toolmind_assets.orchestration.assets.specs import COMPLETE, FOLD, NORMALIZE
from toolmind_assets.stages import specs as specs_package
from toolmind_assets.steps import step as steps
from toolmind_assets.steps.step import Rows, Step, Work
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Column, Table

UP = Table(
    "up/rows", "a row", (Column("part", pl.String, "p"), Column("n", pl.Int64, "n")), ("part", "n"), "part"
)
DOWN = Table(
    "down/rows", "a row", (Column("part", pl.String, "p"), Column("n", pl.Int64, "n")), ("part", "n"), "part"
)
WHOLE = Table("whole/rows", "a row", (Column("n", pl.Int64, "n"),), ("n",))


@dataclass(frozen=True)
class Row:
    part: str
    n: int


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DeltaStore:
    monkeypatch.setattr(steps, "_source_digest", lambda package, _=(): f"code of {package}")
    return DeltaStore(tmp_path)


def _work(make: Table, *reads: Table, settings: object = None) -> Work:
    return Work(Step(f"make_{make.stage}", (make,), reads), lambda _: settings)


def _make(store: DeltaStore, work: Work, *rows: Row, partition: str | None = "a") -> None:
    def make(_: str | None) -> Rows:
        return {work.step.makes[0]: rows}

    for table, build in work.build(store, [partition], make).items():
        for name, commit in build.commits.items():
            store.write(table, build.frame, name or None, commit)


def test_what_was_never_made_is_due_and_what_was_made_is_not(store: DeltaStore):
    work = _work(UP)
    assert work.is_due(store, "a")
    _make(store, work, Row("a", 1))
    assert not work.is_due(store, "a")
    assert work.is_due(store, "b")


def test_a_step_that_made_no_rows_is_not_due_again(store: DeltaStore):
    _make(store, _work(UP))
    assert not _work(UP).is_due(store, "a")


def test_other_parameters_make_it_due(store: DeltaStore):
    _make(store, _work(UP, settings={"n": 1}), Row("a", 1))
    assert _work(UP, settings={"n": 2}).is_due(store, "a")
    assert not _work(UP, settings={"n": 1}).is_due(store, "a")


def test_other_code_or_prompts_make_it_due(store: DeltaStore, monkeypatch: pytest.MonkeyPatch):
    _make(store, _work(UP), Row("a", 1))
    monkeypatch.setattr(steps, "_source_digest", lambda package, _=(): f"other code of {package}")
    assert _work(UP).is_due(store, "a")


def test_only_the_same_partition_upstream_makes_a_partition_due(store: DeltaStore):
    down = _work(DOWN, UP)
    for partition in ("a", "b"):
        _make(store, _work(UP), Row(partition, 1), partition=partition)
        _make(store, down, Row(partition, 1), partition=partition)
    assert not down.is_due(store, "a")
    _make(store, _work(UP, settings=2), Row("a", 2))
    assert (down.is_due(store, "a"), down.is_due(store, "b")) == (True, False)


def test_a_table_that_was_made_again_with_the_same_rows_makes_nothing_due(store: DeltaStore):
    down = _work(DOWN, UP)
    _make(store, _work(UP), Row("a", 1))
    _make(store, down, Row("a", 1))
    _make(store, _work(UP, settings="other"), Row("a", 1))
    assert not down.is_due(store, "a")


def test_any_partition_upstream_makes_a_whole_table_due(store: DeltaStore):
    whole = _work(WHOLE, UP)
    _make(store, _work(UP), Row("a", 1))
    _make(store, whole, Row("", 1), partition=None)
    assert not whole.is_due(store, None)
    _make(store, _work(UP), Row("b", 1), partition="b")
    assert whole.is_due(store, None)


def test_what_a_step_made_elsewhere_has_to_be_there_too(store: DeltaStore):
    work = Work(_work(UP).step, lambda _: None, lambda _: False)
    _make(store, work, Row("a", 1))
    assert work.is_due(store, "a")


def test_partitions_that_are_not_due_are_not_made(store: DeltaStore):
    _make(store, _work(UP), Row("a", 1))
    made: list[str | None] = []

    def make(partition: str | None) -> Rows:
        made.append(partition)
        return {UP: [Row(partition or "", 1)]}

    builds = _work(UP).build(store, ["a", "b"], make)
    assert made == ["b"]
    assert list(builds[UP].commits) == ["b"]
    assert builds[UP].frame["part"].to_list() == ["b"]


def test_the_code_digest_hashes_prompts_and_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    package = tmp_path / "stage_of_a_test"
    (package / "prompts").mkdir(parents=True)
    for name in ("__init__.py", "logic.py", "notes.txt", "prompts/judge.md"):
        (package / name).write_text(f"# {name}")
    monkeypatch.syspath_prepend(tmp_path)

    def digest() -> str:
        return steps._source_digest.__wrapped__("stage_of_a_test")

    before = digest()
    (package / "notes.txt").write_text("changed")
    assert digest() == before
    found = {before}
    for name in ("logic.py", "prompts/judge.md"):
        (package / name).write_text("changed")
        found.add(digest())
    assert len(found) == 3


def test_what_a_step_leaves_out_of_its_stage_makes_it_not_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    package = tmp_path / "other_stage_of_a_test"
    (package / "prompts").mkdir(parents=True)
    for name in ("__init__.py", "logic.py", "asking.py", "prompts/ask.md"):
        (package / name).write_text(f"# {name}")
    monkeypatch.syspath_prepend(tmp_path)

    def digest() -> str:
        return steps._source_digest.__wrapped__("other_stage_of_a_test", ("asking.py", "prompts/"))

    before = digest()
    for name in ("asking.py", "prompts/ask.md"):
        (package / name).write_text("changed")
    assert digest() == before
    (package / "logic.py").write_text("changed")
    assert digest() != before


def test_only_completing_hangs_on_how_completions_are_asked_for():
    assert {"completion.py", "stand_in.py", "gaps.py", "prompts/"} <= set(NORMALIZE.leaves_out) & {
        *FOLD.leaves_out,
        *NORMALIZE.leaves_out,
    }
    assert COMPLETE.leaves_out == ()
    folder = Path(specs_package.__file__).parent
    for name in (*NORMALIZE.leaves_out, *FOLD.leaves_out):
        assert (folder / name).exists()
