"""OpenAI function definitions: wrapped, bare, or listed under `tools`, `functions` or `function`, or by name."""

from collections.abc import Iterator
from typing import Any

from toolmind_assets.catalogs.readers.entry import Entry, Reader, name_in
from toolmind_assets.model.functions import CatalogForm
from toolmind_assets.model.pointers import escape

_LISTS = ("tools", "functions", "function")
_SCHEMAS = ("parameters", "input_schema", "inputSchema", "arguments", "query_parameters")


def recognises(value: dict[str, Any]) -> bool:
    """Whether `value` is a function, wrapped or bare, or holds functions in a list or by name."""
    if isinstance(value.get("function"), dict):
        return True
    return any(isinstance(value.get(key), list) for key in _LISTS) or _is_bare(value) or _is_map(value)


def entries(value: dict[str, Any]) -> Iterator[Entry]:
    """Each function in `value`: the definition without its wrappers."""
    key = next((key for key in _LISTS if isinstance(value.get(key), list)), None)
    if key is not None:
        for index, member in enumerate(value[key]):
            yield _entry(f"/{key}/{index}", member)
    elif not isinstance(value.get("function"), dict) and not _is_bare(value):
        for name, member in value.items():
            yield _entry(f"/{escape(name)}", member)
    else:
        yield _entry("", value)


def _is_bare(value: dict[str, Any]) -> bool:
    return "name" in value and ("description" in value or any(key in value for key in _SCHEMAS))


def _is_map(value: dict[str, Any]) -> bool:
    """Whether each member is a bare function that stands under its own name."""
    return bool(value) and all(
        isinstance(member, dict) and _is_bare(member) and member["name"] == name
        for name, member in value.items()
    )


def _entry(pointer: str, value: Any) -> Entry:
    while isinstance(value, dict) and isinstance(value.get("function"), dict):
        value = value["function"]
        pointer += "/function"
    if not isinstance(value, dict):
        return Entry(pointer, None, None, f"a function definition is an object, found {type(value).__name__}")
    return Entry(pointer, name_in(value), value)


READER = Reader(CatalogForm.OPENAI, recognises, entries)
