"""Sheets of plans for blind reading: what is drawn, what a reader sees, and how scores are counted."""

import importlib
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.tasks import Choice, ChoiceKind, Members, Task

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
KEY = {"scenario": "chained", "namespaces": ["shop"], "functions": ["find", "list"]}


@pytest.fixture(autouse=True)
def beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def module(name: str) -> ModuleType:
    return importlib.import_module(name)


def of_lengths(make: Any, lengths: Sequence[int]) -> list[Task]:
    """Tasks of so many calls each, every second one of the weather service."""
    chained = make.tasks()["chained"]
    return [
        replace(
            chained,
            task_id=f"task {place}",
            plan=(make.step("s1", "get_wind" if place % 2 else "get_order"),) * length,
        )
        for place, length in enumerate(lengths)
    ]


def drawn(make: Any, tasks: Sequence[Task], n_plans: int, per_namespace: int, seed: int = 1) -> list[Task]:
    functions = {one.function_id: one for one in make.functions().values()}
    return module("plan_sheets").draw_plans(tasks, functions, n_plans, per_namespace, seed)


def test_half_of_the_plans_are_long_ones(make: Any) -> None:
    plans = drawn(make, of_lengths(make, [3] * 20 + [6] * 20), 10, 99)
    assert sorted(len(task.plan) for task in plans) == [3] * 5 + [6] * 5


@pytest.mark.parametrize(
    ("lengths", "wanted"), [([3] * 9 + [7], [3, 3, 3, 7]), ([3] + [7] * 9, [3, 7, 7, 7])]
)
def test_where_plans_of_one_length_are_few_others_take_their_place(
    make: Any, lengths: list[int], wanted: list[int]
) -> None:
    assert sorted(len(task.plan) for task in drawn(make, of_lengths(make, lengths), 4, 99)) == wanted


def test_a_single_call_is_no_plan_to_be_read(make: Any) -> None:
    assert drawn(make, of_lengths(make, [1, 1]), 4, 99) == []


def test_no_namespace_gives_more_plans_than_its_share(make: Any) -> None:
    assert len(drawn(make, of_lengths(make, [3] * 20 + [6] * 20), 40, 7)) == 14


def test_another_seed_draws_other_plans(make: Any) -> None:
    tasks = of_lengths(make, [3] * 20)
    assert drawn(make, tasks, 5, 99, seed=1) != drawn(make, tasks, 5, 99, seed=2)


@given(st.sets(st.integers(0, 7), max_size=7))
def test_plans_that_go_do_not_move_those_that_stay(make: Any, gone: set[int]) -> None:
    tasks = of_lengths(make, [2, 3, 6, 7] * 2)
    left = [task for place, task in enumerate(tasks) if place not in gone]
    assert drawn(make, left, 99, 99) == [task for task in drawn(make, tasks, 99, 99) if task in left]


def sheet(make: Any, task: Task) -> tuple[list[dict[str, Any]], list[dict[str, Any]], str]:
    functions: dict[str, FunctionSpec] = {one.function_id: one for one in make.functions().values()}
    shown, keys = module("plan_sheets").plan_sheet([task], functions, "one")
    return shown, keys, module("plan_texts").render_plan(shown[0])


def test_a_reader_sees_goals_calls_and_where_each_value_comes_from(make: Any) -> None:
    _, _, text = sheet(make, make.tasks()["chained"])
    assert text.splitlines()[2:] == [
        "1. See what I have ordered",
        "   s1  find_customer  [commerce]",
        "       Finds a customer by e-mail address.",
        '         email = "ada@example.com"   (the user says: email address)',
        "   s2  list_orders  [commerce]",
        "       Lists the orders of a customer.",
        "         customer_id <- from s1: customer_id",
        "2. Look at the first order",
        "   s3  get_order  [commerce]",
        "       Gets one order.",
        "         order_id <- from s2: orders[].order_id, the one with the highest total",
    ]


def test_a_call_for_several_members_says_for_how_many(make: Any) -> None:
    _, _, text = sheet(make, make.tasks()["fan_out"])
    assert "s3  get_order  [commerce]   for each of up to 3" in text
    assert "order_id <- from s2: orders[].order_id, each of them" in text


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (None, "one of them, not said which"),
        (Choice(ChoiceKind.ONLY), "the only one"),
        (Choice(ChoiceKind.MATCH, "orders[].state", "late", "state"), "the one whose state is late"),
        (Choice(ChoiceKind.HIGHEST, "orders[].total", label="total"), "the one with the highest total"),
    ],
)
def test_a_choice_is_told_in_words(make: Any, choice: Choice | None, words: str) -> None:
    argument = replace(make.reference("order_id", "s2", "orders[].order_id"), choice=choice)
    assert module("plan_texts").which_words(argument) == words


def test_a_reference_to_all_members_says_so(make: Any) -> None:
    argument = replace(make.reference("ids", "s2", "orders[].order_id"), members=Members.ALL)
    assert module("plan_texts").which_words(argument) == "all of them"


def test_what_a_reader_must_not_see_stands_in_the_key_alone(make: Any) -> None:
    shown, keys, text = sheet(make, make.tasks()["fan_in"])
    assert keys[0]["scenario"] == "fan_in"
    assert keys[0]["functions"] == ["find_customer", "list_orders", "get_order", "rate_delivery"]
    for hidden in ("fan_in", keys[0]["task_id"], "score", "effect"):
        assert hidden not in json.dumps(shown)
        assert hidden not in text


def test_short_and_long_plans_are_counted_apart_with_their_zeros() -> None:
    keys = {one: {**KEY, "calls": calls} for one, calls in (("a", 2), ("b", 5), ("c", 6), ("d", 9))}
    scores = {"a": 2, "b": 2, "c": 0, "d": 1, "known answer": 0}
    counted = module("plan_readings").count_scores(scores, {"a": 2, "b": 1, "c": 0}, keys)
    groups = counted["groups"]
    assert groups["2 to 5 calls"]["score"] == {"n": 2, "mean": 2, "low": 2.0, "high": 2.0}
    assert groups["6+ calls"]["score"]["mean"] == 0.5
    assert groups["6+ calls"]["zeros"]["share"] == 0.5
    assert groups["all"]["zeros"]["share"] == 0.25
    assert counted["without_key"] == 1
    assert counted["agreement"] == {"n": 3, "agreed": 0.667, "kappa": 0.5}


def test_the_interval_of_a_mean_is_that_of_the_normal_approximation() -> None:
    found = module("plan_readings").mean_of([0, 1, 2, 1] * 4)
    assert found == {"n": 16, "mean": 1, "low": 0.642, "high": 1.358}


@pytest.mark.parametrize("rows", ["1,3\n", "1,\n", "1,2\n1,2\n"])
def test_a_score_that_cannot_be_counted_is_refused(tmp_path: Path, rows: str) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text(f"id,score\n{rows}")
    with pytest.raises(ValueError, match="one for each id"):
        module("plan_readings").read_scores(labels)


def test_a_sheet_to_keep_holds_calls_scores_and_reasons(tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("id,score,reason\none_001,1,contrived\n")
    (row,) = module("plan_readings").kept_plans([labels], {"one_001": {**KEY, "calls": 2}})
    assert row == {
        "id": "one_001",
        "scenario": "chained",
        "calls": 2,
        "namespaces": "shop",
        "functions": "find list",
        "score": "1",
        "reason": "contrived",
    }


def operation(name: str, result: dict[str, Any], *parameters: dict[str, Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": result}}
    answer = {"200": {"description": "done", "content": content}}
    return {"operationId": name, "summary": name, "parameters": list(parameters), "responses": answer}


def test_catalogs_become_sheets_and_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    day = {"type": "string", "format": "date"}
    order = {"type": "object", "properties": {"order_id": {"type": "string"}, "placed_on": day}}
    by_id = {"name": "order_id", "in": "path", "required": True, "schema": {"type": "string"}}
    listed = operation("listOrders", {"type": "array", "items": order})
    paths = {"/orders": {"get": listed}, "/orders/{order_id}": {"get": operation("getOrder", order, by_id)}}
    catalog = tmp_path / "shop.json"
    info = {"title": "Shop", "version": "1"}
    catalog.write_text(json.dumps({"openapi": "3.0.3", "info": info, "paths": paths}))
    params = json.dumps({"tasks_per_shard": 20, "walk_min": 1})
    places = [str(tmp_path / name) for name in ("work", "seen", "hidden")]
    monkeypatch.setattr(
        sys,
        "argv",
        ["plan_sheets", "draw", str(catalog), "--shards", "1", "--params", params, "--plans", "4"]
        + [part for pair in zip(("--work", "--out", "--keys"), places, strict=True) for part in pair],
    )
    module("plan_sheets").main()
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    keys = [json.loads(line) for line in (tmp_path / "hidden" / "plans_key.jsonl").read_text().splitlines()]
    assert found["plans"] == len(keys) == 4
    assert found["figures"]["functions"]["planned"] == 2
    assert {tuple(key["functions"][:2]) for key in keys} == {("listOrders", "getOrder")}
    assert "getOrder  [Shop]" in (tmp_path / "seen" / "plans.txt").read_text()
