"""OpenAI function definitions: wrapped, bare, or listed under `tools`, `functions` or `function`."""

from collections.abc import Iterator
from typing import Any

from toolmind_assets.catalogs.readers.entry import Entry, Reader, name_in
from toolmind_assets.model.functions import CatalogForm

_LISTS = ("tools", "functions", "function")
_SCHEMAS = ("parameters", "input_schema", "inputSchema", "arguments")


def recognises(value: dict[str, Any]) -> bool:
    """Whether `value` is a function, wrapped or bare, or holds a list of functions."""
    if isinstance(value.get("function"), dict):
        return True
    if any(isinstance(value.get(key), list) for key in _LISTS):
        return True
    return "name" in value and ("description" in value or any(key in value for key in _SCHEMAS))


def entries(value: dict[str, Any]) -> Iterator[Entry]:
    """Each function in `value`: the definition without its wrappers."""
    key = next((key for key in _LISTS if isinstance(value.get(key), list)), None)
    if key is None:
        yield _entry("", value)
        return
    for index, member in enumerate(value[key]):
        yield _entry(f"/{key}/{index}", member)


def _entry(pointer: str, value: Any) -> Entry:
    while isinstance(value, dict) and isinstance(value.get("function"), dict):
        value = value["function"]
        pointer += "/function"
    if not isinstance(value, dict):
        return Entry(pointer, None, None, f"a function definition is an object, found {type(value).__name__}")
    return Entry(pointer, name_in(value), value)


READER = Reader(CatalogForm.OPENAI, recognises, entries)
