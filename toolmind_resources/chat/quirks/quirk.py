"""What a quirk is: a habit of real servers and models by which requests are refused or replies written."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class QuirkKind(StrEnum):
    """Where a quirk lies."""

    JSON = "JSON in a reply"
    """How JSON is written that was asked for."""
    THOUGHTS = "thoughts"
    """Where stands what the model thinks."""
    CALLS = "calls"
    """How calls are written."""
    MESSAGE = "shape of the answer"
    """What fields the message and the answer around it have."""
    ENDING = "ending of a reply"
    """That it ends too early, or says nothing of use."""
    REFUSAL = "refused request"
    """What is not taken of a request."""


class QuirkOutcome(StrEnum):
    """What comes of a quirk that is met in every reply."""

    MENDED = "read all the same: no further call"
    ASKED_ANEW = "asked once more, with more room"
    ADAPTED = "found out once; requests are sent as the endpoint takes them"
    STOPPED = "the run stops after a few calls and says why"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as a quirk sees it.

    Attributes:
        body: The body as it was sent.
        n_seen: How often the same request came before.
    """

    body: Mapping[str, Any]
    n_seen: int = 0

    @property
    def tools(self) -> list[dict[str, Any]]:
        """What each offered function is, as it was sent."""
        return [tool.get("function", {}) for tool in self.body.get("tools") or []]

    @property
    def tokens_max(self) -> int:
        """Tokens that the reply may have; 0 where the request does not say."""
        return self.body.get("max_completion_tokens") or self.body.get("max_tokens") or 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that refuses a request.

    Attributes:
        status: Its HTTP status.
        said: Its body.
        headers: Headers beside the usual ones.
    """

    status: int
    said: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sent:
    """The body of an answer with status 200, as bytes, and what it says of itself."""

    raw: bytes
    content_type: str = "application/json"


Refuse = Callable[[Asked], Refusal | None]
"""The refusal of a request; None where it is taken."""
Rewrite = Callable[[Asked, dict[str, Any]], None]
"""Changes a whole completion in place; leaves it as it is where the quirk finds no place in it."""
Encode = Callable[[Mapping[str, Any]], Sent]
"""How a whole completion is sent."""


@dataclass(frozen=True, slots=True)
class Quirk:
    """One habit.

    Attributes:
        name: What `--quirk` calls it.
        kind: Where it lies.
        does: What it does, as a sentence without its full stop.
        seen: Servers or models that have it, and a public thread about it where one is known.
        outcome: What comes of it here, where every reply has it.
        refuse: Which requests are refused, where some are.
        rewrite: What becomes of a reply, where it is another.
        encode: How an answer is sent, where in another way.
    """

    name: str
    kind: QuirkKind
    does: str
    seen: str
    outcome: QuirkOutcome = QuirkOutcome.MENDED
    refuse: Refuse | None = None
    rewrite: Rewrite | None = None
    encode: Encode | None = None


def refusal(message: str, status: int = 400, param: str | None = None, code: str | None = None) -> Refusal:
    """A refusal in the OpenAI form."""
    kind = "invalid_request_error" if status < 429 else "server_error"
    return Refusal(status, {"error": {"message": message, "type": kind, "param": param, "code": code}})


def message_of(completion: Mapping[str, Any]) -> dict[str, Any]:
    """The message of a completion in the OpenAI form."""
    return completion["choices"][0]["message"]


def end_by(completion: Mapping[str, Any], finish_reason: str | None) -> None:
    """Changes why the reply ended."""
    completion["choices"][0]["finish_reason"] = finish_reason


def is_json(text: str | None) -> bool:
    """Whether a text is a JSON object or array, and nothing else."""
    if not text or text[0] not in "{[":
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
