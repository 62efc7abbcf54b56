"""Exact duplicates are folded; what differs stays apart; the order of input does not matter."""

import random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.model.ids import digest, make_id
from toolmind_assets.stages.specs.duplicates import INDEX_COLUMNS, KNOWN_COLUMNS, fold, fold_frame
from toolmind_assets.stages.specs.names import legal_name

Row = dict[str, str]


def spec(
    name: str, description: str = "d", catalog: str = "c", location: str = "1", namespace: str = ""
) -> Row:
    source = f"source of {catalog}"
    return {
        "entry_id": make_id("entry", catalog, location),
        "catalog": catalog,
        "location": location,
        "source": source,
        "source_version": "1",
        "licence": f"licence of {catalog}",
        "function_key": make_id("key", source, namespace, name),
        "function_digest": digest(legal_name(name), description),
        "source_name": name,
        "namespace": namespace,
    }


def frame(specs: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(specs, schema=dict.fromkeys(INDEX_COLUMNS, pl.String))


def folded(specs: list[Row], known: pl.DataFrame | None = None) -> pl.DataFrame:
    return fold_frame(frame(specs), known)


def test_the_first_source_by_catalog_and_location_speaks_for_all() -> None:
    specs = [spec("f", catalog="b"), spec("f", location="2"), spec("f", location="1")]
    function = folded(specs).row(0, named=True)
    assert (function["name"], function["licence"]) == ("f", "licence of b")
    places = [(source["catalog"], source["location"]) for source in function["sources"]]
    assert places == [("b", "1"), ("c", "1"), ("c", "2")]
    first = spec("f", catalog="b")
    assert function["function_id"] == make_id("fn", first["function_key"], first["function_digest"])


def test_names_that_differ_only_where_they_are_illegal_are_the_same_function() -> None:
    function = folded([spec("a.b", location="1"), spec("a_b", location="2")]).row(0, named=True)
    assert (function["name"], function["source_name"], len(function["sources"])) == ("a_b", "a.b", 2)


def test_different_functions_of_one_name_are_kept_apart_and_all_renamed() -> None:
    specs = [spec("f", "x", location="1"), spec("f", "y", location="2"), spec("g", location="3")]
    functions = folded(specs).sort("name")
    assert functions["function_id"].n_unique() == 3
    assert functions["name"].str.len_chars().to_list() == [8, 8, 1]


def test_another_catalog_with_the_same_function_changes_neither_its_id_nor_its_name_nor_its_origin() -> None:
    before = folded([spec("f", catalog="b")])
    after = folded([spec("f", catalog="b"), spec("f", catalog="a")], before)
    assert after.drop("sources").equals(before.drop("sources"))
    assert after["sources"].list.len().to_list() == [2]


@pytest.mark.parametrize("catalog", ["a", "z"])
def test_where_what_stood_for_a_function_is_gone_another_of_its_key_does(catalog: str) -> None:
    before = folded([spec("f", catalog="b", location="1")])
    after = folded([spec("f", catalog="b", location="2"), spec("f", catalog=catalog)], before)
    assert after["function_id"].to_list() == before["function_id"].to_list()
    assert after["location"].to_list() == ["2"]


def test_no_functions_fold_to_none() -> None:
    assert fold(frame([])).is_empty()
    assert fold(frame([]), folded([])).columns == ["function_id", "name", "entry_id", "sources"]


SPECS = st.builds(
    spec, st.sampled_from("fgh"), st.sampled_from("xy"), st.sampled_from("ab"), st.sampled_from("123")
)
SPEC_LISTS = st.lists(SPECS, unique_by=lambda spec: spec["entry_id"], max_size=6)


@given(SPEC_LISTS, SPEC_LISTS, st.randoms())
def test_folding_loses_nothing_and_is_blind_to_order(
    before: list[Row], specs: list[Row], rng: random.Random
) -> None:
    known = folded(before).select(KNOWN_COLUMNS)
    functions = folded(specs, known)
    shuffled = list(specs)
    rng.shuffle(shuffled)
    assert folded(shuffled, known.reverse()).equals(functions)
    entries = functions["sources"].explode(empty_as_null=False).struct.field("entry_id")
    assert sorted(entries) == sorted(row["entry_id"] for row in specs)
    assert functions["name"].n_unique() == functions["function_id"].n_unique() == functions.height


@given(SPEC_LISTS)
def test_folding_again_changes_nothing(specs: list[Row]) -> None:
    functions = folded(specs)
    assert folded(specs, functions).equals(functions)


@given(SPEC_LISTS, SPEC_LISTS)
def test_functions_that_come_or_go_change_neither_id_nor_name_of_those_that_stay(
    stay: list[Row], others: list[Row]
) -> None:
    kept = {row["entry_id"] for row in stay}
    before = folded(stay)
    after = folded([*stay, *(row for row in others if row["entry_id"] not in kept)], before)
    columns = ["function_id", "name", "entry_id"]
    both = before.join(after, on=columns, how="inner")
    assert both.height == before.height
