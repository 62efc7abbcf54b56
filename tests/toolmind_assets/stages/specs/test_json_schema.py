"""Every dialect becomes JSON Schema 2020-12, and every change is noted."""

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.model.drops import DropReason
from toolmind_assets.stages.specs.declared import pointer_lookup
from toolmind_assets.stages.specs.params import SpecParams
from toolmind_assets.stages.specs.rejection import RejectedError
from toolmind_assets.stages.specs.schema_definitions import RETURNS, Definitions

PARAMS = SpecParams()


def convert(schema: Any, **limits: int) -> dict[str, Any]:
    return Definitions(pointer_lookup(schema), SpecParams(**limits)).assemble(schema).schema


def codes(schema: Any) -> list[str]:
    return [repair.code for repair in Definitions(pointer_lookup(schema), PARAMS).assemble(schema).repairs]


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ({"type": "dict"}, {"type": "object"}),
        ({"type": "HashMap"}, {"type": "object"}),
        ({"type": "float"}, {"type": "number"}),
        ({"type": "double"}, {"type": "number"}),
        ({"type": "long"}, {"type": "integer"}),
        ({"type": "String"}, {"type": "string"}),
        ({"type": "char"}, {"type": "string"}),
        ({"type": "Boolean"}, {"type": "boolean"}),
        ({"type": "any"}, {}),
        ({"type": ""}, {}),
        ({"type": "Widget"}, {}),
        ({"type": None}, {}),
        ({"type": ["str", "None"]}, {"type": ["string", "null"]}),
        ({"type": ["string", "null"]}, {"type": ["string", "null"]}),
        ({"type": ["string", "any"]}, {}),
        ({"type": []}, {}),
        ({"type": "str, optional"}, {"type": "string"}),
        ({"type": "Optional[int]"}, {"type": ["integer", "null"]}),
        ({"type": "int | None"}, {"type": ["integer", "null"]}),
        ({"type": "List[int]"}, {"type": "array", "items": {"type": "integer"}}),
        ({"type": "string[]"}, {"type": "array", "items": {"type": "string"}}),
        ({"type": "Map<String, Long>"}, {"type": "object"}),
        ({"type": "datetime"}, {"type": "string", "format": "date-time"}),
        ({"type": "ArrayList", "items": {"type": "String"}}, {"type": "array", "items": {"type": "string"}}),
        ({"type": "tuple", "items": {"type": "float"}}, {"type": "array", "items": {"type": "number"}}),
        ({"type": "array"}, {"type": "array", "items": {}}),
        (
            {"type": "array", "items": [{"type": "int"}]},
            {"type": "array", "prefixItems": [{"type": "integer"}]},
        ),
        ({"properties": {"a": None}}, {"type": "object", "properties": {"a": {}}}),
        ({"properties": {"a": "str"}}, {"type": "object", "properties": {"a": {"type": "string"}}}),
        ({"properties": {"a": False}}, {"type": "object", "properties": {"a": {"not": {}}}}),
        (
            {"properties": [{"name": "a", "type": "int"}]},
            {"type": "object", "properties": {"a": {"type": "integer"}}},
        ),
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        (
            {"type": "string", "enum": ["a"], "nullable": True},
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        (
            {"allOf": [{"type": "string"}], "nullable": True, "title": "T"},
            {"anyOf": [{"allOf": [{"type": "string"}]}, {"type": "null"}], "title": "T"},
        ),
        (
            {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
            {"type": "integer", "exclusiveMinimum": 0},
        ),
        ({"type": "integer", "minimum": 0, "exclusiveMinimum": False}, {"type": "integer", "minimum": 0}),
        ({"type": "integer", "maximum": "9"}, {"type": "integer", "maximum": 9}),
        ({"type": "string", "minLength": -1, "maxLength": "x"}, {"type": "string"}),
        ({"type": "string", "pattern": "(a"}, {"type": "string"}),
        ({"type": "string", "example": "x"}, {"type": "string", "examples": ["x"]}),
        ({"type": "string", "examples": {"one": {"value": 1}}}, {"type": "string", "examples": [1]}),
        ({"type": "integer", "enum": ["1", "2"]}, {"type": "integer", "enum": [1, 2]}),
        ({"type": "string", "enum": [1, "2", 1]}, {"type": "string", "enum": ["1", "2"]}),
        ({"type": "integer", "enum": ["one"]}, {"enum": ["one"]}),
        ({"type": "string", "enum": []}, {"type": "string"}),
        ({"type": "string", "enum": ["a", None]}, {"type": ["string", "null"], "enum": ["a", None]}),
        (
            {"type": "array", "items": {"type": "string"}, "enum": ["a"]},
            {"type": "array", "items": {"type": "string", "enum": ["a"]}},
        ),
        ({"type": "boolean", "default": "true"}, {"type": "boolean", "default": True}),
        ({"type": "integer", "default": "5 years"}, {"type": "integer", "default": "5 years"}),
        ({"type": "string", "default": None}, {"type": "string", "default": None}),
        ({"type": "string", "x-go-name": "A", "$schema": "s", "$id": "i"}, {"type": "string"}),
        ({"type": "string", "description": "<p>a  b</p>"}, {"type": "string", "description": "a b"}),
        ({"anyOf": []}, {}),
        ({"oneOf": {"type": "str"}}, {"oneOf": [{"type": "string"}]}),
        (
            {"type": "object", "additionalProperties": "string"},
            {"type": "object", "additionalProperties": {"type": "string"}},
        ),
        (
            {"type": "object", "additionalProperties": False},
            {"type": "object", "additionalProperties": False},
        ),
        (
            {"type": "object", "patternProperties": {"(": {}, "^a": {}}},
            {"type": "object", "patternProperties": {"^a": {}}},
        ),
        (None, {}),
        (7, {}),
    ],
)
def test_a_dialect_is_understood(found: Any, wanted: dict[str, Any]) -> None:
    converted = convert(found)
    assert converted == wanted
    jsonschema_rs.meta.validate(converted)
    assert (codes(found) == []) == (found == wanted)


def test_required_flags_are_collected_after_the_list() -> None:
    properties = {"b": {"required": True}, "a": {"required": "true"}, "c": {"required": False}, "d": {}}
    converted = convert({"type": "dict", "properties": properties, "required": ["d", "d", "gone", 7]})
    assert converted["required"] == ["d", "a", "b"]
    assert converted["properties"] == {"a": {}, "b": {}, "c": {}, "d": {}}


def test_required_names_of_a_composition_are_kept() -> None:
    found = {"allOf": [{"type": "object", "properties": {"a": {}}}, {"required": ["a"]}]}
    assert convert(found) == found


def test_prefix_items_count_before_a_list_of_items_whichever_stands_first() -> None:
    old, new = {"items": [{"type": "string"}]}, {"prefixItems": [{"type": "integer"}]}
    assert convert(old | new) == convert(new | old) == {"type": "array", **new}
    assert convert(old | {"prefixItems": "none"}) == convert({"prefixItems": "none"} | old) == convert(old)
    assert "keyword_invalid" in codes(old | new)


def test_a_required_list_among_the_properties_is_lifted() -> None:
    converted = convert({"type": "object", "properties": {"a": {}, "required": ["a"]}})
    assert converted == {"type": "object", "properties": {"a": {}}, "required": ["a"]}


def test_properties_may_be_called_like_keywords() -> None:
    names = ("default", "enum", "examples", "const", "type", "properties", "$ref", "items")
    found = {"type": "object", "properties": {name: {"$ref": "#/$defs/T"} for name in names}}
    found["$defs"] = {"T": {"type": "string"}}
    assert convert(found) == found


def test_instances_are_no_schemas() -> None:
    found = {"type": "object", "default": {"$ref": "#/nowhere", "type": "dict"}}
    assert convert(found) == found


def pet(**more: Any) -> dict[str, Any]:
    text = {"type": "string", "description": "x" * 500}
    return {"type": "object", "properties": {"a": text, "b": text, **more}}


def test_shared_definitions_stay_and_unused_ones_go() -> None:
    ref = {"$ref": "#/definitions/Pet"}
    found = {
        "type": "object",
        "properties": {"one": ref, "two": ref},
        "definitions": {"Pet": pet(), "Unused": pet()},
    }
    converted = convert(found)
    assert converted["properties"] == {"one": {"$ref": "#/$defs/Pet"}, "two": {"$ref": "#/$defs/Pet"}}
    assert converted["$defs"] == {"Pet": pet()}
    assert convert(converted) == converted


def test_what_stands_beside_a_reference_stays_beside_it() -> None:
    found = {
        "type": "object",
        "properties": {"one": {"$ref": "#/$defs/A", "description": "own"}},
        "$defs": {"A": {"type": "string"}},
    }
    assert convert(found) == found


def test_a_recursive_schema_stays_recursive() -> None:
    found = {"$ref": "#/$defs/Node", "$defs": {"Node": pet(next={"$ref": "#/$defs/Node"})}}
    converted = convert(found)
    assert converted["$defs"]["Node"]["properties"]["next"] == {"$ref": "#/$defs/Node"}
    validator = jsonschema_rs.Draft202012Validator(converted)
    assert validator.is_valid({"next": {"next": {}}}) and not validator.is_valid({"next": {"next": 1}})
    assert convert(converted) == converted


@pytest.mark.parametrize("reference", ["#", "#/"])
def test_a_reference_to_the_whole_is_followed_or_rejected(reference: str) -> None:
    found = {"type": "object", "properties": {"a": {"$ref": reference}}}
    if reference == "#/":
        with pytest.raises(RejectedError):
            convert(found)
    else:
        jsonschema_rs.Draft202012Validator(convert(found))


def test_a_circle_that_never_descends_is_cut() -> None:
    found = {
        "properties": {"a": {"$ref": "#/$defs/A"}},
        "$defs": {
            "A": {"allOf": [{"$ref": "#/$defs/B"}], **pet()},
            "B": {"anyOf": [{"$ref": "#/$defs/A"}, {"type": "object"}]},
        },
    }
    converted = convert(found)
    assert "circle_cut" in codes(found)
    assert jsonschema_rs.Draft202012Validator(converted).is_valid({"a": {"a": "x"}})
    assert "circle_cut" not in codes(converted)


def test_a_reference_to_itself_admits_anything() -> None:
    found = {"properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": {"$ref": "#/$defs/A"}}}
    converted = convert(found)
    assert converted["properties"] == {"a": {"$ref": "#/$defs/A"}} and converted["$defs"] == {"A": {}}


@pytest.mark.parametrize(
    "reference", ["#/$defs/gone", "other.json#/A", "https://example.com/a", 7, "#/type/x"]
)
def test_a_reference_that_leads_nowhere_is_rejected(reference: Any) -> None:
    with pytest.raises(RejectedError) as caught:
        convert({"type": "object", "properties": {"a": {"$ref": reference}}})
    assert caught.value.reason is DropReason.UNRESOLVED_REF


def test_definitions_beyond_the_limit_are_left_open() -> None:
    chain = {f"N{n:02}": pet(next={"$ref": f"#/$defs/N{n + 1:02}"}) for n in range(9)}
    found = {"properties": {"a": {"$ref": "#/$defs/N00"}}, "$defs": {**chain, "N09": pet()}}
    assembled = Definitions(pointer_lookup(found), SpecParams(max_definitions=3)).assemble(found)
    (repair,) = [repair for repair in assembled.repairs if repair.code == "definition_cut"]
    assert repair.detail == "1 beyond the limits: #/$defs/N03"
    assert list(assembled.schema["$defs"]) == ["N00", "N01", "N02"]
    assert assembled.schema["$defs"]["N02"] == {**pet(next={}), "type": "object"}
    jsonschema_rs.Draft202012Validator(assembled.schema)


def test_a_reference_of_a_result_that_leads_nowhere_admits_anything() -> None:
    found = {"type": "object", "properties": {"a": {"$ref": "#/gone"}, "b": {"type": "string"}}}
    assembled = Definitions(pointer_lookup(found), PARAMS, RETURNS).assemble(found)
    (name,) = assembled.schema["$defs"]
    assert assembled.schema["properties"] == {"a": {"$ref": f"#/$defs/{name}"}, "b": {"type": "string"}}
    assert assembled.schema["$defs"][name] == {}
    assert "reference_open" in [repair.code for repair in assembled.repairs]


def test_two_sections_that_share_a_name_stay_apart() -> None:
    found = {
        "properties": {"a": {"$ref": "#/$defs/A"}, "b": {"$ref": "#/definitions/A"}},
        "$defs": {"A": {"type": "string"}},
        "definitions": {"A": {"type": "integer"}},
    }
    converted = convert(found)
    validator = jsonschema_rs.Draft202012Validator(converted)
    assert validator.is_valid({"a": "x", "b": 1}) and not validator.is_valid({"b": "x"})
    assert converted["properties"]["a"] == {"$ref": "#/$defs/A"}


def test_a_definition_is_converted_once_for_all_schemas_of_a_document() -> None:
    asked: list[str] = []

    def lookup(reference: str) -> Any:
        asked.append(reference)
        return pet() if reference == "#/components/schemas/Pet" else None

    definitions = Definitions(lookup, PARAMS)
    schema = {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}}
    first, second = definitions.assemble(schema), definitions.assemble(schema)
    assert first == second
    assert first.schema["$defs"]["Pet"] is second.schema["$defs"]["Pet"]
    assert asked.count("#/components/schemas/Pet") == 1


def test_a_schema_nested_without_end_is_rejected() -> None:
    found: dict[str, Any] = {}
    for _ in range(70):
        found = {"properties": {"a": found}}
    with pytest.raises(RejectedError, match="nested deeper") as caught:
        convert(found)
    assert caught.value.reason is DropReason.TOO_DEEP


def test_a_schema_that_multiplies_is_rejected_by_its_size() -> None:
    with pytest.raises(RejectedError, match="max_schema_nodes"):
        convert({"properties": {str(n): {} for n in range(200)}}, max_schema_nodes=100)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4)
TYPES = st.sampled_from(
    ["dict", "float", "string", "String", "array", "any", "integer", "null", "List[int]", "object"]
)
KEYS = st.sampled_from(
    [
        "type",
        "properties",
        "items",
        "prefixItems",
        "required",
        "enum",
        "default",
        "nullable",
        "description",
        "minimum",
        "exclusiveMinimum",
        "allOf",
        "anyOf",
        "oneOf",
        "additionalProperties",
        "pattern",
        "examples",
        "example",
        "minLength",
        "$ref",
        "$defs",
        "readOnly",
        "not",
        "const",
        "format",
        "x-a",
        "A",
    ]
)
REFERENCES = st.sampled_from(["#", "#/$defs/A", "#/properties/A", "#/items", "#/allOf/0"])
SCHEMAS = st.recursive(
    SCALARS | TYPES | REFERENCES | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner | TYPES | REFERENCES, max_size=5),
    max_leaves=14,
)


def shuffled(value: Any) -> Any:
    """The same JSON value with the keys of every object the other way round."""
    if isinstance(value, dict):
        return {key: shuffled(member) for key, member in reversed(value.items())}
    return [shuffled(member) for member in value] if isinstance(value, list) else value


@given(st.dictionaries(KEYS, SCHEMAS, max_size=6))
def test_whatever_comes_the_result_is_valid_stable_and_blind_to_the_order_of_keys(
    found: dict[str, Any],
) -> None:
    try:
        converted = convert(found)
    except RejectedError:
        with pytest.raises(RejectedError):
            convert(shuffled(found))
        return
    jsonschema_rs.meta.validate(converted)
    jsonschema_rs.Draft202012Validator(converted)
    assert convert(shuffled(found)) == converted
    if "circle_cut" not in codes(found):
        assert convert(converted) == converted
