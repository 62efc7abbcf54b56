from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pytest

from toolmind_resources.delta.commit import Build, Commit
from toolmind_resources.delta.io_manager import delta_io_manager
from toolmind_resources.delta.resource import StoreResource
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Column, Table
from toolmind_resources.errors import StoreError

PART, ID = Column("part", pl.String, "the partition"), Column("id", pl.String, "the id", unit="hex")
UPS = Table(name="a/ups", row="r", columns=(PART, ID), key=("part", "id"), partition_by="part")
DOWNS = Table(name="b/downs", row="r", columns=(PART, ID), key=("part", "id"), partition_by="part")
WHOLES = Table(name="c/wholes", row="r", columns=(PART, ID), key=("id",))
DROPPED = Table(name="c/dropped", row="r", columns=(PART, ID), key=("part", "id"), partition_by="part")
TABLES = (UPS, DOWNS, WHOLES, DROPPED)
KEYS = ["it's", "b/c", "ü x", "p=1", "empty"]
STATIC, DYNAMIC = dg.StaticPartitionsDefinition(KEYS), dg.DynamicPartitionsDefinition(name="parts")
RANGE = {
    "dagster/asset_partition_range_start": KEYS[0],
    "dagster/asset_partition_range_end": KEYS[-1],
}


def frame_of(keys: list[str]) -> pl.DataFrame:
    rows = [(key, f"{key}{number}") for key in keys if key != "empty" for number in range(2)]
    return pl.DataFrame(rows, schema={"part": pl.String, "id": pl.String}, orient="row")


def commits_of(keys: list[str]) -> dict[str, Commit]:
    return {key: Commit(input_digest=f"in {key}", build_token=f"t {key}", reads={"x/y": 1}) for key in keys}


def make_assets(partitions: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    policy = dg.BackfillPolicy.single_run()

    @dg.asset(key=["a", "ups"], partitions_def=partitions, backfill_policy=policy, code_version="7")
    def ups(context: dg.AssetExecutionContext) -> Build:
        keys = list(context.partition_keys)
        return Build(frame_of(keys), commits_of(keys))

    @dg.asset(
        key=["b", "downs"],
        partitions_def=partitions,
        backfill_policy=policy,
        ins={"ups": dg.AssetIn(["a", "ups"])},
    )
    def downs(ups: pl.DataFrame) -> pl.DataFrame:
        return ups

    @dg.asset(key=["c", "wholes"], backfill_policy=policy, ins={"downs": dg.AssetIn(["b", "downs"])})
    def wholes(downs: pl.DataFrame) -> pl.DataFrame:
        return downs

    return [ups, downs, wholes]


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


@pytest.fixture
def store(tmp_path: Path) -> DeltaStore:
    return DeltaStore(tmp_path)


def run(
    store: DeltaStore, instance: dg.DagsterInstance, assets: list[dg.AssetsDefinition], **options: Any
) -> dg.ExecuteInProcessResult:
    resources = {"store": StoreResource(root=str(store.root)), "io_manager": delta_io_manager(TABLES)}
    return dg.materialize(assets, instance=instance, resources=resources, **options)


def test_static_partitions_run_alone_and_again(store: DeltaStore, instance: dg.DagsterInstance) -> None:
    for key in [*KEYS, KEYS[0]]:
        assert run(store, instance, make_assets(STATIC), partition_key=key).success
    for table in (UPS, DOWNS, WHOLES):
        assert store.read(table)["id"].sort().to_list() == frame_of(KEYS)["id"].sort().to_list()
    assert store.partitions(DOWNS) == tuple(sorted(KEYS))


def test_a_range_in_one_run_gives_each_partition_its_commit(
    store: DeltaStore, instance: dg.DagsterInstance
) -> None:
    result = run(store, instance, make_assets(STATIC), tags=RANGE)
    assert store.read(DOWNS).height == store.read(WHOLES).height == 8
    record = store.latest(UPS, "empty")
    assert record is not None
    assert (record.row_count, record.input_digest, record.build_token) == (0, "in empty", "t empty")
    assert (record.run_id, record.code_version, record.reads) == (result.run_id, "7", {"x/y": 1})
    assert store.read(UPS, ["b/c"])["build_token"].unique().to_list() == ["t b/c"]
    assert store.partitions(DOWNS) == tuple(sorted(KEYS))


def test_dynamic_partitions_run_one_by_one_and_in_a_range(
    store: DeltaStore, instance: dg.DagsterInstance
) -> None:
    instance.add_dynamic_partitions("parts", KEYS)
    run(store, instance, make_assets(DYNAMIC), partition_key="it's")
    assert store.partitions(DOWNS) == ("it's",)
    run(store, instance, make_assets(DYNAMIC), tags=RANGE)
    assert store.read(WHOLES).height == 8


def test_the_ui_sees_table_totals_and_each_partitions_own_counts(
    store: DeltaStore, instance: dg.DagsterInstance
) -> None:
    seen = {
        event.partition: {key: value.value for key, value in event.metadata.items()}
        for event in run(store, instance, make_assets(STATIC), tags=RANGE).asset_materializations_for_node(
            "a__ups"
        )
    }
    assert {key: metadata["dagster/partition_row_count"] for key, metadata in seen.items()} == {
        key: 0 if key == "empty" else 2 for key in KEYS
    }
    one = seen["p=1"]
    record = store.latest(UPS, "p=1")
    assert record is not None
    assert one["dagster/row_count"] == 8
    assert one["dagster/uri"] == str(store.path(UPS))
    assert (one["input_digest"], one["delta/version"], one["is_unchanged"]) == (
        "in p=1",
        record.version,
        False,
    )
    assert one["content_digest"] == record.content_digest
    column = one["dagster/column_schema"].columns[1]
    assert (column.name, column.type, column.description) == ("id", "String", "the id (hex)")
    assert not column.constraints.nullable


def test_a_partition_without_a_commit_stays_as_it_is(store: DeltaStore, instance: dg.DagsterInstance) -> None:
    run(store, instance, make_assets(STATIC), tags=RANGE)
    before = store.latest(UPS, "b/c")

    @dg.asset(key=["a", "ups"], partitions_def=STATIC, backfill_policy=dg.BackfillPolicy.single_run())
    def ups() -> Build:
        return Build(frame_of(["it's"]), commits_of(["it's"]))

    events = run(store, instance, [ups], tags=RANGE).asset_materializations_for_node("a__ups")
    unchanged = {event.partition: event.metadata["is_unchanged"].value for event in events}
    assert unchanged == {key: key != "it's" for key in KEYS}
    assert store.latest(UPS, "b/c") == before
    assert before is not None
    digests = {event.partition: event.metadata["content_digest"].value for event in events}
    assert digests["b/c"] == before.content_digest


def test_an_asset_without_partitions_may_leave_its_table_as_it_is(
    store: DeltaStore, instance: dg.DagsterInstance
) -> None:
    @dg.multi_asset(
        outs={
            "dropped": dg.AssetOut(key=["c", "dropped"]),
            "wholes": dg.AssetOut(key=["c", "wholes"]),
        }
    )
    def mixed(context: dg.AssetExecutionContext) -> Iterator[dg.Output[Build]]:
        commits = commits_of([""]) if store.version(WHOLES) is None else {}
        rows = frame_of([""]) if commits else frame_of([])
        yield dg.Output(Build(rows, commits), "dropped")
        yield dg.Output(Build(rows, commits), "wholes")

    run(store, instance, [mixed])
    versions = store.versions(TABLES)
    assert (store.read(DROPPED).height, store.read(WHOLES).height) == (2, 2)
    assert store.partitions(DROPPED) == ("",)
    assert store.latest(DROPPED, None) == store.latest(DROPPED, "")
    assert store.latest(DROPPED, None) is not None
    events = run(store, instance, [mixed]).asset_materializations_for_node("mixed")
    assert [event.metadata["is_unchanged"].value for event in events] == [True, True]
    assert store.versions(TABLES) == versions


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (
            Build(frame_of(["it's", "b/c"]), commits_of(["it's"])),
            r"rows without a commit, of partitions \['b/c'\]",
        ),
        (Build(frame_of([]), commits_of(["b/c"])), r"commits of \['b/c'\], but the run covers"),
        (Build(frame_of([]), {}), "no commit in the build, nor an earlier one"),
        (Build(frame_of(["it's"]).drop("part"), commits_of(["it's"])), "no column 'part'"),
    ],
)
def test_a_build_that_does_not_fit_the_run_is_refused(
    store: DeltaStore, instance: dg.DagsterInstance, build: Build, words: str
) -> None:
    @dg.asset(key=["a", "ups"], partitions_def=STATIC)
    def ups() -> Build:
        return build

    result = run(store, instance, [ups], partition_key="it's", raise_on_error=False)
    error = result.failure_data_for_node("a__ups").error.cause  # type: ignore[union-attr]
    assert error is not None
    assert error.cls_name == StoreError.__name__
    assert pl.Series([error.message]).str.contains(words).item()
    assert store.version(UPS) is None


def test_an_asset_without_a_table_is_refused(store: DeltaStore, instance: dg.DagsterInstance) -> None:
    @dg.asset(key=["a", "strangers"])
    def strangers() -> pl.DataFrame:
        return frame_of(["x"])

    result = run(store, instance, [strangers], raise_on_error=False)
    assert not result.success


def test_dagster_is_told_the_content_as_data_version(store: DeltaStore, instance: dg.DagsterInstance) -> None:
    def versions(**options: Any) -> dict[str | None, str]:
        events = run(store, instance, make_assets(STATIC), **options).asset_materializations_for_node(
            "a__ups"
        )
        return {event.partition: (event.tags or {})["dagster/data_version"] for event in events}

    record = versions(partition_key="p=1")
    commit = store.latest(UPS, "p=1")
    assert commit is not None
    assert record == {"p=1": commit.content_digest}
    assert versions(partition_key="p=1") == record, "the same rows, made anew"
    assert len(set(versions(tags=RANGE).values())) == 1
