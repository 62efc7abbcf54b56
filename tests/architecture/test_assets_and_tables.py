"""Assets and tables are one to one, and every table is checked."""

from pathlib import Path

import dagster as dg
import polars as pl
import pytest
import yaml
from dagster._core.instance.config import PoolGranularity

from toolmind_assets.definitions import defs
from toolmind_assets.settings.config import Settings, ToolMindConfig
from toolmind_assets.settings.dagster_files import instance_folder
from toolmind_assets.stages.registry import PIPELINE, TABLES
from toolmind_resources.delta.judge import KEY, PARENTS, SCHEMA
from toolmind_resources.delta.table import BUILD_TOKEN, Table

GRAPH = defs.resolve_asset_graph()
BY_NAME = {table.name: table for table in TABLES}
DROPPED_WHOLE = ("mixture/dropped", "specs/completions_dropped")
each_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


def _spec(table: Table) -> dg.AssetSpec:
    return GRAPH.get(dg.AssetKey(table.name.split("/"))).to_asset_spec()


def test_every_table_is_an_asset_and_every_asset_a_table():
    assert sorted("/".join(key.path) for key in GRAPH.get_all_asset_keys()) == sorted(BY_NAME)
    assert len(BY_NAME) == len(TABLES)


@each_table
def test_an_asset_says_what_it_is(table: Table):
    spec = _spec(table)
    assert spec.group_name == table.stage
    assert list(spec.owners) == ["team:toolmind"]
    assert {"deltalake", "polars"} <= spec.kinds
    assert table.row in (spec.description or "")
    assert spec.code_version


@each_table
def test_an_asset_has_partitions_where_its_table_has(table: Table):
    # What is dropped of a step over the whole has the partition "".
    is_partitioned = GRAPH.get(dg.AssetKey(table.name.split("/"))).partitions_def is not None
    assert is_partitioned == (table.partition_by is not None) or table.name in DROPPED_WHOLE


@each_table
def test_a_table_is_checked_for_schema_key_parents_and_laws(table: Table):
    keys = GRAPH.get_check_keys_for_assets({dg.AssetKey(table.name.split("/"))})
    wanted = {SCHEMA, KEY, *(law.name for law in table.laws), *([PARENTS] if table.checked_parents else [])}
    assert {key.name for key in keys} == wanted


@each_table
def test_what_a_table_names_exists(table: Table):
    names = [column.name for column in table.columns]
    assert len(set(names)) == len(names)
    assert set(table.key) <= set(names)
    assert table.partition_by is None or table.schema[table.partition_by] == pl.String
    assert BUILD_TOKEN not in names
    for column in table.columns:
        assert column.meaning.strip() == column.meaning != ""
    for parent in table.parents:
        assert parent.column in names
        assert parent.parent_column in BY_NAME[parent.parent].schema
    for law in table.laws:
        assert law.reads and set(law.reads) <= set(BY_NAME)


def test_dropped_rows_have_one_shape():
    shapes = {table.all_columns for table in TABLES if table.name.endswith("dropped")}
    assert len(shapes) == 1


def test_the_instance_runs_its_steps_in_one_process():
    assert defs.executor is dg.in_process_executor


@pytest.mark.parametrize("is_stated", [True, False], ids=["dagster.yaml", "no dagster.yaml"])
def test_runs_that_ask_models_are_bounded_and_no_slot_of_a_dead_one_holds_a_run_up(
    tmp_path: Path, is_stated: bool
):
    """A slot is taken by steps where granularity is `op`, and kept by a process that was killed."""
    asking = {step.makes[-1] for step in PIPELINE.steps if step.roles}
    pools = {table: GRAPH.get(dg.AssetKey(table.name.split("/"))).pools for table in TABLES}
    assert {table for table in (step.makes[-1] for step in PIPELINE.steps) if pools[table]} == asking
    assert set().union(*pools.values()) == {"chat"}
    if is_stated:
        (tmp_path / "dagster.yaml").write_text((Path(__file__).parents[2] / "dagster.yaml").read_text())
    folder = instance_folder(Settings(ToolMindConfig(), tmp_path, tmp_path / "home"))
    assert yaml.safe_load((folder / "dagster.yaml").read_text())["concurrency"]["pools"]
    with dg.DagsterInstance.from_config(str(folder)) as instance:
        stated = instance.event_log_storage.get_pool_config()
        assert (stated.pool_granularity, stated.default_pool_limit) == (PoolGranularity.RUN, 2)
        instance.event_log_storage.set_concurrency_slots("chat", 1)
        assert instance.event_log_storage.claim_concurrency_slot("chat", "dead", "step").is_claimed

        @dg.asset(pool="chat")
        def asking_asset() -> int:
            return 1

        assert dg.materialize([asking_asset], instance=instance).success


@each_table
def test_a_backfill_makes_shards_four_a_run_and_all_else_in_one(table: Table):
    policy = GRAPH.get(dg.AssetKey(table.name.split("/"))).backfill_policy
    is_shard = PIPELINE.maker_of(table).partitions.is_shard
    assert policy is not None
    assert policy.max_partitions_per_run == (4 if is_shard else None)
