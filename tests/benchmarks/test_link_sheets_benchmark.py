"""Sheets of links for blind reading: what is drawn, what a reader sees, and how answers are counted."""

import importlib
import json
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
ORDER = {"type": "object", "properties": {"order_id": {"type": "string"}, "state": {"type": "string"}}}


@pytest.fixture(autouse=True)
def beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def module(name: str) -> ModuleType:
    return importlib.import_module(name)


def linked(links: Sequence[tuple[str, str]], verdict: str = "accepted") -> Any:
    """Links between functions that are called by these names, `a/list` in the namespace `a`."""
    names = sorted({end for link in links for end in link})
    functions = pl.DataFrame(
        [{"function_id": f"id {end}", "namespace": end[0], "source_name": end} for end in names]
    )
    edges = [
        {
            "kind": "P-P",
            "verdict": verdict,
            "reason": "" if verdict == "accepted" else "low_score",
            "source_function_id": f"id {source}",
            "output_path": "id",
            "target_function_id": f"id {target}",
            "input_path": "id",
        }
        for source, target in links
    ]
    return module("link_trees").LinkedCatalogs(functions, pl.DataFrame(edges))


def drawn(links: Sequence[tuple[str, str]], n_links: int, per_namespace: int, seed: int = 1) -> list[str]:
    found = module("link_sheets").draw_links(linked(links), "P-P", n_links, per_namespace, seed)
    return [f"{link.source} {link.target}" for link, _ in found]


LINKS = [
    (f"{namespace}/{one}", f"{namespace}/{two}") for namespace in "ab" for one in "stuv" for two in "wxyz"
]


def test_no_namespace_gives_more_links_than_its_share() -> None:
    assert sorted(link[0] for link in drawn(LINKS, 6, 3)) == ["a", "a", "a", "b", "b", "b"]


def test_another_seed_draws_other_links() -> None:
    assert drawn(LINKS, 8, 8, seed=1) != drawn(LINKS, 8, 8, seed=2)


@given(st.sets(st.sampled_from(LINKS), min_size=1))
def test_links_that_go_do_not_move_those_that_stay(gone: set[tuple[str, str]]) -> None:
    left = [link for link in LINKS if link not in gone]
    names = {f"{source} {target}" for source, target in left}
    if left:
        assert drawn(left, 99, 99) == [link for link in drawn(LINKS, 99, 99) if link in names]


def test_a_shared_parameter_is_found_from_either_end() -> None:
    trees = module("link_trees")
    key = trees.LinkKey("P-P", "a", "a/y", "id", "a", "a/x", "id")
    assert trees.look_up([key], linked([("a/x", "a/y")])) == ["accepted"]


@pytest.mark.parametrize(
    ("target", "verdict"), [("a/y", "low_score"), ("a/z", "not found"), ("a/gone", "no function")]
)
def test_a_link_that_is_not_accepted_is_said_to_be_why(target: str, verdict: str) -> None:
    trees = module("link_trees")
    key = trees.LinkKey("P-P", "a", "a/x", "id", "a", target, "id")
    assert trees.look_up([key], linked([("a/x", "a/y"), ("a/z", "a/y")], "rejected")) == [verdict]


def test_the_interval_of_half_of_ten_is_that_of_wilson() -> None:
    share = module("link_readings").share_of([True] * 5 + [False] * 5)
    assert share == {"n": 10, "yes": 5, "share": 0.5, "low": 0.237, "high": 0.763}


def test_readers_who_agree_no_more_than_by_chance_have_a_kappa_of_zero() -> None:
    first = {"1": True, "2": True, "3": False, "4": False}
    second = {"1": True, "2": False, "3": True, "4": False}
    agreement = module("link_readings").agreement_of
    assert agreement(first, second) == {"n": 4, "agreed": 0.5, "kappa": 0.0}
    assert agreement(first, first) == {"n": 4, "agreed": 1.0, "kappa": 1.0}
    assert agreement(first, {}) == {"n": 0, "agreed": None, "kappa": None}


def test_a_link_whose_value_is_wrong_counts_as_not_sensible(tmp_path: Path) -> None:
    sheet = tmp_path / "labels.csv"
    sheet.write_text("id,value,sense,reason\n1,yes,yes,fits\n2,no,-,another id\n")
    counted = module("link_readings").count_readings([sheet], [], {"1": "shop"})
    assert (counted["value"]["all"]["share"], counted["sense"]["all"]["share"]) == (0.5, 0.5)
    assert counted["sense"]["by_group"]["shop"]["n"] == 1


def test_a_sheet_to_keep_holds_links_answers_and_reasons(tmp_path: Path) -> None:
    readings = module("link_readings")
    sheet = tmp_path / "labels.csv"
    sheet.write_text("id,sense,reason\none_001,no,a mere container\n")
    key = {column: f"the {column}" for column in readings.KEPT_COLUMNS} | {"id": "one_001", "edge_id": "e"}
    del key["value"]
    (row,) = readings.kept_rows([sheet], {"one_001": key})
    assert (row["source"], row["value"], row["sense"]) == ("the source", "", "no")
    assert row["reason"] == "a mere container"
    assert list(row) == list(readings.KEPT_COLUMNS)


@pytest.mark.parametrize("rows", ["1,maybe\n", "1,yes\n1,no\n"])
def test_an_answer_that_cannot_be_counted_is_refused(tmp_path: Path, rows: str) -> None:
    sheet = tmp_path / "labels.csv"
    sheet.write_text(f"id,sense\n{rows}")
    with pytest.raises(ValueError, match="one for each id"):
        module("link_readings").read_answers(sheet, "sense")


def operation(name: str, result: dict[str, Any], *parameters: dict[str, Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": result}}
    answer = {"200": {"description": "done", "content": content}}
    return {"operationId": name, "summary": name, "parameters": list(parameters), "responses": answer}


def test_a_reader_sees_both_functions_and_no_score(tmp_path: Path) -> None:
    by_id = {"name": "order_id", "in": "path", "required": True, "schema": {"type": "string"}}
    listed = operation("listOrders", {"type": "array", "items": ORDER})
    paths = {"/orders": {"get": listed}, "/orders/{order_id}": {"get": operation("getOrder", ORDER, by_id)}}
    catalog = tmp_path / "shop.json"
    catalog.write_text(
        json.dumps({"openapi": "3.0.3", "info": {"title": "Shop", "version": "1"}, "paths": paths})
    )
    sheets, trees = module("link_sheets"), module("link_trees")
    made = trees.link_catalogs([str(catalog)], tmp_path / "work")
    links = sheets.draw_links(made, "P-R", 9, 9, 1)
    shown, keys = sheets.sheet_rows(links, sheets.callable_functions(made.functions), "one")
    sheets.write_sheet("one", shown, keys, (tmp_path / "seen", tmp_path / "hidden"))
    text = (tmp_path / "seen" / "one.txt").read_text()
    assert "FIRST  listOrders  [Shop]" in text
    assert "LINK   [].order_id (string)\n   ->  order_id (string, required)" in text
    blind = json.dumps(shown)
    assert not [key for key in ("score", "effect", "evidence", "verdict") if key in blind]
    key = sheets.read_keys(tmp_path / "hidden" / "one_key.jsonl")["one_001"]
    assert trees.look_up([key], made) == ["accepted"]
