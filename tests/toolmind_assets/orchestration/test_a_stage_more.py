"""A stage that is added by its own folder, its table and one line appears everywhere, with nothing else touched."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from toolmind_assets.orchestration.code_location import build_defs
from toolmind_assets.orchestration.materialise import Order, materialise
from toolmind_assets.reports.estimate import estimate_calls
from toolmind_assets.reports.trace import trace
from toolmind_assets.settings.config import Settings, config_model
from toolmind_assets.settings.context_types import context_codec
from toolmind_assets.settings.removal import plan_removal
from toolmind_assets.stages.registry import STAGES
from toolmind_assets.steps.pipeline import Pipeline
from toolmind_resources.delta.judge import KEY, PARENTS, SCHEMA
from toolmind_resources.delta.store import DeltaStore

TABLE = """
import polars as pl
from toolmind_assets.tables.drops import dropped_table
from toolmind_resources.delta.table import Column, Law, Noun, Parent, Table

TITLES = Table(
    name="titles/titles",
    row="a title of a dialogue",
    columns=(
        Column("shard", pl.String, "unit of generation"),
        Column("title_id", pl.String, "hashes the dialogue"),
        Column("dialogue_id", pl.String, "what it is the title of"),
        Column("title", pl.String, "the title"),
    ),
    key=("shard", "title_id"),
    partition_by="shard",
    parents=(Parent("dialogue_id", "dialogues/dialogues", "dialogue_id"),),
    noun=Noun("title", "title_id", "{title}"),
)
"""
STAGE = '''
import asyncio
from dataclasses import dataclass

from pydantic import BaseModel, Field

from toolmind_assets.model.ids import make_id
from toolmind_assets.steps.reads import Read
from toolmind_assets.steps.step import Made, Partitions, Stage, Step
from toolmind_assets.tables.dialogues import DIALOGUES
from toolmind_resources.chat.model import ChatMessage, ChatReply, ChatRequest, Role
from toolmind_titles.tables import TITLES

TITLE_WRITER = Role("title_writer")


class TitleParams(BaseModel):
    """How titles are written."""

    words_max: int = Field(default=3, ge=1, description="Words of a title.")


@dataclass(frozen=True)
class TitleContext:
    scenario: str


@dataclass(frozen=True)
class Title:
    shard: str
    title_id: str
    dialogue_id: str
    title: str


def _make(making):
    rows = making.some(list(making.read(DIALOGUES).iter_rows(named=True)))
    with making.chat() as chat:
        return Made({TITLES: [asyncio.run(_title(making, chat, row)) for row in rows]})


async def _title(making, chat, row):
    request = ChatRequest(TITLE_WRITER, (ChatMessage("user", row["dialogue_id"]),), context=TitleContext(row["scenario"]))
    reply = await chat.complete(request)
    words = reply.content.split()[: making.params.words_max]
    return Title(making.partition, make_id("title", row["dialogue_id"]), row["dialogue_id"], " ".join(words))


def _stand_in(request, rng, errors):
    return ChatReply(f"about {request.context.scenario} and more", model="embedded")


STAGE = Stage(
    name="titles",
    steps=(
        Step(
            name="write_titles",
            description="A title of every dialogue.",
            makes=(TITLES,),
            make=_make,
            reads=(Read(DIALOGUES, columns=("dialogue_id", "scenario")),),
            partitions=Partitions.SIMULATED,
            params=TitleParams,
            roles=(TITLE_WRITER,),
        ),
    ),
    section=TitleParams,
    stand_in={TITLE_WRITER: _stand_in},
    contexts=(TitleContext,),
)
'''
ENDPOINT = {"name": "hosted", "base_url": "http://127.0.0.1:9/v1", "model": "m"}


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """The stages, and one more."""
    folder = tmp_path_factory.mktemp("titles")
    (folder / "toolmind_titles").mkdir()
    for name, text in (("__init__", ""), ("tables", TABLE), ("stage", STAGE)):
        (folder / "toolmind_titles" / f"{name}.py").write_text(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield Pipeline((*STAGES, import_module("toolmind_titles.stage").STAGE))


def _settings(pipeline: Pipeline, root: Path, **sections: Any) -> Settings:
    config = config_model(pipeline).model_validate(
        {"shards": {"simulated": 1}, "tasks": {"tasks_per_shard": 3, "walk_min": 2}, **sections}
    )
    return Settings(config, root, root / "home", None, pipeline)


def _run(settings: Settings) -> dict[str, list[str]]:
    order = Order(settings, 1, settings.config.all_shards, "period", lambda *_: None)
    return materialise(order).groups


def test_it_is_an_asset_with_checks_partitions_and_a_section_of_its_own(pipeline: Pipeline, tmp_path: Path):
    settings = _settings(pipeline, tmp_path, titles={"words_max": 2})
    definitions = build_defs(settings)
    graph = definitions.resolve_asset_graph()
    node = graph.get(dg.AssetKey(["titles", "titles"]))
    assert node.parent_keys == {dg.AssetKey(["dialogues", "dialogues"])}
    assert node.partitions_def.get_partition_keys() == ["sim-0000"]
    assert {key.name for key in graph.get_check_keys_for_assets({node.key})} == {SCHEMA, KEY, PARENTS}
    assert "titles" in {job.name for job in definitions.jobs or ()}
    assert settings.config.section("titles").words_max == 2
    assert config_model(pipeline)().section("titles").words_max == 3
    with pytest.raises(ValueError, match="words_max"):
        config_model(pipeline).model_validate({"titles": {"words_max": 0}})
    known = {"models": [ENDPOINT], "roles": {"title_writer": "hosted"}}
    assert config_model(pipeline).model_validate({"chat": known}).chat.endpoints.keys() == {"title_writer"}
    context = pipeline.contexts[-1]("chained")
    codec = context_codec(pipeline)
    assert codec.decode(codec.encode(context)) == context


def test_it_is_made_estimated_traced_removed_and_never_made_twice(
    pipeline: Pipeline, empty_project: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    (titles,) = pipeline.steps[-1].makes
    settings = _settings(pipeline, empty_project.root)
    assert _run(settings)["shards"] == ["sim-0000"]
    store = DeltaStore(settings.tables)
    rows = store.read(titles)
    assert rows.height == 3
    assert rows["title"].str.starts_with("about ").all()
    assert not any(_run(settings).values())

    found = trace(rows["title_id"][0], pipeline.tables, store.read)
    assert [node.noun for node in found.origins] == ["dialogue"]
    assert plan_removal(store, pipeline, "groundhogs").resting["titles/titles"] > 0

    asked = {"models": [ENDPOINT], "roles": {"title_writer": "hosted"}}
    paid = _settings(pipeline, empty_project.root, chat=asked)
    (estimate,) = estimate_calls(paid, store)
    assert (estimate.role, estimate.n_calls) == ("title_writer", 3)

    shorter = _settings(pipeline, empty_project.root, titles={"words_max": 1})
    assert _run(shorter)["shards"] == ["sim-0000"]
    assert set(store.read(titles)["title"]) == {"about"}
