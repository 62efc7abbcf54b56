"""A chat model as an OpenAI-compatible endpoint, which counts every call and makes faults on request."""

import asyncio
import hmac
import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from toolmind_resources.chat.context_json import ContextCodec
from toolmind_resources.chat.counts import Counts
from toolmind_resources.chat.faults import FaultKind, Faults, share, spoil
from toolmind_resources.chat.model import ChatModel, ChatReply
from toolmind_resources.chat.served import (
    CompletionBody,
    digest_of,
    plain_reply,
    read_request,
    write_completion,
)
from toolmind_resources.errors import ChatError, ToolMindError

MAX_BODY_BYTES = 32 * 1024 * 1024
RETRY_AFTER_SECONDS = 1
NO_ROLE = "none"
"""Stands for the role where a client states none."""
_PAGE = "<!DOCTYPE html><html><head><title>Gateway</title></head><body><h1>Please sign in</h1></body></html>"
_REFUSALS = {
    FaultKind.RATE_LIMIT: (429, "rate_limit_exceeded"),
    FaultKind.SERVER_ERROR: (500, "server_error"),
    FaultKind.UNAVAILABLE: (503, "unavailable"),
}


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """How a server answers.

    Attributes:
        model: The one model that it has.
        latency_seconds: Wait before each answer.
        latency_jitter: By which share of it single waits are shorter or longer at most.
        faults: What goes wrong, and how often.
        key_env: Environment variable with the key that every request must show; None for no key.
        log: File to which a line of JSON is added for each answer, before its last byte is sent.
    """

    model: str = "embedded"
    latency_seconds: float = 0.0
    latency_jitter: float = 0.0
    faults: Faults = field(default_factory=Faults)
    key_env: str | None = None
    log: Path | None = None


@dataclass(slots=True)
class _Call:
    """One request on its way to an answer."""

    request: web.Request
    started: float
    fields: dict[str, Any]
    body: CompletionBody
    digest: str
    fault: FaultKind | None = None

    @property
    def role(self) -> str:
        return NO_ROLE if self.body.role is None else self.body.role


class ModelServer:
    """Answers `POST /v1/chat/completions` with the replies of a chat model."""

    def __init__(self, chat: ChatModel, codec: ContextCodec, options: ServerOptions) -> None:
        """Takes the key from the environment.

        Raises:
            ToolMindError: the variable of the key is not set, or the log cannot be written.
        """
        self._chat = chat
        self._codec = codec
        self._options = options
        self._counts = Counts()
        self._key = _key(options.key_env)
        try:
            self._log = options.log and options.log.open("a", encoding="utf-8", buffering=1)
        except OSError as error:
            raise ToolMindError(f"the log {options.log} cannot be written: {error.strerror}") from error

    @property
    def counts(self) -> dict[str, Any]:
        """What `GET /counts` answers."""
        return self._counts.shown()

    def application(self) -> web.Application:
        """The application to run; at its end it closes the log."""
        application = web.Application(client_max_size=MAX_BODY_BYTES)
        application.add_routes(
            [
                web.post("/v1/chat/completions", self._complete),
                web.get("/v1/models", self._models),
                web.get("/health", self._health),
                web.get("/counts", self._show_counts),
            ]
        )
        application.on_cleanup.append(self._close)
        return application

    async def _close(self, _: web.Application) -> None:
        if self._log:
            self._log.close()

    async def _health(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _show_counts(self, _: web.Request) -> web.Response:
        return web.json_response(self.counts)

    async def _models(self, request: web.Request) -> web.Response:
        if not self._is_allowed(request):
            return _refuse_key()
        model = {"id": self._options.model, "object": "model", "created": 0, "owned_by": "toolmind"}
        return web.json_response({"object": "list", "data": [model]})

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        started = time.time()
        if not self._is_allowed(request):
            return _refuse_key()
        try:
            fields = json.loads(await request.read())
            body = CompletionBody.model_validate(fields)
            digest = digest_of(fields)
        except web.HTTPRequestEntityTooLarge:
            return _refuse(413, f"the body has more than {MAX_BODY_BYTES} bytes")
        except ValidationError as error:
            return _refuse(400, _explain(error))
        except (ValueError, RecursionError) as error:
            return _refuse(400, f"the body is no JSON: {error}")
        if body.model != self._options.model:
            return _refuse(404, f"there is no model {body.model!r} here", "model_not_found")
        if body.stream:
            return _refuse(400, "answers are not streamed here; leave out `stream`")
        return await self._answer(_Call(request, started, fields, body, digest))

    async def _answer(self, call: _Call) -> web.StreamResponse:
        """The answer to a request that could be read, or the fault that it meets."""
        options = self._options
        n_seen = self._counts.add_request(call.role, call.digest)
        call.fault = options.faults.draw(call.digest, n_seen)
        await asyncio.sleep(self._latency(call.digest, n_seen))
        if call.fault in _REFUSALS:
            return self._refuse_by_fault(call)
        if call.fault is FaultKind.DROPPED_CONNECTION:
            self._counts.faults[call.fault] += 1
            _hang_up(call.request, is_sent=False)
            return web.Response()
        if call.fault is FaultKind.HTML:
            self._finish(call, 200)
            return web.Response(text=_PAGE, content_type="text/html")
        try:
            reply = await self._reply(call)
        except ChatError as error:
            call.fault = None
            self._finish(call, 400)
            return _refuse(400, str(error))
        return await self._send(call, reply)

    async def _reply(self, call: _Call) -> ChatReply:
        """What the chat model says, or any other client is told, with the faults that lie in the words."""
        request = read_request(call.body, self._codec)
        reply = plain_reply(call.body, call.digest) if request is None else await self._chat.complete(request)
        spoilt = spoil(reply, call.fault)
        if spoilt == reply and call.fault is not FaultKind.TRUNCATED_BODY:
            call.fault = None
        return spoilt

    async def _send(self, call: _Call, reply: ChatReply) -> web.StreamResponse:
        completion = write_completion(reply, self._options.model, call.digest, call.fields)
        raw = json.dumps(completion).encode()
        if call.fault is FaultKind.TRUNCATED_BODY:
            self._counts.faults[call.fault] += 1
            return await _send_half(call.request, raw)
        self._counts.add_reply(call.role, call.digest, completion["usage"])
        self._finish(call, 200)
        return web.Response(body=raw, content_type="application/json")

    def _refuse_by_fault(self, call: _Call) -> web.Response:
        status, code = _REFUSALS[call.fault or FaultKind.SERVER_ERROR]
        self._finish(call, status)
        answer = _refuse(status, "a fault that was asked for", code)
        if status == 429:
            answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return answer

    def _finish(self, call: _Call, status: int) -> None:
        """Counts the fault, and writes the log's line: from then on the answer counts as given."""
        if call.fault is not None:
            self._counts.faults[call.fault] += 1
        if self._log:
            line = {
                "key": call.digest,
                "role": call.role,
                "started": call.started,
                "finished": time.time(),
                "status": status,
                "fault": call.fault,
            }
            self._log.write(json.dumps(line) + "\n")

    def _latency(self, request_digest: str, n_seen: int) -> float:
        options = self._options
        swing = 2 * share("latency", options.faults.seed, request_digest, n_seen) - 1
        return max(0.0, options.latency_seconds * (1 + options.latency_jitter * swing))

    def _is_allowed(self, request: web.Request) -> bool:
        shown = request.headers.get("Authorization", "")
        return self._key is None or hmac.compare_digest(
            shown.encode("utf-8", "surrogateescape"), f"Bearer {self._key}".encode()
        )


def _key(variable: str | None) -> str | None:
    if variable is None:
        return None
    key = os.environ.get(variable, "").strip()
    if not key:
        raise ToolMindError(
            f"set the environment variable {variable}: it is to hold the key that clients show"
        )
    return key


def _refuse(status: int, message: str, code: str | None = None) -> web.Response:
    """A refusal in the OpenAI form."""
    kind = "invalid_request_error" if status < 429 else "server_error"
    error = {"message": message, "type": kind, "param": None, "code": code}
    return web.json_response({"error": error}, status=status)


def _refuse_key() -> web.Response:
    return _refuse(401, "the key is missing or wrong", "invalid_api_key")


def _explain(error: ValidationError) -> str:
    """The first finding about a body, without the value: it may be anything."""
    first = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(map(str, first['loc'])) or 'the body'}: {first['msg']}"


async def _send_half(request: web.Request, raw: bytes) -> web.StreamResponse:
    """An answer that promises all and breaks off."""
    answer = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(raw))})
    await answer.prepare(request)
    await answer.write(raw[: len(raw) // 2])
    _hang_up(request, is_sent=True)
    return answer


def _hang_up(request: web.Request, *, is_sent: bool) -> None:
    """Closes the connection, what was written being sent or not."""
    transport = request.transport
    if transport is not None:
        transport.close() if is_sent else transport.abort()
