"""OpenAI function definitions: wrapped, bare, or listed under `tools`, `functions` or `function`, or by name.

Whatever writes its definitions like OpenAI is read here too: xLAM, NESTful, API-Bank, Seal-Tools, Cohere, Bedrock,
and the list of functions that ToolMind released.
"""

from collections.abc import Iterator
from typing import Any

from toolmind_assets.model.functions import CatalogForm
from toolmind_assets.model.json_text import parse_json
from toolmind_assets.model.pointers import escape
from toolmind_assets.stages.catalogs.readers.entry import Entry, Reader
from toolmind_assets.stages.catalogs.readers.functions import entries_in, function_entries, function_name

_LISTS = ("tools", "functions", "function")
_SCHEMAS = (
    *("parameters", "input_schema", "inputSchema", "arguments", "query_parameters"),
    *("input_parameters", "parameter_definitions"),
)
_WRAPPERS = ("function", "toolSpec")
_DESCRIPTIONS = ("description", "api_description")
_PLACES = ("path", "query", "header", "cookie", "body", "formData")


def recognises(value: dict[str, Any]) -> bool:
    """Whether `value` is a function, wrapped or bare, or holds functions in a list or by name."""
    if any(isinstance(value.get(key), dict) and not _is_call(value[key]) for key in _WRAPPERS):
        return True
    return any(isinstance(value.get(key), list) for key in _LISTS) or is_bare(value) or _is_map(value)


def entries(value: dict[str, Any]) -> Iterator[Entry]:
    """Each function in `value`: the definition without its wrappers."""
    keys = [key for key in _LISTS if isinstance(value.get(key), list)]
    if keys and not is_bare(value):
        for key in keys:
            yield from entries_in(f"/{key}", value[key])
    elif any(isinstance(value.get(key), dict) for key in _WRAPPERS) or is_bare(value):
        yield from function_entries("", value)
    else:
        for name, member in value.items():
            yield from function_entries(f"/{escape(name)}", member)


def is_bare(value: dict[str, Any]) -> bool:
    """Whether `value` defines a function without a wrapper.

    A call has a name and arguments too: values, not schemas. A parameter of OpenAPI has a name and a place.
    """
    if value.get("in") in _PLACES and "parameters" not in value:
        return False
    if function_name(value) is None and not any(key in value for key in ("parameters", "description")):
        return False
    if "name" not in value and "api_name" not in value:
        return False
    if any(isinstance(value.get(key), str) for key in _DESCRIPTIONS):
        return True
    return any(key in value and _may_be_schema(key, value[key]) for key in _SCHEMAS)


def _is_call(value: dict[str, Any]) -> bool:
    """Whether `value` calls a function rather than defining one."""
    return "name" in value and "arguments" in value and not is_bare(value)


def _may_be_schema(key: str, stated: Any) -> bool:
    if key == "arguments" and isinstance(stated, str):
        try:
            stated = parse_json(stated)
        except (ValueError, RecursionError):
            return False
    if key not in ("arguments", "parameters") or not isinstance(stated, dict):
        return True
    if "properties" in stated or stated.get("type") in ("object", "dict", "OBJECT"):
        return True
    members = stated.values()
    said = ("type", "description")
    return (key == "parameters" and not stated) or (
        bool(stated)
        and all(isinstance(member, dict) and any(word in member for word in said) for member in members)
    )


def _is_map(value: dict[str, Any]) -> bool:
    """Whether each member is a bare function that stands under its own name."""
    return bool(value) and all(
        isinstance(member, dict) and is_bare(member) and member.get("name") == name
        for name, member in value.items()
    )


READER = Reader(CatalogForm.OPENAI, recognises, entries)
