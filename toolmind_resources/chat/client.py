"""One endpoint, asked over HTTP: raw answers, or one clear error (`endpoint_faults`)."""

import asyncio
import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from toolmind_resources.chat import retry_rules
from toolmind_resources.chat.adaptive_limit import AdaptiveLimit
from toolmind_resources.chat.background import BACKGROUND
from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.endpoint_faults import (
    ANSWERS,
    EndpointFaults,
    Fault,
    FaultKind,
    Response,
    refusal_in,
)
from toolmind_resources.chat.endpoint_key import key_of
from toolmind_resources.chat.model import ChatReply
from toolmind_resources.chat.sent_json import sent_json
from toolmind_resources.chat.wire import PageError, WireError, parse_reply, server_message
from toolmind_resources.errors import ChatError, Refusal, StoppedError, ToolMindError

if TYPE_CHECKING:
    from toolmind_resources.chat.connection import Connection

SECRET_CHARACTERS = 8
"""A shorter key (`EMPTY`, `ollama`) is no secret, and may be a word of a reply."""
FIRST_TRIES = 3
"""Tries to connect to an endpoint that has never answered: a wrong address is told within seconds."""
PATIENT_TRIES = 2
"""As how many failed tries those count, however many, that a busy endpoint refused which answers others meanwhile."""
LOOK_SECONDS = 0.25
"""Longest part of a wait after which it is looked whether the process ends."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of an endpoint that holds a reply.

    Attributes:
        raw: The body as it came, save that the key, should it be there, is masked.
        reply: The reply in it.
        seconds: From the first try to the end of the answer, waits between tries included.
        n_attempts: How many times the request was sent.
    """

    raw: bytes
    reply: ChatReply
    seconds: float
    n_attempts: int


class Payment(Protocol):
    """Pays for the answers to one request."""

    async def reserve(self) -> None:
        """Awaited while the request is among those in flight, before each time that it is sent.

        What it waits for may be held by requests in flight only: all others wait for the place.
        """
        ...

    async def release(self) -> None:
        """Awaited after each try to which no answer came that is paid for."""
        ...

    async def count_unread(self) -> None:
        """Awaited after each answer that came, and was paid, and cannot be read."""
        ...


class _Unpaid:
    """Stands where nobody pays."""

    async def reserve(self) -> None:
        pass

    async def release(self) -> None:
        pass

    async def count_unread(self) -> None:
        pass


@dataclass(slots=True)
class _Tries:
    """How one request has fared so far.

    Attributes:
        first_at: When it was sent first, by the monotonic clock.
        n_sent: How many times it was sent.
        n_failed: Tries that no answer came to, as far as they count against `retries`.
        failed_at: When the first of them had failed; 0 where none has.
        n_unread: Answers that could not be read.
        n_answered: Answers that the endpoint had given by the last try, to whatever request.
    """

    first_at: float = 0.0
    n_sent: int = 0
    n_failed: int = 0
    failed_at: float = 0.0
    n_unread: int = 0
    n_answered: int = 0


class EndpointClient:
    """Asks one endpoint, at most `in_flight` requests at a time; for use in one event loop.

    A request that waits for its next try holds neither a place nor budget.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._faults = EndpointFaults(endpoint)
        self._limit = AdaptiveLimit(endpoint.in_flight)
        self._connection: Connection | None = None
        self._secrets: tuple[str, ...] = ()
        self._n_asking = 0
        self._is_reached = False
        self._n_answered = 0
        self._answered_at = -math.inf

    @property
    def load(self) -> float:
        """Requests under way or waiting, for a place or for their next try, for each place that there is."""
        return self._n_asking / self._limit.limit

    async def ask(
        self,
        body: Mapping[str, Any],
        extension: Mapping[str, Any] | None = None,
        payment: Payment | None = None,
        retries: int | None = None,
    ) -> Answer:
        """The endpoint's answer to `body`, which is sent with the fields of `extension` beside its own.

        Args:
            body: What determines the reply.
            extension: What is sent beside it.
            payment: Pays for its answers; None where nobody does.
            retries: Most further tries; None for as many as the endpoint's setting says.

        Raises:
            ChatError: this request cannot be answered.
            EndpointError: the endpoint cannot be used.
            StoppedError: the process ends.
        """
        self._n_asking += 1
        try:
            content = sent_json({**body, **(extension or {})})
            retries_max = self._endpoint.retries if retries is None else retries
            return await self._answered(content, payment or _Unpaid(), retries_max)
        finally:
            self._n_asking -= 1

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

    async def _answered(self, content: bytes, paying: Payment, retries_max: int) -> Answer:
        tries = _Tries()
        while True:
            async with self._limit:
                await paying.reserve()
                _stop_at_end()
                came = await self._send(content, tries)
                if isinstance(came, bytes):
                    answer = await self._read(came, tries, paying)
                    if answer is not None:
                        return answer
                    continue
                await paying.release()
            await self._wait(came, tries, retries_max)

    async def _send(self, content: bytes, tries: _Tries) -> bytes | Response | Fault:
        """The body of an answer that is no refusal; else the refusal, or why no answer came."""
        sent_at = time.monotonic()
        tries.first_at = tries.first_at or sent_at
        tries.n_sent += 1
        came = await self._connected().post(content)
        self._is_reached = self._is_reached or isinstance(came, Response)
        if _is_rate_limited(came):
            self._limit.note_refusal(sent_at)
        else:
            self._limit.note_answer()
        if isinstance(came, Response) and came.status < 300:
            return self._mask(came.raw)
        return came

    async def _read(self, raw: bytes, tries: _Tries, paying: Payment) -> Answer | None:
        """The answer, where it can be read; None where it was paid in vain and may be asked for again."""
        found = _reply_in(raw)
        if isinstance(found, ChatReply):
            self._note_life()
            return Answer(raw, found, time.monotonic() - tries.first_at, tries.n_sent)
        if not isinstance(found, PageError):
            await paying.count_unread()
            tries.failed_at = tries.failed_at or time.monotonic()
            tries.n_unread += 1
            if tries.n_unread < ANSWERS:
                return None
        said = self.redact(str(found))
        error = self._faults.of_answer(found, said, self._have_others_answered(tries))
        if type(found) is WireError:  # whole JSON, and no reply: it may tell what it refuses
            error.refusal = Refusal(200, said)
        raise error

    async def _wait(self, came: Response | Fault, tries: _Tries, retries_max: int) -> None:
        """Waits until the request may be sent again.

        Raises:
            ChatError: it is not to be, and that is the request's own fault.
            EndpointError: it is not to be, and that is the endpoint's.
        """
        tries.failed_at = tries.failed_at or time.monotonic()
        # A busy server answers others meanwhile, and this request's turn comes.
        is_turn_to_come = _is_rate_limited(came) and self._n_answered > tries.n_answered
        tries.n_failed = min(tries.n_failed + 1, PATIENT_TRIES) if is_turn_to_come else tries.n_failed + 1
        tries.n_answered = self._n_answered
        is_last = retries_max == 0 or (tries.n_failed > retries_max and not is_turn_to_come)
        if is_last or not self._may_pass(came, tries):
            raise self._explain(came, self._have_others_answered(tries))
        headers = came.headers if isinstance(came, Response) else {}
        await _sleep(retry_rules.wait_seconds(tries.n_failed, headers))

    def _have_others_answered(self, tries: _Tries) -> bool:
        """Whether others were answered since the request first failed."""
        return self._answered_at > tries.failed_at

    def _explain(self, came: Response | Fault, others_answered: bool) -> ToolMindError:
        if isinstance(came, Fault):
            return self._faults.of_silence(came, others_answered)
        raw = self._mask(came.raw)
        error = self._faults.of_status(came.status, self.redact(server_message(raw)), others_answered)
        error.refusal = refusal_in(came.status, raw)
        if came.status < 500 and isinstance(error, ChatError):
            self._note_life()  # a refusal tells that the endpoint is up
        return error

    def _may_pass(self, came: Response | Fault, tries: _Tries) -> bool:
        if isinstance(came, Response):
            return retry_rules.may_pass(came.status, came.headers)
        if came.kind is FaultKind.UNREACHABLE:
            return self._is_reached or tries.n_sent < FIRST_TRIES
        return came.kind is not FaultKind.CERTIFICATE

    def _note_life(self) -> None:
        self._n_answered += 1
        self._answered_at = time.monotonic()

    def _connected(self) -> "Connection":
        if self._connection is None:
            from toolmind_resources.chat.connection import Connection

            key = key_of(self._endpoint)
            self._connection = Connection(self._endpoint, key)
            if len(key) >= SECRET_CHARACTERS:
                escaped = json.dumps(key)[1:-1]
                self._secrets = (escaped.replace("/", "\\/"), escaped, key)
        return self._connection

    def _mask(self, raw: bytes) -> bytes:
        for secret in self._secrets:
            raw = raw.replace(secret.encode(), b"***")
        return raw


def _reply_in(raw: bytes) -> ChatReply | WireError:
    try:
        return parse_reply(raw)
    except WireError as error:
        return error


def _is_rate_limited(came: Response | Fault) -> bool:
    return isinstance(came, Response) and came.status == retry_rules.RATE_LIMITED


def _stop_at_end() -> None:
    """Raises where the process ends, in which nothing more is asked."""
    if BACKGROUND.is_ending:
        raise StoppedError("the process ends; nothing more is asked")


async def _sleep(seconds: float) -> None:
    """Sleeps, and no longer than the process goes on."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0 and not BACKGROUND.is_ending:
        await asyncio.sleep(min(left, LOOK_SECONDS))
