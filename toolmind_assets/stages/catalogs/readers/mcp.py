"""Tools of MCP servers: answers to `tools/list` bare, as a JSON-RPC reply, or beside the answer to `initialize`;
Docker's lists of tools with `arguments`; and Toucan's servers, asked live or crawled from a registry's pages.
"""

from collections.abc import Iterator
from typing import Any

from toolmind_assets.model.functions import CatalogForm
from toolmind_assets.stages.catalogs.readers.entry import Entry, Reader, name_in

_SCHEMAS = ("inputSchema", "input_schema")
_HINTS = ("readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint")
_LISTINGS = ("remote_server_response", "server_info_crawled")


def recognises(value: dict[str, Any]) -> bool:
    """Whether `value` lists tools as an MCP server does, is one such tool, or tells of a server."""
    if _is_toucan(value) or _is_tool(value) or _is_greeting(value):
        return True
    answer = _answer(value)
    tools = answer.get("tools")
    if not isinstance(tools, list):
        return False
    is_reply = answer is not value or "initialize" in value or "serverInfo" in value
    keys = _SCHEMAS if is_reply else _SCHEMAS[:1]
    has_schemas = any(isinstance(tool, dict) and any(key in tool for key in keys) for tool in tools)
    is_listed = any(_is_tool(tool) for tool in tools)
    is_empty = not tools and answer.keys() <= {"tools", "nextCursor", "_meta"}
    return has_schemas or is_listed or "initialize" in value or is_empty


def entries(value: dict[str, Any]) -> Iterator[Entry]:
    """Each tool as `{"server": name of the server, "tool": the tool as listed}`.

    A tool that was crawled from a page also has `page`: the names of all tools there. Of a server that was asked
    live, what the crawl says of the same tools is passed over.
    """
    if _is_toucan(value):
        yield from _toucan_entries(value)
    elif _is_tool(value):
        yield _entry("", value, {"server": ""})
    elif _is_greeting(value):
        yield Entry(
            "", None, None, "the answer of a server to `initialize`, which lists no tools", found=value
        )
    else:
        prefix = "" if "tools" in value else "/result"
        server = {"server": _server_name(value)}
        for index, tool in enumerate(_answer(value)["tools"]):
            yield _entry(f"{prefix}/tools/{index}", tool, server)


def _entry(pointer: str, tool: Any, about: dict[str, Any]) -> Entry:
    if not isinstance(tool, dict):
        return Entry(pointer, None, None, f"a tool is an object, found {type(tool).__name__}", found=tool)
    return Entry(pointer, name_in(tool), {**about, "tool": tool})


def _answer(value: dict[str, Any]) -> dict[str, Any]:
    result = value.get("result")
    return result if "tools" not in value and isinstance(result, dict) else value


def _is_greeting(value: dict[str, Any]) -> bool:
    answer = _answer(value)
    return "protocolVersion" in answer and "serverInfo" in answer and "tools" not in answer


def _is_tool(value: Any) -> bool:
    """Whether `value` is a tool alone: with MCP's schema or hints, or with Docker's list of arguments."""
    if not isinstance(value, dict) or "name" not in value:
        return False
    arguments, hints = value.get("arguments"), value.get("annotations")
    is_docker = isinstance(arguments, list) and all(
        isinstance(argument, dict) and "name" in argument for argument in arguments
    )
    return (
        "inputSchema" in value
        or (is_docker and "description" in value)
        or (isinstance(hints, dict) and any(hint in hints for hint in _HINTS))
    )


def _server_name(value: dict[str, Any]) -> str:
    for start in (value, value.get("initialize")):
        about = start.get("serverInfo") if isinstance(start, dict) else None
        title = (about.get("title") or about.get("name")) if isinstance(about, dict) else None
        if isinstance(title, str):
            return title
    return ""


def _is_toucan(value: dict[str, Any]) -> bool:
    about = value.get("metadata")
    return isinstance(about, dict) and any(isinstance(about.get(key), dict) for key in _LISTINGS)


def _toucan_entries(value: dict[str, Any]) -> Iterator[Entry]:
    about = value["metadata"]
    server = about.get("server_name")
    named: dict[str, Any] = {"server": server if isinstance(server, str) else ""}
    listed: set[str | None] = set()
    for key in _LISTINGS:
        listing = about.get(key)
        tools = listing.get("tools") if isinstance(listing, dict) else None
        tools = tools if isinstance(tools, list) else []
        page = [name for tool in tools if (name := name_in(tool))]
        known = frozenset(listed)
        for index, tool in enumerate(tools):
            if name_in(tool) in known:
                continue
            listed.add(name_in(tool))
            is_crawled = isinstance(tool, dict) and not any(schema in tool for schema in _SCHEMAS)
            extra = {**named, "page": page} if is_crawled else named
            yield _entry(f"/metadata/{key}/tools/{index}", tool, extra)


READER = Reader(CatalogForm.MCP, recognises, entries)
