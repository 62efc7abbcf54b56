"""JSON Schema 2020-12 as the stages use it: its fields by path, and what an instance violates."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

import jsonschema_rs

from toolmind_assets.model.ids import JsonObject, sorted_json
from toolmind_assets.model.paths import child_path, parse_path

MAX_DEPTH = 6
"""Levels of nesting below which fields are not listed."""
MAX_FIELDS = 64
"""Fields that are listed of one schema, in order."""


@dataclass(frozen=True, slots=True)
class SchemaField:
    """One leaf of a schema.

    Attributes:
        path: Dotted path, `[]` for the members of an array.
        name: Last key of the path (of the array, for its members); empty for a bare result.
        owner: The key above it, or empty.
        types: JSON types it admits, sorted, without `null`; empty for any.
        format: JSON Schema `format`, or empty.
        description: Its own description, or empty.
        is_required: It and everything above it must be there.
        schema: Its own schema, references resolved one step.
    """

    path: str
    name: str
    owner: str
    types: tuple[str, ...]
    format: str
    description: str
    is_required: bool
    schema: JsonObject


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which an instance breaks a schema: keyword, RFC 6901 pointer into the instance, words."""

    keyword: str
    pointer: str
    message: str


def types_of(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """JSON types that a schema admits by its own `type`, `enum` or `const`, sorted, without `null`."""
    stated = schema.get("type")
    if isinstance(stated, str):
        names = {stated}
    elif isinstance(stated, list):
        names = set(stated)
    elif "properties" in schema:
        names = {"object"}
    elif "items" in schema:
        names = {"array"}
    else:
        values = schema.get("enum", [schema["const"]] if "const" in schema else [])
        names = {_type_name(value) for value in values}
    return tuple(sorted(names - {"null"}))


def _type_name(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    names = {
        str: "string",
        int: "integer",
        float: "number",
        list: "array",
        dict: "object",
        type(None): "null",
    }
    return names[type(value)]


def resolve(schema: Any, root: Mapping[str, Any]) -> JsonObject:
    """`schema` with a local `$ref` followed, `allOf` merged, and the first branch of a union taken."""
    seen: set[str] = set()
    while isinstance(schema, dict):
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/$defs/") and reference not in seen:
            seen.add(reference)
            siblings = {key: value for key, value in schema.items() if key != "$ref"}
            name = reference.removeprefix("#/$defs/").replace("~1", "/").replace("~0", "~")
            target = root.get("$defs", {}).get(name, {})
            schema = {**target, **siblings} if isinstance(target, dict) else siblings
        elif "allOf" in schema:
            schema = _merge_all(schema, root)
        elif branches := _branches(schema):
            rest = {key: value for key, value in schema.items() if key not in ("anyOf", "oneOf")}
            schema = {**branches[0], **rest}
        else:
            return schema
    return {}


def _branches(schema: JsonObject) -> list[JsonObject]:
    options = schema.get("anyOf") or schema.get("oneOf") or []
    return [option for option in options if isinstance(option, dict) and option.get("type") != "null"]


def _merge_all(schema: JsonObject, root: Mapping[str, Any]) -> JsonObject:
    parts = [{key: value for key, value in schema.items() if key != "allOf"}]
    parts += [
        resolve(part, root) if "allOf" not in part else part
        for part in schema["allOf"]
        if isinstance(part, dict)
    ]
    merged: JsonObject = {}
    for part in parts:
        properties = {**merged.get("properties", {}), **part.get("properties", {})}
        required = [*merged.get("required", []), *part.get("required", [])]
        merged = {**part, **merged}
        if properties:
            merged["properties"] = properties
        if required:
            merged["required"] = list(dict.fromkeys(required))
    return merged


def alternatives(schema: Any, root: Mapping[str, Any], depth: int = MAX_DEPTH) -> list[JsonObject]:
    """Every schema that a value may have to fit: references followed, `allOf` merged, each branch of a union.

    Empty for what is no schema, and for what lies deeper than `depth` references and unions.
    """
    if not isinstance(schema, dict) or depth < 0:
        return []
    reference = schema.get("$ref")
    if isinstance(reference, str):
        siblings = {key: value for key, value in schema.items() if key != "$ref"}
        return alternatives({**_definition(reference, root), **siblings}, root, depth - 1)
    if "allOf" in schema:
        return alternatives(_merge_all(schema, root), root, depth - 1)
    branches = _branches(schema)
    if not branches:
        return [schema]
    rest = {key: value for key, value in schema.items() if key not in ("anyOf", "oneOf")}
    return [one for branch in branches for one in alternatives({**branch, **rest}, root, depth - 1)]


def _definition(reference: str, root: Mapping[str, Any]) -> JsonObject:
    name = reference.removeprefix("#/$defs/").replace("~1", "/").replace("~0", "~")
    target = root.get("$defs", {}).get(name) if reference.startswith("#/$defs/") else None
    return target if isinstance(target, dict) else {}


def schemas_at(root: Mapping[str, Any], path: str) -> list[JsonObject]:
    """Every schema that the value at exactly this path may have to fit; empty where nothing has the path."""
    found = alternatives(root, root)
    for key in parse_path(path):
        members = [
            node.get("properties", {}).get(key) if isinstance(key, str) else node.get("items")
            for node in found
        ]
        found = [one for member in members for one in alternatives(member, root)]
    return found


def schema_fields(
    schema: Mapping[str, Any] | None, max_depth: int = MAX_DEPTH, max_fields: int = MAX_FIELDS
) -> list[SchemaField]:
    """The leaves of a schema, breadth first, at most `max_fields`; recursive schemas stop at `max_depth`.

    A leaf is a scalar, an array of scalars' member, or an object or array about whose members nothing is
    known. An empty list where `schema` is None.
    """
    if schema is None:
        return []
    fields: list[SchemaField] = []
    queue: list[tuple[Any, str, str, str, bool, int]] = [(schema, "", "", "", True, 0)]
    while queue and len(fields) < max_fields:
        node, path, name, owner, is_required, depth = queue.pop(0)
        node = resolve(node, schema)
        members = _children(node, path, name, owner, is_required) if depth < max_depth else []
        if members:
            queue += [(*member, depth + 1) for member in members]
        elif path or types_of(node) not in ((), ("object",), ("array",)):
            fields.append(
                SchemaField(
                    path=path,
                    name=name,
                    owner=owner,
                    types=types_of(node),
                    format=str(node.get("format", "")),
                    description=str(node.get("description", "")),
                    is_required=is_required,
                    schema=node,
                )
            )
    return fields


def _children(
    node: JsonObject, path: str, name: str, owner: str, is_required: bool
) -> list[tuple[Any, str, str, str, bool]]:
    properties = node.get("properties")
    if isinstance(properties, dict) and properties:
        required = node.get("required", [])
        return [
            (member, child_path(path, key), key, name or owner, is_required and key in required)
            for key, member in properties.items()
        ]
    items = node.get("items")
    if isinstance(items, dict) and items:
        return [(items, child_path(path, None), name, owner, is_required)]
    return []


@lru_cache(maxsize=20_000)
def _validator(schema_json: bytes) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        json.loads(schema_json), validate_formats=False, retriever=_refuse_reference
    )


def _refuse_reference(uri: str) -> NoReturn:
    """A schema from anywhere must make nobody read a file or open a connection, as the default would."""
    raise ValueError(f"the reference {uri!r} leads outside the schema")


def violations(schema: Mapping[str, Any], instance: Any) -> list[Violation]:
    """Every way in which `instance` breaks `schema`, in document order; empty if it fits.

    Raises:
        ValueError: `schema` is no valid JSON Schema 2020-12.
    """
    validator = _validator(sorted_json(schema))
    return [
        Violation(
            keyword=str(error.schema_path[-1]) if error.schema_path else "",
            pointer="".join(
                f"/{str(key).replace('~', '~0').replace('/', '~1')}" for key in error.instance_path
            ),
            message=error.message,
        )
        for error in validator.iter_errors(instance)
    ]


def fits(schema: Mapping[str, Any], instance: Any) -> bool:
    """Whether `instance` is valid under `schema`."""
    return _validator(sorted_json(schema)).is_valid(instance)


def misfits(schema: Mapping[str, Any], result: Any) -> list[Violation]:
    """The violations of a result but for one: that it fits several branches of a `oneOf`.

    Branches that overlap are a slip of whoever wrote the schema: no result of such a function could be right.
    """
    found = violations(schema, result)
    return [one for one in found if not (one.keyword == "oneOf" and "more than one" in one.message)]
