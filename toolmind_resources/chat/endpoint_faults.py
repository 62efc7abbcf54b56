"""What went wrong at an endpoint, in words, and whose fault it is.

Whether an error is the request's or the endpoint's decides what becomes of a step: after a `ChatError` what was
being made is dropped and the rest goes on; after an `EndpointError` the step stops, and can be run again. No
error holds the key, nor one of the HTTP library's errors, whose request does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.wire import BrokenJsonError, PageError, WireError
from toolmind_resources.errors import ChatError, EndpointError, Refusal, ToolMindError, UnansweredError

ANSWERS = 3
"""How many answers are paid for until one can be read."""

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
"""Statuses below 500 that say as little of the request as those above it."""


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
class Response:
    """An answer, whatever it says."""

    status: int
    raw: bytes
    headers: Mapping[str, str]


class EndpointFaults:
    """Explains what came of asking one endpoint.

    A request whose tries all fail while others are answered is at fault itself; where none is, the endpoint may be.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    def of_silence(self, fault: Fault, others_answered: bool) -> ToolMindError:
        """What it means that no answer came."""
        where = self._endpoint.where
        if fault.kind is FaultKind.CERTIFICATE:
            return EndpointError(
                f"the certificate of {where} is not accepted ({fault.words}): have it renewed, or name the "
                "file of its authority in the environment variable SSL_CERT_FILE"
            )
        if fault.kind is FaultKind.UNREACHABLE:
            return EndpointError(
                f"cannot reach {where} ({fault.words}): is the server running, and base_url right?"
            )
        if fault.kind is FaultKind.TIMEOUT:
            seconds = self._endpoint.timeout_seconds
            return _unanswered(f"{where} did not answer within {seconds:g} s in any try", others_answered)
        return _unanswered(f"the answer of {where} never arrived whole ({fault.words})", others_answered)

    def of_status(self, status: int, said: str, others_answered: bool) -> ToolMindError:
        """What a status other than 200 means; `said` are the server's own words."""
        if status >= 500 or status in _MAY_PASS:
            message = f"{self._endpoint.where} answered {status} to every try: {said}"
            return _unanswered(message, others_answered)
        answered = f"{self._endpoint.where} answered {status}: "
        if status in (401, 403):  # what a server says of a refused key may repeat it in part
            variable = self._endpoint.api_key_env
            if variable is None:
                return EndpointError(f"{answered}it wants a key: name the key's variable in api_key_env")
            wrong = "is not accepted" if status == 401 else "may not use this model"
            return EndpointError(f"{answered}the key in {variable} {wrong}")
        if status < 400:
            return EndpointError(f"{answered}the address has moved: check base_url")
        if status in _STOPS:
            return EndpointError(f"{answered}{_STOPS[status]}. The server says: {said}")
        return ChatError(f"{answered}it refuses this request: {said}")

    def of_answer(self, wrong: WireError, said: str, others_answered: bool) -> ToolMindError:
        """What answers mean that are none; `said` are the error's words without the key."""
        where = self._endpoint.where
        if isinstance(wrong, PageError):
            return EndpointError(f"{where} sent {said}: check base_url, which usually ends in /v1")
        message = f"{where} sent, {ANSWERS} times, {said}"
        if isinstance(wrong, BrokenJsonError):
            return _unanswered(message, others_answered)
        return ChatError(message)


def _unanswered(message: str, others_answered: bool) -> ToolMindError:
    if others_answered:
        return ChatError(f"{message}; others were answered meanwhile")
    return UnansweredError(
        f"{message}; nothing else was answered meanwhile: look at the server, then run again"
    )


def refusal_in(status: int, raw: bytes) -> Refusal | None:
    """What was said, for whoever may put the request otherwise; None where it cannot be a matter of that.

    Args:
        status: Status of the answer.
        raw: Its body, without the key.
    """
    if status in _NO_FORM:
        return None
    return Refusal(status, raw[:REFUSAL_BYTES].decode(errors="replace"))
