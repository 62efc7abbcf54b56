"""The real Dagster daemon: files that come, change and go reach functions and graph by themselves, and no further.

One daemon, one wave after the other, on a project in which everything was made before.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from toolmind_assets.settings.removal import catalog_tables, plan_removal
from toolmind_assets.stages.registry import PIPELINE, TABLES
from toolmind_assets.tables.catalogs import FILES, RAW_FUNCTIONS
from toolmind_assets.tables.graph import EDGES
from toolmind_assets.tables.specs import (
    COMPLETIONS,
    COMPLETIONS_DROPPED,
    FUNCTIONS,
    NEAR_DUPLICATES,
    NORMALIZED,
)
from toolmind_resources.delta.store import DeltaStore

pytestmark = pytest.mark.slow

AUTOMATION = "automation: {refresh_cron: '* * * * *'}\n"
FOLLOWING = (COMPLETIONS_DROPPED, COMPLETIONS, FUNCTIONS, NEAR_DUPLICATES, EDGES)
AUTOMATED = {table.name for table in (*catalog_tables(PIPELINE), *FOLLOWING)}
WAVE_SECONDS = 300
"""From a change of files to the graph at the latest; some 45 on two free cores, and a busy machine is no reason to fail."""


def _tool(name: str, description: str, takes: str, returns: str) -> dict:
    text = {"type": "string"}
    return {
        "name": name,
        "description": description,
        "inputSchema": {"type": "object", "properties": {takes: text}, "required": [takes]},
        "outputSchema": {"type": "object", "properties": {returns: text}, "required": [returns]},
    }


FIND_HOST = _tool("find_host", "Finds the host that serves a domain name.", "domain_name", "host_id")
PING_HOST = _tool("ping_host", "Pings a host by its host ID.", "host_id", "round_trip_time")
CHANGED_PING = {**PING_HOST, "description": "Pings a host by its host ID, five times."}


@contextmanager
def _daemon(project, log: Path) -> Iterator[None]:
    """The daemon at work on the project, and nothing of it left afterwards."""
    home = project.home / "dagster"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("dagster-daemon"), "run", "-m", "toolmind_assets.definitions"],
            cwd=project.root,
            env={**project.environment, "DAGSTER_HOME": str(home)},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield
            assert process.poll() is None, "the daemon has ended by itself"
        except AssertionError as error:
            raise AssertionError(f"{error}\n{log.read_text(errors='replace')[-6000:]}") from error
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=10)


def _wait_for(what: str, is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAVE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"after {WAVE_SECONDS} seconds still not: {what}"
        time.sleep(0.5)


def _id_of(store: DeltaStore, tool: dict) -> str | None:
    """The id of a tool's function, where it stands as it is in the catalog."""
    rows = store.read(FUNCTIONS, columns=["function_id", "name", "description"])
    ids = rows.filter(name=tool["name"], description=tool["description"])["function_id"]
    return ids[0] if len(ids) else None


def _ids(store: DeltaStore) -> set[str]:
    return set(store.read(FUNCTIONS, columns=["function_id"])["function_id"])


def _ends(store: DeltaStore) -> set[str]:
    """Every function that a link starts from or leads to."""
    edges = store.read(EDGES, columns=["source_function_id", "target_function_id"])
    return {*edges["source_function_id"], *edges["target_function_id"]}


def _is_linked(store: DeltaStore, tool: dict) -> bool:
    return _id_of(store, tool) in _ends(store)


def _refreshed(instance: dg.DagsterInstance) -> list[dg.DagsterRun]:
    """Runs of the schedule that have succeeded."""
    tags = {"dagster/schedule_name": "refresh_catalogs"}
    return list(instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS], tags=tags)))


def _untouched(store: DeltaStore, *catalogs: str) -> dict[str, int]:
    """Versions of what the waves must leave alone: later tables, and these catalogs in the tables of catalogs."""
    versions = {name: n for name, n in store.versions(TABLES).items() if name not in AUTOMATED}
    for table in (FILES, RAW_FUNCTIONS, NORMALIZED):
        commits = store.commits(table)
        versions |= {f"{table.name} {name}": commits[name].version for name in catalogs}
    return versions


def _drift(instance: dg.DagsterInstance, since: float) -> dict[str, set[str]]:
    """Names of the functions added, changed and removed since then, as the UI shows them."""
    drift: dict[str, set[str]] = {"added": set(), "changed": set(), "removed": set()}
    records = instance.fetch_materializations(dg.AssetKey(["specs", "functions"]), limit=50).records
    for record in records:
        materialization = record.asset_materialization
        shown = materialization.metadata.get("since the last version") if materialization else None
        if isinstance(shown, dg.TableMetadataValue) and record.timestamp > since:
            for row in shown.records:
                names = str(row.data["first"]).split(", ") if row.data["first"] else []
                assert len(names) == row.data["functions"]
                drift[str(row.data["what"])].update(names)
    return drift


def _stages(runs: Iterable[dg.DagsterRun]) -> set[str]:
    return {key.path[0] for run in runs for key in run.asset_selection or ()}


@pytest.fixture
def project(resumed_project, tmp_path: Path) -> Any:
    shutil.copytree(resumed_project.root, tmp_path / "project")
    return type(resumed_project)(tmp_path / "project")


def test_catalogs_that_come_change_and_go_reach_the_graph_and_nothing_beyond(project, tmp_path):
    with (project.root / "toolmind.yaml").open("a") as file:
        file.write(AUTOMATION)
    store, began = DeltaStore(project.home / "tables"), time.time()
    before = _untouched(store, "mcp-git", "groundhogs")
    groundhogs = plan_removal(store, PIPELINE, "groundhogs").functions
    home = str(project.home / "dagster")
    with _daemon(project, tmp_path / "daemon.log"), dg.DagsterInstance.from_config(home) as instance:
        known = {run.run_id for run in instance.get_runs()}

        hosts = project.catalogs / "hosts.json"
        hosts.write_text(json.dumps({"tools": [FIND_HOST, PING_HOST]}))
        _wait_for("the catalog that was dropped in is linked", lambda: _is_linked(store, PING_HOST))
        assert store.partitions(RAW_FUNCTIONS) == ("groundhogs", "hosts", "mcp-git")
        assert _untouched(store, "mcp-git", "groundhogs") == before
        assert _drift(instance, began) == {
            "added": {"find_host", "ping_host"},
            "changed": set(),
            "removed": set(),
        }

        find_host, first = _id_of(store, FIND_HOST), store.commits(RAW_FUNCTIONS)["hosts"].version
        changed = time.time()
        hosts.write_text(json.dumps({"tools": [FIND_HOST, CHANGED_PING]}))
        manifest = project.catalogs / "manifest.yaml"
        manifest.write_text("".join(manifest.read_text().splitlines(keepends=True)[:-1]))
        (project.catalogs / "groundhog-day.com.json").unlink()
        _wait_for(
            "the changed function is linked, and nothing of the removed catalog is",
            lambda: _is_linked(store, CHANGED_PING) and _ends(store) <= _ids(store),
        )
        assert _drift(instance, changed) == {
            "added": set(),
            "changed": {"ping_host"},
            "removed": set(groundhogs),
        }
        assert _id_of(store, FIND_HOST) == find_host
        assert store.commits(RAW_FUNCTIONS)["hosts"].version > first
        assert [
            table.name for table in catalog_tables(PIPELINE) if "groundhogs" in store.partitions(table)
        ] == []
        assert instance.get_dynamic_partitions("catalogs") == ["mcp-git", "hosts"]

        _wait_for("the schedule has read all catalogs again", lambda: bool(_refreshed(instance)))
        # What neither came, changed nor went was read by every tick, and committed by none.
        mine = {name: version for name, version in before.items() if not name.endswith(" groundhogs")}
        assert _untouched(store, "mcp-git") == mine
        launched = [run for run in instance.get_runs() if run.run_id not in known]
        assert _stages(launched) == {"catalogs", "specs", "graph"}
