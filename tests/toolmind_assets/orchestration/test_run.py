"""`toolmind run` from catalogs to exports, again, in another order, killed, and with catalogs that come and go.

Every run is the command line on the tiny project of conftest.py, in the process of the tests; test_processes.py
has those that are about processes.
"""

import json
import os
import shutil

import dagster as dg
import polars as pl
import pytest

from toolmind_assets.model.tasks import Scenario
from toolmind_assets.orchestration.code_location import build_defs
from toolmind_assets.orchestration.runs import HOME_TAG, LAUNCHED_BY
from toolmind_assets.settings.home import home_id
from toolmind_assets.stages.registry import TABLES
from toolmind_assets.tables.catalogs import CATALOGS_DROPPED, RAW_FUNCTIONS
from toolmind_assets.tables.dialogues import DIALOGUES
from toolmind_assets.tables.exports import MANIFESTS
from toolmind_assets.tables.graph import EDGES
from toolmind_assets.tables.mixture import MIXED_SAMPLES
from toolmind_assets.tables.opensets import OPEN_DIALOGUES, OPENSETS_DROPPED
from toolmind_assets.tables.specs import FUNCTIONS, SPECS_DROPPED
from toolmind_assets.tables.tasks import TASKS
from toolmind_assets.tables.trajectories import SAMPLES
from toolmind_resources.delta.judge import KEY, PARENTS, SCHEMA, Judge
from toolmind_resources.delta.store import DeltaStore

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
STARTED = dg.DagsterRunStatus.STARTED


def _store(project) -> DeltaStore:
    return DeltaStore(project.home / "tables")


def test_a_run_makes_every_table_and_file(made_project):
    store = _store(made_project)
    assert [table.name for table in TABLES if store.version(table) is None] == []
    assert store.partitions(TASKS) == ("sim-0000", "sim-0001")
    assert store.partitions(SAMPLES) == ("open-glaive-00", "sim-0000", "sim-0001")
    assert store.row_count(TASKS) == 12
    assert set(store.read(TASKS)["scenario"]) <= {scenario.value for scenario in Scenario}
    assert set(store.read(MIXED_SAMPLES)["source"]) == {"simulated", "glaive"}
    listed = {f"exports/{file}" for file in store.read(MANIFESTS)["file"]}
    assert listed == set(made_project.exports) - {"exports/.toolmind-export"}
    lines = made_project.exports["exports/trl/train.jsonl"].decode().splitlines()
    assert len(lines) == store.row_count(MIXED_SAMPLES) > 0
    assert all({"prompt", "completion", "tools"} <= json.loads(line).keys() for line in lines)


def test_a_run_says_what_came_of_it_and_what_to_do_next(made_project):
    output = (made_project.root.parent / "output.txt").read_text()
    for words in ("distinct functions", "samples", "Where", str(made_project.home), "Next", "toolmind trace"):
        assert words in output
    assert "stands in for a language model" in output


def test_every_law_key_and_parent_holds_after_a_run(made_project):
    judge = Judge(_store(made_project), {table.name: table for table in TABLES})
    for table in TABLES:
        names = [SCHEMA, KEY, *([PARENTS] if table.parents else []), *(law.name for law in table.laws)]
        for name, judgement in judge.judge(table, None, names).items():
            assert (table.name, name, judgement.violations, judgement.waits_for) == (
                table.name,
                name,
                (),
                None,
            )


def test_every_check_of_every_asset_was_evaluated_in_the_instance(made_project):
    told = json.loads((made_project.root.parent / "instance.json").read_text())
    assert sorted(told["evaluated"]) == told["checks"] != []
    assert set(told["evaluated"].values()) == {"SUCCEEDED"}
    assert set(told["runs"]) == {"SUCCESS"}


def test_a_broken_row_of_an_open_set_costs_itself_alone(made_project):
    store = _store(made_project)
    assert (store.row_count(OPEN_DIALOGUES), store.row_count(OPENSETS_DROPPED)) == (3, 1)


def test_a_second_run_has_nothing_to_do_and_says_so(project):
    versions, exports = _store(project).versions(TABLES), project.exports
    assert "Nothing to do" in project.toolmind("run")
    assert _store(project).versions(TABLES) == versions
    assert project.exports == exports


def test_a_project_in_a_folder_of_any_name_makes_the_same_exports_and_keeps_all_in_there(
    odd_project, made_project
):
    odd_project.toolmind("run")
    assert odd_project.exports == made_project.exports
    assert "Nothing to do" in odd_project.toolmind("run")
    sample = _store(odd_project).read(MIXED_SAMPLES)["sample_id"][0]
    assert sample in odd_project.toolmind("trace", sample)
    tops = set(odd_project.root.parents[1].iterdir())
    assert tops == {odd_project.root.parent}
    assert (odd_project.home / "dagster" / "history" / "runs.db").is_file()


def test_a_folder_that_tables_cannot_be_kept_in_is_refused_before_anything_is_made(empty_project):
    for mark in ("a[1]", "x%20y"):
        root = empty_project.root.rename(empty_project.root.with_name(mark))
        project = type(empty_project)(root)
        assert "rename the folder" in project.refusal("run")
        assert not project.home.exists()
        empty_project = project


def test_exports_that_were_deleted_are_written_again_and_nothing_else_is_made(project):
    exports, versions = project.exports, _store(project).versions(TABLES)
    (project.home / "exports" / "trl" / "train.jsonl").unlink()
    project.toolmind("run")
    assert project.exports == exports
    made = {name for name, version in _store(project).versions(TABLES).items() if version != versions[name]}
    assert made == {MANIFESTS.name}


def test_shards_that_failed_are_taken_up_where_they_ended_in_reverse_order_with_the_same_exports(
    project, made_project
):
    _forget(project, "sim-0001", "open-glaive-00")
    whole, write = _store(project).commits(SAMPLES)["sim-0000"], DeltaStore.write

    def write_until_the_disk_is_full(self, table, *arguments):
        if table is SAMPLES:
            raise OSError("no space left")
        return write(self, table, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DeltaStore, "write", write_until_the_disk_is_full)
        code, told, refused = project.call("run")
    assert code == 1
    for shard in ("sim-0001", "open-glaive-00"):
        assert f"{shard}: step judge_trajectories failed: no space left" in refused
    assert "0 other shards were made; toolmind run goes on from here" in refused
    assert "shards: 1 of 3" in told and "shards: 2 of 3" not in told
    assert not (project.home / "exports").exists()
    begun = _store(project).commits(DIALOGUES)["sim-0001"]
    assert _store(project).partitions(SAMPLES) == ("sim-0000",)
    tags = {**LAUNCHED_BY, HOME_TAG: home_id(project.home)}
    alive = project.instance.create_run_for_job(_any_job, tags=tags, status=STARTED)
    repeated = project.instance.create_run_for_job(
        _any_job, tags=tags, status=STARTED, parent_run_id=alive.run_id, root_run_id=alive.run_id
    )
    project.toolmind("run", "--reverse")
    assert project.exports == made_project.exports
    assert _store(project).commits(SAMPLES)["sim-0000"] == whole
    assert _store(project).commits(DIALOGUES)["sim-0001"] == begun
    statuses = {run.run_id: run.status for run in project.instance.get_runs()}
    assert statuses.pop(repeated.run_id) is STARTED, "another process is at work on it"
    assert statuses[alive.run_id] is dg.DagsterRunStatus.FAILURE
    assert set(statuses.values()) == {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE}


@dg.job
def _any_job() -> None:
    """A job to make runs of, whatever they would do."""


def _forget(project, *shards: str) -> None:
    """As if these shards, and what is made of all shards, had not been made yet."""
    store = _store(project)
    for table in TABLES:
        if table.partition_by is not None and table.stage not in ("catalogs", "specs"):
            for shard in {*shards} & {*store.partitions(table)}:
                store.remove_partition(table, shard)
    for made in ("tables/mixture", "tables/exports", "exports"):
        shutil.rmtree(project.home / made)


def _cyclic() -> dict:
    """An OpenAPI document with a schema that refers to itself."""
    node = {"type": "object", "properties": {"child": {"$ref": "#/components/schemas/Node"}}}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Node"}}}
    operation = {"operationId": "grow", "requestBody": {"content": content}, "responses": {}}
    info = {"title": "Trees", "version": "1"}
    return {
        "openapi": "3.0.3",
        "info": info,
        "paths": {"/grow": {"post": operation}},
        "components": {"schemas": {"Node": node}},
    }


HOSTILE = {
    "hostile-truncated.json": (b'{"openapi": "3.0.3", "paths": {', {"malformed_json"}),
    "hostile-no-openapi.yaml": (b"kind: Deployment\nmetadata: {name: web}\n", {"unknown_form"}),
    "hostile-latin.json": ('[{"name": "caf\u00e9"}]'.encode("latin-1"), {"unreadable_file"}),
    "hostile-long-name.json": (
        json.dumps([{"name": "n" * 10_000, "parameters": {}}]).encode(),
        {"name_too_long"},
    ),
    "hostile-cycle.json": (json.dumps(_cyclic()).encode(), set()),
    "hostile-large.json": (None, {"file_too_large"}),
    "hostile-neighbour.json": (b'[{"name": "ping", "description": "Ping a host", "parameters": {}}]', set()),
}
"""File -> its bytes (None: 200 MB of nothing), and the reasons for which its entries are dropped."""


def test_catalogs_come_and_go_and_hostile_ones_cost_no_neighbour(project, made_project):
    (project.root / "toolmind.yaml").write_text("shards: {simulated: 0}\n")
    for name, (content, _) in HOSTILE.items():
        (project.catalogs / name).write_bytes(content or b"")
    os.truncate(project.catalogs / "hostile-large.json", 200 * 1024**2)
    output = project.toolmind("run")
    for shard in ("open-glaive-00", "sim-0000", "sim-0001"):
        assert f"removed, since it is no longer configured: {shard}\n" in output
    store = _store(project)
    assert store.partitions(TASKS) == store.partitions(OPEN_DIALOGUES) == store.partitions(SAMPLES) == ()
    dropped = pl.concat([store.read(CATALOGS_DROPPED), store.read(SPECS_DROPPED)])
    reasons = {
        name: set(dropped.filter(pl.col("partition") == name.removesuffix(name[-5:]))["reason"])
        for name in HOSTILE
    }
    assert reasons == {name: wanted for name, (_, wanted) in HOSTILE.items()}
    assert _names(project) == _names(made_project) | {"ping", "grow"}
    for path in project.catalogs.glob("hostile-*"):
        path.unlink()
    output = project.toolmind("run")
    assert "removed, since it is no longer configured: hostile-neighbour" in output
    assert set(_store(project).read(RAW_FUNCTIONS)["catalog"]) == {"mcp-git", "groundhogs"}
    for table in (FUNCTIONS, EDGES):  # and these decide all that follows
        assert _digest(project, table) == _digest(made_project, table)


def _names(project) -> set[str]:
    return set(_store(project).read(FUNCTIONS)["name"])


def _digest(project, table) -> str:
    return _store(project).commits(table)[None].content_digest


@pytest.mark.filterwarnings("ignore:AssetExecutionContext.run_id is deprecated")
def test_a_shard_of_either_kind_is_materialised_alone(project):
    for stage in ("tasks", "dialogues", "opensets", "trajectories"):
        shutil.rmtree(project.home / "tables" / stage)
    judged = _of("trajectories")
    job = build_defs(project.settings).resolve_implicit_global_asset_job_def()
    _materialise(project, job, "sim-0001", [*_of("tasks"), *_of("dialogues")], judged)
    assert _store(project).partitions(DIALOGUES) == ("sim-0001",)
    assert _store(project).partitions(SAMPLES) == ("sim-0001",)
    _materialise(project, job, "open-glaive-00", _of("opensets"), judged)
    assert _store(project).partitions(SAMPLES) == ("open-glaive-00", "sim-0001")
    assert _store(project).partitions(OPEN_DIALOGUES) == ("open-glaive-00",)


def _of(stage: str) -> list[dg.AssetKey]:
    return [dg.AssetKey(table.name.split("/")) for table in TABLES if table.stage == stage]


def _materialise(project, job: dg.JobDefinition, partition: str, *groups: list[dg.AssetKey]) -> None:
    for keys in groups:
        result = job.execute_in_process(
            asset_selection=keys, partition_key=partition, instance=project.instance, run_config=QUIET
        )
        assert result.success
        assert all(evaluation.passed for evaluation in result.get_asset_check_evaluations())
