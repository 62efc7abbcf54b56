"""MCP servers that need no key to list their tools, pinned; what `benchmarks/catalogs.py` lists live.

.venv/bin/python benchmarks/live_servers.py [FOLDER OF ENVIRONMENTS]
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from toolmind_resources.mcp.configured_server import McpError, McpLimits, McpServer
from toolmind_resources.mcp.listing import digest_answer, list_tools


def _pip(*packages: str, args: tuple[str, ...] = ()) -> McpServer:
    return McpServer(pip=packages, args=args)


def _npm(package: str, *args: str) -> McpServer:
    return McpServer(npm=package, args=args)


LIVE_SERVERS: Mapping[str, McpServer] = {
    "mcp-server-time": _pip("mcp-server-time==2026.10.19"),
    "mcp-server-git": _pip("mcp-server-git==2026.10.19"),
    "mcp-server-sqlite": _pip("mcp-server-sqlite==2025.4.25", "mcp<2"),
    "excel-mcp-server": _pip("excel-mcp-server==2.2.2", args=("stdio",)),
    "server-filesystem": _npm("@modelcontextprotocol/server-filesystem@2026.8.31", "."),
    "server-memory": _npm("@modelcontextprotocol/server-memory@2026.8.31"),
    "playwright-mcp": _npm("@playwright/mcp@0.0.83"),
    "notion-mcp-server": _npm("@notionhq/notion-mcp-server@2.5.2"),
}
"""Name of the catalog, which is also that of the server's dump where there is one -> the server."""

N_TOOLS: Mapping[str, int] = {
    "mcp-server-time": 2,
    "mcp-server-git": 12,
    "mcp-server-sqlite": 6,
    "excel-mcp-server": 46,
    "server-filesystem": 14,
    "server-memory": 9,
    "playwright-mcp": 25,
    "notion-mcp-server": 24,
}
"""How many tools each of them lists: counted from dumps that another client made."""


async def list_live(
    folder: Path, limits: McpLimits | None = None, servers: Mapping[str, McpServer] = LIVE_SERVERS
) -> dict[str, dict[str, Any] | McpError]:
    """The answer of each server, or why there is none; one after the other, since installing takes all cores."""
    answers: dict[str, dict[str, Any] | McpError] = {}
    for name, server in servers.items():
        try:
            answers[name] = await list_tools(server, limits or McpLimits(), folder)
        except McpError as error:
            answers[name] = error
    return answers


def main() -> int:
    """Prints each server, its tools and the time; 0 where all list what they should."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="toolmind-servers-"))
    figures: dict[str, Any] = {}
    for name, server in LIVE_SERVERS.items():
        began = time.monotonic()
        answer = asyncio.run(list_live(folder, servers={name: server}))[name]
        seconds = round(time.monotonic() - began, 1)
        if isinstance(answer, McpError):
            figures[name] = {"error": str(answer), "seconds": seconds}
        else:
            n_tools = len(answer["tools"])
            figures[name] = {"tools": n_tools, "digest": digest_answer(answer)[:12], "seconds": seconds}
        print(f"{name:20} {figures[name]}", flush=True)
    print(json.dumps(figures))
    return int(any(figures[name].get("tools") != n_tools for name, n_tools in N_TOOLS.items()))


if __name__ == "__main__":
    sys.exit(main())
