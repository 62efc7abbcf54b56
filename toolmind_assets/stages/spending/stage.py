"""The stage `spending`: what the calls of paid models came to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Protocol

from toolmind_assets.steps.figures import Bars, Figures, Records, Stacked, counts
from toolmind_assets.steps.making import Making
from toolmind_assets.steps.step import Made, NoParams, Stage, Step
from toolmind_assets.tables.spending import ROLES, USAGE
from toolmind_resources.chat.role_usage import RoleUsage
from toolmind_resources.chat.usage import Usage


@dataclass(frozen=True, slots=True)
class Spent:
    """What calls came to: by whom they were charged to, and by role."""

    usage: Sequence[Usage]
    roles: Sequence[RoleUsage]


class SpendingOutside(Protocol):
    """What the stage wants from outside."""

    def usage(self) -> list[Usage]:
        """What the calls of paid models came to so far."""
        ...

    def role_usage(self) -> list[RoleUsage]:
        """How each role was served so far."""
        ...


def _count(making: Making[NoParams]) -> Made:
    outside: SpendingOutside = making.outside
    spent = Spent(outside.usage(), outside.role_usage())
    return Made({USAGE: spent.usage, ROLES: spent.roles}, spent)


def _spent(outside: SpendingOutside, _: str | None, __: NoParams) -> object:
    return [astuple(one) for one in (*outside.usage(), *outside.role_usage())]


def _figures(made: Sequence[Spent], _: Making[NoParams]) -> Figures:
    """Sums, what each shard took of which role, and how the roles were served of late."""
    return {USAGE: _usage_figures(made[-1].usage), ROLES: _role_figures(made[-1].roles)}


def _usage_figures(usage: Sequence[Usage]) -> dict[str, int | float | Records | Stacked]:
    """Sums, and what each shard took of which role: its price, or its tokens where no prices are stated."""
    calls: Counter[str] = Counter()
    parts: dict[str, Counter[str]] = {}
    is_priced = any(one.usd for one in usage)
    for one in usage:
        calls[one.role] += one.n_calls
        amount = one.usd if is_priced else one.prompt_tokens + one.completion_tokens
        part = parts.setdefault(one.partition or one.stage, Counter())
        part[one.role] += amount  # pyright: ignore[reportArgumentType] (a counter of dollars)
    return {
        "calls": sum(calls.values()),
        "calls lost with their process": sum(one.n_lost for one in usage),
        "price in USD": float(sum(one.usd for one in usage)),
        "calls by role": counts("calls", calls.most_common()),
        "cost by shard and role": Stacked("What the calls cost", parts, "USD" if is_priced else "tokens"),
    }


def _role_figures(roles: Sequence[RoleUsage]) -> dict[str, Records | Bars]:
    """How the roles were served in the latest period that asked any."""
    asked = [one for one in roles if one.n_calls] or roles
    latest = [one for one in asked if one.period == asked[-1].period]
    rows = [
        {
            "role": one.role,
            "model": one.model,
            "calls": one.n_calls,
            "p50 s": round(one.seconds_p50, 3),
            "p95 s": round(one.seconds_p95, 3),
            "max s": round(one.seconds_max, 3),
            "retries": one.n_retries,
            "kept": one.n_kept,
            "mended": one.n_mended,
            "unusable": one.n_unusable,
            "lost": one.n_lost,
        }
        for one in latest
    ]
    slow = [(one.role, one.seconds_p95) for one in latest]
    none = {"role": "-", "calls": 0}
    return {
        "how the roles were served": Records(rows, none),
        "how long calls take": Bars("What 95 of 100 calls take at most", slow, "seconds"),
    }


COUNT_SPENDING = Step(
    name="count_spending",
    description="Calls, tokens and price of every budget period, by shard, role and model; how roles were served.",
    makes=(ROLES, USAGE),
    make=_count,
    inputs=_spent,
    figures=_figures,
    is_closing=True,
)

STAGE = Stage(name="spending", steps=(COUNT_SPENDING,))
