from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.model.schemas import (
    MAX_DEPTH,
    alternatives,
    fits,
    misfits,
    resolve,
    schema_fields,
    schemas_at,
    types_of,
    violations,
)

STRING = {"type": "string"}


def paths_of(schema: dict[str, Any] | None) -> list[tuple[str, bool]]:
    return [(field.path, field.is_required) for field in schema_fields(schema)]


def test_leaves_are_listed_breadth_first_with_what_is_required_all_the_way() -> None:
    line = {"properties": {"sku": STRING, "a.b": STRING}, "required": ["sku"]}
    schema = {
        "properties": {"lines": {"type": "array", "items": line}, "note": STRING, "more": line},
        "required": ["lines"],
    }
    assert paths_of(schema) == [
        ("note", False),
        ("more.sku", False),
        (r"more.a\.b", False),
        ("lines[].sku", True),
        (r"lines[].a\.b", False),
    ]


def test_a_field_knows_its_name_its_owner_and_its_own_schema() -> None:
    schema = {"properties": {"lines": {"items": {"properties": {"sku": {**STRING, "description": "key"}}}}}}
    (field,) = schema_fields(schema)
    assert (field.name, field.owner, field.types, field.description) == ("sku", "lines", ("string",), "key")


def test_a_bare_result_is_one_field_and_an_object_about_which_nothing_is_known_none() -> None:
    assert paths_of(STRING) == [("", True)]
    assert paths_of({"type": "object"}) == [] == paths_of({}) == paths_of(None)


def test_recursion_ends_at_the_stated_depth() -> None:
    node = {"properties": {"next": {"$ref": "#/$defs/node"}, "id": STRING}}
    fields = schema_fields({"$defs": {"node": node}, "$ref": "#/$defs/node"})
    assert max(field.path.count(".") for field in fields) == MAX_DEPTH - 1
    assert paths_of(
        {"$defs": {"me": {"$ref": "#/$defs/me"}}, "properties": {"a": {"$ref": "#/$defs/me"}}}
    ) == [("a", False)]


@given(st.integers(1, 100))
def test_no_more_fields_are_listed_than_wanted(count: int) -> None:
    schema = {"properties": {f"f{place}": STRING for place in range(count)}}
    assert len(schema_fields(schema, max_fields=10)) == min(count, 10)


def test_parts_are_merged_and_the_first_branch_that_is_no_null_is_taken() -> None:
    schema = {"allOf": [{"properties": {"a": STRING}, "required": ["a"]}, {"properties": {"b": STRING}}]}
    assert paths_of(schema) == [("a", True), ("b", False)]
    assert resolve({"anyOf": [{"type": "null"}, STRING], "title": "t"}, {}) == {**STRING, "title": "t"}


@pytest.mark.parametrize(
    ("schema", "types"),
    [({"type": ["null", "string"]}, ("string",)), ({"enum": [1, "a", None]}, ("integer", "string")),
     ({"const": True}, ("boolean",)), ({"properties": {}}, ("object",)), ({"items": {}}, ("array",)), ({}, ())],
)  # fmt: skip
def test_types_are_told_from_what_the_schema_states(schema: dict[str, Any], types: tuple[str, ...]) -> None:
    assert types_of(schema) == types


def test_every_violation_is_named_by_keyword_and_pointer() -> None:
    schema = {"properties": {"a/b": {"type": "integer"}, "c": {"enum": [1]}}, "required": ["d"]}
    found = violations(schema, {"a/b": "x", "c": 2})
    assert sorted((one.keyword, one.pointer) for one in found) == [
        ("enum", "/c"),
        ("required", ""),
        ("type", "/a~1b"),
    ]
    assert fits(schema, {"d": 1}) and not fits(schema, {})


@pytest.mark.parametrize("reference", ["file:///etc/passwd", "http://localhost:1/x.json", "other.json"])
def test_a_reference_to_the_outside_is_refused_and_not_followed(reference: str) -> None:
    with pytest.raises(ValueError, match=r"reference|retriev"):
        violations({"properties": {"a": {"$ref": reference}}}, {"a": 1})


def test_a_result_that_fits_several_overlapping_branches_is_no_misfit() -> None:
    schema = {"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}
    assert misfits(schema, {"a": 1}) == misfits(schema, {"a": 1, "b": 2}) == []
    assert len(violations(schema, {"a": 1, "b": 2})) == len(misfits(schema, {})) == 1


def test_every_branch_of_a_union_is_an_alternative_and_a_path_leads_through_all_of_them() -> None:
    root = {
        "anyOf": [{"properties": {"a": {"$ref": "#/$defs/A"}}}, {"properties": {"a": {"type": "null"}}}],
        "$defs": {"A": {"oneOf": [{"type": "integer"}, {"type": "array", "items": {"type": "string"}}]}},
    }
    assert [one.get("type") for one in schemas_at(root, "a")] == ["integer", "array", "null"]
    assert schemas_at(root, "a[]") == [{"type": "string"}]
    assert schemas_at(root, "b") == schemas_at(root, "a.b") == []
    endless = {"$defs": {"A": {"$ref": "#/$defs/A"}}, "$ref": "#/$defs/A"}
    assert alternatives(endless, endless) == []
