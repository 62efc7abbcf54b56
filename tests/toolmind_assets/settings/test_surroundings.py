"""What the dataset card tells of the configuration: what decides rows, and not where things lie or what they cost."""

from pathlib import Path
from typing import Any

import pytest

from toolmind_assets.settings.config import Settings, ToolMindConfig
from toolmind_assets.settings.surroundings import Surroundings

SET = {"name": "a", "set": "glaive", "path": "a.jsonl", "licence": "MIT"}


def _digest(**sections: Any) -> str:
    config = ToolMindConfig.model_validate({"opensets": [SET], **sections})
    return Surroundings(Settings(config, Path("nowhere"), Path("nowhere"))).parameters_digest()


@pytest.mark.parametrize(
    "sections",
    [
        {"catalogs": {"folder": "elsewhere", "sources": [{"name": "b", "path": "b.json"}]}},
        {"opensets": [{**SET, "path": "elsewhere.jsonl"}]},
        {"trajectories": {"concurrency": 3}},
        {"exports": {"formats": ["openai"], "title": "Another"}},
        {"shards": {"in_flight": 3}},
        {"embedder": {"batch_texts": 8, "timeout_seconds": 300}},
        {"budget": {"calls": 3}},
        {"automation": {"refresh_cron": ""}},
    ],
)
def test_what_decides_no_row_is_not_told(sections: dict[str, Any]):
    assert _digest(**sections) == _digest()


@pytest.mark.parametrize(
    "sections",
    [
        {"seed": 1},
        {"catalogs": {"max_file_bytes": 1000}},
        {"opensets": [{**SET, "max_rows": 3}]},
        {"trajectories": {"n_votes": 3}},
        {"shards": {"simulated": 3}},
        {"embedded": {"judge_wrong": 0.5}},
        {"tasks": {"walk_min": 3}},
    ],
)
def test_what_decides_rows_is_told(sections: dict[str, Any]):
    assert _digest(**sections) != _digest()
