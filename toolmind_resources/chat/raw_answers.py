"""What a `serve-model` puts on the wire beside replies: refusals, half answers, closed connections."""

import asyncio

from aiohttp import web

LOOK_SECONDS = 0.05
"""Between two looks whether a client that is kept waiting has gone."""
PAGE = "<!DOCTYPE html><html><head><title>Gateway</title></head><body><h1>Please sign in</h1></body></html>"


def refused(status: int, message: str, code: str | None = None) -> web.Response:
    """A refusal in the OpenAI form."""
    kind = "invalid_request_error" if status < 429 else "server_error"
    error = {"message": message, "type": kind, "param": None, "code": code}
    return web.json_response({"error": error}, status=status)


def refused_key() -> web.Response:
    """The refusal of a request that shows no key, or a wrong one."""
    return refused(401, "the key is missing or wrong", "invalid_api_key")


async def half_sent(request: web.Request, raw: bytes) -> web.StreamResponse:
    """An answer that promises all and breaks off."""
    answer = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(raw))})
    await answer.prepare(request)
    await answer.write(raw[: len(raw) // 2])
    if request.transport is not None:
        request.transport.close()
    return answer


def hung_up(request: web.Request) -> web.Response:
    """No answer: the connection is closed before a byte of it."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def never(request: web.Request) -> web.Response:
    """No answer: the client is kept waiting until it goes."""
    while request.transport is not None and not request.transport.is_closing():
        await asyncio.sleep(LOOK_SECONDS)
    return web.Response()
