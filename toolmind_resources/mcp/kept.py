"""What a live MCP server listed, kept for a while: whether a catalog has changed is asked often, a server rarely."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

from toolmind_resources.files.found import FoundFile
from toolmind_resources.mcp.configured_server import McpError, McpLimits, McpServer

RECHECK_SECONDS = 300
"""How old an answer may be before the server is asked again."""
_FILE = "tools.json"


class KeptListing:
    """The tools of a server as the one file of a catalog.

    Args:
        server: The server.
        limits: How far it may go.
        folder: Where its environment and its last answer are kept.
        root: What relative paths of the server start at.
    """

    def __init__(self, server: McpServer, limits: McpLimits, folder: Path, root: Path) -> None:
        self._server = server
        self._limits = limits
        self._folder = folder
        self._root = root
        self._note = ""

    @property
    def notes(self) -> tuple[str, ...]:
        """What whoever reads the files should be told: that an answer of before is used, and why."""
        return (self._note,) if self._note else ()

    def files(self) -> Iterator[FoundFile]:
        """The answer, as one file.

        Raises:
            McpError: the server cannot be listed, and never was.
        """
        content = self._answer()
        yield FoundFile(_FILE, len(content), content)

    def file_named(self, name: str) -> FoundFile | None:  # noqa: ARG002
        """None: an answer refers to no other file."""
        return None

    def digest(self) -> str:
        """What changes when the tools do, whatever their order.

        Raises:
            McpError: as for `files`.
        """
        from toolmind_resources.mcp.listing import digest_answer  # it loads an HTTP client

        return digest_answer(json.loads(self._answer()))

    def _answer(self) -> bytes:
        kept = self._folder / "listings" / f"{self._server.fingerprint}.json"
        if kept.is_file() and time.time() - kept.stat().st_mtime < RECHECK_SECONDS:
            return kept.read_bytes()
        try:
            content = self._ask()
        except McpError as error:
            if not kept.is_file():
                raise
            self._note = f"{self._server.title}: the answer of before is used: {error}"
            return kept.read_bytes()
        kept.parent.mkdir(parents=True, exist_ok=True)
        partial = kept.with_name(f".{kept.name}.{os.getpid()}")
        partial.write_bytes(content)
        partial.replace(kept)
        return content

    def _ask(self) -> bytes:
        from toolmind_resources.mcp.listing import list_tools_now

        # As ASCII: texts of a server may hold lone surrogates, which the reader of catalogs tells apart.
        return json.dumps(list_tools_now(self._server, self._limits, self._folder, self._root)).encode()
