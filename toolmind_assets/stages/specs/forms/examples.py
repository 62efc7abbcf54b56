"""Schemas of results that only an example, or a template of type names, shows."""

from typing import Any

from toolmind_assets.model.ids import JsonObject
from toolmind_assets.stages.specs.type_names import read_type

_LENGTH = "_list_length"
"""A key of ToolBench's templates: how many members the list had that one of them stands for."""
_MAX_LEVELS = 30
_MAX_MEMBERS = 20


def schema_of_template(template: Any, level: int = 0) -> JsonObject:
    """The schema of a template, whose leaves are type names such as `str` or `NoneType`."""
    if level > _MAX_LEVELS:
        return {}
    if isinstance(template, dict):
        members = {name: member for name, member in template.items() if name != _LENGTH}
        properties = {name: schema_of_template(member, level + 1) for name, member in members.items()}
        return {"type": "object", "properties": properties}
    if isinstance(template, list):
        # The template shows one member of a list.
        shown = [
            member for member in template if not (isinstance(member, dict) and member.keys() == {_LENGTH})
        ]
        return {"type": "array", "items": schema_of_template(shown[0], level + 1) if shown else {}}
    if isinstance(template, str):
        # Of a value that was null in the one answer nothing is known.
        return {} if template in ("NoneType", "empty list") else read_type(template) or {}
    return {}


def schema_of_example(value: Any, level: int = 0) -> JsonObject:
    """The schema of whatever looks like `value`; no member counts as required, for one example shows too little."""
    if level > _MAX_LEVELS:
        return {}
    if isinstance(value, dict):
        properties = {name: schema_of_example(member, level + 1) for name, member in value.items()}
        return {"type": "object", "properties": properties}
    if isinstance(value, list):
        items: JsonObject = {}
        for member in value[:_MAX_MEMBERS]:
            items = (
                _merged(items, schema_of_example(member, level + 1))
                if items
                else schema_of_example(member, level + 1)
            )
        return {"type": "array", "items": items}
    if isinstance(value, bool):
        return {"type": "boolean"}
    if isinstance(value, (int, float)):
        return {"type": "integer" if isinstance(value, int) else "number"}
    return {"type": "string"} if isinstance(value, str) else {}


def _merged(one: JsonObject, other: JsonObject) -> JsonObject:
    """A schema that admits what either admits; of two kinds that differ nothing is known."""
    kinds = {one.get("type"), other.get("type")}
    if kinds == {"integer", "number"}:
        return {"type": "number"}
    if len(kinds) > 1:
        return {}
    if "properties" in one:
        names = dict.fromkeys([*one["properties"], *other["properties"]])
        pairs = {name: (one["properties"].get(name), other["properties"].get(name)) for name in names}
        merged = {name: _merged(a, b) if a and b else (a or b or {}) for name, (a, b) in pairs.items()}
        return {"type": "object", "properties": merged}
    if "items" in one:
        a, b = one["items"], other["items"]
        return {"type": "array", "items": _merged(a, b) if a and b else (a or b)}
    return one
