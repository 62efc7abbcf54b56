"""The short form of an MCP server on the command line.

    mcp+pip:mcp-server-time==2026.10.19
    mcp+pip:mcp-server-sqlite,mcp<2 --db-path test.db
    mcp+npm:@modelcontextprotocol/server-filesystem .
    mcp+https://example.com/mcp
    mcp+stdio:./server.sh argument

What needs variables or a token is written in toolmind.yaml.
"""

import re
import shlex

from pydantic import ValidationError

from toolmind_resources.mcp.configured_server import McpError, McpServer

_FORMS = "mcp+pip:PACKAGE, mcp+npm:PACKAGE, mcp+stdio:COMMAND, mcp+https://HOST/PATH"
_NEXT_REQUIREMENT = re.compile(r",(?=[A-Za-z])(?![^\[]*\])")


def is_mcp_location(text: str) -> bool:
    """Whether `text` means a live MCP server, rightly written or not."""
    return text.startswith(("mcp+", "mcp:"))


def parse_mcp_location(text: str) -> McpServer:
    """The server that `text` names.

    Raises:
        McpError: it names none; the message says which forms there are.
    """
    form, _, rest = text.removeprefix("mcp+").partition(":")
    if not text.startswith("mcp+") or form not in ("pip", "npm", "stdio", "http", "https"):
        raise McpError(f"{text!r} names no MCP server; the forms are {_FORMS}")
    try:
        return McpServer.model_validate(_fields(form, rest))
    except ValidationError as error:
        # The input may hold a password: only what is wrong with it is told.
        problems = "; ".join(found["msg"] for found in error.errors(include_input=False))
        raise McpError(f"the MCP server behind mcp+{form}: cannot be used: {problems}") from None
    except ValueError as error:
        raise McpError(f"{text!r}: {error}; close the quotation, as in a shell") from error


def _fields(form: str, rest: str) -> dict[str, object]:
    if form in ("http", "https"):
        return {"url": f"{form}:{rest}"}
    words = shlex.split(rest)
    if form == "stdio":
        return {"command": words}
    if not words:
        return {}
    return {form: _NEXT_REQUIREMENT.split(words[0]) if form == "pip" else words[0], "args": words[1:]}
