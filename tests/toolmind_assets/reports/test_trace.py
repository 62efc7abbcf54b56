"""From any id back to catalog entries with source and licence, and forward to the samples."""

from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest

from toolmind_assets.errors import InputError
from toolmind_assets.reports.trace import trace
from toolmind_assets.reports.trace_tree import Trace, TraceNode, render_trace
from toolmind_assets.stages.registry import STAGES, TABLES
from toolmind_assets.steps.pipeline import Pipeline
from toolmind_assets.steps.step import Made, Stage, Step
from toolmind_resources.delta.table import Column, Noun, Parent, Table

ENTRY = {"entry_id": "entry_1", "catalog": "bfcl", "location": "a.json#/0", "source": "bfcl-eval", "source_version": "2026.3", "licence": "Apache-2.0"}  # fmt: skip
OTHER = {**ENTRY, "entry_id": "entry_2", "location": "a.json#/1", "licence": "MIT"}
ROWS: dict[str, list[dict[str, Any]]] = {
    "catalogs/raw_functions": [{**ENTRY, "form": "bfcl"}, {**OTHER, "form": "bfcl"}],
    "specs/functions": [
        {"function_id": "fn_1", "name": "get_rate", "source_name": "get.rate", "domain": "finance", "sources": [ENTRY]},
        {"function_id": "fn_2", "name": "pay", "source_name": "pay", "domain": "finance", "sources": [OTHER]},
    ],
    "graph/edges": [
        {"edge_id": "edge_1", "kind": "P-R", "source_function_id": "fn_1", "output_path": "rate", "target_function_id": "fn_2", "input_path": "amount", "verdict": "accepted"},
        {"edge_id": "edge_2", "kind": "P-R", "source_function_id": "fn_1", "output_path": "x", "target_function_id": "fn_2", "input_path": "y", "verdict": "rejected"},
    ],
    "tasks/tasks": [
        {"shard": "sim-0000", "task_id": "task_1", "scenario": "chained", "chain": ["fn_1", "fn_2"], "offered_function_ids": ["fn_1", "fn_2"], "intent": "Pay a bill"},
        {"shard": "sim-0000", "task_id": "task_2", "scenario": "parallel", "chain": ["fn_2"], "offered_function_ids": ["fn_2"], "intent": "Pay two"},
    ],
    "dialogues/dialogues": [
        {"shard": "sim-0000", "dialogue_id": "dialogue_1", "task_id": "task_1", "source": "simulated", "licence": "", "scenario": "chained", "function_ids": ["fn_1", "fn_2"], "models": ["user_agent=embedded"], "n_turns": 3},
    ],
    "dialogues/calls": [
        {"shard": "sim-0000", "call_id": "call_1", "dialogue_id": "dialogue_1", "message_index": 2, "call_index": 0, "function_id": "fn_1", "name": "get_rate", "status": "ok"},
        {"shard": "sim-0000", "call_id": "call_2", "dialogue_id": "dialogue_1", "message_index": 4, "call_index": 0, "function_id": "fn_2", "name": "pay", "status": "ok"},
    ],
    "dialogues/dropped": [
        {"partition": "sim-0000", "stage": "dialogues", "subject_id": "dialogue_9", "parent_ids": ["task_2"], "reason": "chat_failed", "detail": "no reply", "raw": ""},
    ],
    "opensets/dialogues": [
        {"shard": "open-glaive-00", "dialogue_id": "dialogue_3", "source": "glaive", "licence": "Apache-2.0", "scenario": "", "function_ids": [], "models": [], "n_turns": 1},
    ],
    "trajectories/verdicts": [
        {"shard": "sim-0000", "verdict_id": "verdict_1", "dialogue_id": "dialogue_1", "message_index": 2, "rule": "schema", "outcome": "pass", "code": "", "detail": ""},
    ],
    "trajectories/samples": [
        {"shard": "sim-0000", "sample_id": "sample_1", "dialogue_id": "dialogue_1", "message_index": 2, "source": "simulated", "scenario": "chained", "domain": "finance"},
        {"shard": "sim-0000", "sample_id": "sample_2", "dialogue_id": "dialogue_1", "message_index": 4, "source": "simulated", "scenario": "chained", "domain": "finance"},
        {"shard": "open-glaive-00", "sample_id": "sample_3", "dialogue_id": "dialogue_3", "message_index": 1, "source": "glaive", "scenario": "", "domain": "", "n_reasoning_tokens": 12},
    ],
    "trajectories/dropped": [
        {"partition": "sim-0000", "stage": "trajectories", "subject_id": "dialogue_1#6", "parent_ids": ["dialogue_1"], "reason": "turn_failed", "detail": "empty", "raw": ""},
    ],
    "mixture/samples": [{"sample_id": "sample_1", "weight": 0.5}],
    "mixture/dropped": [
        {"partition": "", "stage": "mixture", "subject_id": "sample_2", "parent_ids": ["dialogue_1"], "reason": "duplicate", "detail": "as sample_1", "raw": ""},
    ],
}  # fmt: skip


def read(table: Table, partitions: Sequence[str] | None, columns: Sequence[str]) -> pl.DataFrame:
    frame = pl.DataFrame(ROWS.get(table.name, []), schema=table.schema)
    if partitions is not None:
        frame = frame.filter(pl.col(table.partition_by or "").is_in(partitions))
    return frame.select(columns)


def _ids(nodes: Sequence[TraceNode], noun: str) -> list[str]:
    below = [node_id for node in nodes for node_id in _ids(node.children, noun)]
    return [node.id for node in nodes if node.noun == noun] + below


def _trace(subject_id: str) -> Trace:
    return trace(subject_id, TABLES, read)


def test_a_sample_leads_back_to_entries_with_source_and_licence():
    found = _trace("sample_1")
    (dialogue,) = found.origins
    assert [(child.noun, child.id) for child in dialogue.children] == [
        ("task", "task_1"),
        ("function", "fn_1"),
        ("function", "fn_2"),
    ]
    called, offered = dialogue.children[1:]
    assert called.text == "get_rate, finance; called"
    assert offered.text == "pay, finance; offered"
    assert called.children[0].text == "catalog bfcl, a.json#/0; source bfcl-eval 2026.3; licence Apache-2.0"
    assert _ids(found.origins, "edge") == ["edge_1"]
    assert [node.text for node in found.uses] == ["message 2 of dialogue_1; in the mixture, weight 0.5"]


def test_a_sample_says_how_much_was_thought_before_its_turn():
    assert _trace("sample_3").subject.text == "message 1 of dialogue_3; reasoning: some 12 tokens"


def test_a_sample_that_was_dropped_from_the_mixture_says_why():
    sample, dropped = _trace("sample_2").uses
    assert sample.text.endswith("not in the mixture")
    assert dropped.text == "by mixture: duplicate: as sample_1"


def test_a_function_leads_forward_to_tasks_and_samples():
    uses = _trace("fn_2").uses
    assert _ids(uses, "task") == ["task_1", "task_2"]
    assert _ids(uses, "sample") == ["sample_2"]
    texts = [node.text for node in uses if not node.noun]
    assert texts == [
        "tasks: 2 in the chain, 2 offered",
        "dialogues: 1 called, 1 offered",
        "samples: 1 called, 2 offered",
    ]
    assert _ids(_trace("fn_2").origins, "entry") == ["entry_2"]


@pytest.mark.parametrize("name", ["get_rate", "get.rate"])
def test_a_function_is_found_by_its_name(name: str):
    assert _trace(name).subject.id == "fn_1"


def test_an_entry_leads_forward_to_its_function_and_samples():
    uses = _trace("entry_1").uses
    assert _ids(uses, "function") == ["fn_1"]
    assert _ids(uses, "sample") == ["sample_1", "sample_2"]


def test_a_task_leads_to_its_dialogue_or_to_why_there_is_none():
    assert _ids(_trace("task_1").uses, "dialogue") == ["dialogue_1"]
    assert [node.text for node in _trace("task_2").uses] == ["by dialogues: chat_failed: no reply"]


def test_a_dialogue_and_a_message_of_it_lead_to_samples_and_dropped_turns():
    for subject_id in ("dialogue_1", "dialogue_1#6"):
        uses = _trace(subject_id).uses
        assert _ids(uses, "sample") == ["sample_1", "sample_2"]
        assert "dialogue_1#6" in _ids(uses, "dropped")


def test_an_open_set_dialogue_says_its_licence():
    (dialogue,) = _trace("sample_3").origins
    assert dialogue.text == "glaive, shard open-glaive-00, assistant turns: 1; licence Apache-2.0"


@pytest.mark.parametrize("subject_id", ["call_2", "verdict_1", "edge_1"])
def test_calls_verdicts_and_edges_lead_back_to_entries(subject_id: str):
    found = _trace(subject_id)
    assert found.subject.id == subject_id
    assert {"entry_1", "entry_2"} <= set(_ids(found.origins, "entry"))


def test_a_call_leads_forward_to_the_samples_that_contain_it():
    assert _ids(_trace("call_2").uses, "sample") == ["sample_2"]


def test_an_edge_leads_to_the_tasks_that_walk_both_ends():
    assert _ids(_trace("edge_1").uses, "task") == ["task_1"]


def test_long_lists_are_cut_and_counted(monkeypatch: pytest.MonkeyPatch):
    more = [{**ROWS["trajectories/samples"][0], "sample_id": f"sample_x{number:02d}"} for number in range(30)]
    monkeypatch.setitem(ROWS, "trajectories/samples", more)
    uses = _trace("dialogue_1").uses
    assert len(_ids(uses, "sample")) == 10
    assert "and 20 more samples" in [node.text for node in uses]


def test_what_was_dropped_is_found_too():
    found = _trace("dialogue_9")
    assert found.subject.noun == "dropped"
    assert found.uses[0].text == "by dialogues: chat_failed: no reply"


@pytest.mark.parametrize("subject_id", ["sample_none", "nonsense", "", "_", "dialogue_#"])
def test_an_unknown_id_says_what_ids_look_like(subject_id: str):
    with pytest.raises(InputError, match="Ids look like sample_"):
        _trace(subject_id)


RATINGS = Table(
    "ratings/ratings",
    "a person's opinion of a sample",
    (
        Column("rating_id", pl.String, "id"),
        Column("sample_id", pl.String, "the sample"),
        Column("example_ids", pl.List(pl.String), "functions that are as good"),
        Column("stars", pl.Int64, "how good it is"),
        Column("essay", pl.String, "all that there is to say"),
    ),
    ("rating_id",),
    parents=(
        Parent("sample_id", "trajectories/samples", "sample_id"),
        Parent("example_ids", "specs/functions", "function_id", relation="praised"),
    ),
    noun=Noun("rating", "rating_id", "stars: {stars}"),
)
TOY = Stage(
    name="ratings",
    steps=(Step(name="rate", description="Ratings.", makes=(RATINGS,), make=lambda _: Made({})),),
)


def test_a_stage_of_its_own_is_traced_by_what_its_table_declares(monkeypatch: pytest.MonkeyPatch):
    rating = {"rating_id": "rating_1", "sample_id": "sample_3", "example_ids": ["fn_1"], "stars": 4}
    monkeypatch.setitem(ROWS, "ratings/ratings", [rating])
    tables = Pipeline((*STAGES, TOY)).tables
    found = trace("rating_1", tables, read)
    assert (found.subject.noun, found.subject.text) == ("rating", "stars: 4")
    assert [(node.noun, node.id) for node in found.origins] == [("sample", "sample_3"), ("function", "fn_1")]
    assert _ids(found.origins, "dialogue") == ["dialogue_3"]
    assert _ids(found.origins, "entry") == ["entry_1"]
    assert _ids(trace("dialogue_3", tables, read).uses, "rating") == ["rating_1"]
    uses = trace("fn_1", tables, read).uses
    assert _ids(uses, "rating") == ["rating_1"]
    assert "ratings: 1 praised" in [node.text for node in uses]
    with pytest.raises(InputError, match="Ids look like rating_1f0c"):
        trace("rating_2", tables, read)


def test_no_more_than_ids_and_what_is_shown_is_read(monkeypatch: pytest.MonkeyPatch):
    columns: dict[str, set[str]] = {}
    partitions: dict[str, set[str] | None] = {}

    def watched(table: Table, some: Sequence[str] | None, wanted: Sequence[str]) -> pl.DataFrame:
        columns.setdefault(table.name, set()).update(wanted)
        partitions[table.name] = None if some is None else set(some)
        return read(table, some, wanted)

    for subject_id in ("fn_1", "sample_1"):
        trace(subject_id, TABLES, watched)
    assert columns["dialogues/dialogues"].isdisjoint({"messages_json", "tools_json"})
    assert columns["specs/functions"] == {"function_id", "name", "source_name", "domain", "sources"}
    assert partitions["tasks/tasks"] == partitions["dialogues/calls"] == {"sim-0000"}
    assert "dialogues/arguments" not in columns


def test_a_rejected_edge_went_into_nothing():
    assert _trace("edge_2").uses == ()


def test_a_function_that_a_task_withholds_is_shown_below_the_task(monkeypatch: pytest.MonkeyPatch):
    fields = {"name": "refuse", "source_name": "refuse", "domain": "finance", "sources": [OTHER]}
    monkeypatch.setitem(
        ROWS, "specs/functions", [*ROWS["specs/functions"], {"function_id": "fn_3", **fields}]
    )
    task = {**ROWS["tasks/tasks"][0], "withheld_function_id": "fn_3"}
    monkeypatch.setitem(ROWS, "tasks/tasks", [task])
    (dialogue,) = _trace("sample_1").origins
    below = dialogue.children[0].children
    assert [(node.noun, node.id) for node in below] == [("edge", "edge_1"), ("function", "fn_3")]
    assert below[1].text == "refuse, finance; withheld"
    texts = [node.text for node in _trace("fn_3").uses if not node.noun]
    assert texts == ["tasks: 1 withheld", "dialogues: 1 by task", "samples: 2 by task"]


def test_a_candidate_leads_back_to_what_stood_before_it(monkeypatch: pytest.MonkeyPatch):
    stands = {"shard": "sim-0000", "dialogue_id": "dialogue_1", "message_index": 3}
    candidate = {"candidate_id": "candidate_1", "role": "tool_agent", "attempt": 0, "reason": "empty"}
    monkeypatch.setitem(ROWS, "dialogues/candidates", [{**stands, **candidate}])
    found = _trace("candidate_1")
    assert found.subject.text == "tool_agent, attempt 0, for message 3 of dialogue_1: empty"
    (dialogue,) = found.origins
    assert [node.text for node in dialogue.children[1:]] == [
        "get_rate, finance; called",
        "pay, finance; offered",
    ]


def test_a_trace_is_rendered_as_a_tree():
    lines = render_trace(_trace("sample_1")).splitlines()
    assert lines[:5] == [
        "sample sample_1  message 2 of dialogue_1",
        "",
        "made from:",
        "└─ dialogue dialogue_1  simulated, shard sim-0000, assistant turns: 3; user_agent=embedded",
        "   ├─ task task_1  chained, shard sim-0000: Pay a bill",
    ]
    assert lines[-2:] == [
        "went into:",
        "└─ sample sample_1  message 2 of dialogue_1; in the mixture, weight 0.5",
    ]
