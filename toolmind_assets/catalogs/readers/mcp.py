"""Answers of MCP servers to `tools/list`: bare, as a JSON-RPC reply, or beside the answer to `initialize`."""

from collections.abc import Iterator
from typing import Any

from toolmind_assets.catalogs.readers.entry import Entry, Reader, name_in
from toolmind_assets.model.functions import CatalogForm


def recognises(value: dict[str, Any]) -> bool:
    """Whether `value` lists tools with an `inputSchema`, or stands beside an answer to `initialize`."""
    tools = _answer(value).get("tools")
    if not isinstance(tools, list):
        return False
    has_schemas = any(isinstance(tool, dict) and "inputSchema" in tool for tool in tools)
    return has_schemas or "initialize" in value or (not tools and value.keys() <= {"tools", "nextCursor"})


def entries(value: dict[str, Any]) -> Iterator[Entry]:
    """Each tool as `{"server": name of the server, "tool": the tool as listed}`."""
    prefix = "" if "tools" in value else "/result"
    server = _server_name(value)
    for index, tool in enumerate(_answer(value)["tools"]):
        pointer = f"{prefix}/tools/{index}"
        if isinstance(tool, dict):
            yield Entry(pointer, name_in(tool), {"server": server, "tool": tool})
        else:
            yield Entry(pointer, None, None, f"a tool is an object, found {type(tool).__name__}")


def _answer(value: dict[str, Any]) -> dict[str, Any]:
    result = value.get("result")
    return result if "tools" not in value and isinstance(result, dict) else value


def _server_name(value: dict[str, Any]) -> str:
    place: Any = value
    for key in ("initialize", "serverInfo"):
        place = place.get(key) if isinstance(place, dict) else None
    title = (place.get("title") or place.get("name")) if isinstance(place, dict) else None
    return title if isinstance(title, str) else ""


READER = Reader(CatalogForm.MCP, recognises, entries)
