"""Function definitions of chat endpoints in any wrapping, as entries: what the readers of such forms share."""

from collections.abc import Iterator
from typing import Any

from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.json_text import parse_json
from toolmind_assets.stages.catalogs.readers.entry import Entry

DECLARATIONS = ("functionDeclarations", "function_declarations")
"""How Gemini spells the list in which its declarations stand, inside of a list of tools."""
_WRAPPERS = ("function", "toolSpec")
_NAMES = ("name", "api_name")


def function_name(value: Any) -> str | None:
    """The name that a definition gives its function, without blanks around it, or None."""
    stated = next((value[key] for key in _NAMES if key in value), None) if isinstance(value, dict) else None
    return (stated.strip() or None) if isinstance(stated, str) else None


def function_entries(pointer: str, value: Any) -> Iterator[Entry]:
    """The function that a definition defines, without its wrappers, or those of a group of declarations.

    A definition may also be written as JSON text.
    """
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = parse_json(value)
        except (ValueError, RecursionError) as error:
            problem = f"a definition written as text is no JSON: {error!s:.200}"
            yield Entry(pointer, None, None, problem, DropReason.MALFORMED_JSON, value)
            return
    while isinstance(value, dict) and (wrapper := _key_of(value, _WRAPPERS, dict)):
        value = value[wrapper]
        pointer += f"/{wrapper}"
    if isinstance(value, dict) and (group := _key_of(value, DECLARATIONS, list)):
        for index, member in enumerate(value[group]):
            yield _entry(f"{pointer}/{group}/{index}", member)
        return
    yield _entry(pointer, value)


def _key_of(value: dict[str, Any], keys: tuple[str, ...], kind: type) -> str | None:
    return next((key for key in keys if isinstance(value.get(key), kind)), None)


def entries_in(pointer: str, values: list[Any]) -> Iterator[Entry]:
    """The functions that a list of definitions defines, in order."""
    for index, value in enumerate(values):
        yield from function_entries(f"{pointer}/{index}", value)


def _entry(pointer: str, value: Any) -> Entry:
    if not isinstance(value, dict):
        problem = f"a function definition is an object, found {type(value).__name__}"
        return Entry(pointer, None, None, problem, found=value)
    return Entry(pointer, function_name(value), value)
