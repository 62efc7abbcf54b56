"""The formulas of others, to compare with."""

from collections.abc import Callable
from typing import Any

import pytest

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.stages.graph.baselines import dataflow_multiplier, dataflow_text, toolmind_text
from toolmind_assets.stages.graph.params import GraphParams

Make = Callable[..., FunctionSpec]
Find = Callable[..., Any]
TOLD = {"type": "string", "description": "Where the parcel was delivered"}


def params(formula: str) -> GraphParams:
    return GraphParams.model_validate({"formula": formula, "random_ratio": 0})


def test_toolmind_leaves_the_name_out() -> None:
    assert toolmind_text("city", ("string",), "A city") == "DESC A city TYPE string"


def test_dataflow_takes_name_type_and_description() -> None:
    assert dataflow_text("city", ("string",), "A city") == "Name: city\nType: string\nDescription: A city"


@pytest.mark.parametrize(
    ("source", "target", "multiplier"),
    [
        (("string",), ("string",), 1.0),
        ((), (), 1.0),
        (("integer",), ("number",), 0.8),
        (("number",), ("integer",), 0.8),
        (("integer",), ("string",), 0.0),
        ((), ("string",), 0.0),
        (("integer", "number"), ("number",), 0.8),
        (("string", "integer"), ("string",), 0.0),
    ],
)
def test_types_stand_for_each_other_as_dataflow_has_them(
    source: tuple[str, ...], target: tuple[str, ...], multiplier: float
) -> None:
    assert dataflow_multiplier(source, target) == multiplier


def scores(make: Make, find: Find, formula: str, given: dict[str, Any], taken: dict[str, Any]) -> list[float]:
    functions = [make("give", {}, given), make("take", taken)]
    return [edge.score for edge in find(functions, params(formula)).edges if edge.kind == "P-R"]


def test_each_formula_scores_a_link_in_its_own_way(make_function: Make, find: Find) -> None:
    ends = ({"spot": TOLD}, {"destination": TOLD})
    found = {
        formula: scores(make_function, find, formula, *ends)
        for formula in ("evidence", "toolmind", "dataflow")
    }
    assert found["toolmind"] == [1.0]
    assert 0 < found["dataflow"][0] < 1
    assert len({tuple(one) for one in found.values()}) == 3


def test_dataflow_excludes_other_types_where_toolmind_lets_the_text_decide(
    make_function: Make, find: Find
) -> None:
    ends = ({"spot": TOLD}, {"spot": {**TOLD, "type": "boolean"}})
    assert scores(make_function, find, "dataflow", *ends) == []
    assert 0.5 < scores(make_function, find, "toolmind", *ends)[0] < 1


def test_a_missing_description_is_none(make_function: Make, find: Find) -> None:
    string = {"type": "string"}
    assert scores(make_function, find, "toolmind", {"wing": string}, {"spoon": string}) == [1.0]


@pytest.mark.parametrize("formula", ["toolmind", "dataflow"])
def test_their_links_are_bounded_leave_no_function_to_itself_and_say_no_evidence(
    make_function: Make, find: Find, formula: str
) -> None:
    functions = [make_function(f"do_{n}", {"spot": TOLD}, {"spot": TOLD}) for n in range(40)]
    chosen = params(formula).model_copy(update={"max_sources": 5, "max_partners": 0})
    edges = find(functions, chosen).edges
    assert len(edges) == 40 * 5
    assert all(edge.source_function_id != edge.target_function_id for edge in edges)
    assert {(edge.agreement, edge.compatibility, str(edge.evidence)) for edge in edges} == {(1.0, 1.0, "{}")}
