"""When a step is due: on other input, parameters, prompts or code, and never else; and what it may read."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import BaseModel

from toolmind_assets.stages import specs as specs_package
from toolmind_assets.stages.registry import PIPELINE
from toolmind_assets.stages.specs.stage import COMPLETE_SPECS, FOLD_FUNCTIONS, NORMALIZE_SPECS
from toolmind_assets.steps import source_digests, step
from toolmind_assets.steps.making import Making, UndeclaredReadError
from toolmind_assets.steps.pipeline import Pipeline
from toolmind_assets.steps.reads import Matching, Read
from toolmind_assets.steps.step import Made, Partitions, Stage, Step
from toolmind_assets.steps.work import Built, Work
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Column, Table

COLUMNS = (Column("part", pl.String, "p"), Column("n", pl.Int64, "n"))
UP = Table("up/rows", "a row", COLUMNS, ("part", "n"), "part")
DOWN = Table("down/rows", "a row", COLUMNS, ("part", "n"), "part")
WHOLE = Table("whole/rows", "a row", (Column("n", pl.Int64, "n"), Column("text", pl.String, "t")), ("n",))


class Params(BaseModel):
    n: int = 1
    n_at_once: int = 1


@dataclass(frozen=True)
class Row:
    part: str
    n: int
    text: str = ""


class Outside:
    seed = 0

    def chat_settings(self, roles: object) -> object:
        return None


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DeltaStore:
    monkeypatch.setattr(step, "code_version", lambda packages, leaves_out: "some code")
    return DeltaStore(tmp_path)


def _work(makes: Table, *reads: Table | Read, params: Params = Params(), **more: Any) -> Work:  # noqa: B008
    """The work of a step that makes a table of the rows that `_make` is given."""
    declared = tuple(read if isinstance(read, Read) else Read(read) for read in reads)
    chosen = more.pop("make", lambda making: Made({}))
    kind = Partitions.WHOLE if makes.partition_by is None else Partitions.CATALOG
    one = Step(
        name=f"make_{makes.stage}", description="", makes=(makes,), make=chosen, reads=declared,
        partitions=kind, params=Params, idle_params=("n_at_once",), **more,
    )  # fmt: skip
    return Work(one, params, Outside(), Pipeline((Stage(name=makes.stage, steps=(one,)),)))


def _make(store: DeltaStore, work: Work, *rows: Row, partition: str | None = "a") -> None:
    made = replace(work.step, make=lambda _: Made({work.step.makes[0]: rows}))
    _write(store, replace(work, step=made).build(store, [partition], {partition: None}))


def _write(store: DeltaStore, built: Built) -> None:
    for table, build in built.builds.items():
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


def test_other_parameters_make_it_due_but_not_those_that_decide_no_row(store: DeltaStore):
    _make(store, _work(UP), Row("a", 1))
    assert _work(UP, params=Params(n=2)).is_due(store, "a")
    assert not _work(UP, params=Params(n=1, n_at_once=9)).is_due(store, "a")


def test_other_inputs_from_outside_make_it_due(store: DeltaStore):
    _make(store, _work(UP, inputs=lambda *_: "one file"), Row("a", 1))
    assert _work(UP, inputs=lambda *_: "another").is_due(store, "a")
    assert not _work(UP, inputs=lambda *_: "one file").is_due(store, "a")


def test_another_seed_makes_only_a_seeded_step_due(store: DeltaStore, monkeypatch: pytest.MonkeyPatch):
    _make(store, _work(UP, is_seeded=True), Row("a", 1))
    _make(store, _work(DOWN), Row("a", 1))
    monkeypatch.setattr(Outside, "seed", 1)
    assert _work(UP, is_seeded=True).is_due(store, "a")
    assert not _work(DOWN).is_due(store, "a")


def test_other_code_or_prompts_make_it_due(store: DeltaStore, monkeypatch: pytest.MonkeyPatch):
    _make(store, _work(UP), Row("a", 1))
    monkeypatch.setattr(step, "code_version", lambda packages, leaves_out: "other code")
    assert _work(UP).is_due(store, "a")


def test_only_the_same_partition_upstream_makes_a_partition_due(store: DeltaStore):
    down = _work(DOWN, UP)
    for partition in ("a", "b"):
        _make(store, _work(UP), Row(partition, 1), partition=partition)
        _make(store, down, Row(partition, 1), partition=partition)
    assert not down.is_due(store, "a")
    _make(store, _work(UP, params=Params(n=2)), Row("a", 2))
    assert (down.is_due(store, "a"), down.is_due(store, "b")) == (True, False)


def test_a_table_that_was_made_again_with_the_same_rows_makes_nothing_due(store: DeltaStore):
    down = _work(DOWN, UP)
    _make(store, _work(UP), Row("a", 1))
    _make(store, down, Row("a", 1))
    _make(store, _work(UP, params=Params(n=2)), Row("a", 1))
    assert not down.is_due(store, "a")


def test_any_partition_upstream_makes_a_whole_table_due(store: DeltaStore):
    whole = _work(WHOLE, UP)
    _make(store, _work(UP), Row("a", 1))
    _make(store, whole, Row("", 1), partition=None)
    assert not whole.is_due(store, None)
    _make(store, _work(UP), Row("b", 1), partition="b")
    assert whole.is_due(store, None)


MATCHING = Read(WHOLE, deciding=("n",), only=Matching("n", UP, "n"))


def test_rows_that_nothing_names_and_columns_that_decide_nothing_make_nothing_due(store: DeltaStore):
    down = _work(DOWN, UP, MATCHING)
    _make(store, _work(UP), Row("a", 1))
    _make(store, _work(WHOLE), Row("", 1, "x"), Row("", 2, "y"), partition=None)
    _make(store, down, Row("a", 1))
    assert not down.is_due(store, "a")
    _make(store, _work(WHOLE, params=Params(n=2)), Row("", 1, "other"), Row("", 3, "z"), partition=None)
    assert not down.is_due(store, "a")
    _make(store, _work(WHOLE, params=Params(n=3)), Row("", 3, "z"), partition=None)
    assert down.is_due(store, "a")


def test_what_a_step_made_elsewhere_has_to_be_there_too(store: DeltaStore):
    work = _work(UP, is_intact=lambda _: False)
    _make(store, work, Row("a", 1))
    assert work.is_due(store, "a")


def test_partitions_that_are_not_due_are_not_made(store: DeltaStore):
    _make(store, _work(UP), Row("a", 1))
    made: list[str | None] = []

    def make(making: Making[Params]) -> Made:
        made.append(making.partition)
        return Made({UP: [Row(making.partition or "", 1)]})

    built = _work(UP, make=make).build(store, ["a", "b"], {"a": None, "b": None})
    assert made == ["b"]
    assert list(built.builds[UP].commits) == ["b"]
    assert built.builds[UP].frame["part"].to_list() == ["b"]


def _reading(store: DeltaStore, work: Work) -> Making[Any]:
    _make(store, _work(UP), Row("a", 1), Row("a", 2))
    _make(store, _work(UP), Row("b", 3), partition="b")
    _make(store, _work(WHOLE), Row("", 1, "x"), Row("", 5, "y"), partition=None)
    return work.making(store, "a")


def test_a_step_reads_its_own_partition_and_the_rows_that_it_names(store: DeltaStore):
    making = _reading(store, _work(DOWN, UP, MATCHING))
    assert making.read(UP)["n"].to_list() == [1, 2]
    assert making.read(WHOLE)["n"].to_list() == [1]


def test_a_step_reads_nothing_that_it_does_not_declare(store: DeltaStore):
    making = _reading(store, _work(DOWN, Read(UP, columns=("n",))))
    with pytest.raises(UndeclaredReadError, match="make_down reads whole/rows"):
        making.read(WHOLE)
    with pytest.raises(UndeclaredReadError, match=r"make_down reads \['part'\] of up/rows"):
        making.read(UP, ["part"])
    with pytest.raises(UndeclaredReadError, match="versions of up/rows"):
        making.past(UP, ["n"], 3)
    with pytest.raises(UndeclaredReadError, match="declares no role"):
        making.chat()
    assert making.read(UP).columns == ["n"]


def test_of_more_values_than_are_enough_some_are_made_and_it_is_known_how_many(store: DeltaStore):
    making = replace(_work(UP).making(store, "a"), sample=3)
    chosen = making.some(range(10))
    assert len(chosen) == 3
    assert sorted(chosen) == chosen
    assert making.some([1, 2]) == [1, 2]
    assert making.choices == [(3, 10), (2, 2)]
    assert _work(UP).making(store, "a").some([1, 2, 3, 4]) == [1, 2, 3, 4]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "toolmind_package_of_a_test"
    (folder / "prompts").mkdir(parents=True)
    for name in ("__init__.py", "logic.py", "asking.py", "notes.txt", "prompts/judge.md"):
        (folder / name).write_text(f"# {name}")
    (tmp_path / "toolmind_other_of_a_test.py").write_text("import toolmind_third_of_a_test")
    (tmp_path / "toolmind_third_of_a_test.py").write_text("")
    (folder / "logic.py").write_text("from toolmind_other_of_a_test import (\n    something,\n)\n")
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def _digest(*leaves_out: str) -> str:
    source_digests._imported.cache_clear()
    source_digests._module.cache_clear()
    return source_digests.sources_digest.__wrapped__(("toolmind_package_of_a_test",), leaves_out)


def test_the_code_digest_hashes_sources_and_prompts_and_all_that_they_import(package: Path):
    before = _digest()
    (package / "notes.txt").write_text("changed")
    assert _digest() == before
    found = {before}
    changed = (
        "logic.py",
        "prompts/judge.md",
        "../toolmind_other_of_a_test.py",
        "../toolmind_third_of_a_test.py",
    )
    for name in changed:
        (package / name).write_text((package / name).read_text() + "\n# changed")
        found.add(_digest())
    assert len(found) == 1 + len(changed)


def test_what_a_step_leaves_out_of_its_stage_makes_it_not_due(package: Path):
    (package / "logic.py").write_text("from toolmind_package_of_a_test.asking import ask")
    before = _digest("asking.py", "prompts/")
    for name in ("asking.py", "prompts/judge.md"):
        (package / name).write_text("# changed")
    assert _digest("asking.py", "prompts/") == before
    (package / "logic.py").write_text("# changed")
    assert _digest("asking.py", "prompts/") != before


def test_only_completing_hangs_on_how_completions_are_asked_for():
    asking = {"completion.py", "gaps.py", "prompts/"}
    assert asking <= set(NORMALIZE_SPECS.leaves_out) & set(FOLD_FUNCTIONS.leaves_out)
    assert COMPLETE_SPECS.leaves_out == ()
    folder = Path(specs_package.__file__).parent
    for name in (*NORMALIZE_SPECS.leaves_out, *FOLD_FUNCTIONS.leaves_out):
        assert (folder / name).exists()


@pytest.mark.parametrize("one", PIPELINE.steps, ids=lambda one: one.name)
def test_the_code_digest_of_a_step_covers_its_stage_what_that_imports_and_its_stand_in(one: Step[Any]):
    packages = [one.make.__module__.rpartition(".")[0], *one.packages]
    files = {path.as_posix() for path in source_digests.source_files(packages, one.leaves_out)}
    ends = {f"stages/{one.stage}/stage.py", f"tables/{one.stage}.py"}
    assert all(any(file.endswith(end) for file in files) for end in ends)
    assert not any("/toolmind_assets/steps/" in file or "/delta/store.py" in file for file in files)


def test_steps_come_in_the_order_in_which_data_flows():
    made: set[Table] = set()
    for one in PIPELINE.steps:
        assert {read.table for read in one.reads} <= made
        assert {read.table for read in one.carries} <= set(one.makes)
        made |= set(one.makes)
    assert set(PIPELINE.stand_in) == set(PIPELINE.roles)


def test_a_step_is_due_until_every_table_of_it_holds_what_it_makes(store: DeltaStore):
    def make(_: Making[Params]) -> Made:
        return Made({UP: [Row("a", 1)], DOWN: [Row("a", 1)]})

    work = _work(UP, make=make)
    work = replace(work, step=replace(work.step, makes=(UP, DOWN)))
    for table, build in work.build(store, ["a"], {"a": None}).builds.items():
        assert work.is_due(store, "a")
        store.write(table, build.frame, "a", build.commits["a"])
    assert not work.is_due(store, "a")


def test_the_phases_follow_from_the_order_and_the_partitions_of_the_steps():
    def names(steps: tuple[Step[Any], ...]) -> list[str]:
        return [one.name for one in steps]

    assert names(PIPELINE.of_catalogs) == ["read_catalogs", "normalize_specs"]
    assert names(PIPELINE.of_corpus) == [
        "complete_specs",
        "fold_functions",
        "cluster_functions",
        "build_edges",
    ]
    open_steps = ["adapt_opensets", "judge_trajectories"]
    assert names(PIPELINE.of_shards(Partitions.OPEN)) == open_steps
    simulated_steps = ["sample_tasks", "simulate_dialogues", "judge_trajectories"]
    assert names(PIPELINE.of_shards(Partitions.SIMULATED)) == simulated_steps
    assert names(PIPELINE.of_all_shards) == ["mix_samples", "write_exports"]
    assert names(PIPELINE.closing) == ["count_spending"]
