"""`toolmind run` from catalogs to exports, again, in another order, killed, and with catalogs that come and go.

Every run is the real command line in a process of its own, on the tiny project of conftest.py.
"""

import json
import os
import shutil
import subprocess
import sys

import dagster as dg
import polars as pl

from toolmind_assets.model.tasks import Scenario
from toolmind_assets.stages.registry import TABLES
from toolmind_assets.tables.catalogs import CATALOGS_DROPPED, RAW_FUNCTIONS
from toolmind_assets.tables.dialogues import DIALOGUES
from toolmind_assets.tables.exports import MANIFESTS
from toolmind_assets.tables.mixture import MIXED_SAMPLES
from toolmind_assets.tables.opensets import OPEN_DIALOGUES, OPENSETS_DROPPED
from toolmind_assets.tables.specs import FUNCTIONS, SPECS_DROPPED
from toolmind_assets.tables.tasks import TASKS
from toolmind_assets.tables.trajectories import SAMPLES
from toolmind_resources.delta.judge import KEY, PARENTS, SCHEMA, Judge
from toolmind_resources.delta.store import DeltaStore

MATERIALISE = """
import sys
import dagster as dg
from toolmind_assets.definitions import defs

partition, *groups = sys.argv[1:]
job = defs.resolve_implicit_global_asset_job_def()
with dg.DagsterInstance.ephemeral() as instance:
    for tables in groups:
        keys = [dg.AssetKey(table.split("/")) for table in tables.split(",")]
        result = job.execute_in_process(asset_selection=keys, partition_key=partition, instance=instance)
        assert result.success
        assert all(evaluation.passed for evaluation in result.get_asset_check_evaluations())
"""


def _store(project) -> DeltaStore:
    return DeltaStore(project.home / "tables")


def _names(stage: str) -> list[str]:
    return [table.name for table in TABLES if table.stage == stage]


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
    from toolmind_assets.definitions import defs

    keys = list(defs.resolve_asset_graph().asset_check_keys)
    with dg.DagsterInstance.from_config(str(made_project.home / "dagster")) as instance:
        latest = instance.event_log_storage.get_latest_asset_check_execution_by_key(keys)
        statuses = {run.status for run in instance.get_runs()}
    assert {key for key in keys if key not in latest} == set()
    assert {record.status.value for record in latest.values()} == {"SUCCEEDED"}
    assert statuses == {dg.DagsterRunStatus.SUCCESS}


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
    odd_project.toolmind("run", "--workers", 2)
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


def test_a_killed_run_taken_up_in_reverse_order_by_two_workers_ends_with_the_same_exports(
    empty_project, made_project
):
    process = empty_project.start("run", "--workers", 1)
    assert any("shards: 1 of 3" in line for line in process.stdout)
    process.kill()
    process.communicate()
    done = _store(empty_project).commits(SAMPLES)
    empty_project.toolmind("run", "--reverse", "--workers", 2)
    assert empty_project.exports == made_project.exports
    again = _store(empty_project).commits(SAMPLES)
    assert {shard: again[shard].version for shard in done} == {s: c.version for s, c in done.items()}
    with dg.DagsterInstance.from_config(str(empty_project.home / "dagster")) as instance:
        ended = {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE}
        assert {run.status for run in instance.get_runs()} <= ended


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


def test_catalogs_come_and_go_and_hostile_ones_cost_no_neighbour(project):
    exports, kept = project.exports, _functions(project)
    for name, (content, _) in HOSTILE.items():
        (project.catalogs / name).write_bytes(content or b"")
    os.truncate(project.catalogs / "hostile-large.json", 200 * 1024**2)
    project.toolmind("run", "--workers", 2)
    store = _store(project)
    dropped = pl.concat([store.read(CATALOGS_DROPPED), store.read(SPECS_DROPPED)])
    reasons = {
        name: set(dropped.filter(pl.col("partition") == name.removesuffix(name[-5:]))["reason"])
        for name in HOSTILE
    }
    assert reasons == {name: wanted for name, (_, wanted) in HOSTILE.items()}
    assert _functions(project) == kept | {"ping", "grow"}
    for path in project.catalogs.glob("hostile-*"):
        path.unlink()
    output = project.toolmind("run", "--workers", 2)
    assert "removed, since it is no longer configured: hostile-neighbour" in output
    assert set(_store(project).read(RAW_FUNCTIONS)["catalog"]) == {"mcp-git", "groundhogs"}
    assert _functions(project) == kept
    assert project.exports == exports


def test_a_shard_of_either_kind_is_materialised_alone(project):
    for stage in ("tasks", "dialogues", "opensets", "trajectories"):
        shutil.rmtree(project.home / "tables" / stage)
    judged = _names("trajectories")
    _materialise(project, "sim-0001", [*_names("tasks"), *_names("dialogues")], judged)
    assert _store(project).partitions(DIALOGUES) == ("sim-0001",)
    assert _store(project).partitions(SAMPLES) == ("sim-0001",)
    _materialise(project, "open-glaive-00", _names("opensets"), judged)
    assert _store(project).partitions(SAMPLES) == ("open-glaive-00", "sim-0001")
    assert _store(project).partitions(OPEN_DIALOGUES) == ("open-glaive-00",)


def _materialise(project, partition: str, *groups: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MATERIALISE, partition, *map(",".join, groups)],
        cwd=project.root,
        env=project.environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def _functions(project) -> set[str]:
    return set(_store(project).read(FUNCTIONS)["name"])
