"""What goes with a catalog is told before it goes, and a catalog that is still configured stays."""

from dataclasses import replace

import pytest
import yaml

from toolmind_assets.errors import InputError
from toolmind_assets.model.functions import FunctionSource
from toolmind_assets.settings.config import Settings, ToolMindConfig
from toolmind_assets.settings.removal import (
    catalog_tables,
    forget_catalog,
    place_of,
    plan_removal,
    removal_lines,
    stray_catalogs,
)
from toolmind_assets.stages.registry import PIPELINE, TABLES
from toolmind_assets.tables.dialogues import DIALOGUES
from toolmind_assets.tables.graph import EDGES
from toolmind_assets.tables.rows import encode_rows
from toolmind_assets.tables.specs import FUNCTIONS
from toolmind_assets.tables.tasks import TASKS
from toolmind_assets.tables.trajectories import SAMPLES
from toolmind_resources.delta.commit import Commit
from toolmind_resources.delta.store import DeltaStore


def _settings(project) -> Settings:
    file = project.root / "toolmind.yaml"
    config = ToolMindConfig.model_validate(yaml.safe_load(file.read_text()))
    return Settings(config, project.root, project.home, file)


def _store(project) -> DeltaStore:
    return DeltaStore(project.home / "tables")


def _unlist(project, catalog: str) -> None:
    """Takes a catalog out of manifest and folder."""
    manifest = project.catalogs / "manifest.yaml"
    kept = [line for line in manifest.read_text().splitlines() if f"name: {catalog}," not in line]
    manifest.write_text("\n".join(kept) + "\n")
    (project.catalogs / "groundhog-day.com.json").unlink()


def test_a_plan_counts_the_rows_of_the_catalog_and_all_that_rests_on_it(made_project):
    store = _store(made_project)
    versions = store.versions(TABLES)
    plans = {name: plan_removal(store, PIPELINE, name) for name in ("mcp-git", "groundhogs")}
    assert store.versions(TABLES) == versions
    for name, plan in plans.items():
        assert set(plan.rows) == {table.name for table in catalog_tables(PIPELINE)}
        assert plan.rows["specs/normalized"] == len(plan.functions) > 0
        assert plan.n_shared == 0
        assert f"functions from this catalog alone: {len(plan.functions)}" in "\n".join(removal_lines(plan))
        assert plan.catalog == name
    git, groundhogs = plans["mcp-git"], plans["groundhogs"]
    assert {*git.functions, *groundhogs.functions} == set(store.read(FUNCTIONS)["name"])
    assert max(git.n_edges, groundhogs.n_edges) <= store.row_count(EDGES) <= git.n_edges + groundhogs.n_edges
    # Every task walks or offers a function of one of the two, and every dialogue acts out a task.
    assert git.n_tasks + groundhogs.n_tasks >= store.row_count(TASKS) > 0
    assert git.n_dialogues + groundhogs.n_dialogues >= store.row_count(DIALOGUES) > 0
    simulated = store.read(SAMPLES, columns=["source"]).filter(source="simulated").height
    assert git.n_samples + groundhogs.n_samples >= simulated > 0


def test_a_function_that_another_catalog_holds_too_stays(make, tmp_path):
    by_name = make.functions()
    places = {"find_customer": ("shop",), "list_orders": ("shop", "mirror"), "get_order": ("mirror",)}
    functions = [
        replace(
            by_name[name], sources=tuple(FunctionSource("e", at, "l", "s", "1", "MIT") for at in catalogs)
        )
        for name, catalogs in places.items()
    ]
    ids = {function.function_id for function in functions}
    edges = [edge for edge in make.edges() if {edge.source_function_id, edge.target_function_id} <= ids]
    store = DeltaStore(tmp_path)
    commit = Commit(input_digest="i", build_token="t", reads={})
    for table, values in ((FUNCTIONS, functions), (EDGES, edges), (TASKS, list(make.tasks().values()))):
        partition = "sim-0000" if table is TASKS else None
        store.write(table, encode_rows(table, values), partition, commit)
    plan = plan_removal(store, PIPELINE, "shop")
    assert (plan.functions, plan.n_shared, plan.n_edges) == (("find_customer",), 1, 1)
    finding = by_name["find_customer"].function_id
    assert plan.n_tasks == sum(finding in task.offered_function_ids for task in make.tasks().values()) == 7
    assert (plan.n_dialogues, plan.n_samples, dict(plan.rows)) == (0, 0, {})


def test_a_catalog_that_is_still_configured_is_not_forgotten_and_the_place_is_named(project):
    (project.root / "toolmind.yaml").open("a").write(
        "catalogs: {sources: [{name: elsewhere, path: catalogs/mcp-server-git.json}]}\n"
    )
    (project.catalogs / "dropped-in.json").write_text("[]")
    settings = _settings(project)
    assert place_of(settings, "groundhogs") == f"its entry in {project.catalogs / 'manifest.yaml'}"
    assert place_of(settings, "dropped-in") == str(project.catalogs / "dropped-in.json")
    assert place_of(settings, "elsewhere") == f"catalogs.sources of {project.root / 'toolmind.yaml'}"
    assert place_of(settings, "unknown") is None
    for name in ("groundhogs", "dropped-in", "elsewhere"):
        with pytest.raises(InputError, match=r"is still configured: remove .* first"):
            forget_catalog(settings, name, is_confirmed=True)
    assert _store(project).versions(TABLES) == _store(project).versions(TABLES)


def test_what_no_table_holds_cannot_be_forgotten(project):
    _unlist(project, "groundhogs")
    with pytest.raises(InputError, match=r"no table holds a row of a catalog 'nobody'; .*: groundhogs"):
        forget_catalog(_settings(project), "nobody", is_confirmed=True)


def test_a_catalog_is_forgotten_only_when_that_is_confirmed(project):
    _unlist(project, "groundhogs")
    store, settings = _store(project), _settings(project)
    assert stray_catalogs(store, PIPELINE, {"mcp-git"}) == ("groundhogs",)
    versions, plan = store.versions(TABLES), plan_removal(store, PIPELINE, "groundhogs")
    assert forget_catalog(settings, "groundhogs", is_confirmed=False) == plan
    assert store.versions(TABLES) == versions
    assert forget_catalog(settings, "groundhogs", is_confirmed=True) == plan
    assert [table.name for table in catalog_tables(PIPELINE) if "groundhogs" in store.partitions(table)] == []
    assert stray_catalogs(store, PIPELINE, {"mcp-git"}) == ()
    assert all("mcp-git" in store.partitions(table) for table in catalog_tables(PIPELINE))
    rest = {table.name for table in TABLES} - {table.name for table in catalog_tables(PIPELINE)}
    assert {name: store.versions(TABLES)[name] for name in rest} == {name: versions[name] for name in rest}
