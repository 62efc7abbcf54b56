"""One importer of OpenAPI over some specs, in its own environment; started by `benchmarks/catalogs.py`.

python catalog_peer.py fastmcp|google-adk|openapi-llm SECONDS FILE…

A spec counts as read when every step that leads to tool definitions as JSON text ended in time. Prints one line of JSON a
spec: file, tools, CPU seconds, error. Importing the package is not counted.
"""

import asyncio
import contextlib
import json
import logging
import signal
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")


def fastmcp() -> Callable[[str], int]:
    """Its servers list tools with parameters and, where it can, results."""
    import httpx2  # pyright: ignore[reportMissingImports]
    from fastmcp import FastMCP  # pyright: ignore[reportMissingImports]

    async def convert(text: str) -> int:
        async with httpx2.AsyncClient(base_url="http://localhost") as client:
            server: Any = FastMCP.from_openapi(json.loads(text), client=client)
            tools = await server.list_tools()
            return len([tool.to_mcp_tool().model_dump_json() for tool in tools])

    return lambda text: asyncio.run(convert(text))


def google_adk() -> Callable[[str], int]:
    """Its toolsets declare parameters alone to the model."""
    from google.adk.tools.openapi_tool import OpenAPIToolset  # pyright: ignore[reportMissingImports]

    async def convert(text: str) -> int:
        tools: Any = await OpenAPIToolset(spec_str=text, spec_str_type="json").get_tools()
        return len([tool._get_declaration().model_dump_json(exclude_none=True) for tool in tools])

    return lambda text: asyncio.run(convert(text))


def openapi_llm() -> Callable[[str], int]:
    """Its definitions hold parameters alone."""
    from openapi_llm.client.config import ClientConfig  # pyright: ignore[reportMissingImports]
    from openapi_llm.core.spec import OpenAPISpecification  # pyright: ignore[reportMissingImports]

    def convert(text: str) -> int:
        tools = ClientConfig(OpenAPISpecification.from_str(text)).get_tool_definitions()
        return len([json.dumps(tool) for tool in tools])

    return convert


PEERS: dict[str, Callable[[], Callable[[str], int]]] = {
    "fastmcp": fastmcp,
    "google-adk": google_adk,
    "openapi-llm": openapi_llm,
}


def _too_slow(*_: object) -> None:
    raise TimeoutError("took too long")


def main() -> None:
    name, seconds, *files = sys.argv[1:]
    convert = PEERS[name]()
    signal.signal(signal.SIGVTALRM, _too_slow)
    with contextlib.suppress(Exception):
        convert(Path(files[0]).read_text())  # what is done once a process is not counted
    for file in files:
        text = Path(file).read_text()
        n_tools, error = 0, ""
        began = time.process_time()
        signal.setitimer(signal.ITIMER_VIRTUAL, float(seconds))
        try:
            n_tools = convert(text)
        except Exception as raised:  # noqa: BLE001 - whatever fails is counted
            error = f"{type(raised).__name__}: {raised}"[:200]
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        spent = time.process_time() - began
        print(json.dumps({"file": file, "tools": n_tools, "seconds": spent, "error": error}), flush=True)


if __name__ == "__main__":
    main()
