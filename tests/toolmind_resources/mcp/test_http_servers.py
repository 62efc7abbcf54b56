"""Servers behind a URL, on loopback: both forms of answers, sessions, tokens, and what they cannot do to us."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from toolmind_resources.mcp.configured_server import McpError, McpLimits, McpServer
from toolmind_resources.mcp.listing import list_tools

QUICK = McpLimits(start_seconds=20, list_seconds=20, stop_seconds=2)
TOOL = {"name": "first", "inputSchema": {"type": "object"}}
GREETING = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "web"}}
Handler = Callable[[web.Request, dict[str, Any]], Awaitable[web.StreamResponse]]


@dataclass
class Endpoint:
    """An endpoint that answers with `handler`, and keeps what it was sent."""

    handler: Handler
    seen: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        message = await request.json() if request.can_read_body else {}
        self.seen.append((request.method, dict(request.headers), message))
        if request.method == "DELETE":
            return web.Response(status=204)
        if message.get("method") == "notifications/initialized" or "method" not in message:
            return web.Response(status=202)
        return await self.handler(request, message)


def _list_of(
    handler: Handler, limits: dict[str, Any] | None = None, path: str = "/mcp", **fields: Any
) -> tuple[dict[str, Any], Endpoint]:
    """What is listed of an endpoint, and the endpoint."""
    endpoint = Endpoint(handler)

    async def listed() -> dict[str, Any]:
        app = web.Application()
        app.router.add_route("*", "/mcp", endpoint.answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            server = McpServer(url=f"http://127.0.0.1:{runner.addresses[0][1]}{path}", **fields)
            return await list_tools(server, QUICK.model_copy(update=limits or {}), Path("unused"))
        finally:
            await runner.cleanup()

    return asyncio.run(listed()), endpoint


def _message(message: dict[str, Any], result: dict[str, Any]) -> str:
    return json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result})


async def _as_json(_: web.Request, message: dict[str, Any]) -> web.StreamResponse:
    if message["method"] == "initialize":
        headers = {"Mcp-Session-Id": "session-1"}
        return web.Response(
            text=_message(message, GREETING), content_type="application/json", headers=headers
        )
    if "cursor" not in message["params"]:
        page = {"tools": [TOOL], "nextCursor": "two"}
        return web.Response(text=_message(message, page), content_type="application/json")
    page = {"tools": [TOOL | {"name": "second"}]}
    return web.Response(text=_message(message, page), content_type="application/json")


async def _as_events(request: web.Request, message: dict[str, Any]) -> web.StreamResponse:
    result = GREETING if message["method"] == "initialize" else {"tools": [TOOL]}
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    ping = json.dumps({"jsonrpc": "2.0", "id": "p", "method": "ping"})
    first, _, rest = _message(message, result).partition(" ")
    await response.write(f": hello\r\n\r\nevent: message\r\ndata: {ping}\r\n\r\ndata: not json\n\n".encode())
    await response.write(f"id: 5\ndata: {first}\n".encode())
    await response.write(f"data:{rest}\n\n".encode())
    await asyncio.Event().wait()  # the stream stays open after the answer
    return response


def test_json_answers_are_read_page_by_page_in_one_session():
    answer, endpoint = _list_of(_as_json)
    assert answer == {"initialize": GREETING, "tools": [TOOL, TOOL | {"name": "second"}]}
    assert [(method, message.get("method")) for method, _, message in endpoint.seen] == [
        ("POST", "initialize"),
        ("POST", "notifications/initialized"),
        ("POST", "tools/list"),
        ("POST", "tools/list"),
        ("DELETE", None),
    ]
    first, *others = [headers for _, headers, _ in endpoint.seen]
    assert "Mcp-Session-Id" not in first and "MCP-Protocol-Version" not in first
    assert all("Authorization" not in headers for headers in (first, *others))
    assert first["Accept"] == "application/json, text/event-stream"
    for headers in others:
        assert (headers["Mcp-Session-Id"], headers["MCP-Protocol-Version"]) == ("session-1", "2025-06-18")


def test_event_streams_are_read_and_what_the_server_asks_is_answered():
    answer, endpoint = _list_of(_as_events)
    assert answer == {"initialize": GREETING, "tools": [TOOL]}
    assert {"jsonrpc": "2.0", "id": "p", "result": {}} in [message for _, _, message in endpoint.seen]


def test_the_token_goes_with_every_request_and_into_no_message(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SERVER_TOKEN", "planted-token-1")

    async def echo(request: web.Request, message: dict[str, Any]) -> web.StreamResponse:
        if message["method"] == "initialize":
            return await _as_json(request, message)
        words = f"refused: {request.headers['Authorization']}"
        text = json.dumps({"jsonrpc": "2.0", "id": message["id"], "error": {"code": 1, "message": words}})
        return web.Response(text=text, content_type="application/json", status=401)

    _, endpoint = _list_of(_as_json, token_env="SERVER_TOKEN")
    assert {headers["Authorization"] for _, headers, _ in endpoint.seen} == {"Bearer planted-token-1"}
    with pytest.raises(
        McpError, match=r"it answered tools/list with error 1: refused: Bearer \*\*\*"
    ) as caught:
        _list_of(echo, token_env="SERVER_TOKEN")
    assert "planted" not in str(caught.value)


def test_a_token_that_is_not_set_or_none_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SERVER_TOKEN", raising=False)
    with pytest.raises(McpError, match="the environment variable SERVER_TOKEN is not set"):
        _list_of(_as_json, token_env="SERVER_TOKEN")
    monkeypatch.setenv("SERVER_TOKEN", "planted\r\nX-Evil: 1")
    with pytest.raises(McpError, match="the value of SERVER_TOKEN is no token") as caught:
        _list_of(_as_json, token_env="SERVER_TOKEN")
    assert "planted" not in str(caught.value)


def _with(**response: Any) -> Handler:
    async def answer(_: web.Request, message: dict[str, Any]) -> web.StreamResponse:
        return web.Response(**response)

    return answer


async def _hangs(_: web.Request, message: dict[str, Any]) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


async def _floods(request: web.Request, message: dict[str, Any]) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    while True:
        await response.write(b": " + b"x" * 1000 + b"\n\n")


async def _breaks_off(request: web.Request, message: dict[str, Any]) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"jsonrpc"')
    assert request.transport is not None
    request.transport.abort()
    return response


async def _wrong_id(_: web.Request, message: dict[str, Any]) -> web.StreamResponse:
    text = _message(message | {"id": 99}, GREETING)
    return web.Response(text=text, content_type="application/json")


FAILURES: dict[str, tuple[Handler, dict[str, Any], str]] = {
    "redirect": (
        _with(status=307, headers={"Location": "https://user:pass@elsewhere.example/mcp?key=planted"}),
        {},
        "it answered initialize with a redirect to https://elsewhere.example/mcp, which is not followed",
    ),
    "no token": (_with(status=401), {}, "with the status 401; name a variable with a token in token_env"),
    "no endpoint": (
        _with(status=404, text="<html>"),
        {},
        "with the status 404; there is no MCP endpoint of streamable HTTP; correct the URL; what it wrote beside "
        "MCP messages ended with: <html>",
    ),
    "failure": (
        _with(status=500),
        {},
        "it answered initialize with the status 500; see what the server logs",
    ),
    "a page": (
        _with(text="<html>welcome</html>", content_type="text/html"),
        {},
        "what it sent holds no answer to initialize; what it wrote beside MCP messages ended with: <html>",
    ),
    "nothing": (_with(status=202), {}, "what it sent holds no answer to initialize"),
    "compressed": (
        _with(body=b"bomb", headers={"Content-Encoding": "gzip"}),
        {},
        "it answered initialize compressed ('gzip')",
    ),
    "wrong id": (_wrong_id, {}, "it answered a request with the id 99, and none was sent"),
    "large": (
        _with(body=b" " * 50_000, content_type="application/json"),
        {"max_message_bytes": 10_000},
        "it sent a message of more than 10,000 bytes; raise max_message_bytes",
    ),
    "a giant line": (
        _with(body=b"data: " + b"x" * 50_000, content_type="text/event-stream"),
        {"max_message_bytes": 10_000},
        "it wrote a line of more than 10,000 bytes",
    ),
    "a giant event": (
        _with(body=b"data: xxxxxx\n" * 5_000, content_type="text/event-stream"),
        {"max_message_bytes": 10_000},
        "it sent a message of more than 10,000 bytes",
    ),
    "flood": (
        _floods,
        {"max_output_bytes": 200_000},
        "it sent more than 200,000 bytes; raise max_output_bytes",
    ),
    "hang": (_hangs, {"start_seconds": 0.3}, "no answer to its start came within 0.3 seconds"),
    "broken off": (_breaks_off, {}, "it cannot be reached for initialize: "),
}


@pytest.mark.parametrize(("handler", "limits", "said"), FAILURES.values(), ids=FAILURES)
def test_a_failing_endpoint_is_told_of_in_one_error(handler: Handler, limits: dict[str, Any], said: str):
    with pytest.raises(McpError) as caught:
        _list_of(handler, limits, path="/mcp?key=planted")
    message = str(caught.value)
    assert said in message
    assert message.startswith("MCP server http://127.0.0.1:") and "planted" not in message


def test_an_address_where_nothing_listens_is_told():
    server = McpServer(url="http://127.0.0.1:9/mcp")
    with pytest.raises(
        McpError, match=r"it cannot be reached for initialize: Connection refused; check the URL"
    ):
        asyncio.run(list_tools(server, QUICK, Path("unused")))
