"""The tools of a live MCP server: it is started or reached, asked for its list, and left. No tool is called."""

import asyncio
import hashlib
import json
import os
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from toolmind_resources.mcp.child import clean_environment
from toolmind_resources.mcp.configured_server import McpError, McpLimits, McpServer
from toolmind_resources.mcp.environment import find_program
from toolmind_resources.mcp.http import open_http
from toolmind_resources.mcp.messages import Connection
from toolmind_resources.mcp.redaction import Secrets
from toolmind_resources.mcp.session import read_tools
from toolmind_resources.mcp.stdio import open_stdio

_ROOT = "{root}"


async def list_tools(
    server: McpServer, limits: McpLimits, folder: Path, root: Path | None = None
) -> dict[str, Any]:
    """`{"initialize": what the server says of itself, "tools": its tools as listed}`: the form of a dump.

    A server that is started here gets a folder of its own, empty and removed afterwards, and of our environment
    only PATH and the variables that `server` names; their values are blanked wherever they turn up.

    Args:
        server: Which server.
        limits: How far it may go.
        folder: Where environments of packages are kept.
        root: What relative commands and `{root}` mean; the working folder where not given.

    Raises:
        McpError: its tools cannot be listed; the message names the server, what happened, and the end of its stderr.
    """
    secrets = Secrets()
    try:
        given = _given_variables(server)
        secrets = Secrets(given.values())
        async with _opened(server, given, limits, folder, (root or Path()).absolute(), secrets) as connection:
            return await _read(connection, limits)
    except McpError as error:
        # Not `from` it: an error of the same kind that says less, and perhaps too much.
        raise McpError(f"MCP server {server.title}: {secrets.hide(str(error))}") from None


def list_tools_now(
    server: McpServer, limits: McpLimits, folder: Path, root: Path | None = None
) -> dict[str, Any]:
    """What `list_tools` comes to, for callers without an event loop."""
    return asyncio.run(list_tools(server, limits, folder, root))


def digest_answer(answer: Mapping[str, Any]) -> str:
    """SHA-256 of an answer of `list_tools`; the order of tools and keys does not count."""
    tools = sorted(_canonical(tool) for tool in answer["tools"])
    content = _canonical([answer["initialize"], tools])
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


async def _read(connection: Connection, limits: McpLimits) -> dict[str, Any]:
    try:
        return await read_tools(connection, limits)
    except McpError as error:
        said = connection.last_words
        ending = f"\nIts stderr ended with:\n{said}" if said else ""
        raise McpError(f"{error}{connection.noise}{ending}") from error


@asynccontextmanager
async def _opened(
    server: McpServer, given: dict[str, str], limits: McpLimits, folder: Path, root: Path, secrets: Secrets
) -> AsyncIterator[Connection]:
    """A connection to the server, started or reached as it wants to be."""
    if server.url:
        async with open_http(server, given.get(server.token_env, ""), limits, secrets) as connection:
            yield connection
        return
    command, path = await _command_of(server, limits, folder, root)
    named = {name: value.replace(_ROOT, str(root)) for name, value in server.env.items()}
    with tempfile.TemporaryDirectory(prefix="toolmind-mcp-", ignore_cleanup_errors=True) as own:
        work = Path(own) / "work"
        work.mkdir()
        environment = clean_environment(Path(own), path) | named | given
        async with open_stdio(command, environment, work, limits, secrets) as connection:
            yield connection


async def _command_of(
    server: McpServer, limits: McpLimits, folder: Path, root: Path
) -> tuple[tuple[str, ...], str | None]:
    """What is run, and the folder of programs that goes before ours."""
    args = tuple(word.replace(_ROOT, str(root)) for word in server.args)
    if not server.command:
        program = await find_program(server, limits, folder)
        return (str(program.script), *args), str(program.path)
    first, *others = (word.replace(_ROOT, str(root)) for word in server.command)
    if "/" in first:
        first = str(root / first)
    return (first, *others, *args), None


def _given_variables(server: McpServer) -> dict[str, str]:
    """The variables that the server is given from our environment.

    Raises:
        McpError: one of them is not set.
    """
    names = (*server.env_from, *filter(None, [server.token_env]))
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        raise McpError(f"the environment variable {missing[0]} is not set; set it, or do not name it")
    values = {name: os.environ[name] for name in names}
    if any(char in values.get(server.token_env, "") for char in "\r\n\0"):
        raise McpError(f"the value of {server.token_env} is no token: it holds a line break; set it anew")
    return values
