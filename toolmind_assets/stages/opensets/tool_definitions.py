"""Function definitions of an open set as OpenAI tool definitions with valid JSON Schema 2020-12.

Only what it takes to be valid: open sets train as they are, so descriptions, names and defaults stay.
"""

import re
from collections.abc import Mapping
from typing import Any

from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.model.schemas import violations
from toolmind_assets.stages.opensets.adapter import UnfitRowError

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
_OPTIONAL = re.compile(r"(?i)[\s,]*\boptional\s*\Z")
_GENERIC = re.compile(r"(?s)\s*([\w.]+)\s*\[(.*)\]\s*")
_COMMA = re.compile(r",(?![^\[]*\])")
"""A comma outside of brackets."""
_MAX_TYPE_CHARACTERS = 200
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
    parameters = _object_schema(function.get("parameters"), function.get("required"))
    try:
        violations(parameters, {})
    except ValueError as error:
        raise UnfitRowError(DropReason.INVALID_SCHEMA, f"{name}: {error}") from error
    description = function.get("description")
    stated = {"name": name.strip(), "description": description if isinstance(description, str) else ""}
    return {"type": "function", "function": {**stated, "parameters": parameters}}


def _object_schema(parameters: Any, required: Any) -> JsonObject:
    """The schema of a function's arguments; `required` is what the function itself states beside them."""
    schema = _schema(parameters if isinstance(parameters, dict) else {})
    if "required" not in schema and (names := _keyword("required", required)):
        schema["required"] = names
    return {**schema, "type": "object", "properties": schema.get("properties", {})}


def is_optional(stated: Any) -> bool:
    """Whether the name of a type says that the value may be left out: `str, optional`, `Optional[str]`."""
    if not isinstance(stated, str) or len(stated) > _MAX_TYPE_CHARACTERS:
        return False
    return bool(_OPTIONAL.search(stated)) or stated.strip().lower().startswith("optional[")


def _schema(node: Any) -> Any:
    """The schema with every type name of JSON Schema, and keywords of the wrong shape left out."""
    if not isinstance(node, Mapping):
        return node if isinstance(node, bool) else {}
    fixed: JsonObject = {}
    for key, value in node.items():
        if key == "type":
            fixed |= {stated: meant for stated, meant in _type(value).items() if stated not in fixed}
        elif (kept := _keyword(key, value)) is not None:
            fixed[key] = kept
    return fixed


def _keyword(key: str, value: Any) -> Any:
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


def _type(stated: Any) -> JsonObject:
    """The keywords that a type name stands for: `{}` for a name that is not known, so that any value fits."""
    if isinstance(stated, list):
        known = [_TYPES[name.lower()] for name in stated if isinstance(name, str) and name.lower() in _TYPES]
        return {"type": list(dict.fromkeys(known))} if known else {}
    if not isinstance(stated, str) or len(stated) > _MAX_TYPE_CHARACTERS:
        return {}
    name = _OPTIONAL.sub("", stated).strip()
    if known := _TYPES.get(name.lower()):
        return {"type": known}
    generic = _GENERIC.fullmatch(name)
    return _generic(generic[1].rpartition(".")[2].lower(), generic[2]) if generic else {}


def _generic(outer: str, inner: str) -> JsonObject:
    """The keywords of `List[int]`, `Dict[str, int]`, `Optional[str]`, `Union[int, str]` and their like."""
    if outer == "optional":
        return _union([inner, "null"])
    if outer == "union":
        return _union(_COMMA.split(inner))
    kind = _TYPES.get(outer)
    if kind == "array" and outer != "tuple":
        return {"type": kind, "items": _type(inner)}
    return {"type": kind} if kind in ("array", "object") else {}


def _union(names: list[str]) -> JsonObject:
    schemas = [_type(name) for name in names]
    if not all(schemas):
        return {}
    if any(set(schema) != {"type"} for schema in schemas):
        return {"anyOf": schemas}
    stated = [[kind] if isinstance(kind, str) else kind for kind in (schema["type"] for schema in schemas)]
    types = list(dict.fromkeys(kind for kinds in stated for kind in kinds))
    return {"type": types[0] if len(types) == 1 else types}
