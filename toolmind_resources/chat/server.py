"""A chat model as an OpenAI-compatible endpoint, which counts every call and makes faults on request."""

import asyncio
import hmac
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from toolmind_resources.chat.conditions import Conditions
from toolmind_resources.chat.context_json import ContextCodec
from toolmind_resources.chat.counts import Counts
from toolmind_resources.chat.faults import FaultKind, Faults, spoil
from toolmind_resources.chat.model import ChatModel, ChatReply
from toolmind_resources.chat.quirks.drawn import Quirks, refusal_of, sent
from toolmind_resources.chat.quirks.quirk import Asked, Quirk
from toolmind_resources.chat.raw_answers import PAGE, half_sent, hung_up, never, refused, refused_key
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
_REFUSALS: dict[FaultKind | None, tuple[int, str]] = {
    FaultKind.SERVER_ERROR: (500, "server_error"),
    FaultKind.UNAVAILABLE: (503, "unavailable"),
}
_MISSED = {*_REFUSALS, FaultKind.RATE_LIMIT, FaultKind.HTML, FaultKind.DROPPED_CONNECTION, FaultKind.HANG}
"""Faults after which no model is asked."""


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """How a server answers.

    Attributes:
        model: The one model that it has.
        conditions: How fast, how many requests at once, when not at all.
        faults: What goes wrong, and how often.
        quirks: Habits of other servers and models that it takes on, and how often.
        key_env: Environment variable with the key that every request must show; None for no key.
        log: File to which a line of JSON is added for each answer, before its last byte is sent.
    """

    model: str = "embedded"
    conditions: Conditions = field(default_factory=Conditions)
    faults: Faults = field(default_factory=Faults)
    quirks: Quirks = field(default_factory=Quirks)
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
    n_seen: int = 0
    fault: FaultKind | None = None
    quirks: Sequence[Quirk] = ()

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
        self._n_open = 0
        self._first_at: float | None = None
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
            return refused_key()
        model = {"id": self._options.model, "object": "model", "created": 0, "owned_by": "toolmind"}
        return web.json_response({"object": "list", "data": [model]})

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        if self._is_away():
            self._counts.faults["away"] += 1
            return hung_up(request)
        self._n_open += 1
        try:
            return await self._read_and_answer(request)
        finally:
            self._n_open -= 1

    async def _read_and_answer(self, request: web.Request) -> web.StreamResponse:
        started = time.time()
        if not self._is_allowed(request):
            return refused_key()
        try:
            fields = json.loads(await request.read())
            body = CompletionBody.model_validate(fields)
            digest = digest_of(fields)
        except web.HTTPRequestEntityTooLarge:
            return refused(413, f"the body has more than {MAX_BODY_BYTES} bytes")
        except ValidationError as error:
            return refused(400, _explain(error))
        except (ValueError, RecursionError) as error:
            return refused(400, f"the body is no JSON: {error}")
        if body.model != self._options.model:
            return refused(404, f"there is no model {body.model!r} here", "model_not_found")
        if body.stream:
            return refused(400, "answers are not streamed here; leave out `stream`")
        return await self._answer(_Call(request, started, fields, body, digest))

    async def _answer(self, call: _Call) -> web.StreamResponse:
        """The answer to a request that could be read, or what it meets instead."""
        options = self._options
        call.n_seen = self._counts.add_request(call.role, call.digest)
        if options.conditions.capacity is not None and self._n_open > options.conditions.capacity:
            return self._limit(call, "more requests are under way than there may be", "over_capacity")
        call.fault = options.faults.draw(call.digest, call.n_seen)
        call.quirks = options.quirks.draw(call.digest, call.n_seen)
        await asyncio.sleep(options.conditions.wait_seconds(call.digest, call.n_seen))
        if call.fault in _MISSED:
            return await self._miss(call)
        if options.conditions.is_poison(call.fields):
            self._counts.faults["poison"] += 1
            self._finish(call, 400)
            return refused(400, "this prompt is never taken", "invalid_prompt")
        if (found := refusal_of(call.quirks, Asked(call.fields, call.n_seen))) is not None:
            quirk, refusal = found
            self._counts.quirks[quirk.name] += 1
            self._finish(call, refusal.status)
            return web.json_response(dict(refusal.said), status=refusal.status, headers=refusal.headers)
        try:
            reply = await self._reply(call)
        except ChatError as error:
            call.fault = None
            self._finish(call, 400)
            return refused(400, str(error))
        return await self._send(call, reply)

    async def _miss(self, call: _Call) -> web.StreamResponse:
        """What stands in the place of an answer, by the fault."""
        if call.fault is FaultKind.RATE_LIMIT:
            return self._limit(call, "a fault that was asked for")
        if call.fault in _REFUSALS:
            status, code = _REFUSALS[call.fault]
            self._finish(call, status)
            return refused(status, "a fault that was asked for", code)
        if call.fault is FaultKind.HTML:
            self._finish(call, 200)
            return web.Response(text=PAGE, content_type="text/html")
        self._counts.faults[call.fault or FaultKind.DROPPED_CONNECTION] += 1
        return await never(call.request) if call.fault is FaultKind.HANG else hung_up(call.request)

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
        usage = completion["usage"]
        answer = sent(call.quirks, Asked(call.fields, call.n_seen), completion, self._note_quirk)
        if call.fault is FaultKind.TRUNCATED_BODY:
            self._counts.faults[call.fault] += 1
            return await half_sent(call.request, answer.raw)
        self._counts.add_reply(call.role, call.digest, usage)
        self._finish(call, 200)
        return web.Response(body=answer.raw, content_type=answer.content_type)

    def _note_quirk(self, name: str) -> None:
        self._counts.quirks[name] += 1

    def _limit(self, call: _Call, message: str, count_as: str | None = None) -> web.Response:
        """A refusal for there being too many requests."""
        if count_as is not None:
            self._counts.faults[count_as] += 1
        self._finish(call, 429)
        answer = refused(429, message, "rate_limit_exceeded")
        answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return answer

    def _is_away(self) -> bool:
        away = self._options.conditions.away
        if away is None:
            return False
        now = time.monotonic()
        self._first_at = now if self._first_at is None else self._first_at
        return away.holds(now - self._first_at)

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


def _explain(error: ValidationError) -> str:
    """The first finding about a body, without the value: it may be anything."""
    first = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(map(str, first['loc'])) or 'the body'}: {first['msg']}"
