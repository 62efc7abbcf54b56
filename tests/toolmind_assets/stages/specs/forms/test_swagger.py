"""Swagger 2: types beside names, bodies among the parameters, one schema an answer."""

from collections.abc import Callable
from typing import Any

Normalize = Callable[[Any], Any]
"""Document -> specs, drops."""

PET = {
    "type": "object",
    "required": ["name", "photoUrls"],
    "properties": {
        "id": {"type": "integer", "format": "int64", "readOnly": True},
        "name": {"type": "string", "example": "doggie"},
        "photoUrls": {"type": "array", "items": {"type": "string"}},
        "category": {"$ref": "#/definitions/Category"},
        "note": {"type": "string", "x-nullable": True},
    },
}


def swagger(method: str = "get", path: str = "/pets/{id}", **operation: Any) -> dict[str, Any]:
    return {
        "swagger": "2.0",
        "info": {"title": "Petstore", "version": "1.0"},
        "consumes": ["application/json"],
        "paths": {path: {method: {"operationId": "doIt", "responses": {}, **operation}}},
        "definitions": {
            "Pet": PET,
            "Category": {"type": "object", "properties": {"parent": {"$ref": "#/definitions/Category"}}},
        },
        "parameters": {
            "limit": {"name": "limit", "in": "query", "type": "integer", "maximum": 10, "default": 5}
        },
        "responses": {"Found": {"description": "ok", "schema": {"$ref": "#/definitions/Pet"}}},
    }


def test_a_body_is_flattened_and_what_comes_back_alone_is_not_asked_for(normalize: Normalize) -> None:
    body = {"in": "body", "name": "pet", "required": True, "schema": {"$ref": "#/definitions/Pet"}}
    ((spec,), drops) = normalize(swagger("post", "/pets", parameters=[body]))
    assert drops == () and spec.namespace == "Petstore"
    assert list(spec.parameters["properties"]) == ["name", "photoUrls", "category", "note"]
    assert spec.parameters["required"] == ["name", "photoUrls"]
    assert spec.parameters["properties"]["note"]["type"] == ["string", "null"]
    assert spec.parameters["properties"]["name"]["examples"] == ["doggie"]
    category = spec.parameters["$defs"]["Category"]
    assert category["properties"]["parent"] == {"$ref": "#/$defs/Category"}


def test_a_body_that_may_be_left_out_requires_nothing(normalize: Normalize) -> None:
    body = {"in": "body", "name": "pet", "required": False, "schema": {"$ref": "#/definitions/Pet"}}
    ((spec,), _) = normalize(swagger("post", "/pets", parameters=[body]))
    assert "required" not in spec.parameters


def test_a_body_that_is_an_array_is_one_parameter(normalize: Normalize) -> None:
    schema = {"type": "array", "items": {"$ref": "#/definitions/Pet"}}
    body = {"in": "body", "name": "pets", "description": "All of them.", "required": True, "schema": schema}
    ((spec,), _) = normalize(swagger("post", "/pets", parameters=[body]))
    assert spec.parameters["required"] == ["body"]
    assert spec.parameters["properties"]["body"]["description"] == "All of them."


def test_form_fields_and_files_are_parameters(normalize: Normalize) -> None:
    fields = [
        {"in": "path", "name": "id", "required": True, "type": "integer", "format": "int64"},
        {"in": "formData", "name": "note", "type": "string", "description": "More."},
        {"in": "formData", "name": "file", "type": "file", "required": True},
    ]
    ((spec,), _) = normalize(swagger("post", parameters=fields, consumes=["multipart/form-data"]))
    assert spec.parameters["properties"]["note"] == {"type": "string", "description": "More."}
    assert spec.parameters["properties"]["file"]["type"] == "string"
    assert spec.parameters["required"] == ["id", "file"]


def test_arrays_in_a_query_keep_their_members_and_the_way_of_writing_them_goes(normalize: Normalize) -> None:
    status = {
        "in": "query",
        "name": "status",
        "type": "array",
        "collectionFormat": "csv",
        "items": {"type": "string", "enum": ["sold", "available"], "default": "available"},
    }
    ((spec,), _) = normalize(swagger(parameters=[status, {"$ref": "#/parameters/limit"}]))
    assert spec.parameters["properties"]["status"] == {
        "type": "array",
        "items": {"type": "string", "enum": ["sold", "available"], "default": "available"},
    }
    assert spec.parameters["properties"]["limit"] == {"type": "integer", "maximum": 10, "default": 5}


def test_answers_are_followed_and_files_are_no_objects(normalize: Normalize) -> None:
    ((spec,), _) = normalize(swagger(responses={"200": {"$ref": "#/responses/Found"}, "404": {"schema": {}}}))
    assert spec.returns["properties"]["id"]["readOnly"] is True
    ((spec,), _) = normalize(swagger(responses={200: {"description": "ok", "schema": {"type": "file"}}}))
    assert spec.returns["type"] == "string"
    ((spec,), _) = normalize(swagger(responses={"204": {"description": "gone"}}))
    assert spec.returns is None


def test_keys_are_marked_and_an_operation_without_an_id_has_its_place_as_name(normalize: Normalize) -> None:
    key = {"in": "header", "name": "api_key", "type": "string"}
    ((spec,), _) = normalize(swagger("delete", operationId="  ", parameters=[key], deprecated=True))
    assert spec.source_name == "DELETE /pets/{id}" and spec.effect == "delete"
    assert "api_key" in spec.parameters["properties"]


def test_an_operation_whose_body_leads_nowhere_is_dropped_alone(normalize: Normalize) -> None:
    content = swagger(
        "post", "/pets", parameters=[{"in": "body", "name": "b", "schema": {"$ref": "#/definitions/No"}}]
    )
    content["paths"]["/pets"]["get"] = {"operationId": "list", "responses": {}}
    ((spec,), (drop,)) = normalize(content)
    assert spec.source_name == "list" and drop.reason == "unresolved_ref"
