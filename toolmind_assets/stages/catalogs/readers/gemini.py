"""Gemini function declarations: in groups, alone or within the tools of a request, or bare with upper-case types."""

from collections.abc import Iterator
from typing import Any

from toolmind_assets.model.functions import CatalogForm
from toolmind_assets.stages.catalogs.readers.entry import Entry, Reader
from toolmind_assets.stages.catalogs.readers.functions import DECLARATIONS, entries_in, function_entries


def recognises(value: dict[str, Any]) -> bool:
    """Whether `value` is a group of declarations, lists one as a tool, or is one with upper-case types."""
    tools = value.get("tools")
    members = tools if isinstance(tools, list) else [tools]
    return _is_group(value) or any(_is_group(tool) for tool in members) or _is_bare(value)


def entries(value: dict[str, Any]) -> Iterator[Entry]:
    """Each declaration, as it stands."""
    if _is_group(value) or _is_bare(value):
        yield from function_entries("", value)
    elif isinstance(value["tools"], list):
        yield from entries_in("/tools", value["tools"])
    else:
        yield from function_entries("/tools", value["tools"])


def _is_group(value: Any) -> bool:
    return isinstance(value, dict) and any(isinstance(value.get(key), list) for key in DECLARATIONS)


def _is_bare(value: dict[str, Any]) -> bool:
    parameters = value.get("parameters")
    return (
        "name" in value
        and isinstance(parameters, dict)
        and parameters.get("type") in ("OBJECT", "Type.OBJECT")
    )


READER = Reader(CatalogForm.GEMINI, recognises, entries)
