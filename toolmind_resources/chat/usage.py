"""What answered calls cost: one call, and sums of them by whom they were charged to."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from toolmind_resources.chat.budget import Cost
from toolmind_resources.chat.model import Charge, Role
from toolmind_resources.chat.reservations import Lost


@dataclass(frozen=True, slots=True)
class PaidCall:
    """One answered call.

    Attributes:
        role: Who spoke.
        model: Name of the model that answered.
        prompt_tokens: Tokens sent.
        completion_tokens: Tokens received.
        usd: Its price.
        seconds: From asking to the reply, tries that failed included.
        n_attempts: Tries that it took.
    """

    role: Role
    model: str
    prompt_tokens: int
    completion_tokens: int
    usd: float = 0.0
    seconds: float = 0.0
    n_attempts: int = 1

    @property
    def cost(self) -> Cost:
        """What it takes of a budget."""
        return Cost(1, self.prompt_tokens + self.completion_tokens, self.usd)


@dataclass(frozen=True, slots=True)
class Usage:
    """What the answered calls of one role and model cost, for one partition of a stage in one period.

    Attributes:
        period: The period.
        stage: What was made.
        partition: Which part of it; empty for a table that is written whole.
        role: Who spoke.
        model: Name of the model that answered.
        n_calls: Answered calls.
        prompt_tokens: Tokens sent.
        completion_tokens: Tokens received.
        usd: Their price.
        first_at: When the first reply arrived, in seconds since 1970.
        last_at: When the last one did.
        n_lost: Calls that died with the process that had asked, beside those that were answered.
        lost_tokens: The most tokens that they took, sent and received.
        lost_usd: Their price.
    """

    period: str
    stage: str
    partition: str
    role: str
    model: str
    n_calls: int
    prompt_tokens: int
    completion_tokens: int
    usd: float
    first_at: float
    last_at: float
    n_lost: int = 0
    lost_tokens: int = 0
    lost_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class Average:
    """Tokens of the mean call of one role and model, and over how many calls."""

    n_calls: int
    prompt_tokens: float
    completion_tokens: float


def add_call(connection: sqlite3.Connection, charge: Charge, call: PaidCall, at: float) -> None:
    """Adds one answered call."""
    connection.execute(
        "INSERT INTO calls (period, stage, partition, role, model, prompt_tokens, completion_tokens, usd, "
        "seconds, n_attempts, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(charge.period, charge.stage, charge.partition, call.role, call.model),
            *(call.prompt_tokens, call.completion_tokens, call.usd, call.seconds, call.n_attempts, at),
        ),
    )


def usage(connection: sqlite3.Connection, period: str | None) -> list[Usage]:
    """What calls cost by period, stage, partition, role and model, in the order of their first replies."""
    rows = connection.execute(
        "SELECT period, stage, partition, role, model, COUNT(*), SUM(prompt_tokens), SUM(completion_tokens), "
        "SUM(usd), MIN(at), MAX(at) FROM calls WHERE ?1 IS NULL OR period = ?1 GROUP BY 1, 2, 3, 4, 5 "
        "ORDER BY MIN(at), 1, 2, 3, 4, 5",
        (period,),
    )
    return [Usage(*row) for row in rows]


def with_lost(answered: Sequence[Usage], lost: Sequence[Lost]) -> list[Usage]:
    """What answered calls cost with what lost ones may have, in the order of the answered ones."""
    found = {(one.period, one.stage, one.partition, one.role, one.model): one for one in answered}
    for one in lost:
        key = (one.period, one.stage, one.partition, one.role, one.model)
        known = found.get(key) or Usage(*key, 0, 0, 0, 0.0, one.first_at, one.last_at)
        found[key] = replace(
            known,
            n_lost=known.n_lost + one.cost.calls,
            lost_tokens=known.lost_tokens + one.cost.tokens,
            lost_usd=known.lost_usd + one.cost.usd,
        )
    return list(found.values())


def averages(connection: sqlite3.Connection) -> dict[tuple[str, str], Average]:
    """The mean call of each `(role, model)`, over all periods."""
    rows = connection.execute(
        "SELECT role, model, COUNT(*), AVG(prompt_tokens), AVG(completion_tokens) FROM calls GROUP BY 1, 2"
    )
    return {(role, model): Average(*figures) for role, model, *figures in rows}
