"""One endpoint, asked over HTTP: raw answers, or one clear error.

Whether an error is the request's or the endpoint's decides what becomes of a step: after a `ChatError` what was
being made is dropped and the rest goes on; after an `EndpointError` the step stops, and can be run again. No
error holds the key, nor one of the official client's errors, whose request does.
"""

import asyncio
import json
import math
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from toolmind_resources.chat.background import BACKGROUND
from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.wire import BrokenJsonError, PageError, WireError, parse_reply, server_message
from toolmind_resources.errors import (
    ChatError,
    EndpointError,
    Refusal,
    StoppedError,
    ToolMindError,
    UnansweredError,
)

if TYPE_CHECKING:
    from toolmind_resources.chat.connection import Connection, Fault, Outcome

NO_KEY = "none"
"""Sent where no key is configured: the client insists on one, local servers do not read it."""
SECRET_CHARACTERS = 8
"""A shorter key (`EMPTY`, `ollama`) is no secret, and may be a word of a reply."""
ANSWERS = 3
"""How many answers are paid for until one can be read."""
ROUND_SECONDS = 8.0
"""Wait before a request that met 429 in all its tries is tried anew, where the endpoint answers others."""

_STOPS = {
    402: "no credit is left",
    404: "the model or the path is unknown: check model and base_url",
    405: "the path is unknown: check base_url, which usually ends in /v1",
    429: "too many requests, or the quota is used up: lower in_flight, raise retries, or look at the account",
}
"""What a status that concerns the endpoint as a whole means; 401 and 403 are told without the server's words."""
_NO_FORM = (401, 402, 403, 408, 429)
"""Statuses that concern who asks, and how often, whatever is asked and in which form."""
REFUSAL_BYTES = 4000
"""Most of a refusal that is looked through."""
_MAY_PASS = (408, 409)
"""Statuses below 500 that are tried again as those above it are."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of an endpoint that holds a reply.

    Attributes:
        raw: The body as it came, save that the key, should it be there, is masked.
        seconds: From the first try to the end of the answer, waits between tries included.
        n_attempts: How many times the request was sent.
    """

    raw: bytes
    seconds: float
    n_attempts: int


class Payment(Protocol):
    """Pays for the answers to one request."""

    async def reserve(self) -> None:
        """Awaited while the request is among those in flight, before each answer that is asked for.

        What it waits for may be held by requests in flight only: all others wait for the place.
        """
        ...

    async def count_unread(self) -> None:
        """Awaited after each answer that came, and was paid, and cannot be read."""
        ...


class EndpointClient:
    """Asks one endpoint, at most `in_flight` requests at a time; for use in one event loop."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._free = asyncio.Semaphore(endpoint.in_flight)
        self._connection: Connection | None = None
        self._secrets: tuple[str, ...] = ()
        self._n_answered = 0
        self._answered_at = -math.inf

    async def ask(
        self,
        body: Mapping[str, Any],
        extension: Mapping[str, Any] | None = None,
        payment: Payment | None = None,
    ) -> Answer:
        """The endpoint's answer to `body`, which is sent with the fields of `extension` beside its own.

        Args:
            body: What determines the reply.
            extension: What is sent beside it.
            payment: Pays for its answers; None where nobody does.

        Raises:
            ChatError: this request cannot be answered.
            EndpointError: the endpoint cannot be used.
            StoppedError: the process ends.
        """
        content = json.dumps({**body, **(extension or {})}, separators=(",", ":")).encode()
        async with self._free:
            started, n_attempts, unread_at = 0.0, 0, 0.0
            wrong = WireError()
            for _ in range(ANSWERS):
                if payment is not None:
                    await payment.reserve()
                if BACKGROUND.is_ending:
                    raise StoppedError("the process ends; nothing more is asked")
                started = started or time.monotonic()
                raw, n_tries = await self._send(content)
                n_attempts += n_tries
                wrong = _wrong_with(raw)
                if wrong is None:
                    self._n_answered += 1
                    self._answered_at = time.monotonic()
                    return Answer(raw, time.monotonic() - started, n_attempts)
                if isinstance(wrong, PageError):
                    break
                unread_at = unread_at or time.monotonic()
                if payment is not None:
                    await payment.count_unread()
            error = self._explain_answer(wrong, unread_at)
            if type(wrong) is WireError:  # whole JSON, and no reply: it may tell what it refuses
                error.refusal = Refusal(200, self.redact(str(wrong)))
            raise error

    async def close(self) -> None:
        """Closes the connections."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    def redact(self, text: str) -> str:
        """`text` with `***` in place of the key, as it is or as JSON writes it."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    async def _send(self, content: bytes) -> tuple[bytes, int]:
        """The body of an answer that is no refusal, and how many times the request was sent for it."""
        n_earlier = 0
        while True:
            n_before_round = self._n_answered
            outcome = await self._connected().post(content)
            if outcome.status is not None and outcome.status < 300:
                return self._mask(outcome.raw), n_earlier + outcome.n_tries
            # A busy server answers others meanwhile, and this request's turn comes.
            is_progress = bool(self._endpoint.retries) and self._n_answered > n_before_round
            if not (outcome.status == 429 and is_progress):
                error = self._explain(outcome)
                error.refusal = self._refusal(outcome)
                raise error
            n_earlier += outcome.n_tries
            await asyncio.sleep(ROUND_SECONDS)

    def _connected(self) -> "Connection":
        if self._connection is None:
            from toolmind_resources.chat.connection import Connection

            key = self._key()
            self._connection = Connection(self._endpoint, key)
            if len(key) >= SECRET_CHARACTERS:
                escaped = json.dumps(key)[1:-1]
                self._secrets = (escaped.replace("/", "\\/"), escaped, key)
        return self._connection

    def _key(self) -> str:
        variable = self._endpoint.api_key_env
        if variable is None:
            return NO_KEY
        key = os.environ.get(variable, "").strip()
        if not key:
            raise EndpointError(
                f"set the environment variable {variable}: it is to hold the key of {self._endpoint.where}"
            )
        if not (key.isascii() and key.isprintable()):
            raise EndpointError(f"the environment variable {variable} holds characters that no key can have")
        return key

    def _mask(self, raw: bytes) -> bytes:
        for secret in self._secrets:
            raw = raw.replace(secret.encode(), b"***")
        return raw

    def _refusal(self, outcome: "Outcome") -> Refusal | None:
        """What was said, for whoever may put the request otherwise; None where it cannot be a matter of that."""
        if outcome.status is None or outcome.status in _NO_FORM:
            return None
        return Refusal(outcome.status, self._mask(outcome.raw)[:REFUSAL_BYTES].decode(errors="replace"))

    def _explain(self, outcome: "Outcome") -> ToolMindError:
        if outcome.fault is not None:
            return self._explain_fault(outcome.fault, outcome.failed_at)
        status, said = outcome.status or 0, self.redact(server_message(self._mask(outcome.raw)))
        if status >= 500 or status in _MAY_PASS:
            return self._unanswered(
                f"{self._where} answered {status} to every try: {said}", outcome.failed_at
            )
        return self._explain_refusal(status, said)

    def _explain_refusal(self, status: int, said: str) -> ToolMindError:
        """What a status below 500 means; what a server says of a refused key may repeat it in part."""
        answered = f"{self._where} answered {status}: "
        if status in (401, 403):
            variable = self._endpoint.api_key_env
            if variable is None:
                return EndpointError(f"{answered}it wants a key: name the key's variable in api_key_env")
            wrong = "is not accepted" if status == 401 else "may not use this model"
            return EndpointError(f"{answered}the key in {variable} {wrong}")
        if status < 400:
            return EndpointError(f"{answered}the address has moved: check base_url")
        if status in _STOPS:
            return EndpointError(f"{answered}{_STOPS[status]}. The server says: {said}")
        self._n_answered += 1  # a refusal tells that the endpoint is up
        self._answered_at = time.monotonic()
        return ChatError(f"{answered}it refuses this request: {said}")

    def _explain_fault(self, fault: "Fault", failed_at: float) -> ToolMindError:
        from toolmind_resources.chat.connection import FaultKind  # loaded by now: it told the fault

        if fault.kind == FaultKind.CERTIFICATE:
            return EndpointError(
                f"the certificate of {self._where} is not accepted ({fault.words}): have it renewed, or name the "
                "file of its authority in the environment variable SSL_CERT_FILE"
            )
        if fault.kind == FaultKind.UNREACHABLE:
            return EndpointError(
                f"cannot reach {self._where} ({fault.words}): is the server running, and base_url right?"
            )
        if fault.kind == FaultKind.TIMEOUT:
            seconds = self._endpoint.timeout_seconds
            return self._unanswered(
                f"{self._where} did not answer within {seconds:g} s in any try", failed_at
            )
        return self._unanswered(f"the answer of {self._where} never arrived whole ({fault.words})", failed_at)

    def _explain_answer(self, wrong: WireError, failed_at: float) -> ToolMindError:
        if isinstance(wrong, PageError):
            return EndpointError(f"{self._where} sent {wrong}: check base_url, which usually ends in /v1")
        message = f"{self._where} sent, {ANSWERS} times, {self.redact(str(wrong))}"
        if isinstance(wrong, BrokenJsonError):
            return self._unanswered(message, failed_at)
        return ChatError(message)

    def _unanswered(self, message: str, failed_at: float) -> ToolMindError:
        """The request's own error where the endpoint has answered others since it first failed, else the endpoint's."""
        if self._answered_at > failed_at:
            return ChatError(f"{message}; others were answered meanwhile")
        return UnansweredError(
            f"{message}; nothing else was answered meanwhile: look at the server, then run again"
        )

    @property
    def _where(self) -> str:
        return self._endpoint.where


def _wrong_with(raw: bytes) -> WireError | None:
    try:
        parse_reply(raw)
    except WireError as error:
        return error
    return None
