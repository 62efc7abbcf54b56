"""Faults that a `serve-model` makes on request: which, how often, and in which answer. No I/O."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from toolmind_resources.chat.model import ChatReply
from toolmind_resources.errors import ToolMindError


class FaultKind(StrEnum):
    """What goes wrong with one answer."""

    RATE_LIMIT = "rate_limit"
    """Status 429 with Retry-After."""
    SERVER_ERROR = "server_error"
    """Status 500."""
    UNAVAILABLE = "unavailable"
    """Status 503."""
    DROPPED_CONNECTION = "dropped_connection"
    """The connection is closed before a byte of the answer."""
    TRUNCATED_BODY = "truncated_body"
    """The connection is closed in the middle of the answer."""
    HTML = "html"
    """A web page with status 200, as a proxy sends it."""
    HANG = "hang"
    """No answer ever: the connection stays open until the client closes it."""
    EMPTY_CONTENT = "empty_content"
    """A whole answer that holds neither words nor calls."""
    MALFORMED_CONTENT = "malformed_content"
    """A whole answer whose own JSON breaks off: the reply's text, or the arguments of its last call."""
    WRONG_TOOL_NAME = "wrong_tool_name"
    """A whole answer whose first call names a function that is not offered; text alone stays as it is."""


@dataclass(frozen=True, slots=True)
class Faults:
    """How often which fault is made, as shares of all requests; at most one a request.

    Raises:
        ToolMindError: a share is not between 0 and 1, or they sum to more than 1.
    """

    rates: Mapping[FaultKind, float] = field(default_factory=dict)
    seed: int = 0

    def __post_init__(self) -> None:
        for kind, rate in self.rates.items():
            if not 0 <= rate <= 1:
                raise ToolMindError(f"the rate of {kind.value} is {rate}; it is to lie between 0 and 1")
        if (total := sum(self.rates.values())) > 1 + 1e-9:
            raise ToolMindError(f"the rates of the faults sum to {total:g}; a request meets at most one")

    @classmethod
    def parse(cls, *stated: str, seed: int = 0) -> "Faults":
        """The faults stated as `KIND=RATE`.

        Raises:
            ToolMindError: one is not of this form, names no fault, or has no such rate.
        """
        rates: dict[FaultKind, float] = {}
        for text in stated:
            name, _, rate = text.partition("=")
            try:
                rates[FaultKind(name.strip())] = float(rate)
            except ValueError as error:
                raise ToolMindError(
                    f"{text!r} is no KIND=RATE such as rate_limit=0.05; kinds: {', '.join(FaultKind)}"
                ) from error
        return cls(rates, seed)

    def draw(self, request_digest: str, n_seen: int) -> FaultKind | None:
        """The fault of the answer to a request that was seen `n_seen` times before, or None.

        It depends on nothing else: requests may come in any order, and one that is tried again draws anew.
        """
        if not self.rates:
            return None
        drawn = share(self.seed, request_digest, n_seen)
        for kind in FaultKind:
            drawn -= self.rates.get(kind, 0.0)
            if drawn < 0:
                return kind
        return None


def spoil(reply: ChatReply, kind: FaultKind | None) -> ChatReply:
    """The reply with the fault in what it says; as it is where the fault lies elsewhere or finds no place."""
    text, calls = reply.content or "", reply.tool_calls
    if kind is FaultKind.EMPTY_CONTENT:
        return replace(reply, content=None, tool_calls=(), finish_reason="stop")
    if kind is FaultKind.WRONG_TOOL_NAME and calls:
        wrong = replace(calls[0], name=f"{calls[0].name[:56]}_missing")
        return replace(reply, tool_calls=(wrong, *calls[1:]))
    if kind is FaultKind.MALFORMED_CONTENT and calls:
        arguments = calls[-1].arguments_json
        return replace(
            reply,
            tool_calls=(*calls[:-1], replace(calls[-1], arguments_json=arguments[: len(arguments) // 2])),
        )
    if kind is FaultKind.MALFORMED_CONTENT and text.startswith(("{", "[")):
        return replace(reply, content=text[: len(text) // 2])
    return reply


def share(*parts: object) -> float:
    """A number from 0 to below 1 that hashes its parts."""
    hashed = hashlib.sha256(repr(parts).encode()).digest()
    return int.from_bytes(hashed[:7]) / (1 << 56)
