import json
from collections.abc import Callable
from typing import Any

import pytest

from toolmind_assets.model.edges import EdgeVerdict, edge_id_of, edge_id_of_json
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.ids import canonical_json
from toolmind_assets.stages.graph import edge_frames
from toolmind_assets.stages.graph.coherence import Coherence
from toolmind_assets.stages.graph.edge_frames import frame_edges
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_assets.stages.graph.validator import Judgement
from toolmind_assets.tables.graph import EDGES
from toolmind_assets.tables.rows import encode_rows
from toolmind_resources.delta.table import BUILD_TOKEN

Make = Callable[..., FunctionSpec]
Find = Callable[..., Any]
Shop = dict[str, FunctionSpec]
FACTORS = {"type", "format", "choice", "carrier", "reach", "owner", "demand", "order"}
FACTORS |= set(Coherence.__dataclass_fields__)
EVIDENCE = {"name", "description", "mention", "value_class", "identifier"}
PARAMS = GraphParams(random_ratio=0)


def rows(
    find_raw: Find, functions: list[FunctionSpec], answers: dict[int, Judgement] | None = None
) -> list[Any]:
    found = find_raw(functions, PARAMS)
    judged = [answers or {}, *({} for _ in found.candidates[1:])]
    return list(frame_edges(found.columns, found.scorer, found.candidates, judged, PARAMS))


def test_frames_have_the_columns_of_the_table(find_raw: Find, shop: Shop) -> None:
    expected = EDGES.empty().drop(BUILD_TOKEN).schema
    assert [frame.schema for frame in rows(find_raw, list(shop.values()))] == [expected] * 2


def test_rows_can_be_written_and_read_back(find: Find, shop: Shop) -> None:
    edges = find(list(shop.values())).edges
    assert encode_rows(EDGES, edges).schema == EDGES.schema


def test_the_evidence_names_only_what_speaks_for_or_against_a_link(find: Find, shop: Shop) -> None:
    found = find(list(shop.values()))
    for edge in found.edges:
        assert set(edge.evidence) <= FACTORS | EVIDENCE
        assert all(edge.evidence[name] < 1 for name in FACTORS & set(edge.evidence))
        assert all(0 < edge.evidence[name] <= 1 for name in EVIDENCE & set(edge.evidence))
    (edge,) = (one for one in found.edges if found.ends_of(one)[:3:2] == ("list_orders", "get_order"))
    assert edge.evidence == {
        "name": 1.0,
        "description": 1.0,
        "mention": 1.0,
        "value_class": 1.0,
        "type": 0.95,
    }


def test_the_evidence_of_identifiers_says_so(make_function: Make, find: Find) -> None:
    string = {"type": "string"}
    source = make_function(
        "give", {}, {"ref": string}, identifiers={"/returns/properties/ref": ("vpc", "id")}
    )
    target = make_function("take", {"ref": string}, identifiers={"/parameters/properties/ref": ("vpc", "id")})
    (edge,) = find([source, target]).edges
    assert edge.evidence["identifier"] == 1


def test_the_evidence_is_json_without_blanks(find_raw: Find, shop: Shop) -> None:
    for frame in rows(find_raw, list(shop.values())):
        for text in frame["evidence_json"]:
            assert json.dumps(json.loads(text), separators=(",", ":")) == text


def test_ids_hash_kind_and_ends_and_rows_come_by_target(find: Find, shop: Shop) -> None:
    edges = find(list(shop.values())).edges
    assert [edge.edge_id for edge in edges] == [
        edge_id_of(
            edge.kind, edge.source_function_id, edge.output_path, edge.target_function_id, edge.input_path
        )
        for edge in edges
    ]
    keys = {function.function_id: function.function_key for function in shop.values()}
    order = [
        (edge.kind.value != "P-R", keys[edge.target_function_id], keys[edge.source_function_id])
        for edge in edges
    ]
    assert order == sorted(order)


def test_rows_come_in_parts_of_a_bounded_size(
    find_raw: Find, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [row for frame in rows(find_raw, list(shop.values())) for row in frame.rows()]
    monkeypatch.setattr(edge_frames, "ROWS_AT_ONCE", 2)
    parts = rows(find_raw, list(shop.values()))
    assert max(frame.height for frame in parts) == 2
    assert [row for frame in parts for row in frame.rows()] == whole


def test_every_edge_has_one_verdict_and_a_reason_exactly_where_it_is_rejected(find: Find, shop: Shop) -> None:
    edges = find(list(shop.values())).edges
    assert {edge.verdict for edge in edges} == set(EdgeVerdict)
    assert all(bool(edge.reason) == (edge.verdict is EdgeVerdict.REJECTED) for edge in edges)
    assert all((edge.score >= PARAMS.min_score) == (edge.verdict is EdgeVerdict.ACCEPTED) for edge in edges)


def test_what_the_validator_said_stands_in_its_row_and_in_no_other(find_raw: Find, shop: Shop) -> None:
    yes = Judgement(9, 8, "", "some model", "digest of the prompt")
    unread = Judgement(None, None, "could not be read", "some model", "digest of the prompt")
    results = rows(find_raw, list(shop.values()), {0: yes, 1: unread})[0]
    names = ("transitivity", "coherence", "verdict", "reason", "model", "prompt_digest")
    said = results.filter(results["model"] != "").select(names).rows()
    assert sorted(said, key=str) == [
        (9, 8, "accepted", "", "some model", "digest of the prompt"),
        (None, None, "rejected", "could not be read", "some model", "digest of the prompt"),
    ]
    unasked = results.filter(results["model"] == "")
    assert unasked.height == results.height - 2
    assert unasked["transitivity"].null_count() == unasked.height
    assert set(unasked["prompt_digest"]) == {""}


def test_the_id_of_a_link_is_the_same_however_its_parts_are_written() -> None:
    parts = ("P-R", "fn_1", 'a."b".c', "fn_2", "größe[]")
    assert edge_id_of_json(*map(canonical_json, parts)) == edge_id_of(*parts)
