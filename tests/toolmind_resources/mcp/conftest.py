"""Servers that are a few lines of Python, started as real processes."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from toolmind_resources.mcp.configured_server import McpLimits, McpServer
from toolmind_resources.mcp.listing import list_tools_now

PRELUDE = """
import json, os, sys, time

def read():
    line = sys.stdin.readline()
    if not line:
        sys.exit(0)
    return json.loads(line)

def send(message):
    print(json.dumps(message), flush=True)

def answer(request, result):
    send({"jsonrpc": "2.0", "id": request["id"], "result": result})

def greet(version="2025-06-18", capabilities={"tools": {}}):
    request = read()
    assert request["method"] == "initialize", request
    about = {"name": "scripted", "version": "1"}
    answer(request, {"protocolVersion": version, "capabilities": capabilities, "serverInfo": about})
    assert read()["method"] == "notifications/initialized"

def tool(name, description="does it"):
    return {"name": name, "description": description, "inputSchema": {"type": "object"}}
"""
QUICK = McpLimits(start_seconds=20, list_seconds=20, stop_seconds=5)


@pytest.fixture
def scripted(tmp_path: Path) -> Callable[..., McpServer]:
    """A server that runs the lines it is given."""

    def write(body: str, **fields: Any) -> McpServer:
        script = tmp_path / "server.py"
        script.write_text(PRELUDE + body, encoding="utf-8")
        return McpServer(command=(sys.executable, "-I", "-S", str(script)), **fields)

    return write


@pytest.fixture
def tools_of(scripted: Callable[..., McpServer], tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """What is listed of a server that runs the lines it is given."""

    def listed(body: str, limits: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
        server = scripted(body, **fields)
        return list_tools_now(server, QUICK.model_copy(update=limits or {}), tmp_path / "environments")

    return listed
