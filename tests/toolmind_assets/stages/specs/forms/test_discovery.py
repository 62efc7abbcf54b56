"""Methods of Google discovery documents: path, query and body as one object, results kept, words kept."""

from collections.abc import Callable
from typing import Any

from toolmind_assets.stages.specs.forms.discovery import declare_method

Normalize = Callable[[Any], Any]
"""Document -> specs, drops."""

COMMON = {
    "key": {"type": "string", "location": "query"},
    "alt": {"type": "string", "enum": ["json", "media"], "default": "json", "location": "query"},
    "prettyPrint": {"type": "boolean", "default": "true", "location": "query"},
}


def document(schemas: Any = None, parameters: Any = None, **method: Any) -> dict[str, Any]:
    found = {"id": "api.things.do", "httpMethod": "POST", "description": "Does it.", **method}
    return {
        "kind": "discovery#restDescription",
        "name": "api",
        "title": "The API",
        "parameters": parameters or {},
        "schemas": schemas or {},
        "resources": {"things": {"methods": {"do": found}}},
    }


def test_a_method_takes_path_query_and_body_and_gives_its_response(normalize: Normalize) -> None:
    thing = {
        "id": "Thing",
        "type": "object",
        "properties": {
            "size": {"type": "string", "format": "int64"},
            "name": {"type": "string"},
            "made": {"type": "string", "format": "google-datetime", "readOnly": True},
            "owner": {"$ref": "Owner"},
        },
    }
    owner = {
        "id": "Owner",
        "type": "object",
        "properties": {"things": {"type": "array", "items": {"$ref": "Thing"}}},
    }
    content = document(
        {"Thing": thing, "Owner": owner},
        parameters={
            "page": {"type": "integer", "minimum": "1", "maximum": "9", "default": "3", "location": "query"},
            "name": {"type": "string", "location": "path", "required": True},
        },
        request={"$ref": "Thing"},
        response={"$ref": "Thing"},
    )
    content["resources"]["things"]["methods"]["do"] |= {
        "parameterOrder": ["name"],
        "parameters": content["parameters"],
    }
    content["parameters"] = {}
    ((spec,), _) = normalize(content)
    assert (spec.source_name, spec.namespace, spec.description) == ("api.things.do", "The API", "Does it.")
    properties = spec.parameters["properties"]
    assert list(properties) == ["name", "page", "size", "name_body", "owner"]
    assert properties["page"] == {"type": "integer", "minimum": 1, "maximum": 9, "default": 3}
    assert spec.parameters["required"] == ["name"]
    assert spec.returns is not None
    assert spec.returns["properties"]["made"] == {"type": "string", "format": "date-time", "readOnly": True}
    assert spec.returns["properties"]["owner"] == {"$ref": "#/$defs/Owner"}


def test_what_values_mean_stands_in_the_description(normalize: Normalize) -> None:
    mode = {
        "type": "string",
        "description": "The mode.",
        "enum": ["A", "B", "C"],
        "enumDescriptions": ["First.", "Second.", ""],
        "enumDeprecated": [False, True, False],
        "location": "query",
    }
    ((spec,), _) = normalize(document(parameters={"mode": mode}))
    assert spec.parameters["properties"]["mode"] == {
        "type": "string",
        "enum": ["A", "B", "C"],
        "description": "The mode.\nA: First.\nB: deprecated; Second.",
    }


def test_a_repeated_parameter_is_an_array(normalize: Normalize) -> None:
    ids = {"type": "string", "repeated": True, "description": "Ids.", "pattern": "^a", "location": "query"}
    ((spec,), _) = normalize(document(parameters={"ids": ids}))
    assert spec.parameters["properties"]["ids"] == {
        "type": "array",
        "items": {"type": "string", "pattern": "^a"},
        "description": "Ids.",
    }


def test_a_field_may_be_required_for_one_method_alone(normalize: Normalize) -> None:
    thing = {
        "type": "object",
        "properties": {
            "a": {"type": "string", "annotations": {"required": ["api.things.do"]}},
            "b": {"type": "string", "annotations": {"required": ["api.things.undo"]}, "description": "B."},
        },
    }
    ((spec,), _) = normalize(document({"Thing": thing}, request={"$ref": "Thing"}))
    assert spec.parameters["required"] == ["a"]
    assert spec.parameters["properties"]["b"]["description"] == "B.\nRequired by api.things.undo."


def test_what_is_required_is_listed_in_the_order_of_the_method_then_by_name(normalize: Normalize) -> None:
    one = {"type": "string", "location": "query", "required": True}
    field = {"type": "string", "annotations": {"required": ["api.things.do"]}}
    for parameters, fields in (("abc", "xy"), ("cba", "yx")):
        thing = {"type": "object", "properties": dict.fromkeys(fields, field)}
        content = document({"Thing": thing}, dict.fromkeys(parameters, one), request={"$ref": "Thing"})
        method = content["resources"]["things"]["methods"]["do"]
        method |= {"parameters": content["parameters"], "parameterOrder": ["b"]}
        ((spec,), _) = normalize({**content, "parameters": {}})
        assert spec.parameters["required"] == ["b", "a", "c", "x", "y"]


def test_parameters_of_every_method_are_marked_and_kept_apart_from_its_own() -> None:
    method = {
        "id": "m",
        "parameters": {"alt": {"type": "string", "location": "query", "description": "mine"}},
    }
    components = {"#/parameters": COMMON}
    declared = declare_method({"parameters": {"$ref": "#/parameters"}, "method": method}, components.get)
    assert dict(declared.marks) == {"key": "auth", "prettyPrint": "transport"}
    assert declared.parameters["properties"]["alt"]["description"] == "mine"
    assert declared.parameters["properties"]["prettyPrint"] == {"type": "boolean", "default": True}


def test_a_body_that_is_no_object_with_members_is_one_parameter(normalize: Normalize) -> None:
    anything = {"Any": {"type": "object", "additionalProperties": {"type": "any"}}}
    ((spec,), _) = normalize(document(anything, request={"$ref": "Any", "parameterName": "body"}))
    assert list(spec.parameters["properties"]) == ["body"]


def test_fields_that_only_come_back_are_not_asked_for(normalize: Normalize) -> None:
    thing = {
        "type": "object",
        "properties": {
            "a": {"type": "string", "readOnly": True},
            "b": {"type": "string", "description": "[Output Only] Set by the server."},
            "c": {"type": "string"},
        },
    }
    ((spec,), _) = normalize(
        document({"Thing": thing}, request={"$ref": "Thing"}, response={"$ref": "Thing"})
    )
    assert list(spec.parameters["properties"]) == ["c"]
    assert spec.returns is not None and list(spec.returns["properties"]) == ["a", "b", "c"]


def test_files_that_go_up_or_down_are_noted(normalize: Normalize) -> None:
    upload = {"accept": ["image/*"], "maxSize": "10MB"}
    content = document(mediaUpload=upload, supportsMediaUpload=True, supportsMediaDownload=True)
    ((spec,), _) = normalize(content)
    assert (
        spec.description
        == "Does it.\nTakes a media upload (image/*, at most 10MB).\nSupports media download."
    )
    assert "media_upload" in {repair.code for repair in spec.repairs}


def test_a_schema_that_is_not_there_drops_the_method_and_leaves_a_result_open(normalize: Normalize) -> None:
    thing = {"type": "object", "properties": {"a": {"$ref": "Gone"}}}
    ((), (drop,)) = normalize(document({"Thing": thing}, request={"$ref": "Thing"}))
    assert drop.reason == "unresolved_ref"
    ((spec,), _) = normalize(document({"Thing": thing}, response={"$ref": "Thing"}))
    assert spec.returns is not None and spec.returns["$defs"]


def test_methods_that_are_deprecated_or_without_an_id_are_kept(normalize: Normalize) -> None:
    declared = declare_method({"method": {"id": "m", "deprecated": True, "httpMethod": "GET"}}, {}.get)
    assert declared.is_deprecated and declared.http_method == "get"
    content = document(id=None)
    specs, drops = normalize(content)
    assert [spec.source_name for spec in specs] == ["do"] and drops == ()
