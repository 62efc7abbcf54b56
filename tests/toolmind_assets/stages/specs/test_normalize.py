"""Entries of each form become specs, or drops with their reason."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.model.drops import Drop, DropReason
from toolmind_assets.model.functions import CatalogForm, Domain, Effect, NormalizedSpec, RawFunction
from toolmind_assets.stages.specs.forms import FORMS
from toolmind_assets.stages.specs.normalize import Normalizer, normalize_all
from toolmind_assets.stages.specs.params import SpecParams


def raw(entry: Any, form: str = "openai", **more: str) -> RawFunction:
    text = entry if isinstance(entry, str) else json.dumps(entry)
    fields = {"entry_id": "entry_1", "catalog": "c", "document": "a.json", "location": "a.json#/0", **more}
    fields = {"source": "s", **fields}
    fields = {"source_version": "1", "licence": "MIT", "entry_digest": "d", **fields}
    return RawFunction(form=CatalogForm(form), raw_json=text, **fields)


def normalize(one: RawFunction, components: dict[str, Any] | None = None) -> NormalizedSpec | Drop:
    texts = {reference: json.dumps(target) for reference, target in (components or {}).items()}
    return Normalizer(one.form, texts, SpecParams()).normalize(one)


def spec_of(entry: Any, form: str = "openai", components: dict[str, Any] | None = None) -> NormalizedSpec:
    result = normalize(raw(entry, form), components)
    assert isinstance(result, NormalizedSpec), result
    return result


def drop_of(entry: Any, form: str = "openai") -> Drop:
    result = normalize(raw(entry, form))
    assert isinstance(result, Drop), result
    return result


def codes(spec: NormalizedSpec) -> list[str]:
    return [repair.code for repair in spec.repairs]


def test_a_clean_function_is_kept_as_it_is() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    spec = spec_of({"name": "find_book", "description": "Finds a book.", "parameters": schema})
    assert (spec.source_name, spec.description, spec.parameters) == ("find_book", "Finds a book.", schema)
    assert (spec.returns, spec.repairs, spec.namespace) == (None, (), "c")
    assert (spec.catalog, spec.entry_id, spec.source, spec.licence) == ("c", "entry_1", "s", "MIT")


def test_a_bfcl_function_gives_its_owner_and_its_result() -> None:
    spec = spec_of(
        {
            "name": "add",
            "description": "This tool belongs to the Math API, which adds. Tool description: Add two.",
            "parameters": {"type": "dict", "properties": {"a": {"type": "float"}}, "required": ["a"]},
            "response": {"type": "dict", "properties": {"result": {"type": "float"}}},
        },
        "bfcl",
    )
    assert (spec.namespace, spec.description) == ("Math API", "Add two.")
    assert spec.parameters["properties"] == {"a": {"type": "number"}}
    assert spec.returns == {"type": "object", "properties": {"result": {"type": "number"}}}
    assert "type_renamed" in codes(spec)


def test_a_dotted_name_gives_the_namespace() -> None:
    assert spec_of({"name": "spotify.music.play"}).namespace == "spotify.music"


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "f"},
        {"name": "f", "parameters": None},
        {"name": "f", "parameters": {}},
        {"name": "f", "parameters": {"type": "object"}},
        {"name": "f", "parameters": "none"},
    ],
)
def test_a_function_without_parameters_takes_an_empty_object(entry: dict[str, Any]) -> None:
    assert spec_of(entry).parameters == {"type": "object", "properties": {}}


def test_parameters_that_are_no_schema_become_one() -> None:
    parameters = {
        "city": {"type": "str", "description": "c"},
        "days": {"type": "int, optional"},
        "unit": {"type": "str", "default": "C"},
    }
    spec = spec_of({"name": "f", "parameters": parameters})
    assert spec.parameters["required"] == ["city"]
    assert list(spec.parameters["properties"]) == ["city", "days", "unit"]
    listed = spec_of({"name": "f", "arguments": [{"name": "a", "type": "int", "required": True}]})
    assert listed.parameters == {
        "type": "object",
        "properties": {"a": {"type": "integer"}},
        "required": ["a"],
    }
    moved = spec_of({"name": "f", "parameters": {"properties": {"a": {}}}, "required": ["a"]})
    assert moved.parameters["required"] == ["a"] and "required_moved" in codes(moved)


def test_an_mcp_tool_gives_server_hints_and_result() -> None:
    tool = {
        "name": "list_files",
        "title": "List",
        "annotations": {"readOnlyHint": False},
        "inputSchema": {"type": "object", "properties": {}, "$schema": "x"},
        "outputSchema": {"type": "object", "properties": {"n": {"type": "integer"}}},
    }
    spec = spec_of({"server": "files", "tool": tool}, "mcp")
    assert (spec.namespace, spec.description, spec.effect) == ("files", "List", Effect.EXECUTE)
    assert spec.returns == tool["outputSchema"]
    tool["annotations"] = {"readOnlyHint": True}
    assert spec_of({"server": "files", "tool": tool}, "mcp").effect is Effect.READ


def operation(**more: Any) -> dict[str, Any]:
    fields = {
        "method": "post",
        "path": "/pets/{id}",
        "title": "Pet Shop.",
        "parameters": [],
    }
    return {**fields, "operation": {}, **more}


def body(schema: Any, **more: Any) -> dict[str, Any]:
    return {"requestBody": {"content": {"application/json": {"schema": schema}}, **more}}


def test_an_operation_takes_path_query_header_and_body_as_one_object() -> None:
    shared = [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
        {"name": "lang", "in": "header", "schema": {"type": "string"}},
        {"name": "Authorization", "in": "header", "schema": {"type": "string"}},
        {"name": "Content-Type", "in": "header", "schema": {"type": "string"}},
        {"name": "session", "in": "cookie", "schema": {"type": "string"}},
    ]
    own = [
        {"$ref": "#/components/parameters/limit"},
        {"name": "lang", "in": "header", "description": "own", "schema": {"type": "string"}},
    ]
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "id": {"type": "integer"}, "made": {"readOnly": True}},
        "required": ["name", "made"],
    }
    spec = spec_of(
        operation(
            parameters=shared,
            operation={"operationId": "addPet", "summary": "Add a pet", "parameters": own, **body(schema)},
        ),
        "openapi",
        {"#/components/parameters/limit": {"name": "limit", "in": "query", "schema": {"type": "integer"}}},
    )
    assert (spec.source_name, spec.namespace, spec.description) == ("addPet", "Pet Shop", "Add a pet")
    assert spec.parameters["properties"] == {
        "id": {"type": "string"},
        "limit": {"type": "integer"},
        "lang": {"type": "string", "description": "own"},
        "Authorization": {"type": "string"},
        "Content-Type": {"type": "string"},
        "name": {"type": "string"},
        "id_body": {"type": "integer"},
    }
    assert spec.parameters["required"] == ["id", "name"]
    assert {"name_clash", "property_hidden"} <= set(codes(spec))


def test_a_body_behind_references_and_all_of_is_merged() -> None:
    references = {
        "#/components/schemas/New": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"required": ["b"]}]},
        "#/components/schemas/Base": {"properties": {"b": {"type": "integer"}}, "required": ["b"]},
    }
    entry = operation(operation=body({"$ref": "#/components/schemas/New"}))
    assert spec_of(entry, "openapi", references).parameters == {
        "type": "object",
        "properties": {"b": {"type": "integer"}},
        "required": ["b"],
    }


@pytest.mark.parametrize(
    "schema",
    [{"type": "array", "items": {"type": "string"}}, {"oneOf": [{"type": "string"}, {"type": "object"}]}],
)
def test_a_body_that_is_no_plain_object_stays_one_parameter(schema: dict[str, Any]) -> None:
    spec = spec_of(operation(operation=body(schema, required=True)), "openapi")
    assert spec.parameters == {"type": "object", "properties": {"body": schema}, "required": ["body"]}


def test_every_answer_that_means_success_is_a_result() -> None:
    def answer(schema: Any, kind: str = "application/json") -> Any:
        return {"content": {kind: {"schema": schema}}}

    responses = {
        "default": answer({"type": "null"}),
        "400": answer({"type": "boolean"}),
        "201": answer({"type": "integer"}),
        "200": answer({"type": "string"}, "application/pdf"),
    }
    union = {"anyOf": [{"type": "string"}, {"type": "integer"}]}
    assert spec_of(operation(operation={"responses": responses}), "openapi").returns == union
    del responses["200"]
    assert spec_of(operation(operation={"responses": responses}), "openapi").returns == {"type": "integer"}
    only = {"default": answer({"type": "boolean"})}
    assert spec_of(operation(operation={"responses": only}), "openapi").returns == {"type": "boolean"}


def test_json_counts_before_other_media_types() -> None:
    content = {
        "application/xml": {"schema": {"type": "string"}},
        "application/json": {"schema": {"type": "integer"}},
    }
    answers = {"200": {"content": content}}
    assert spec_of(operation(operation={"responses": answers}), "openapi").returns == {"type": "integer"}
    del content["application/json"]
    assert spec_of(operation(operation={"responses": answers}), "openapi").returns == {"type": "string"}


def test_an_operation_without_an_id_is_named_by_method_and_path() -> None:
    spec = spec_of(operation(method="get"), "openapi")
    assert (spec.source_name, spec.effect) == ("GET /pets/{id}", Effect.READ)


def test_a_cyclic_component_stays_finite() -> None:
    node = {
        "properties": {"next": {"$ref": "#/components/schemas/Node"}, "text": {"description": "x" * 3000}}
    }
    responses = {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Node"}}}}}
    references = {"#/components/schemas/Node": node}
    spec = spec_of(operation(operation={"responses": responses}), "openapi", references)
    assert spec.returns is not None
    assert spec.returns["properties"]["next"] == {"$ref": "#/$defs/Node"}
    assert list(spec.returns["$defs"]) == ["Node"]


def test_a_result_that_cannot_be_used_is_left_out_and_noted() -> None:
    spec = spec_of({"name": "f", "response": {"properties": {"a": {"$ref": 7}}}})
    assert spec.returns is None and "returns_dropped" in codes(spec)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("{", DropReason.MALFORMED_JSON),
        ("[]", DropReason.UNKNOWN_FORM),
        ({"description": "d"}, DropReason.MISSING_NAME),
        ({"name": 7}, DropReason.MISSING_NAME),
        ({"name": "f", "parameters": {"type": "array"}}, DropReason.INVALID_SCHEMA),
        ({"name": "f", "parameters": {"type": "string"}}, DropReason.INVALID_SCHEMA),
        (
            {"name": "f", "parameters": {"properties": {str(n): {} for n in range(20_001)}}},
            DropReason.SCHEMA_TOO_LARGE,
        ),
        (
            {"name": "f", "parameters": {"properties": {"a": {"$ref": "#/$defs/b"}}}},
            DropReason.UNRESOLVED_REF,
        ),
        ({"name": "f", "parameters": {"properties": {"a": {"$ref": "b.json"}}}}, DropReason.UNRESOLVED_REF),
    ],
)
def test_what_cannot_be_normalised_is_dropped_with_its_reason(entry: Any, reason: DropReason) -> None:
    drop = drop_of(entry)
    assert drop.reason is reason
    assert (drop.stage, drop.partition, drop.subject_id, drop.parent_ids) == (
        "specs",
        "c",
        "entry_1",
        ("entry_1",),
    )
    assert drop.detail.startswith("a.json#/0: ") and len(drop.raw) <= 500


def test_the_key_outlives_a_change_and_the_digest_does_not() -> None:
    old, new = spec_of({"name": "f", "description": "a"}), spec_of({"name": "f", "description": "b"})
    assert old.function_key == new.function_key and old.function_digest != new.function_digest


def test_the_digest_is_blind_to_the_order_of_keys() -> None:
    first = {"name": "f", "parameters": {"properties": {"a": {"required": True}, "b": {"required": True}}}}
    second = {"parameters": {"properties": {"b": {"required": True}, "a": {"required": True}}}, "name": "f"}
    assert spec_of(first).function_digest == spec_of(second).function_digest


def test_every_entry_is_a_spec_or_a_drop() -> None:
    specs, drops = normalize_all([raw({"name": "f"}), raw("{"), raw({"name": "g"})], (), SpecParams())
    assert [spec.source_name for spec in specs] == ["f", "g"] and len(drops) == 1


def test_the_ids_of_a_result_are_those_of_what_stands_last_in_the_path_or_of_the_list_they_stand_in() -> None:
    ids = {"type": "object", "properties": {"id": {"type": "string"}}}
    schema = {
        **ids,
        "properties": {**ids["properties"], "lines": {"type": "array", "items": ids}, "data": ids},
    }
    answer = {"200": {"content": {"application/json": {"schema": schema}}}}
    entry = operation(path="/invoices/{id}/payments", operation={"responses": answer})
    found = {one["path"]: one["resource"] for one in spec_of(entry, "openapi").marks if "resource" in one}
    assert found == {
        "/returns/properties/id": "payment",
        "/returns/properties/lines/items/properties/id": "line",
        "/returns/properties/data/properties/id": "payment",
    }


def test_the_newest_version_of_an_api_is_kept_unless_all_are_wanted() -> None:
    raws = [
        raw({"name": "f"}, entry_id=name, document=f"dns.{name}.json", location=f"dns.{name}.json#/0")
        for name in ("v1", "v2beta1")
    ]
    specs, drops = normalize_all(raws, (), SpecParams())
    assert [spec.location for spec in specs] == ["dns.v1.json#/0"]
    assert [(drop.subject_id, drop.reason) for drop in drops] == [("v2beta1", DropReason.OLDER_VERSION)]
    assert len(normalize_all(raws, (), SpecParams(versions="all"))[0]) == 2


KEYS = st.sampled_from(
    [
        "name",
        "description",
        "parameters",
        "operation",
        "method",
        "path",
        "title",
        "references",
        "requestBody",
        "content",
        "application/json",
        "schema",
        "responses",
        "200",
        "in",
        "$ref",
        "allOf",
        "properties",
        "required",
        "type",
        "tool",
        "server",
        "inputSchema",
        "annotations",
        "#/a",
    ]
)
ENTRIES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=4)
    | st.sampled_from(["#/a", "path", "get", "dict"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=15,
)


@given(st.dictionaries(KEYS, ENTRIES, max_size=7), st.sampled_from(list(FORMS)))
def test_no_entry_of_any_form_raises(entry: dict[str, Any], form: CatalogForm) -> None:
    result = normalize(raw(entry, form), entry)
    assert isinstance(result, NormalizedSpec) or result.reason is not DropReason.UNFORESEEN, result
    if isinstance(result, NormalizedSpec):
        again = spec_of(
            {"name": result.source_name, "description": result.description, "parameters": result.parameters}
        )
        assert again.parameters == result.parameters and again.repairs == ()


def test_domain_and_effect_are_derived() -> None:
    spec = spec_of({"name": "hotel_booking.cancel", "description": "Cancels a hotel reservation."})
    assert (spec.domain, spec.effect) == (Domain.TRAVEL, Effect.DELETE)
