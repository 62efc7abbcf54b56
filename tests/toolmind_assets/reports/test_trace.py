"""From any id back to catalog entries with source and licence, and forward to the samples."""

from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest

from toolmind_assets.errors import InputError
from toolmind_assets.reports.trace import trace
from toolmind_assets.reports.trace_tree import Trace, TraceNode, render_trace
from toolmind_assets.stages.registry import TABLES

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
        {"shard": "open-glaive-00", "sample_id": "sample_3", "dialogue_id": "dialogue_3", "message_index": 1, "source": "glaive", "scenario": "", "domain": ""},
    ],
    "trajectories/dropped": [
        {"partition": "sim-0000", "stage": "trajectories", "subject_id": "dialogue_1#6", "parent_ids": ["dialogue_1"], "reason": "turn_failed", "detail": "empty", "raw": ""},
    ],
    "mixture/samples": [{"sample_id": "sample_1", "weight": 0.5}],
    "mixture/dropped": [
        {"partition": "", "stage": "mixture", "subject_id": "sample_2", "parent_ids": ["dialogue_1"], "reason": "duplicate", "detail": "as sample_1", "raw": ""},
    ],
}  # fmt: skip


def read(table_name: str, partitions: Sequence[str] | None, columns: Sequence[str]) -> pl.DataFrame:
    table = next(table for table in TABLES if table.name == table_name)
    frame = pl.DataFrame(ROWS.get(table_name, []), schema=table.schema)
    if partitions is not None:
        frame = frame.filter(pl.col(table.partition_by or "").is_in(partitions))
    return frame.select(columns)


def _ids(nodes: Sequence[TraceNode], noun: str) -> list[str]:
    below = [node_id for node in nodes for node_id in _ids(node.children, noun)]
    return [node.id for node in nodes if node.noun == noun] + below


def _trace(subject_id: str) -> Trace:
    return trace(subject_id, read)


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
        "dialogues that offer it: 1; that call it: 1",
        "samples that offer it: 2; that contain a call of it: 1",
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
