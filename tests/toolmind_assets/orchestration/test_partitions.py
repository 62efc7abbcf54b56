"""A shard of trajectories has its parent in the shard of the same name, of whichever kind, and in no other."""

from pathlib import Path

import dagster as dg
import pytest

from toolmind_assets.orchestration.factory import build_assets
from toolmind_assets.orchestration.partitions import mapping_of
from toolmind_assets.settings.config import Settings, ToolMindConfig
from toolmind_assets.steps.step import Partitions

SET = {"name": "a", "set": "glaive", "path": "a.jsonl", "licence": "MIT", "n_shards": 2}
CONFIG = ToolMindConfig.model_validate({"shards": {"simulated": 2}, "opensets": [SET]})
SETTINGS = Settings(CONFIG, Path("nowhere"), Path("nowhere"))


@pytest.mark.parametrize(
    ("upstream", "shards"),
    [
        (Partitions.SIMULATED, ["sim-0000", "sim-0001"]),
        (Partitions.OPEN, ["open-a-00", "open-a-01"]),
    ],
)
def test_shards_of_one_name_belong_together(upstream: Partitions, shards: list[str]):
    mapping = mapping_of(SETTINGS, upstream, Partitions.SHARD)
    assert mapping == dg.StaticPartitionMapping({shard: shard for shard in shards})


@pytest.mark.parametrize(
    ("upstream", "own"),
    [
        (Partitions.CATALOG, Partitions.CATALOG),
        (Partitions.SIMULATED, Partitions.SIMULATED),
        (Partitions.CATALOG, Partitions.WHOLE),
        (Partitions.WHOLE, Partitions.SIMULATED),
        (Partitions.SHARD, Partitions.WHOLE),
    ],
)
def test_else_the_obvious_way_is_taken(upstream: Partitions, own: Partitions):
    assert mapping_of(SETTINGS, upstream, own) is None


def test_the_assets_of_trajectories_are_mapped_so():
    (judging,) = (asset for asset in build_assets(SETTINGS) if asset.op.name == "judge_trajectories")
    wanted = mapping_of(SETTINGS, Partitions.OPEN, Partitions.SHARD)
    assert judging.get_partition_mapping(dg.AssetKey(["opensets", "dialogues"])) == wanted
