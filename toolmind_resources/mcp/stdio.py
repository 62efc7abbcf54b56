"""A server that is started here and speaks over stdin and stdout."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from toolmind_resources.mcp.child import ChildProcess
from toolmind_resources.mcp.configured_server import McpError, McpLimits
from toolmind_resources.mcp.messages import Lines, Replies, encode
from toolmind_resources.mcp.redaction import Secrets, Tail


class StdioConnection:
    """Sends lines to a process and reads lines from it; made by `open_stdio`.

    Attributes:
        child: The process.
    """

    def __init__(self, limits: McpLimits, secrets: Secrets) -> None:
        self._limits = limits
        self._lines = Lines(limits.max_message_bytes)
        self._replies = Replies(secrets)
        self._n_bytes = 0
        self._problem: McpError | None = None
        self._has_news = asyncio.Event()
        self._tail = Tail(limits.tail_bytes, secrets)
        self.child = ChildProcess(self._take_output, self._tail.add)

    def _take_output(self, content: bytes) -> None:
        """Reads what the process wrote to stdout; after the first problem nothing is read any more."""
        self._n_bytes += len(content)
        if self._problem is not None:
            return
        try:
            if self._n_bytes > self._limits.max_output_bytes:
                raise McpError(
                    f"it wrote more than {self._limits.max_output_bytes:,} bytes; raise max_output_bytes if that is "
                    "right"
                )
            for line in self._lines.feed(content):
                for reply in self._replies.take(line):
                    self._send(reply)
        except McpError as error:
            self._problem = error
        self._has_news.set()

    async def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """The result of a request.

        Raises:
            McpError: there is none.
        """
        number, text = self._replies.ask(method, params)
        self._send(text)
        while True:
            self._has_news.clear()
            if (result := self._replies.answer(number, method)) is not None:
                return result
            if self._problem is not None:
                raise self._problem
            await self._wait_for_news(method)

    async def notify(self, method: str) -> None:
        """Tells the server something that it does not answer."""
        self._send(encode({"jsonrpc": "2.0", "method": method}))

    def agree(self, version: str) -> None:
        """Nothing depends on the revision here."""

    @property
    def noise(self) -> str:
        """What is to be said of skipped lines."""
        return self._replies.noise

    @property
    def last_words(self) -> str:
        """The end of what the process wrote to stderr."""
        return self._tail.text

    def _send(self, text: bytes) -> None:
        self.child.write(text + b"\n")

    async def _wait_for_news(self, method: str) -> None:
        """Returns when the process wrote something; raises McpError when it can write nothing more."""
        closed = self.child.has_closed_output
        waits = [asyncio.ensure_future(event.wait()) for event in (self._has_news, closed)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        if closed.is_set() and not self._has_news.is_set():
            raise McpError(f"{await self._how_it_ended()} before it answered {method}")

    async def _how_it_ended(self) -> str:
        try:
            async with asyncio.timeout(self._limits.stop_seconds):
                await self.child.has_ended.wait()
                # Its last words may be under way still; others that it started may keep the pipe open.
                await self.child.has_closed_stderr.wait()
        except TimeoutError:
            if not self.child.has_ended.is_set():
                return "it closed its output"
        return f"it ended with {self.child.how_it_ended}"


@asynccontextmanager
async def open_stdio(
    command: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    limits: McpLimits,
    secrets: Secrets,
) -> AsyncIterator[StdioConnection]:
    """A connection to a process that is started here, and ended with the block.

    Raises:
        McpError: it cannot be started.
    """
    connection = StdioConnection(limits, secrets)
    try:
        await connection.child.start(command, environment, folder)
        yield connection
    finally:
        await connection.child.stop(limits.stop_seconds)
