"""Which completions stay, which functions are looked at, and how completions become part of functions."""

import json

import polars as pl
import pytest

from toolmind_assets.model.functions import Effect
from toolmind_assets.stages.specs.completed import CONTENT_COLUMNS, apply_completions, plan_completions
from toolmind_assets.stages.specs.completion import fill_gaps
from toolmind_assets.stages.specs.gaps import SpecContent, find_gaps
from toolmind_assets.stages.specs.params import COMPLETABLE, CompletionParams, SpecParams
from toolmind_assets.tables.specs import COMPLETIONS, FUNCTIONS, NORMALIZED


def specs(*digests: str, catalog: str = "c") -> pl.DataFrame:
    blank = dict.fromkeys(CONTENT_COLUMNS, "")
    rows = [
        {
            **blank,
            "catalog": catalog,
            "location": str(place),
            "entry_id": f"{catalog}{place}",
            "function_digest": one,
        }
        for place, one in enumerate(digests)
    ]
    return pl.DataFrame(rows, schema={name: NORMALIZED.schema[name] for name in CONTENT_COLUMNS})


def completions(*digests: str, settings: str = "now", **columns: object) -> pl.DataFrame:
    stated = {
        "inferred": ["/returns"],
        "returns_json": '{"type":"boolean"}',
        "model": "m",
        "prompt_digest": "p",
    }
    rows = [
        {"function_digest": one, "settings_digest": settings, "raw_reply_digest": "r", **stated, **columns}
        for one in digests
    ]
    return pl.DataFrame(rows, schema=COMPLETIONS.schema)


def test_a_function_that_was_completed_with_the_present_settings_is_not_looked_at_again() -> None:
    plan = plan_completions(specs("a", "b"), completions("a"), "now")
    assert plan.kept["function_digest"].to_list() == ["a"]
    assert plan.rest["function_digest"].to_list() == ["b"]


def test_completions_stay_whatever_happens_to_other_catalogs() -> None:
    both = pl.concat([specs("x", "a", catalog="another"), specs("a", "b")])
    plan = plan_completions(both, completions("a", "b"), "now")
    assert sorted(plan.kept["function_digest"]) == ["a", "b"]
    assert plan.rest["function_digest"].to_list() == ["x"]


def test_a_completion_made_with_other_settings_is_made_anew() -> None:
    plan = plan_completions(specs("a"), completions("a", settings="before"), "now")
    assert plan.kept.is_empty()
    assert plan.rest["function_digest"].to_list() == ["a"]


def test_a_completion_goes_with_its_function() -> None:
    plan = plan_completions(specs("b"), completions("a"), "now")
    assert plan.kept.is_empty()


def test_of_specs_that_are_one_function_the_first_by_catalog_and_location_is_asked_about() -> None:
    rows = pl.concat([specs("a", "a", catalog="z"), specs("b", "a", catalog="y")])
    for order in (rows, rows.reverse()):
        plan = plan_completions(order, completions(), "now")
        assert plan.rest["entry_id"].to_list() == ["y0", "y1"]


def functions(*digests: str) -> pl.DataFrame:
    wanted = {"returns_json": None, "description": "stated", "parameters_json": "{}"}
    columns = {name: kind for name, kind in FUNCTIONS.schema.items() if name != "inferred"}
    rows = [{"function_id": f"fn_{one}", "function_digest": one, **wanted} for one in digests]
    return pl.DataFrame(rows, schema=columns)


def test_a_completion_replaces_what_it_completes_and_leaves_everything_else() -> None:
    made = apply_completions(functions("b", "a"), completions("a"))
    assert made.schema.keys() == {*functions().columns, "inferred"}
    assert made["function_id"].to_list() == ["fn_b", "fn_a"]
    assert made["returns_json"].to_list() == [None, '{"type":"boolean"}']
    assert made["inferred"].to_list() == [[], ["/returns"]]
    assert made["description"].to_list() == ["stated", "stated"]
    unchanged = [name for name in functions().columns if name != "returns_json"]
    assert made.select(unchanged).equals(functions("b", "a").select(unchanged))


def test_description_and_parameters_are_replaced_alike() -> None:
    made = apply_completions(functions("a"), completions("a", description="new", parameters_json='{"a":1}'))
    assert made.select("description", "parameters_json").row(0) == ("new", '{"a":1}')


def test_without_completions_functions_stay_and_say_that_nothing_is_inferred() -> None:
    made = apply_completions(functions("a"), COMPLETIONS.empty())
    assert made.drop("inferred").equals(functions("a"))
    assert made["inferred"].to_list() == [[]]
    assert made.schema["inferred"] == FUNCTIONS.schema["inferred"]
    assert apply_completions(functions(), COMPLETIONS.empty()).is_empty()


@pytest.mark.parametrize("stated", [{"format": "date"}, {"format": "date", "description": "Day of birth."}])
def test_a_completion_overwrites_no_keyword_that_a_source_states(stated: dict[str, str]) -> None:
    day = "/parameters/properties/day"
    parameters = {"type": "object", "properties": {"day": stated}}
    content = SpecContent("d", "e", "f", "", Effect.READ, "Says it.", parameters, {"type": "boolean"})
    reply = {"fields": [{"pointer": day, "type": "datetime", "description": "Another."}]}
    gaps = find_gaps(content, CompletionParams(complete=list(COMPLETABLE)))
    filled = fill_gaps(content, gaps, json.dumps(reply), SpecParams())
    assert filled.parameters is not None
    made = filled.parameters["properties"]["day"]
    assert made == {"description": "Another.", **stated, "type": "string"}
    assert {f"{day}/{keyword}" for keyword in made.keys() - stated.keys()} == set(filled.inferred)
