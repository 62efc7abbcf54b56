"""The official client of one endpoint: how long a try may last, when trying ends, and why no answer came.

The official client retries by itself and keeps `Retry-After`; this module adds only what it leaves open. Importing it costs more than a second: `client` does so when it is first asked something.
"""

import asyncio
import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import aiohttp
import httpx2
import openai

from toolmind_resources.chat.endpoint import Endpoint

PATH = "/chat/completions"
CONNECT_SECONDS = 5.0
"""Longest wait for a connection; what the official client waits by itself."""
FIRST_RETRIES = 2
"""Further tries to connect to an endpoint that has never answered: a wrong address is told within seconds."""


class FaultKind(StrEnum):
    """Why no answer came."""

    CERTIFICATE = "certificate"
    """The server's certificate is expired, of another host, or of an authority that is not trusted."""
    UNREACHABLE = "unreachable"
    """No connection could be made."""
    TIMEOUT = "timeout"
    """The server took the request and did not answer in time."""
    LOST = "lost"
    """The connection was lost before the whole answer had arrived."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why no answer came, and more about it, if there is more to tell."""

    kind: FaultKind
    words: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one request after all its tries.

    Attributes:
        n_tries: How many times it was sent.
        status: Status of the last answer, or None where none came.
        raw: Body of the last answer.
        fault: Why no answer came, where none did.
        failed_at: When the first try that failed had done so, by the monotonic clock; 0 where none failed.
    """

    n_tries: int
    status: int | None = None
    raw: bytes = b""
    fault: Fault | None = None
    failed_at: float = 0.0


_FAILURES: ContextVar[list[float]] = ContextVar("failures")
"""When the tries of the request under way failed."""


class Connection:
    """The official client of one endpoint; it belongs to the event loop in which it is first used.

    The library's errors hold the request, whose headers hold the key: none leaves this class.
    """

    def __init__(self, endpoint: Endpoint, key: str) -> None:
        seconds = endpoint.timeout_seconds
        self._client = openai.AsyncOpenAI(
            base_url=endpoint.base_url,
            api_key=key,
            timeout=httpx2.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds)),
            max_retries=endpoint.retries,
            http_client=_HttpClient(endpoint),
        )

    async def post(self, content: bytes) -> Outcome:
        """What comes of asking for a chat completion."""
        failures: list[float] = []
        _FAILURES.set(failures)
        outcome = await self._tried(content)
        return replace(outcome, failed_at=failures[0]) if failures else outcome

    async def _tried(self, content: bytes) -> Outcome:
        try:
            response = await self._client.post(PATH, cast_to=httpx2.Response, content=content)
        except openai.APIStatusError as error:
            response = error.response
        except openai.APIConnectionError as error:
            return Outcome(_n_tries(error.request), fault=_fault_of(error))
        except _GivenUpError as error:
            return Outcome(error.n_tries, fault=_fault_of(error))
        return Outcome(_n_tries(response.request), response.status_code, response.content)

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.close()


class _GivenUpError(openai.OpenAIError):
    """Ends the official client's retries."""

    def __init__(self, n_tries: int) -> None:
        super().__init__(n_tries)
        self.n_tries = n_tries


class _HttpClient(openai.DefaultAioHttpClient):
    """The official client's HTTP client, which sees every single try."""

    def __init__(self, endpoint: Endpoint) -> None:
        n = endpoint.in_flight
        super().__init__(
            limits=httpx2.Limits(max_connections=n, max_keepalive_connections=n),
            follow_redirects=False,  # a redirected POST arrives as a GET: the address is to be set right
        )
        self._try_seconds = endpoint.timeout_seconds
        self._has_answered = False

    async def send(self, request: httpx2.Request, **settings: Any) -> httpx2.Response:
        """The response to one try, its body read.

        The time limit is for the whole of it: the transport's own begins again with each byte, and gateways
        send blanks to keep a connection alive.

        Raises:
            httpx2.RequestError: there is none; the official client tries again.
            _GivenUpError: there is none, and none is to be expected.
        """
        try:
            async with asyncio.timeout(self._try_seconds):
                response = await super().send(request, **settings)
            if response.status_code >= 400:
                _FAILURES.get().append(time.monotonic())
        except TimeoutError as error:
            _FAILURES.get().append(time.monotonic())
            raise httpx2.ReadTimeout("no whole answer in time", request=request) from error
        except (httpx2.RequestError, aiohttp.ClientError) as error:
            _FAILURES.get().append(time.monotonic())
            if self._is_hopeless(_fault_of(error), _n_tries(request)):
                raise _GivenUpError(_n_tries(request)) from error
            # The transport leaves some of aiohttp's errors as they are, which the official client does not know.
            raise httpx2.RemoteProtocolError("no answer", request=request) from error
        self._has_answered = True
        return response

    def _is_hopeless(self, fault: Fault, n_tries: int) -> bool:
        if fault.kind == FaultKind.UNREACHABLE:
            return not self._has_answered and n_tries > FIRST_RETRIES
        return fault.kind == FaultKind.CERTIFICATE


def _fault_of(error: BaseException) -> Fault:
    """Why no answer came; read from the causes, since the transport calls a refused connection a timeout."""
    for cause in _causes(error):
        if isinstance(cause, aiohttp.ClientConnectorCertificateError):
            return Fault(FaultKind.CERTIFICATE, getattr(cause.certificate_error, "verify_message", ""))
        if isinstance(cause, aiohttp.ClientConnectorError):
            return Fault(FaultKind.UNREACHABLE, cause.os_error.strerror or str(cause.os_error))
        if isinstance(cause, aiohttp.ConnectionTimeoutError):
            return Fault(FaultKind.UNREACHABLE, f"no connection within {CONNECT_SECONDS:g} s")
        if isinstance(cause, TimeoutError):
            return Fault(FaultKind.TIMEOUT)
        if isinstance(cause, aiohttp.ClientResponseError):
            return Fault(FaultKind.LOST, "it is no HTTP")
    return Fault(FaultKind.LOST, "the connection was lost")


def _n_tries(request: httpx2.Request) -> int:
    """How many times the official client has sent the request, this time included."""
    return int(request.headers["x-stainless-retry-count"]) + 1


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
