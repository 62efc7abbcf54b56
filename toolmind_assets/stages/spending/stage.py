"""The stage `spending`: what the calls of paid models came to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple
from typing import Protocol

from toolmind_assets.steps.figures import Figures, Stacked, counts
from toolmind_assets.steps.making import Making
from toolmind_assets.steps.step import Made, NoParams, Stage, Step
from toolmind_assets.tables.spending import USAGE
from toolmind_resources.chat.usage import Usage


class SpendingOutside(Protocol):
    """What the stage wants from outside."""

    def usage(self) -> list[Usage]:
        """What the calls of paid models came to so far."""
        ...


def _count(making: Making[NoParams]) -> Made:
    outside: SpendingOutside = making.outside
    usage = outside.usage()
    return Made({USAGE: usage}, usage)


def _spent(outside: SpendingOutside, _: str | None, __: NoParams) -> object:
    return [astuple(usage) for usage in outside.usage()]


def _figures(made: Sequence[Sequence[Usage]], _: Making[NoParams]) -> Figures:
    """Sums, and what each shard took of which role: its price, or its tokens where no prices are stated."""
    usage = made[-1]
    calls: Counter[str] = Counter()
    parts: dict[str, Counter[str]] = {}
    is_priced = any(one.usd for one in usage)
    for one in usage:
        calls[one.role] += one.n_calls
        amount = one.usd if is_priced else one.prompt_tokens + one.completion_tokens
        part = parts.setdefault(one.partition or one.stage, Counter())
        part[one.role] += amount  # pyright: ignore[reportArgumentType] (a counter of dollars)
    return {
        USAGE: {
            "calls": sum(calls.values()),
            "price in USD": float(sum(one.usd for one in usage)),
            "calls by role": counts("calls", calls.most_common()),
            "cost by shard and role": Stacked("What the calls cost", parts, "USD" if is_priced else "tokens"),
        }
    }


COUNT_SPENDING = Step(
    name="count_spending",
    description="Calls, tokens and price of every budget period, by shard, role and model.",
    makes=(USAGE,),
    make=_count,
    inputs=_spent,
    figures=_figures,
    is_closing=True,
)

STAGE = Stage(name="spending", steps=(COUNT_SPENDING,))
