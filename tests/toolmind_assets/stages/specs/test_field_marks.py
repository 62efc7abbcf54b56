"""What fields are is told from their names, owners and descriptions, also behind references."""

from typing import Any

from toolmind_assets.model.functions import FunctionSpec, MarkKind, RawFunction
from toolmind_assets.model.ids import stored_json
from toolmind_assets.stages.specs.duplicates import fold_frame
from toolmind_assets.stages.specs.normalize import normalize_all
from toolmind_assets.stages.specs.params import SpecParams
from toolmind_assets.tables.rows import decode_rows, encode_rows
from toolmind_assets.tables.specs import NORMALIZED


def function_of(entry: dict[str, Any], form: str) -> FunctionSpec:
    raw = RawFunction("entry_1", "c", "d", "d#", form, stored_json(entry), "s", "1", "MIT", "x")  # type: ignore[arg-type]
    specs, drops = normalize_all([raw], (), SpecParams())
    assert drops == ()
    (function,) = decode_rows(FunctionSpec, fold_frame(encode_rows(NORMALIZED, specs)))
    return function


def marks_of(function: FunctionSpec) -> set[tuple[str, ...]]:
    return {
        (one["path"], one["kind"], one.get("resource", ""), one.get("value", "")) for one in function.marks
    }


PARAMETERS = {
    "type": "object",
    "properties": {
        "vpc_id": {"type": "string"},
        "api_key": {"type": "string", "description": "Your API key."},
        "timeout": {"type": "integer", "description": "Time to wait in seconds."},
        "page_token": {"type": "string"},
    },
    "required": ["vpc_id", "api_key"],
}
RETURNS = {
    "type": "object",
    "properties": {"vpcs": {"type": "array", "items": {"$ref": "#/$defs/Vpc"}}},
    "$defs": {"Vpc": {"type": "object", "properties": {"Id": {"type": "string"}}}},
}
FUNCTION = function_of({"name": "list_vpcs", "parameters": PARAMETERS, "returns": RETURNS}, "openai")


def test_one_resource_is_one_word_whatever_the_spelling() -> None:
    identifiers = {mark for mark in marks_of(FUNCTION) if mark[1] == MarkKind.IDENTIFIER}
    assert identifiers == {
        ("/parameters/properties/vpc_id", "identifier", "vpc", "id"),
        ("/returns/$defs/Vpc/properties/Id", "identifier", "vpc", "id"),
    }


def test_units_pages_and_credentials_are_marked() -> None:
    assert {
        ("/parameters/properties/timeout", "unit", "", "second"),
        ("/parameters/properties/page_token", "pagination", "", ""),
        ("/parameters/properties/api_key", "auth", "", "call"),
    } <= marks_of(FUNCTION)


def test_callers_see_no_credentials_and_everything_else() -> None:
    shown = FUNCTION.for_callers()
    assert list(shown.parameters["properties"]) == ["vpc_id", "timeout", "page_token"]
    assert shown.parameters["required"] == ["vpc_id"]
    assert list(FUNCTION.as_tool()["function"]["parameters"]["properties"]) == list(PARAMETERS["properties"])


def test_a_key_that_an_operation_is_about_is_for_callers() -> None:
    def parameter(name: str, place: str) -> dict[str, Any]:
        return {"name": name, "in": place, "required": True, "schema": {"type": "string"}}

    entry = {
        "method": "delete",
        "path": "/keys/{app_key}",
        "operation": {"operationId": "deleteKey"},
        "parameters": [
            parameter("app_key", "path"),
            parameter("X-Api-Key", "header"),
            parameter("Accept", "header"),
        ],
    }
    function = function_of(entry, "openapi")
    assert list(function.for_callers().parameters["properties"]) == ["app_key"]
    assert {kind for path, kind, *_ in marks_of(function) if path.endswith("/Accept")} == {"transport"}
