"""What the pages for contributors say: the files that they name exist, and the stage that they show can be made."""

import re
import sys
from collections.abc import Iterator
from importlib import import_module, invalidate_caches
from pathlib import Path
from types import ModuleType

import dagster as dg
import pytest

import toolmind_assets.stages
import toolmind_assets.tables
from toolmind_assets.model.dialogues import Dialogue, Message, Speaker, StopReason
from toolmind_assets.orchestration.code_location import build_defs
from toolmind_assets.settings.config import Settings, config_model
from toolmind_assets.settings.surroundings import params_of, work_of
from toolmind_assets.stages.registry import STAGES
from toolmind_assets.steps.pipeline import Pipeline
from toolmind_assets.tables.dialogues import DIALOGUES
from toolmind_assets.tables.rows import encode_rows
from toolmind_resources.delta.commit import Commit
from toolmind_resources.delta.store import DeltaStore

ROOT = Path(__file__).parents[2]
PAGES = ("docs/architecture.md", "CONTRIBUTING.md")
PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:toml|yaml|md))`")
"""In backticks: what has a slash, or is a file at the root; a placeholder in angle brackets is none."""
BLOCK = re.compile(r"```python\n# (\S+)\n(.*?)```", re.DOTALL)
WITHIN_A_STAGE = ("prompts/",)
TABLE_NAME = re.compile(r"[a-z]+/[a-z_]+")


def _paths(page: str) -> list[str]:
    named = PATH.findall((ROOT / page).read_text("utf-8"))
    return [path for path in named if path not in WITHIN_A_STAGE and not TABLE_NAME.fullmatch(path)]


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_exists(page: str):
    assert len(_paths(page)) > 10
    assert [path for path in _paths(page) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_to_a_file(page: str):
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / page).read_text("utf-8"))
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


@pytest.fixture
def openings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The module of the stage that the page shows, with its tables beside it, as if they stood in the package."""
    blocks = dict(BLOCK.findall((ROOT / PAGES[0]).read_text("utf-8")))
    for name, text in blocks.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        (file.parent / "__init__.py").touch()
    for package in (toolmind_assets.tables, toolmind_assets.stages):
        folder = tmp_path.joinpath(*package.__name__.split("."))
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    invalidate_caches()
    yield import_module("toolmind_assets.stages.openings.stage")
    for name in [
        name for name in sys.modules if re.match(r"toolmind_assets\.(tables|stages)\.openings", name)
    ]:
        del sys.modules[name]
    for package in (toolmind_assets.tables, toolmind_assets.stages):
        delattr(package, "openings")


def test_the_stage_that_the_page_shows_makes_its_rows(openings: ModuleType, tmp_path: Path):
    stage = openings.STAGE
    place = [other.name for other in STAGES].index("dialogues") + 1
    pipeline = Pipeline((*STAGES[:place], stage, *STAGES[place:]))
    config = config_model(pipeline).model_validate({"openings": {"words_max": 3}, "shards": {"simulated": 1}})
    settings = Settings(config, tmp_path, tmp_path / "home", pipeline=pipeline)
    node = build_defs(settings).resolve_asset_graph().get(dg.AssetKey(["openings", "openings"]))
    assert {key.name for key in node.check_keys} == {"schema", "key_unique", "parents_exist"}
    assert node.partitions_def.get_partition_keys() == ["sim-0000"]

    store = DeltaStore(settings.tables)
    commit = Commit(input_digest="i", build_token="b", reads={})
    store.write(DIALOGUES, encode_rows(DIALOGUES, [_dialogue()], "b"), "sim-0000", commit)
    (step,) = stage.steps
    work = work_of(settings, step)
    assert params_of(settings, step).words_max == 3
    built = work.build(store, ["sim-0000"], {"sim-0000": None})
    (table,) = step.makes
    build = built.builds[table]
    assert build.frame.drop("build_token").rows() == [("sim-0000", "dialogue_1", "Please book a", 5)]
    assert "lengths" in built.figures[table]
    store.write(table, build.frame, "sim-0000", build.commits["sim-0000"])
    assert not work.is_due(store, "sim-0000")


def _dialogue() -> Dialogue:
    return Dialogue(
        dialogue_id="dialogue_1", shard="sim-0000", task_id="task_1", source="simulated", licence="",
        scenario="chained", domain="", language="en", function_ids=(), tools=(),
        messages=(Message(Speaker.SYSTEM, "Be kind."), Message(Speaker.USER, "Please book a room today.")),
        stop_reason=StopReason.TURN_LIMIT, models=(), prompt_digest="", n_turns=0, content_digest="c",
    )  # fmt: skip
