from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from toolmind_assets.orchestration.checks import build_checks
from toolmind_assets.stages.registry import TABLES
from toolmind_resources.delta.commit import Build, Commit
from toolmind_resources.delta.io_manager import delta_io_manager
from toolmind_resources.delta.resource import StoreResource
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Column, Law, Table

PARTS = dg.DynamicPartitionsDefinition(name="parts")
COLUMNS = (Column("part", pl.String, "the partition"), Column("id", pl.String, "the id"))
EVEN = Law(
    "even",
    "rows come in pairs",
    ("a/ups",),
    lambda frames: [] if frames["a/ups"].height % 2 == 0 else [f"{frames['a/ups'].height} rows"],
)
UPS = Table(name="a/ups", row="r", columns=COLUMNS, key=("part", "id"), partition_by="part", laws=(EVEN,))
DOWNS = Table(name="b/downs", row="r", columns=COLUMNS, key=("part", "id"), partition_by="part")


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        ephemeral.add_dynamic_partitions("parts", ["good", "odd"])
        yield ephemeral


@dg.asset(key=["a", "ups"], partitions_def=PARTS, backfill_policy=dg.BackfillPolicy.single_run())
def ups(context: dg.AssetExecutionContext) -> Build:
    rows = [
        (key, str(number)) for key in context.partition_keys for number in range(3 if key == "odd" else 2)
    ]
    commits = {key: Commit(input_digest="", build_token="t", reads={}) for key in context.partition_keys}
    return Build(pl.DataFrame(rows, schema=["part", "id"], orient="row"), commits)


@dg.asset(
    key=["b", "downs"],
    partitions_def=PARTS,
    backfill_policy=dg.BackfillPolicy.single_run(),
    ins={"ups": dg.AssetIn(["a", "ups"])},
)
def downs(ups: pl.DataFrame) -> pl.DataFrame:
    return ups


def definitions(root: Path) -> dg.Definitions:
    tables = (UPS, DOWNS)
    return dg.Definitions(
        assets=[ups, downs],
        asset_checks=build_checks(tables),
        jobs=[
            dg.define_asset_job("everything", dg.AssetSelection.all()),
            dg.define_asset_job("only_checks", dg.AssetSelection.all_asset_checks()),
        ],
        resources={"store": StoreResource(root=str(root)), "io_manager": delta_io_manager(tables)},
    )


def run(root: Path, instance: dg.DagsterInstance, job: str, **options: object) -> dg.ExecuteInProcessResult:
    resolved = definitions(root).resolve_job_def(job)
    return resolved.execute_in_process(instance=instance, raise_on_error=False, **options)  # type: ignore[arg-type]


def evaluations(result: dg.ExecuteInProcessResult) -> dict[tuple[str, str], dg.AssetCheckEvaluation]:
    found = result.get_asset_check_evaluations()
    return {(one.asset_key.to_user_string(), one.check_name): one for one in found}


def test_each_table_has_one_definition_with_its_checks() -> None:
    definitions = build_checks(TABLES)
    names = {
        "/".join(key.asset_key.path): {key.name for key in definition.check_keys if key.asset_key}
        for definition in definitions
        for key in definition.check_keys
    }
    assert list(names) == [table.name for table in TABLES]
    for table in TABLES:
        wanted = {"schema", "key_unique", *(law.name for law in table.laws)}
        assert names[table.name] == wanted | ({"parents_exist"} if table.checked_parents else set())
    assert all(spec.blocking for definition in definitions for spec in definition.check_specs)


def test_the_checks_of_all_tables_fit_into_one_graph_of_assets() -> None:
    specs = [dg.AssetSpec(table.name.split("/")) for table in TABLES]
    graph = dg.Definitions(
        assets=specs, asset_checks=build_checks(TABLES), resources={"store": StoreResource(root="unused")}
    )
    dg.Definitions.validate_loadable(graph)


def test_a_run_of_one_partition_is_checked_in_it_alone(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    assert not run(tmp_path, instance, "everything", partition_key="odd").success
    result = run(tmp_path, instance, "everything", partition_key="good")
    assert result.success
    found = evaluations(result)
    assert {key for key, one in found.items() if one.passed} == {
        ("a/ups", "schema"),
        ("a/ups", "key_unique"),
        ("a/ups", "even"),
        ("b/downs", "schema"),
        ("b/downs", "key_unique"),
    }
    assert found["a/ups", "even"].metadata["partitions"].value == ["good"]


def test_a_broken_law_blocks_what_lies_downstream(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    result = run(tmp_path, instance, "everything", partition_key="odd")
    assert not result.success
    broken = evaluations(result)["a/ups", "even"]
    assert not broken.passed
    assert broken.blocking
    assert broken.severity == dg.AssetCheckSeverity.ERROR
    assert broken.description == "odd: 3 rows"
    assert broken.metadata["violations"].value == ["odd: 3 rows"]
    assert DeltaStore(tmp_path).version(DOWNS) is None


def test_a_range_of_dynamic_partitions_is_checked_in_each(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    instance.add_dynamic_partitions("parts", ["outside"])
    ends = {"dagster/asset_partition_range_start": "good", "dagster/asset_partition_range_end": "odd"}
    found = evaluations(run(tmp_path, instance, "everything", tags=ends))
    assert found["a/ups", "even"].metadata["partitions"].value == ["good", "odd"]
    assert found["a/ups", "even"].description == "odd: 3 rows"


def test_checks_alone_judge_the_whole_table(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    for key in ("good", "odd"):
        run(tmp_path, instance, "everything", partition_key=key)
    found = evaluations(run(tmp_path, instance, "only_checks"))
    assert found["a/ups", "even"].description == "odd: 3 rows"
    assert "partitions" not in found["a/ups", "even"].metadata


def test_what_cannot_be_judged_passes_with_a_warning(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    found = evaluations(run(tmp_path, instance, "only_checks"))
    one = found["a/ups", "even"]
    assert (one.passed, one.severity) == (True, dg.AssetCheckSeverity.WARN)
    assert one.description == "not judged, waits for a/ups, which was not made yet"
    assert one.metadata["is_judged"].value is False
