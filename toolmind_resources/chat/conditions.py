"""Under which conditions a `serve-model` answers: how fast, how many at once, when it is away, what it never takes. No I/O."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from toolmind_resources.chat.faults import share
from toolmind_resources.errors import ToolMindError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tail:
    """A share of answers that take a multiple of the time."""

    share: float
    factor: float

    @classmethod
    def parse(cls, text: str) -> "Tail":
        """From `SHARE:FACTOR`, such as 0.05:5.

        Raises:
            ToolMindError: it is not of this form, or the share not between 0 and 1.
        """
        return _parsed(
            text, "SHARE:FACTOR such as 0.05:5", cls, lambda tail: 0 <= tail.share <= 1 <= tail.factor
        )


@dataclass(frozen=True, slots=True)
class Away:
    """A time in which every connection is lost, from some seconds after the first request on."""

    after_seconds: float
    seconds: float

    @classmethod
    def parse(cls, text: str) -> "Away":
        """From `AFTER:SECONDS`, such as 10:30.

        Raises:
            ToolMindError: it is not of this form.
        """
        return _parsed(
            text, "AFTER:SECONDS such as 10:30", cls, lambda away: min(away.after_seconds, away.seconds) >= 0
        )

    def holds(self, seconds_since_first: float) -> bool:
        """Whether it is the time."""
        return self.after_seconds <= seconds_since_first < self.after_seconds + self.seconds


def _parsed(text: str, form: str, make: Callable[[float, float], T], is_right: Callable[[T], bool]) -> T:
    first, _, second = text.partition(":")
    try:
        made = make(float(first), float(second))
    except ValueError:
        made = None
    if made is None or not is_right(made):
        raise ToolMindError(f"{text!r} is no {form}")
    return made


@dataclass(frozen=True, slots=True)
class Conditions:
    """How a server is.

    Attributes:
        latency_seconds: Wait before each answer.
        latency_jitter: By which share of it single waits are shorter or longer at most.
        tail: Answers that take a multiple of it.
        capacity: Requests under way at once; more are refused by status 429. None for any number.
        away: When it cannot be reached.
        poison: Share of prompts that are always refused by status 400.
        seed: Another seed draws others.
    """

    latency_seconds: float = 0.0
    latency_jitter: float = 0.0
    tail: Tail | None = None
    capacity: int | None = None
    away: Away | None = None
    poison: float = 0.0
    seed: int = 0

    def wait_seconds(self, request_digest: str, n_seen: int) -> float:
        """How long the answer takes to a request that was seen `n_seen` times before."""
        seconds = self.latency_seconds
        if self.latency_jitter:
            swing = 2 * share("latency", self.seed, request_digest, n_seen) - 1
            seconds *= 1 + self.latency_jitter * swing
        if self.tail and share("tail", self.seed, request_digest, n_seen) < self.tail.share:
            return seconds * self.tail.factor
        return seconds

    def is_poison(self, body: Mapping[str, Any]) -> bool:
        """Whether the prompt is one that is always refused, whatever is asked for with it."""
        return self.poison > 0 and share("poison", self.seed, json.dumps(body["messages"])) < self.poison
