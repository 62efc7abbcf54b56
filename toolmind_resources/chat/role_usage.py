"""How roles were served: calls, tokens, how long they took, and what became of the replies."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from toolmind_resources.chat.reservations import Lost


@dataclass(frozen=True, slots=True)
class RoleUsage:
    """How one role was served by one model in one period.

    Attributes:
        period: What one budget is for.
        role: Who spoke.
        model: Who answered.
        n_calls: Answered calls.
        prompt_tokens, completion_tokens: Tokens sent and received.
        usd: Their price.
        seconds_p50, seconds_p95, seconds_max: From asking to the reply, tries that failed included: of half of the
            calls, of 95 in 100, and of all, at most; 0 where none was answered.
        n_retries: Tries beyond the first of each call.
        n_kept: Replies that were there already.
        n_mended: Replies that could be read after something in them was put right.
        n_unusable: Replies that the role could make nothing of.
        n_lost: Calls that died with the process that had asked.
    """

    period: str
    role: str
    model: str
    n_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    usd: float = 0.0
    seconds_p50: float = 0.0
    seconds_p95: float = 0.0
    seconds_max: float = 0.0
    n_retries: int = 0
    n_kept: int = 0
    n_mended: int = 0
    n_unusable: int = 0
    n_lost: int = 0


_CALLS = """
SELECT period, role, model, COUNT(*), SUM(prompt_tokens), SUM(completion_tokens), SUM(usd),
    MIN(CASE WHEN 2 * place >= n THEN seconds END), MIN(CASE WHEN 20 * place >= 19 * n THEN seconds END),
    MAX(seconds), SUM(n_attempts - 1)
FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY period, role, model ORDER BY seconds) AS place,
        COUNT(*) OVER (PARTITION BY period, role, model) AS n
    FROM calls
)
GROUP BY period, role, model ORDER BY MIN(at), role, model
"""
_READINGS = """
SELECT period, role, model, SUM(n_kept), SUM(n_mended), SUM(n_unusable) FROM readings GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def role_usage(connection: sqlite3.Connection, lost: Sequence[Lost]) -> list[RoleUsage]:
    """How each role was served by each model in each period, in the order of their first replies."""
    found = {tuple(row[:3]): RoleUsage(*row) for row in connection.execute(_CALLS)}
    for period, role, model, n_kept, n_mended, n_unusable in connection.execute(_READINGS):
        known = found.get((period, role, model)) or RoleUsage(period, role, model)
        counts = {"n_kept": n_kept, "n_mended": n_mended, "n_unusable": n_unusable}
        found[period, role, model] = replace(known, **counts)
    for one in lost:
        key = (one.period, one.role, one.model)
        known = found.get(key) or RoleUsage(*key)
        found[key] = replace(known, n_lost=known.n_lost + one.cost.calls)
    return list(found.values())
