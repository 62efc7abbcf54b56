"""What goes with a catalog is told before it goes, and a catalog that is still configured stays."""

from dataclasses import replace

import polars as pl
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
from toolmind_assets.stages.registry import PIPELINE, STAGES, TABLES
from toolmind_assets.steps.pipeline import Pipeline
from toolmind_assets.steps.step import Made, Stage, Step
from toolmind_assets.tables.dialogues import ARGUMENTS, CALLS, DIALOGUES
from toolmind_assets.tables.graph import EDGES
from toolmind_assets.tables.mixture import MIXED_SAMPLES
from toolmind_assets.tables.rows import encode_rows
from toolmind_assets.tables.specs import FUNCTIONS
from toolmind_assets.tables.tasks import TASKS
from toolmind_assets.tables.trajectories import SAMPLES
from toolmind_resources.delta.commit import Commit
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import BUILD_TOKEN, Column, Parent, Table


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
    # Every edge links, and every task walks or offers, functions of one of the two; the rest rests on tasks.
    for table in (EDGES, TASKS, DIALOGUES, CALLS, ARGUMENTS):
        counts = [plan.resting.get(table.name, 0) for plan in plans.values()]
        assert max(counts) <= store.row_count(table) <= sum(counts)
        assert max(counts) > 0
    for table in (SAMPLES, MIXED_SAMPLES):
        simulated = store.read(table, columns=["source"]).filter(source="simulated").height
        assert sum(plan.resting[table.name] for plan in plans.values()) >= simulated > 0
    assert f"graph/edges: {git.resting['graph/edges']} rows that rest on those that go" in removal_lines(git)


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
    assert (plan.functions, plan.n_shared, dict(plan.rows)) == (("find_customer",), 1, {})
    finding = by_name["find_customer"].function_id
    assert sum(finding in task.offered_function_ids for task in make.tasks().values()) == 7
    assert plan.resting == {"graph/edges": 1, "tasks/tasks": 7}
    unheld = plan_removal(store, PIPELINE, "nobody")
    assert (unheld.functions, unheld.n_shared, unheld.resting) == ((), 0, {})
    assert removal_lines(unheld)[-1] == "nothing rests on those that go"


RATINGS = Table(
    "ratings/ratings",
    "a person's opinion of a function",
    (Column("rating_id", pl.String, "id"), Column("function_id", pl.String, "the function")),
    ("rating_id",),
    parents=(Parent("function_id", "specs/functions", "function_id"),),
)
REPLIES = Table(
    "ratings/replies",
    "what was replied to ratings",
    (Column("reply_id", pl.String, "id"), Column("rating_ids", pl.List(pl.String), "the ratings")),
    ("reply_id",),
    parents=(Parent("rating_ids", "ratings/ratings", "rating_id", is_alternative=True),),
)
TOY = Stage(
    name="ratings",
    steps=(
        Step(name="rate", description="Ratings.", makes=(RATINGS,), make=lambda _: Made({})),
        Step(name="reply", description="Replies.", makes=(REPLIES,), make=lambda _: Made({})),
    ),
)


def test_a_stage_of_its_own_is_counted_by_what_its_tables_declare(make, tmp_path):
    functions = [
        replace(function, sources=(FunctionSource("e", catalog, "l", "s", "1", "MIT"),))
        for function, catalog in zip(make.functions().values(), ("shop", "shop", "mirror"), strict=False)
    ]
    shop_1, shop_2, mirror = (function.function_id for function in functions)
    store = DeltaStore(tmp_path)
    commit = Commit(input_digest="i", build_token="t", reads={})
    ratings = {"rating_id": ["a", "b", "c"], "function_id": [shop_1, shop_2, mirror]}
    replies = {"reply_id": ["1", "2", "3"], "rating_ids": [["a", "b"], ["b", "c"], ["c"]]}
    store.write(FUNCTIONS, encode_rows(FUNCTIONS, functions), None, commit)
    for table, columns in ((RATINGS, ratings), (REPLIES, replies)):
        frame = pl.DataFrame(columns).with_columns(pl.lit("t").alias(BUILD_TOKEN))
        store.write(table, frame, None, commit)
    plan = plan_removal(store, Pipeline((*STAGES, TOY)), "shop")
    assert plan.resting == {"ratings/ratings": 2, "ratings/replies": 1}
    assert plan_removal(store, PIPELINE, "shop").resting == {}


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
