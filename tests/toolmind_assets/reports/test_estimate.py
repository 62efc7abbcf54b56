"""An estimate looks at a part of every kind of shard that is due, and none stands for shards of another size."""

from pathlib import Path
from typing import Any

import pytest

from toolmind_assets.reports import estimate
from toolmind_assets.reports.estimate import _Count, _Estimating
from toolmind_assets.settings.config import Settings, ToolMindConfig
from toolmind_assets.steps.work import Glance
from toolmind_resources.chat.model import Role
from toolmind_resources.delta.store import DeltaStore

JUDGE = Role("turn_judge")
ENDPOINT = {"name": "hosted", "base_url": "http://127.0.0.1:9/v1", "model": "m"}
CHAT = {"models": [ENDPOINT], "roles": {"default": "hosted"}}


def _open_set(name: str) -> dict[str, str]:
    return {"name": name, "set": "glaive", "path": "rows.jsonl", "licence": "MIT"}


def _estimated(
    root: Path, monkeypatch: pytest.MonkeyPatch, calls: dict[str, int], **sections: Any
) -> tuple[float, dict[str, int]]:
    """The calls that are estimated, and of which shards how many rows were made, where a row is a call."""
    (root / "catalogs").mkdir()
    (root / "rows.jsonl").write_text("")
    config = ToolMindConfig.model_validate({"chat": CHAT, **sections})
    looked_at: dict[str, int] = {}

    def made(self: object, work: Any, shard: str, sample: int) -> tuple[dict[Role, _Count], list[Any]]:
        if work.step.name != "judge_trajectories":
            return {}, []
        n_made = min(sample, calls[shard])
        looked_at[shard] = n_made
        return {JUDGE: _Count(n_made)}, [(n_made, calls[shard])]

    monkeypatch.setattr(_Estimating, "_made", made)
    estimating = _Estimating(Settings(config, root, root / "home"), Glance(DeltaStore(root / "home")), None)
    estimating.count_shards(is_corpus_due=False)
    return estimating.total[JUDGE].n_calls, looked_at


def test_shards_whose_replies_are_kept_do_not_stand_for_those_whose_are_not(tmp_path, monkeypatch):
    calls = {"sim-0000": 0, "sim-0001": 100, "sim-0002": 100}
    n_calls, looked_at = _estimated(tmp_path, monkeypatch, calls, shards={"simulated": 3})
    assert looked_at.keys() == calls.keys()
    assert n_calls == pytest.approx(200)


def test_a_small_set_does_not_stand_for_a_large_one(tmp_path, monkeypatch):
    calls = {"open-small-00": 200, "open-large-00": 100_000}
    sets = [_open_set("small"), _open_set("large")]
    n_calls, _ = _estimated(tmp_path, monkeypatch, calls, shards={"simulated": 0}, opensets=sets)
    assert n_calls == pytest.approx(100_200)


def test_of_many_shards_some_stand_for_all(tmp_path, monkeypatch):
    monkeypatch.setattr(estimate, "MAX_SHARDS", 4)
    calls = {f"sim-{number:04d}": 50 for number in range(10)}
    n_calls, looked_at = _estimated(tmp_path, monkeypatch, calls, shards={"simulated": 10})
    assert list(looked_at) == ["sim-0000", "sim-0002", "sim-0005", "sim-0007"]
    assert n_calls == pytest.approx(500)
