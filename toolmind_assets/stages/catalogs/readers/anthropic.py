"""Anthropic tools: bare, or listed under `tools`, each with an `input_schema`."""

from collections.abc import Iterator
from typing import Any

from toolmind_assets.model.functions import CatalogForm
from toolmind_assets.stages.catalogs.readers.entry import Entry, Reader
from toolmind_assets.stages.catalogs.readers.functions import entries_in, function_entries


def recognises(value: dict[str, Any]) -> bool:
    """Whether `value` is a tool with an `input_schema`, or lists one."""
    tools = value.get("tools")
    return _has_schema(value) or (isinstance(tools, list) and any(_has_schema(tool) for tool in tools))


def entries(value: dict[str, Any]) -> Iterator[Entry]:
    """Each tool, as it stands."""
    if _has_schema(value):
        yield from function_entries("", value)
    else:
        yield from entries_in("/tools", value["tools"])


def _has_schema(value: Any) -> bool:
    return isinstance(value, dict) and "input_schema" in value and "name" in value


READER = Reader(CatalogForm.ANTHROPIC, recognises, entries)
