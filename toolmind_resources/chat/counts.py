"""What a `serve-model` has been asked and has answered, so that calls made twice are seen. No I/O."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class RoleCounts:
    """What one role, or all of them, came to.

    Attributes:
        n_requests: Requests that could be read, those included that met a fault.
        n_replies: Whole replies.
        prompt_tokens, completion_tokens: Of whole replies.
    """

    n_requests: int = 0
    n_replies: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(slots=True)
class Counts:
    """What a server has done so far."""

    by_role: dict[str, RoleCounts] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    quirks: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    replied: set[str] = field(default_factory=set)

    def add_request(self, role: str, request_digest: str) -> int:
        """How often the same request came before this one."""
        self.by_role.setdefault(role, RoleCounts()).n_requests += 1
        self.seen[request_digest] += 1
        return self.seen[request_digest] - 1

    def add_reply(self, role: str, request_digest: str, usage: Mapping[str, int]) -> None:
        """Counts a whole reply."""
        counts = self.by_role[role]
        counts.n_replies += 1
        counts.prompt_tokens += usage["prompt_tokens"]
        counts.completion_tokens += usage["completion_tokens"]
        self.replied.add(request_digest)

    def shown(self) -> dict[str, Any]:
        """All counts.

        `n_repeated` are whole replies to requests that had been given one before; `quirks` the answers that each
        quirk made what they were.
        """
        roles = {role: asdict(counts) for role, counts in sorted(self.by_role.items())}
        total = {name: sum(counts[name] for counts in roles.values()) for name in asdict(RoleCounts())}
        n_distinct = len(self.replied)
        return {
            **total,
            "n_distinct": n_distinct,
            "n_repeated": total["n_replies"] - n_distinct,
            "by_role": roles,
            "faults": dict(sorted(self.faults.items())),
            "quirks": dict(sorted(self.quirks.items())),
        }
