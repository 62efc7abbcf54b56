"""A server behind a URL that speaks streamable HTTP: each message is a POST, answered by JSON or an event stream.

Redirects are not followed, compressed answers not read, and the token stands in no message.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

from toolmind_resources.mcp.configured_server import McpError, McpLimits, McpServer
from toolmind_resources.mcp.messages import Lines, Replies, encode
from toolmind_resources.mcp.redaction import Secrets

_SESSION = "Mcp-Session-Id"
_VERSION = "MCP-Protocol-Version"
_HEADERS = {
    "Accept": "application/json, text/event-stream",
    "Accept-Encoding": "identity",
    "Content-Type": "application/json",
}
_CHUNK_BYTES = 65536
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class HttpConnection:
    """Posts messages to a URL; made by `open_http`."""

    def __init__(
        self, client: aiohttp.ClientSession, server: McpServer, limits: McpLimits, secrets: Secrets
    ) -> None:
        self._client = client
        self._url = server.url
        self._has_token = bool(server.token_env)
        self._limits = limits
        self._secrets = secrets
        self._replies = Replies(secrets)
        self._headers: dict[str, str] = {}
        self._n_bytes = 0
        self._proxy = _proxy_of(server.url)

    async def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """The result of a request.

        Raises:
            McpError: there is none.
        """
        number, text = self._replies.ask(method, params)
        async with self._post(text, method) as response:
            if _SESSION in response.headers:
                self._headers[_SESSION] = response.headers[_SESSION]
            async for message in self._messages(response):
                for reply in self._replies.take(message):
                    await self._tell(reply, "a reply")
                if (result := self._replies.answer(number, method)) is not None:
                    return result
            self._refuse_status(response, method)
        raise McpError(f"what it sent holds no answer to {method}")

    async def notify(self, method: str) -> None:
        """Tells the server something that it does not answer."""
        await self._tell(encode({"jsonrpc": "2.0", "method": method}), method)

    def agree(self, version: str) -> None:
        """Names the revision in every further request."""
        self._headers[_VERSION] = version

    async def leave(self) -> None:
        """Ends the session, where the server keeps one."""
        if _SESSION not in self._headers:
            return
        with suppress(aiohttp.ClientError, OSError, ValueError):
            async with asyncio.timeout(self._limits.stop_seconds):
                await self._client.delete(
                    self._url, headers=self._headers, allow_redirects=False, proxy=self._proxy
                )

    @property
    def noise(self) -> str:
        """What is to be said of skipped lines."""
        return self._replies.noise

    @property
    def last_words(self) -> str:
        """Nothing: what such a server writes elsewhere is not seen."""
        return ""

    async def _tell(self, text: bytes, what: str) -> None:
        async with self._post(text, what) as response:
            self._refuse_status(response, what)

    @asynccontextmanager
    async def _post(self, text: bytes, what: str) -> AsyncIterator[aiohttp.ClientResponse]:
        method = {"Mcp-Method": what} if "/" in what or what == "initialize" else {}
        try:
            async with self._client.post(
                self._url, data=text, headers=self._headers | method, allow_redirects=False, proxy=self._proxy
            ) as response:
                self._refuse_form(response, what)
                yield response
        except (aiohttp.ClientError, OSError, ValueError) as error:
            if isinstance(error, TimeoutError):
                raise
            # Not `from` it: the error may hold the headers.
            raise McpError(f"it cannot be reached for {what}: {self._reason(error)}; check the URL") from None

    def _reason(self, error: Exception) -> str:
        if isinstance(error, aiohttp.ClientConnectorCertificateError):
            return (
                f"its certificate is not trusted ({getattr(error.certificate_error, 'verify_message', '')})"
            )
        if isinstance(error, aiohttp.ClientConnectorError):
            number = error.os_error.errno
            # asyncio puts words of its own into a refused connection's error.
            return os.strerror(number) if number and number > 0 else str(error.os_error)
        return error.__class__.__name__

    def _refuse_form(self, response: aiohttp.ClientResponse, what: str) -> None:
        """Raises McpError for answers that are not read at all."""
        if 300 <= response.status < 400:
            place = urlsplit(response.headers.get("Location", ""))
            shown = self._secrets.excerpt(
                f"{place.scheme}://{place.netloc.rpartition('@')[2]}{place.path}", 200
            )
            raise McpError(
                f"it answered {what} with a redirect to {shown}, which is not followed; name the final URL"
            )
        coding = response.headers.get("Content-Encoding", "identity")
        if coding.lower() not in ("", "identity"):
            raise McpError(f"it answered {what} compressed ({coding[:20]!r}), though it was asked not to")

    def _refuse_status(self, response: aiohttp.ClientResponse, what: str) -> None:
        """Raises McpError for an answer that is a failure of HTTP."""
        status = response.status
        if status < 400:
            return
        if status in (401, 403):
            advice = (
                "the token is not accepted"
                if self._has_token
                else "name a variable with a token in token_env"
            )
        elif status in (404, 405):
            advice = "there is no MCP endpoint of streamable HTTP; correct the URL"
        else:
            advice = "try again later" if status in (429, 502, 503, 504) else "see what the server logs"
        raise McpError(f"it answered {what} with the status {status}; {advice}")

    async def _messages(self, response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        """The text of each message in an answer: its whole body, or the data of each event."""
        if response.content_type != "text/event-stream":
            body = bytearray()
            async for chunk in self._chunks(response):
                body += chunk
                self._refuse_large(len(body))
            yield bytes(body)
            return
        lines = Lines(self._limits.max_message_bytes)
        event: list[bytes] = []
        async for chunk in self._chunks(response):
            for line in lines.feed(chunk):
                name, _, value = line.partition(b":")
                if name == b"data":
                    event.append(value.removeprefix(b" "))
                    self._refuse_large(sum(map(len, event)))
                elif not line and event:
                    yield b"\n".join(event)
                    event = []

    async def _chunks(self, response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
            self._n_bytes += len(chunk)
            if self._n_bytes > self._limits.max_output_bytes:
                raise McpError(
                    f"it sent more than {self._limits.max_output_bytes:,} bytes; raise max_output_bytes if that is "
                    "right"
                )
            yield chunk

    def _refuse_large(self, n_bytes: int) -> None:
        if n_bytes > self._limits.max_message_bytes:
            raise McpError(
                f"it sent a message of more than {self._limits.max_message_bytes:,} bytes; raise max_message_bytes if "
                "that is right"
            )


@asynccontextmanager
async def open_http(
    server: McpServer, token: str, limits: McpLimits, secrets: Secrets
) -> AsyncIterator[HttpConnection]:
    """A connection to a server behind a URL; its session ends with the block.

    Args:
        server: A server with `url`.
        token: Bearer token; empty for none.
        limits: How far the server may go.
        secrets: What no message may show.
    """
    headers = _HEADERS | ({"Authorization": f"Bearer {token}"} if token else {})
    # The caller limits the whole; the client's own limits begin again with each byte.
    no_limit = aiohttp.ClientTimeout(total=None, sock_connect=limits.start_seconds)
    async with aiohttp.ClientSession(
        headers=headers, timeout=no_limit, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
    ) as client:
        connection = HttpConnection(client, server, limits, secrets)
        try:
            yield connection
        finally:
            await connection.leave()


def _proxy_of(url: str) -> str | None:
    """The proxy that the environment names for `url`; read here since aiohttp would read `.netrc` as well."""
    parts = urlsplit(url)
    if parts.hostname in _LOOPBACK or proxy_bypass(parts.netloc):
        return None
    return getproxies().get(parts.scheme)
