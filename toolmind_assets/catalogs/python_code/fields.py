"""What `Field(...)`, `Annotated[...]` and their like say of a value, as keywords of JSON Schema."""

import ast
from typing import Any

from toolmind_assets.catalogs.python_code.literals import MISSING, json_literal, last_name, text_of

FIELD_CALLS = frozenset(
    {
        "Field", "Query", "Path", "Body", "Header", "Cookie", "Form", "Param", "Parameter", "field", "ib", "attrib", "Argument",
        "Option", "Meta", "StringConstraints", "InputField",
    }
)  # fmt: skip
"""Calls that describe a value, beside its annotation or as its default."""
INJECTED = frozenset(
    {
        "InjectedToolArg", "InjectedState", "InjectedStore", "InjectedToolCallId", "Depends", "CurrentContext",
        "Security", "Inject", "Dependency",
    }
)  # fmt: skip
"""Marks of a value that the framework gives, not the caller."""
_LIMITS = {
    "ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum", "multiple_of": "multipleOf",
    "title": "title", "pattern": "pattern", "regex": "pattern", "examples": "examples", "deprecated": "deprecated",
    "description": "description", "help": "description", "desc": "description", "const": "const",
}  # fmt: skip
_SIZES = {"min_length": "min", "max_length": "max", "min_items": "min", "max_items": "max"}
_MARKERS = {
    "Ge": "ge", "Gt": "gt", "Le": "le", "Lt": "lt", "MultipleOf": "multiple_of", "MinLen": "min_length",
    "MaxLen": "max_length", "Doc": "description",
}  # fmt: skip
_UNITS = {"string": "Length", "array": "Items", "object": "Properties"}


def add_metadata(schema: dict[str, Any], node: ast.expr, constants: dict[str, ast.expr]) -> None:
    """Adds to a schema what one piece of metadata says: a text describes, a call limits."""
    if text := text_of(node):
        schema.setdefault("description", text.strip())
    if not isinstance(node, ast.Call):
        return
    name = last_name(node)
    if name in _MARKERS and node.args:
        _add(schema, _MARKERS[name], json_literal(node.args[0], constants))
    elif name in FIELD_CALLS or name.startswith("con"):
        for word in node.keywords:
            if word.arg:
                _add(schema, word.arg, json_literal(word.value, constants))


def _add(schema: dict[str, Any], key: str, value: Any) -> None:
    if value is MISSING or value is None:
        return
    if key in _SIZES:
        unit = _UNITS.get(schema.get("type", ""), "")
        if unit and isinstance(value, int) and value >= 0:
            schema[_SIZES[key] + unit] = value
    elif key in _LIMITS:
        is_right = {
            "description": isinstance(value, str),
            "title": isinstance(value, str),
            "pattern": isinstance(value, str),
            "regex": isinstance(value, str),
            "examples": isinstance(value, list),
            "deprecated": isinstance(value, bool),
        }.get(key, not isinstance(value, (str, list, dict)) if key not in ("help", "desc", "const") else True)
        if is_right:
            schema[_LIMITS[key]] = value


def default_of(node: ast.expr | None) -> tuple[bool, ast.expr | None, ast.Call | None]:
    """Of the right side of a parameter or field: whether it can be left out, its default, and what describes it."""
    if not isinstance(node, ast.Call) or last_name(node) not in FIELD_CALLS:
        return node is not None, node, None
    words = {word.arg: word.value for word in node.keywords}
    if words.keys() & {"default_factory", "factory"}:
        return True, None, node
    value = words.get("default", node.args[0] if node.args else None)
    is_required = value is None or (isinstance(value, ast.Constant) and value.value is Ellipsis)
    return not is_required, None if is_required else value, node
