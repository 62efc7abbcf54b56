"""`toolmind run --accept N`: as many shards as N samples take, and no more."""

import pytest

from toolmind_assets.tables.trajectories import SAMPLES
from toolmind_resources.delta.store import DeltaStore


@pytest.fixture
def accepted(empty_project):
    """A project after a run that wanted one sample."""
    output = empty_project.toolmind("run", "--accept", 1)
    return empty_project, output


def test_shards_are_begun_until_enough_samples_stand_and_then_all_is_exported(accepted):
    project, output = accepted
    assert "shards: 1 of 3" in output and "shards: 2 of 3" not in output
    assert set(DeltaStore(project.home / "tables").read(SAMPLES)["shard"]) == {"sim-0000"}
    assert project.exports != {}
    assert "Nothing to do" in project.toolmind("run", "--accept", 1)
    refused = project.refusal("run", "--accept", 100_000)
    n_samples = DeltaStore(project.home / "tables").read(SAMPLES).height
    assert f"{n_samples:,} of 100,000 samples stand, and all configured shards are made" in refused
    assert "set shards.simulated to" in refused
