"""Function definitions of an open set as OpenAI tool definitions with valid JSON Schema 2020-12.

Only what it takes to be valid: open sets train as they are, so descriptions, names and defaults stay.
"""

from collections.abc import Mapping
from typing import Any

from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.model.schemas import violations
from toolmind_assets.opensets.adapter import UnfitRowError

_TYPES = {
    **{name: name for name in ("string", "integer", "number", "boolean", "array", "object", "null")},
    **dict.fromkeys(("str", "text", "char", "date", "datetime", "time"), "string"),
    **dict.fromkeys(("int", "long"), "integer"),
    **dict.fromkeys(("float", "double", "decimal"), "number"),
    "bool": "boolean",
    **dict.fromkeys(("list", "tuple", "set"), "array"),
    **dict.fromkeys(("dict", "map", "json"), "object"),
    "none": "null",
}
_SCHEMA_MAPS = ("properties", "$defs", "definitions", "patternProperties")
_SCHEMA_LISTS = ("anyOf", "oneOf", "allOf")
_SCHEMAS = ("items", "additionalProperties", "not")


def tool_definitions(functions: Any) -> tuple[JsonObject, ...]:
    """The OpenAI definition of each function, in order; wrapped and bare definitions are both read.

    Raises:
        UnfitRowError: a function has no name, a name is there twice, or a schema cannot be made valid.
    """
    if not isinstance(functions, list):
        raise UnfitRowError(DropReason.UNKNOWN_FORM, f"tools are a {type(functions).__name__}, not a list")
    tools = tuple(_definition(function) for function in functions)
    names = [tool["function"]["name"] for tool in tools]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UnfitRowError(DropReason.UNKNOWN_FORM, f"several functions are called {twice[0]!r}")
    return tools


def _definition(function: Any) -> JsonObject:
    if isinstance(function, dict) and isinstance(function.get("function"), dict):
        function = function["function"]
    name = function.get("name") if isinstance(function, dict) else None
    if not isinstance(name, str) or not name.strip():
        raise UnfitRowError(DropReason.MISSING_NAME, f"a function without a name: {str(function)[:200]}")
    parameters = _object_schema(function.get("parameters"))
    try:
        violations(parameters, {})
    except ValueError as error:
        raise UnfitRowError(DropReason.INVALID_SCHEMA, f"{name}: {error}") from error
    description = function.get("description")
    stated = {"name": name.strip(), "description": description if isinstance(description, str) else ""}
    return {"type": "function", "function": {**stated, "parameters": parameters}}


def _object_schema(parameters: Any) -> JsonObject:
    schema = _schema(parameters if isinstance(parameters, dict) else {})
    properties = schema.get("properties", {})
    return {**schema, "type": "object", "properties": properties}


def _schema(node: Any) -> Any:
    """The schema with every type name of JSON Schema, and keywords of the wrong shape left out."""
    if not isinstance(node, Mapping):
        return node if isinstance(node, bool) else {}
    fixed = {key: _keyword(key, value) for key, value in node.items()}
    return {key: value for key, value in fixed.items() if value is not None}


def _keyword(key: str, value: Any) -> Any:
    if key == "type":
        return _type(value)
    if key == "$ref" and not (isinstance(value, str) and value.startswith("#")):
        raise UnfitRowError(DropReason.UNRESOLVED_REF, f"a reference outside the definition: {value!r}")
    if key in _SCHEMA_MAPS:
        return {name: _schema(member) for name, member in value.items()} if isinstance(value, dict) else {}
    if key in _SCHEMA_LISTS:
        return [_schema(member) for member in value] or None if isinstance(value, list) else None
    if key in _SCHEMAS:
        return _schema(value) if isinstance(value, dict | bool) else None
    if key == "required":
        is_list = isinstance(value, list)
        return list(dict.fromkeys(name for name in value if isinstance(name, str))) if is_list else None
    if key == "enum":
        return value if isinstance(value, list) and value else None
    return value


def _type(stated: Any) -> str | list[str] | None:
    if isinstance(stated, str):
        return _TYPES.get(stated.strip().lower())
    if isinstance(stated, list):
        known = [_TYPES[name.lower()] for name in stated if isinstance(name, str) and name.lower() in _TYPES]
        return list(dict.fromkeys(known)) or None
    return None
