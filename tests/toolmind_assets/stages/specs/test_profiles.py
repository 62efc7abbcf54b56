"""What near duplicates are told by: words without versions, parameters with their types."""

import json

import polars as pl
import pytest

from toolmind_assets.stages.specs.profiles import (
    PROFILE_COLUMNS,
    description_words,
    function_profiles,
    name_words,
    parameter_types,
    service_words,
    version_of,
)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("listUsersV2", ("list", "users")),
        ("GET /v1beta1/users/{id}", ("get", "users", "id")),
        ("getUser_1", ("get", "user", "1")),
        ("天气", ("天气",)),
        ("v1", ("v1",)),
        ("documents.preview", ("documents", "preview")),
    ],
)
def test_versions_are_no_words_of_a_name(name: str, words: tuple[str, ...]) -> None:
    assert name_words(name) == words


def test_words_that_any_service_says_of_itself_tell_none() -> None:
    assert service_words("GitHub v3 REST API") == {"git", "hub"}
    assert service_words("The API v2.1 (beta)") == frozenset()


def test_addresses_numbers_and_common_words_are_left_out_of_descriptions() -> None:
    words = description_words(pl.Series(["See https://a.b/v3 of the 3.4 Café", ""]))
    assert words.to_list() == [["café", "see"], []]


def test_parameters_are_listed_with_their_types_without_reading_definitions() -> None:
    schema = {
        "type": "object",
        "properties": {
            "b": {"$ref": "#/$defs/B"},
            "a": {"type": "object", "properties": {"x": {"type": ["null", "integer"]}}},
            "c": {},
        },
        "$defs": {"B": {"type": "string"}},
    }
    compact = json.dumps(schema, separators=(",", ":"))
    expected = ["a.x:integer|null", "a:object", "b:B", "c:"]
    assert parameter_types(pl.Series([compact, json.dumps(schema), "{}"])).to_list() == [
        expected,
        expected,
        [],
    ]


def test_a_parameter_that_is_called_like_the_definitions_does_no_harm() -> None:
    schema = {"properties": {"a": {"type": "string"}, "$defs": {"type": "string"}}}
    found = parameter_types(pl.Series([json.dumps(schema, separators=(",", ":"))]))
    assert found.to_list() == [["$defs:string", "a:string"]]


def test_newer_versions_come_later() -> None:
    places = ["a-beta.json#", "a-3.9.json#/v9", "a-3.10.json#", "a.json#/v1"]
    versions = [version_of("f", "", place, "") for place in places]
    assert versions == sorted(versions) and len(set(versions)) == 4
    assert version_of("fV2", "", "a", "") > version_of("f", "", "a", "9")


def test_profiles_are_made_of_rows_of_functions() -> None:
    row = dict.fromkeys(
        ("function_id", "source_name", "namespace", "description", "source", "source_version", "licence"), "x"
    )
    functions = pl.DataFrame(
        [{**row, "parameters_json": "{}", "returns_json": None, "sources": [{"location": "here"}]}],
        schema_overrides={"returns_json": pl.String},
    )
    found = function_profiles(functions)
    assert tuple(found.columns) == PROFILE_COLUMNS
    assert found.select("location", "has_returns", "parameters").row(0) == ("here", False, [])
