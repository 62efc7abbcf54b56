"""Operations of AWS service models: shapes become schemas, and nothing that they say is lost."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from toolmind_assets.model.functions import Effect
from toolmind_assets.stages.specs.forms.aws import declare_operation, lookup_shapes

Normalize = Callable[[Any], Any]
"""Document -> specs, drops."""


def model(shapes: Any, protocol: str = "json", **operation: Any) -> dict[str, Any]:
    found = {
        "name": "DoIt",
        "http": {"method": "POST", "requestUri": "/"},
        "input": {"shape": "In"},
        **operation,
    }
    about = {"serviceFullName": "A Service", "apiVersion": "2020-01-01", "protocol": protocol}
    return {"metadata": about, "operations": {"DoIt": found}, "shapes": shapes}


def structure(**members: Any) -> dict[str, Any]:
    return {"type": "structure", "members": members}


def test_an_operation_takes_its_input_and_gives_its_output(normalize: Normalize) -> None:
    shapes = {
        "In": {**structure(Id={"shape": "Id", "documentation": "<p>Which one.</p>"}), "required": ["Id"]},
        "Out": structure(Thing={"shape": "Thing"}),
        "Thing": {**structure(At={"shape": "Time"}), "documentation": "<p>A thing.</p>"},
        "Id": {"type": "string", "min": 1, "max": 9, "pattern": "[a-z]+", "documentation": "<p>An id.</p>"},
        "Time": {"type": "timestamp"},
        "Wrong": {"type": "structure", "exception": True, "members": {}},
    }
    doc = "<p>Does it. See <a href='x'>there</a>.</p>"
    content = model(shapes, output={"shape": "Out"}, errors=[{"shape": "Wrong"}], documentation=doc)
    ((spec,), drops) = normalize(content)
    assert drops == ()
    assert (spec.source_name, spec.namespace, spec.description) == (
        "DoIt",
        "A Service",
        "Does it. See there.",
    )
    assert spec.parameters == {
        "type": "object",
        "properties": {
            "Id": {
                "type": "string",
                "minLength": 1,
                "maxLength": 9,
                "pattern": "[a-z]+",
                "description": "Which one.",
            }
        },
        "required": ["Id"],
    }
    assert spec.returns == {
        "type": "object",
        "properties": {"Thing": {"$ref": "#/$defs/Thing"}},
        "$defs": {
            "Thing": {
                "type": "object",
                "properties": {"At": {"type": "string", "format": "date-time"}},
                "description": "A thing.",
            }
        },
    }


def test_required_members_are_listed_as_the_shape_lists_them_then_those_of_the_path(
    normalize: Normalize,
) -> None:
    of_path = {"shape": "S", "location": "uri"}
    for names in ("ABCD", "DCBA"):
        members = {name: of_path if name in "AC" else {"shape": "S"} for name in names}
        shapes = {"In": {**structure(**members), "required": ["D", "B", ["A"], "E"]}, "S": {"type": "string"}}
        ((spec,), _) = normalize(model(shapes))
        assert list(spec.parameters["properties"]) == list(names)
        assert spec.parameters["required"] == ["D", "B", "A", "C"]


@pytest.mark.parametrize(
    ("shape", "schema"),
    [
        (
            {"type": "integer", "min": 0, "max": 3, "box": True},
            {"type": "integer", "minimum": 0, "maximum": 3},
        ),
        ({"type": "long"}, {"type": "integer", "format": "int64"}),
        ({"type": "float", "min": 0.5}, {"type": "number", "format": "float", "minimum": 0.5}),
        ({"type": "double"}, {"type": "number", "format": "double"}),
        ({"type": "bigdecimal"}, {"type": "number"}),
        ({"type": "boolean"}, {"type": "boolean"}),
        ({"type": "string", "enum": ["a", "b"]}, {"type": "string", "enum": ["a", "b"]}),
        ({"type": "string", "sensitive": True}, {"type": "string", "format": "password"}),
        ({"type": "timestamp", "timestampFormat": "iso8601"}, {"type": "string", "format": "date-time"}),
        (
            {"type": "blob", "max": 4096},
            {"type": "string", "format": "byte", "description": "At most 4,096 bytes."},
        ),
        ({"type": "blob", "streaming": True}, {"type": "string", "format": "binary"}),
        (
            {"type": "list", "member": {"shape": "S"}, "min": 1, "max": 2},
            {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2},
        ),
        (
            {"type": "list", "member": {"shape": "S"}, "sparse": True},
            {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
        ),
        (
            {"type": "map", "key": {"shape": "S"}, "value": {"shape": "S"}, "max": 5},
            {"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": 5},
        ),
        (
            {"type": "map", "key": {"shape": "K"}, "value": {"shape": "S"}},
            {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "propertyNames": {"type": "string", "minLength": 3},
            },
        ),
        ({"type": "structure", "members": {}, "document": True}, {}),
        ({"type": "structure", "members": {}}, {"type": "object", "properties": {}}),
        (
            {"type": "string", "deprecated": True, "deprecatedMessage": "Use B."},
            {"type": "string", "description": "Deprecated: Use B.", "deprecated": True},
        ),
        ({"type": "nonsense"}, {}),
    ],
)
def test_a_shape_becomes_a_schema(normalize: Normalize, shape: Any, schema: Any) -> None:
    shapes = {
        "In": structure(x={"shape": "X"}),
        "X": shape,
        "S": {"type": "string"},
        "K": {"type": "string", "min": 3},
    }
    ((spec,), _) = normalize(model(shapes))
    assert spec.parameters["properties"]["x"] == schema


def test_recursive_shapes_stay_recursive(normalize: Normalize) -> None:
    shapes = {
        "In": structure(tree={"shape": "Tree"}),
        "Tree": structure(below={"shape": "Trees"}),
        "Trees": {"type": "list", "member": {"shape": "Tree"}},
    }
    ((spec,), _) = normalize(model(shapes))
    tree = spec.parameters["$defs"]["Tree"]
    assert tree["properties"]["below"] == {"type": "array", "items": {"$ref": "#/$defs/Tree"}}


def test_a_list_of_itself_ends(normalize: Normalize) -> None:
    shapes = {"In": structure(x={"shape": "L"}), "L": {"type": "list", "member": {"shape": "L"}}}
    ((spec,), _) = normalize(model(shapes))
    assert spec.parameters["properties"]["x"]["items"] == {"$ref": "#/$defs/L"}


def test_a_union_has_exactly_one_of_its_members_and_a_stream_many_events(normalize: Normalize) -> None:
    union = {**structure(a={"shape": "S"}, b={"shape": "S"}), "union": True}
    stream = {**structure(event={"shape": "S"}), "eventstream": True}
    shapes = {
        "In": structure(u={"shape": "U"}, e={"shape": "E"}),
        "U": union,
        "E": stream,
        "S": {"type": "string"},
    }
    ((spec,), _) = normalize(model(shapes))
    definitions = spec.parameters["$defs"]
    assert (definitions["U"]["minProperties"], definitions["U"]["maxProperties"]) == (1, 1)
    assert definitions["E"]["type"] == "array"


def test_a_long_list_of_values_stands_once(normalize: Normalize) -> None:
    values = [f"v{number}" for number in range(60)]
    shapes = {
        "In": structure(a={"shape": "V"}, b={"shape": "V", "documentation": "B."}),
        "V": {"type": "string", "enum": values},
    }
    ((spec,), _) = normalize(model(shapes))
    assert spec.parameters["properties"]["b"] == {"$ref": "#/$defs/V", "description": "B."}
    assert spec.parameters["$defs"]["V"]["enum"] == values


def test_what_serves_not_the_caller_is_marked_and_what_the_path_names_is_required() -> None:
    shapes = {
        "In": structure(
            Token={"shape": "S", "idempotencyToken": True},
            Type={"shape": "S", "location": "header", "locationName": "Content-Type"},
            Secret={"shape": "S", "location": "header", "locationName": "x-amz-security-token"},
            Acl={"shape": "S", "location": "header", "locationName": "x-amz-acl"},
            Id={"shape": "S", "location": "uri", "locationName": "id"},
            Json={"shape": "S", "jsonvalue": True},
        ),
        "S": {"type": "string"},
    }
    content = model(shapes)
    declared = declare_operation({"service": "S", "operation": content["operations"]["DoIt"]}, shapes.get)
    assert dict(declared.marks) == {"Token": "idempotency", "Type": "transport", "Secret": "auth"}
    assert declared.parameters["required"] == ["Id"]
    assert declared.parameters["properties"]["Json"] == {
        "type": "string",
        "contentMediaType": "application/json",
    }


def test_an_operation_without_output_gives_nothing_and_one_without_input_takes_nothing(
    normalize: Normalize,
) -> None:
    content = model({})
    del content["operations"]["DoIt"]["input"]
    ((spec,), _) = normalize(content)
    assert spec.parameters == {"type": "object", "properties": {}}
    assert spec.returns is None


def test_the_method_counts_only_where_the_protocol_is_rest() -> None:
    def method(protocol: str) -> str:
        operation = {"name": "DeleteIt", "http": {"method": "DELETE"}, "idempotent": True, "deprecated": True}
        declared = declare_operation({"protocol": protocol, "operation": operation}, lambda _: None)
        assert declared.is_idempotent and declared.is_deprecated
        return declared.http_method

    assert (method("rest-json"), method("rest-xml"), method("query"), method("json")) == (
        "delete",
        "delete",
        "",
        "",
    )


def test_an_operation_that_only_reads_says_so(normalize: Normalize) -> None:
    ((spec,), _) = normalize(model({}, input=None, readonly=True))
    assert spec.effect is Effect.READ


def test_a_shape_that_is_not_there_drops_the_operation_or_leaves_the_result_open(
    normalize: Normalize,
) -> None:
    ((), (drop,)) = normalize(model({}))
    assert drop.reason == "unresolved_ref"
    ((spec,), _) = normalize(model({"In": structure()}, output={"shape": "Gone"}))
    assert spec.returns is not None


def test_the_lookup_follows_shapes_alone() -> None:
    lookup = lookup_shapes({"A": {"type": "boolean"}}.get)
    assert lookup("#/shapes/A") == {"type": "boolean"}
    assert lookup("A") is None and lookup("#/definitions/A") is None and lookup("#/shapes/B") is None


def test_members_that_are_no_objects_cost_no_neighbour(normalize: Normalize) -> None:
    shapes = {
        "In": {"type": "structure", "members": {"a": 1, "b": {"shape": 3}, "c": {"shape": "S"}}},
        "S": {},
    }
    specs, drops = normalize(json.loads(json.dumps(model(shapes))))
    assert len(specs) + len(drops) == 1
