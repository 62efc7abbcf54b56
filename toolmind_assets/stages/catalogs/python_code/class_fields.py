"""What `Field(...)`, `Annotated[...]` and their like say of a value, as keywords of JSON Schema."""

import ast
from typing import Any

from toolmind_assets.stages.catalogs.python_code.literals import MISSING, json_literal, last_name, text_of

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
_NUMBERS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
_TEXTS = {
    "title": "title", "pattern": "pattern", "regex": "pattern", "description": "description", "help": "description",
    "desc": "description", "doc": "description",
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
    """Adds one keyword argument, where it is one that limits or describes and its value is of the right kind."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if key in _TEXTS and isinstance(value, str):
        schema[_TEXTS[key]] = value.strip()
    elif key in _NUMBERS and is_number:
        schema[_NUMBERS[key]] = value
    elif key == "multiple_of" and is_number and value > 0:
        schema["multipleOf"] = value
    elif key == "examples" and isinstance(value, list):
        schema["examples"] = value
    elif key == "deprecated" and value is not MISSING and value:
        schema["deprecated"] = True
    elif key in _SIZES and isinstance(value, int) and value >= 0:
        types = schema.get("type")
        kinds = types if isinstance(types, list) else [types]
        unit = next((_UNITS[kind] for kind in kinds if kind in _UNITS), "")
        if unit:
            schema[_SIZES[key] + unit] = value


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
