"""A shard through an endpoint that has one quirk in every reply: the same rows for as few calls, or one clear stop.

The shard is one of a depot whose functions return lists, take unions and have parameters of odd names.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from toolmind_assets.model.dialogues import Dialogue
from toolmind_assets.model.drops import LOST_REPLIES, Drop, DropReason
from toolmind_assets.model.tasks import Task
from toolmind_assets.model.verdicts import Sample
from toolmind_assets.orchestration.materialise import Order, materialise
from toolmind_assets.settings.chat_models import chat_of
from toolmind_assets.settings.config import Settings, ToolMindConfig
from toolmind_assets.settings.surroundings import Surroundings, params_of
from toolmind_assets.steps.rehearsal import Rehearsal, Rehearsed
from toolmind_assets.steps.step import Partitions
from toolmind_assets.steps.work import Work
from toolmind_assets.tables.dialogues import DIALOGUES, DIALOGUES_DROPPED
from toolmind_assets.tables.rows import decode_rows
from toolmind_assets.tables.tasks import TASKS, TASKS_DROPPED
from toolmind_assets.tables.trajectories import SAMPLES
from toolmind_resources.chat.embedded import EmbeddedErrors
from toolmind_resources.chat.model import Charge
from toolmind_resources.chat.quirks.drawn import QUIRKS, Quirks
from toolmind_resources.chat.quirks.quirk import QuirkKind, QuirkOutcome
from toolmind_resources.chat.quirks.thought_quirks import THOUGHT
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.errors import ToolMindError

SHARD = "sim-0000"
STOP_CALLS = 20
"""Most requests of a run that a quirk in every reply stops."""
FINDING_CALLS = 16
"""Most requests by which it is found out how an endpoint wants to be asked: those of two first ones, each sent three
times where it meets 500, and short questions."""
MARKS = ("<think", "</think", "[THINK]", "```", "<tool_call", "[TOOL_CALLS]", "<|", "｜", "<arg_", THOUGHT)
"""What no training sample may hold."""
WORDS = {
    "think_without_close": "the reply is empty",
    "cut_off": "cut off at the token limit",
    "content_filter": "content filter held the reply back",
    "refusal_field": "the model declines to answer",
    "refusal_in_text": "the model declines to answer",
    "empty_content": "the reply is empty",
    "short_context": "maximum context length is 2048 tokens",
    "unknown_model": "the model or the path is unknown",
}
"""What the message says with which a run stops."""
ASKED_SO = {"refuses_parallel_tool_calls": {"extra_body": {"parallel_tool_calls": False}}}
"""How the model is configured where a quirk is about what is not sent by itself."""
RATES = {name: f"{name}=0.1" for name in ("limits_by_seconds", "limits_by_date")}
"""How often a quirk is met that costs a second each time."""
NO_PLACE = {"raw_newlines"}
"""Quirks that find no place in these replies."""
OTHER_DRAWS = {"refuses_seed"}
"""Quirks without which a model would say something else: its rows are others, but none is lost."""
FOUND_BY_THE_CHECK = {"ignores_tools", "refuses_tools", "error_in_body"}
"""Quirks that the check before a run tells: while it is under way they look like faults of single requests."""


def _parameter(name: str, description: str, place: str = "query") -> dict[str, Any]:
    return {
        "name": name,
        "in": place,
        "required": True,
        "description": description,
        "schema": {"type": "string"},
    }


def _answer(schema: dict[str, Any]) -> dict[str, Any]:
    return {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}}


CRATE = {"type": "object", "properties": {"crateId": {"type": "string"}, "label": {"type": "string"}}}
ITEM = {"type": "object", "properties": {"itemId": {"type": "string"}, "crateId": {"type": "string"}}}
CRATE_ID = _parameter("crateId", "Id of the crate", "path")
ITEM_ID = _parameter("itemId", "Id of the item", "path")
DEPOT = {
    "openapi": "3.1.0",
    "info": {"title": "Depot", "version": "1"},
    "paths": {
        "/crates": {
            "get": {
                "operationId": "listCrates",
                "summary": "List the crates of a depot",
                "parameters": [_parameter("colour", "Colour of the crates")],
                "responses": _answer({"type": "array", "items": CRATE}),
            },
        },
        "/crates/{crateId}": {
            "get": {"operationId": "getCrate", "summary": "Get a crate", "parameters": [CRATE_ID, _parameter("filter[unit]", "Unit of its weight")], "responses": _answer(CRATE)},
            "delete": {"operationId": "deleteCrate", "summary": "Delete a crate", "parameters": [CRATE_ID], "responses": {"204": {"description": "gone"}}},
        },
        "/crates/{crateId}/items": {
            "get": {"operationId": "listItems", "summary": "List the items in a crate", "parameters": [CRATE_ID], "responses": _answer({"type": "array", "items": ITEM})},
        },
        "/items/{itemId}": {
            "get": {"operationId": "getItem", "summary": "Get an item", "parameters": [ITEM_ID], "responses": _answer(ITEM)},
            "delete": {"operationId": "deleteItem", "summary": "Delete an item", "parameters": [ITEM_ID], "responses": {"204": {"description": "gone"}}},
        },
    },
}  # fmt: skip
FILES = {
    "tools": [
        {
            "name": "attach_file",
            "description": "Attach a file to a crate",
            "inputSchema": {
                "type": "object",
                "properties": {
                    "crateId": {"type": "string", "description": "Id of the crate"},
                    "url": {"type": "string", "description": "Address of the file"},
                    "text": {"type": "string", "description": "Text of the file"},
                },
                "required": ["crateId"],
                "anyOf": [{"required": ["url"]}, {"required": ["text"]}],
            },
            "outputSchema": {"type": "object", "properties": {"fileId": {"type": "string"}}, "required": ["fileId"]},
        },
        {
            "name": "read_file",
            "description": "Read a file",
            "inputSchema": {
                "type": "object",
                "properties": {"fileId": {"type": "string", "description": "Id of the file"}},
                "required": ["fileId"],
            },
            "outputSchema": {"type": "object", "properties": {"text": {"type": "string"}}},
        },
    ]
}  # fmt: skip
STATED = {
    "seed": 6,
    "catalogs": {"folder": "catalogs"},
    "shards": {"simulated": 1},
    "tasks": {"tasks_per_shard": 5, "walk_min": 2, "walk_max": 3, "distractors_min": 0},
    "trajectories": {"judge_max_tokens": 2048},
    "embedded": dict.fromkeys(EmbeddedErrors.model_fields, 0.0),
}


def _served_by(url: str, **more: Any) -> dict[str, Any]:
    model = {
        "name": "served",
        "base_url": f"{url}/v1",
        "model": "embedded",
        "is_served_here": True,
        "retries": 2,
    }
    return {"models": [model | more], "roles": {"default": "served", "edge_validator": "embedded"}}


@dataclass(frozen=True)
class Shard:
    """What became of a shard.

    Attributes:
        tasks, dialogues: What was said and called, without ids.
        samples: Which messages are trained on: dialogue and place.
        trained: What they say.
        drops: What was dropped, and why.
        said: Why the run stopped; empty where it did not.
        counts: What the endpoint counted.
    """

    tasks: list[Any]
    dialogues: list[Any]
    samples: list[tuple[str, int]]
    trained: list[str | None]
    drops: list[str]
    said: str
    counts: dict[str, Any]

    @property
    def lost(self) -> list[str]:
        """What was dropped for want of a usable reply."""
        return [drop for drop in self.drops if drop.partition(":")[0] in LOST_REPLIES]


def _messages(dialogue: Dialogue) -> list[Any]:
    return [
        (message.role.value, message.content, [(call.name, call.arguments) for call in message.tool_calls])
        for message in dialogue.messages
    ]


@pytest.fixture(scope="module")
def depot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the depot's catalogs, functions and graph, and no shard."""
    root = tmp_path_factory.mktemp("depot")
    (root / "catalogs").mkdir()
    (root / "catalogs" / "depot.json").write_text(json.dumps(DEPOT))
    (root / "catalogs" / "files.json").write_text(json.dumps(FILES))
    settings = Settings(ToolMindConfig.model_validate(STATED), root, root / "home")
    with dg.DagsterInstance.ephemeral() as instance, pytest.MonkeyPatch.context() as patch:
        patch.setattr("toolmind_assets.orchestration.materialise.open_instance", lambda _: instance)
        materialise(Order(settings, 1, (), "run", lambda *_: None))
    return root


@dataclass(frozen=True)
class Depot:
    """Makes the depot's shard through an endpoint."""

    root: Path
    serve: Any

    def made(self, home: Path, *quirks: str, **more: Any) -> Shard:
        with self.serve(quirks=Quirks.parse(*quirks)) as served:
            chat = {"chat": _served_by(served.url, **more)}
            settings = Settings(ToolMindConfig.model_validate(STATED | chat), self.root, home)
            tables = Rehearsed(DeltaStore(self.root / "home" / "tables"))
            said = _stop_of(settings, tables)
            return _shard(tables, said, served.counts)


def _stop_of(settings: Settings, tables: Rehearsed) -> str:
    """Why making the shard stopped."""
    outside = Surroundings(settings)
    try:
        with chat_of(settings).charged_to(Charge("run", SHARD)) as chat:
            rehearsal = Rehearsal(tables, chat)
            for step in settings.pipeline.of_shards(Partitions.SIMULATED):
                rehearsal.make(Work(step, params_of(settings, step), outside, settings.pipeline), SHARD)
    except ToolMindError as error:
        return str(error)
    return ""


def _shard(tables: Rehearsed, said: str, counts: dict[str, Any]) -> Shard:
    def rows(table: Any, kind: Any) -> list[Any]:
        return decode_rows(kind, tables.read(table, [SHARD])) if (table.name, SHARD) in tables.frames else []

    dialogues = {dialogue.dialogue_id: dialogue for dialogue in rows(DIALOGUES, Dialogue)}
    return Shard(
        tasks=[(task.intent, task.plan, task.requests) for task in rows(TASKS, Task)],
        dialogues=sorted((_messages(dialogue) for dialogue in dialogues.values()), key=repr),
        samples=sorted((repr(_messages(dialogues[one.dialogue_id])), one.message_index) for one in rows(SAMPLES, Sample)),
        trained=[dialogues[one.dialogue_id].messages[one.message_index].content for one in rows(SAMPLES, Sample)],
        drops=[f"{drop.reason.value}: {drop.detail}" for table in (TASKS_DROPPED, DIALOGUES_DROPPED) for drop in rows(table, Drop)],
        said=said,
        counts=counts,
    )  # fmt: skip


@pytest.fixture(scope="module")
def plain(depot: Path, serve: Any, tmp_path_factory: pytest.TempPathFactory) -> Shard:
    """The shard through an endpoint without quirks."""
    return Depot(depot, serve).made(tmp_path_factory.mktemp("plain"))


def test_the_shard_has_what_quirks_are_about(plain: Shard) -> None:
    assert (plain.said, plain.lost, len(plain.dialogues) >= 3) == ("", [], True)
    called = {name for messages in plain.dialogues for *_, calls in messages for name, _ in calls}
    assert {"getCrate", "listItems", "attach_file"} <= called, "an odd name, a list, a union"
    assert len(plain.samples) >= 4


def _of(outcome: QuirkOutcome) -> list[str]:
    return [
        name for name, quirk in QUIRKS.items() if quirk.outcome is outcome and name not in FOUND_BY_THE_CHECK
    ]


@pytest.mark.parametrize("name", _of(QuirkOutcome.MENDED))
def test_a_quirk_that_is_mended_costs_no_row_and_no_call(name: str, depot, serve, plain, tmp_path) -> None:
    made = Depot(depot, serve).made(tmp_path, RATES.get(name, name))
    _assert_same(made, plain)
    assert made.counts["n_replies"] == plain.counts["n_replies"]
    is_met = QUIRKS[name].kind is not QuirkKind.REFUSAL or name in RATES
    assert bool(made.counts["quirks"].get(name)) == (is_met and name not in NO_PLACE)


@pytest.mark.parametrize(
    "names",
    [
        ("json_in_fence", "think_tags", "special_token_at_end"),
        ("text_before_json", "calls_hermes", "think_without_open", "no_usage", "streams_anyway"),
        ("trailing_comma", "calls_deepseek", "thoughts_with_braces", "content_parts", "odd_finish_reason"),
        (
            "python_literals",
            "arguments_twice",
            "no_call_ids",
            "reasoning_field",
            "more_fields",
            "stop_beside_calls",
        ),
    ],
    ids=lambda names: names[0],
)
def test_quirks_that_are_mended_are_mended_together(names, depot, serve, plain, tmp_path) -> None:
    made = Depot(depot, serve).made(tmp_path, *names)
    _assert_same(made, plain)
    assert made.counts["n_replies"] == plain.counts["n_replies"]
    assert set(made.counts["quirks"]) == set(names)


@pytest.mark.parametrize("name", _of(QuirkOutcome.ADAPTED))
def test_what_an_endpoint_refuses_is_found_out_once(name: str, depot, serve, plain, tmp_path) -> None:
    made = Depot(depot, serve).made(tmp_path, name, **ASKED_SO.get(name, {}))
    if name in OTHER_DRAWS:
        assert (made.said, made.lost, len(made.dialogues) >= 3) == ("", [], True)
    else:
        _assert_same(made, plain)
    assert made.counts["n_requests"] <= plain.counts["n_requests"] + FINDING_CALLS
    assert 1 <= made.counts["quirks"][name] <= FINDING_CALLS


@pytest.mark.parametrize("name", _of(QuirkOutcome.ASKED_ANEW))
def test_a_reply_without_room_is_asked_for_once_more(name: str, depot, serve, plain, tmp_path) -> None:
    made = Depot(depot, serve).made(tmp_path, name)
    _assert_same(made, plain)
    assert made.counts["n_replies"] == plain.counts["n_replies"] + made.counts["quirks"][name]
    assert made.counts["quirks"][name] <= plain.counts["n_replies"]


@pytest.mark.parametrize("name", _of(QuirkOutcome.STOPPED))
def test_a_quirk_that_leaves_nothing_of_use_stops_the_run_in_few_calls(
    name: str, depot, serve, tmp_path
) -> None:
    made = Depot(depot, serve).made(tmp_path, name)
    assert WORDS[name] in made.said
    assert made.counts["n_requests"] <= STOP_CALLS
    assert (made.dialogues, made.samples) == ([], [])


@pytest.mark.parametrize("name", ["cut_off", "content_filter", "empty_content", "think_without_close"])
def test_bad_replies_among_good_ones_cost_few_calls_and_are_in_no_sample(
    name: str, depot, serve, plain, tmp_path
) -> None:
    made = Depot(depot, serve).made(tmp_path, f"{name}=0.2")
    assert made.said == ""
    assert made.counts["quirks"][name] >= 3
    n_more = made.counts["n_replies"] - plain.counts["n_replies"]
    assert n_more <= 2 * made.counts["quirks"][name], "a task whose intent is lost is planned anew, too"
    assert {drop.partition(":")[0] for drop in made.drops} <= {*LOST_REPLIES, DropReason.DEAD_END}
    anchors = [content for content in made.trained if content]
    assert anchors and all(content.endswith((".", "?", "!")) for content in anchors)
    assert not [mark for mark in MARKS if mark in repr(made.trained)]


def _assert_same(made: Shard, plain: Shard) -> None:
    assert (made.said, made.drops) == (plain.said, plain.drops)
    assert made.tasks == plain.tasks
    for one, other in zip(made.dialogues, plain.dialogues, strict=True):
        assert [pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]][:1] == []
        assert len(one) == len(other)
    assert made.samples == plain.samples
    assert not [mark for mark in MARKS if mark in repr(made.dialogues)]
