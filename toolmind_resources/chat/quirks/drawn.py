"""All quirks, and which of them an answer has."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from toolmind_resources.chat.faults import share
from toolmind_resources.chat.quirks.answer_quirks import ANSWER_QUIRKS
from toolmind_resources.chat.quirks.call_quirks import CALL_QUIRKS
from toolmind_resources.chat.quirks.json_quirks import JSON_QUIRKS
from toolmind_resources.chat.quirks.quirk import Asked, Quirk, Refusal, Sent
from toolmind_resources.chat.quirks.refusal_quirks import REFUSAL_QUIRKS
from toolmind_resources.chat.quirks.thought_quirks import THOUGHT_QUIRKS
from toolmind_resources.errors import ToolMindError

QUIRKS: Mapping[str, Quirk] = {
    quirk.name: quirk
    for quirk in (*JSON_QUIRKS, *THOUGHT_QUIRKS, *CALL_QUIRKS, *ANSWER_QUIRKS, *REFUSAL_QUIRKS)
}
"""Every quirk by its name."""


@dataclass(frozen=True, slots=True)
class Quirks:
    """How often which quirk is met, as a share of requests; a request may meet several.

    Raises:
        ToolMindError: there is no such quirk, or a share is not between 0 and 1.
    """

    rates: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0

    def __post_init__(self) -> None:
        for name, rate in self.rates.items():
            if name not in QUIRKS:
                raise ToolMindError(f"there is no quirk {name!r}: `toolmind serve-model --list-quirks`")
            if not 0 <= rate <= 1:
                raise ToolMindError(f"the rate of {name} is {rate}; it is to lie between 0 and 1")

    @classmethod
    def parse(cls, *stated: str, seed: int = 0) -> "Quirks":
        """The quirks stated as `NAME`, for every request, or as `NAME=RATE`.

        Raises:
            ToolMindError: one is not of this form, or no such quirk or rate.
        """
        rates: dict[str, float] = {}
        for text in stated:
            name, equals, rate = text.partition("=")
            try:
                rates[name.strip()] = float(rate) if equals else 1.0
            except ValueError as error:
                raise ToolMindError(f"{text!r} is no NAME=RATE such as json_in_fence=0.1") from error
        return cls(rates, seed)

    def draw(self, request_digest: str, n_seen: int) -> tuple[Quirk, ...]:
        """The quirks of the answer to a request that was seen `n_seen` times before, in the order stated."""
        return tuple(
            QUIRKS[name]
            for name, rate in self.rates.items()
            if share(name, self.seed, request_digest, n_seen) < rate
        )


def refusal_of(quirks: Sequence[Quirk], asked: Asked) -> tuple[Quirk, Refusal] | None:
    """The first refusal of a request, and by which quirk; None where all take it."""
    for quirk in quirks:
        if quirk.refuse is not None and (refused := quirk.refuse(asked)) is not None:
            return quirk, refused
    return None


def sent(
    quirks: Sequence[Quirk], asked: Asked, completion: dict[str, Any], note: Callable[[str], None]
) -> Sent:
    """The completion as quirks make it and send it; those that changed it are told to `note` by their names."""
    raw = json.dumps(completion)
    for quirk in quirks:
        if quirk.rewrite is not None:
            quirk.rewrite(asked, completion)
            before, raw = raw, json.dumps(completion)
            if raw != before:
                note(quirk.name)
    for quirk in quirks:
        if quirk.encode is not None:
            note(quirk.name)
            return quirk.encode(completion)
    return Sent(raw.encode())
