"""The part of the MCP protocol that lists tools, over any connection. No I/O of its own."""

import asyncio
from collections.abc import Iterator
from typing import Any

from toolmind_resources.mcp.configured_server import McpError, McpLimits
from toolmind_resources.mcp.messages import METHOD_NOT_FOUND, UNSUPPORTED_VERSION, Connection, RefusedError

OFFERED_VERSION = "2025-11-25"
"""The last revision that begins with `initialize`; servers answer with the one that they speak."""
WITHOUT_HANDSHAKE = "2026-07-28"
"""The revision whose servers may know `server/discover` only."""
_META = "io.modelcontextprotocol/"
_CLIENT = {"name": "toolmind-assets", "version": "1"}


async def read_tools(connection: Connection, limits: McpLimits) -> dict[str, Any]:
    """`{"initialize": what the server says of itself, "tools": its tools as listed}`.

    Raises:
        McpError: an answer is missing, late, an error, or not what the protocol allows.
    """
    greeting, meta = await _within(limits.start_seconds, "start_seconds", _begin(connection))
    tools = await _within(limits.list_seconds, "list_seconds", _list(connection, greeting, meta, limits))
    return {"initialize": greeting, "tools": tools}


async def _within(seconds: float, limit: str, answer: Any) -> Any:
    try:
        async with asyncio.timeout(seconds):
            return await answer
    except TimeoutError as error:
        what = "its start" if limit == "start_seconds" else "tools/list"
        raise McpError(
            f"no answer to {what} came within {seconds:g} seconds; raise {limit} if it is slow"
        ) from error


async def _begin(connection: Connection) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the server says of itself, and what goes with every further request."""
    wish = {"protocolVersion": OFFERED_VERSION, "capabilities": {}, "clientInfo": _CLIENT}
    try:
        greeting = await connection.request("initialize", wish)
    except RefusedError as error:
        if error.code not in (METHOD_NOT_FOUND, UNSUPPORTED_VERSION):
            raise
        return await _discover(connection)
    version = greeting.get("protocolVersion")
    if (
        not isinstance(version, str)
        or not version.isprintable()
        or not version.isascii()
        or len(version) > 40
    ):
        raise McpError(
            "its answer to initialize names no protocolVersion; it is no MCP server, or a broken one"
        )
    connection.agree(version)
    await connection.notify("notifications/initialized")
    return greeting, {}


async def _discover(connection: Connection) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same of a server that knows no `initialize`, in the form of an answer to it."""
    connection.agree(WITHOUT_HANDSHAKE)
    told = {"protocolVersion": WITHOUT_HANDSHAKE, "clientInfo": _CLIENT, "clientCapabilities": {}}
    meta = {"_meta": {_META + name: value for name, value in told.items()}}
    found = await connection.request("server/discover", meta)
    about = found.get("_meta")
    named = about.get(_META + "serverInfo") if isinstance(about, dict) else None
    greeting = {"protocolVersion": WITHOUT_HANDSHAKE, "serverInfo": named or found.get("serverInfo") or {}}
    return greeting | {key: found[key] for key in ("capabilities", "instructions") if key in found}, meta


async def _list(
    connection: Connection, greeting: dict[str, Any], meta: dict[str, Any], limits: McpLimits
) -> list[Any]:
    """The tools of all pages."""
    tools: list[Any] = []
    cursors: set[str] = set()
    cursor: str | None = None
    while True:
        params = meta if cursor is None else meta | {"cursor": cursor}
        try:
            page = await connection.request("tools/list", params)
        except RefusedError as error:
            if error.code == METHOD_NOT_FOUND and not _has_tools(greeting):
                return []
            raise
        tools.extend(_tools_of(page))
        if len(tools) > limits.max_tools:
            raise McpError(f"it lists more than {limits.max_tools:,} tools; raise max_tools if that is right")
        cursor = _next_cursor(page)
        if cursor is None:
            break
        if cursor in cursors:
            raise McpError(
                f"its list of tools has no end: page {len(cursors) + 1} leads back to an earlier one"
            )
        cursors.add(cursor)
        if len(cursors) >= limits.max_pages:
            raise McpError(
                f"its list has more than {limits.max_pages} pages; raise max_pages if that is right"
            )
    _refuse_duplicates(tools)
    return tools


def _has_tools(greeting: dict[str, Any]) -> bool:
    capabilities = greeting.get("capabilities")
    return isinstance(capabilities, dict) and "tools" in capabilities


def _tools_of(page: dict[str, Any]) -> list[Any]:
    tools = page.get("tools")
    if not isinstance(tools, list):
        raise McpError(f"its answer to tools/list holds no list of tools, but {type(tools).__name__}")
    return tools


def _next_cursor(page: dict[str, Any]) -> str | None:
    cursor = page.get("nextCursor")
    if cursor is not None and not isinstance(cursor, str):
        raise McpError(f"the nextCursor of its list of tools is no text, but {type(cursor).__name__}")
    return cursor or None


def _refuse_duplicates(tools: list[Any]) -> None:
    seen: set[str] = set()
    for name in _names(tools):
        if name in seen:
            raise McpError(
                f"it lists two tools with the name {name[:100]!r}; which one is called cannot be told"
            )
        seen.add(name)


def _names(tools: list[Any]) -> Iterator[str]:
    for tool in tools:
        name = tool.get("name") if isinstance(tool, dict) else None
        if isinstance(name, str):
            yield name
