"""Near duplicates are joined with their evidence; functions that only share a name stay apart."""

import random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolmind_assets.model.ids import make_id
from toolmind_assets.stages.specs.clusters import (
    CLUSTER_SCHEMA,
    cluster_functions,
    without_near_duplicates,
)
from toolmind_assets.stages.specs.likeness import ClusterParams
from toolmind_assets.stages.specs.profiles import PROFILE_COLUMNS

Row = dict[str, Any]
TEXT = "Lists the expected forecasts of one city, hour by hour"
PARAMETERS = ("city:string", "days:integer", "units:string")


def function(name: str = "list_forecasts", **changes: Any) -> Row:
    row = {
        "source_name": name,
        "namespace": "Weather API",
        "description": TEXT,
        "location": "weather.json#/paths/x",
        "source": "apis",
        "source_version": "1",
        "licence": "MIT",
        "parameters": list(changes.pop("parameters", PARAMETERS)),
        "has_returns": True,
        **changes,
    }
    return {"function_id": make_id("fn", row), **row}


def frame(rows: list[Row]) -> pl.DataFrame:
    schema: dict[str, Any] = dict.fromkeys(PROFILE_COLUMNS, pl.String)
    return pl.DataFrame(rows, {**schema, "parameters": pl.List(pl.String), "has_returns": pl.Boolean})


def kinds(*rows: Row) -> list[str]:
    found = cluster_functions(frame(list(rows)))
    return sorted(found.filter(~pl.col("is_representative"))["kind"])


def representative(*rows: Row) -> Row:
    (leader,) = cluster_functions(frame(list(rows)))["representative_function_id"].unique()
    return next(row for row in rows if row["function_id"] == leader)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("version", {"location": "weather-v2.json#/paths/x", "description": TEXT + "."}),
        ("version", {"name": "list_forecastsV2"}),
        ("version", {"namespace": "Weather REST API v2"}),
        ("version", {"parameters": (*PARAMETERS, "language:string", "page:integer")}),
        ("version", {"description": ""}),
        ("mirror", {"source": "copies"}),
        ("mirror", {"source": "copies", "namespace": ""}),
        ("mirror", {"namespace": "Weather API with fixes"}),
        ("mirror", {"name": "ListForecasts", "source": "copies", "parameters": ("City:string", "days:number", "Units:string")}),
        ("rewording", {"source": "copies", "description": "The forecasts of a city by hour", "namespace": ""}),
        ("renamed", {"name": "x2_list_forecasts", "source": "copies", "namespace": "Weather Service"}),
        ("renamed", {"name": "data.list_forecasts", "source": "copies", "namespace": ""}),
    ],
)  # fmt: skip
def test_near_duplicates_are_joined(kind: str, change: Row) -> None:
    assert kinds(function(), function(**change)) == [kind]


@pytest.mark.parametrize(
    "change",
    [
        {"namespace": "Traffic API"},
        {"name": "delete_forecasts"},
        {"name": "forecasts_list"},
        {"parameters": ("id:string",), "description": "Something else"},
        {"parameters": ("id:string",)},
        {"description": "Removes all that is known of places", "parameters": (*PARAMETERS[:2], "a:string")},
        {"source": "copies", "description": "Removes all that is known of places"},
        {"source": "copies", "namespace": "", "parameters": PARAMETERS[:2]},
        {"name": "partial_list_forecasts", "namespace": "Weather API"},
    ],
)
def test_other_functions_stay_apart(change: Row) -> None:
    assert kinds(function(), function(**change)) == []


def test_a_short_description_is_too_little_to_know_a_function_of_no_known_service_by() -> None:
    short = {"name": "get_user", "description": "Get a user", "parameters": ("id:string",), "namespace": ""}
    assert kinds(function(**short), function(**short, source="copies")) == []
    telling = {**short, "parameters": ("id:string", "fields:array")}
    assert kinds(function(**telling), function(**telling, source="copies")) == ["mirror"]


def test_the_evidence_is_that_of_a_function_and_its_representative() -> None:
    first, second = (
        function(),
        function(namespace="", source="copies", description=TEXT + " now and then again"),
    )
    found = cluster_functions(frame([first, second]))
    assert found.schema == CLUSTER_SCHEMA
    row = found.filter(~pl.col("is_representative")).row(0, named=True)
    assert (row["name_similarity"], row["parameter_similarity"]) == (1.0, 1.0)
    assert row["description_similarity"] == 0.6667
    assert row["cluster_id"] == make_id("cluster", row["representative_function_id"])


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"location": "a-v1.json#"}, {"location": "a-v2.json#", "has_returns": False}),
        ({"location": "a-3.10.json#"}, {"location": "a-3.9.json#"}),
        ({"location": "a.json#"}, {"location": "a-3.9.json#"}),
        ({"location": "a.json#"}, {"location": "a-beta.json#"}),
        ({"name": "list_forecasts_v2"}, {"name": "list_forecasts"}),
        ({"licence": "Apache-2.0"}, {"licence": "proprietary"}),
        ({"parameters": (*PARAMETERS, "language:string")}, {"source_version": "1"}),
    ],
)
def test_the_most_complete_then_the_newest_then_the_freest_stands_for_a_cluster(
    better: Row, worse: Row
) -> None:
    first, second = function(**better), function(**worse)
    assert representative(first, second) == representative(second, first) == first


def test_of_many_functions_of_one_name_those_that_are_equal_are_still_found() -> None:
    others = [function(description=f"{TEXT} {'x' * n}", parameters=(f"p{n}:string",)) for n in range(1, 30)]
    rows = [*others, *({**row, "function_id": make_id("fn", row, 1)} for row in others)]
    found = cluster_functions(frame(rows), ClusterParams(max_compared=2))
    assert found["cluster_id"].n_unique() == len(others)


def test_no_functions_have_no_near_duplicates() -> None:
    assert cluster_functions(frame([])).equals(pl.DataFrame(schema=CLUSTER_SCHEMA))


FUNCTIONS = st.lists(
    st.builds(
        lambda name, **changes: function(name, **changes),
        st.sampled_from(["get", "get_pet", "getPetV2", "pets_get_pet"]),
        namespace=st.sampled_from(["", "Pets", "Pets v2 API", "Pets and more", "Cars"]),
        description=st.sampled_from(["", TEXT, TEXT + " and more", "Gets a pet", "Gets a pet by its id"]),
        source=st.sampled_from("ab"),
        location=st.sampled_from(["a.json#", "a-1.2.json#"]),
        parameters=st.sets(st.sampled_from(["id:string", "id:integer", "kind:string", "page:integer"])).map(sorted),
        has_returns=st.booleans(),
    ),
    unique_by=lambda row: row["function_id"],
    max_size=14,
)  # fmt: skip
PARAMS = st.sampled_from([ClusterParams(), ClusterParams(max_compared=1)])


@settings(deadline=None)
@given(FUNCTIONS, PARAMS, st.randoms())
def test_clusters_are_blind_to_order_have_one_representative_and_are_a_fixed_point(
    rows: list[Row], params: ClusterParams, rng: random.Random
) -> None:
    found = cluster_functions(frame(rows), params)
    rng.shuffle(rows)
    assert cluster_functions(frame(rows), params).equals(found)
    counts = found.group_by("cluster_id").agg(pl.len(), pl.col("is_representative").sum().alias("n"))
    assert set(counts["n"]) <= {1} and all(counts["len"] > 1)
    representatives = without_near_duplicates(frame(rows), found)
    assert cluster_functions(representatives, params).is_empty()


@settings(deadline=None)
@given(FUNCTIONS)
def test_a_function_that_is_like_no_other_changes_no_cluster(rows: list[Row]) -> None:
    found = cluster_functions(frame(rows))
    strangers = [function(namespace="Cars and lorries", name="get_pet"), function("paint", namespace="Pets")]
    assert cluster_functions(frame([*rows, *strangers])).equals(found)
