"""What may be spent, and what a call costs. No I/O."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

_ROUNDING = 1e-9
"""Share of a limit in USD that a sum of prices may be off: ten times 0.1 is not 1.0."""


class Budget(BaseModel):
    """The most that one period may spend: a `toolmind run`, a backfill, or a run launched in the UI."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    calls: int | None = Field(default=None, ge=0, description="Most calls of one period; null: no limit.")
    tokens: int | None = Field(
        default=None, ge=0, description="Most tokens, sent and received, of one period; null: no limit."
    )
    usd: float | None = Field(
        default=None,
        ge=0,
        allow_inf_nan=False,
        description="Most US dollars of one period, by the prices of the endpoints; null: no limit.",
    )

    @property
    def is_limited(self) -> bool:
        """Whether anything is limited."""
        return any(limit is not None for limit in (self.calls, self.tokens, self.usd))


@dataclass(frozen=True, slots=True)
class Cost:
    """What calls cost, or may cost."""

    calls: int = 0
    tokens: int = 0
    usd: float = 0.0

    def __add__(self, other: "Cost") -> "Cost":
        """Both together."""
        return Cost(self.calls + other.calls, self.tokens + other.tokens, self.usd + other.usd)


def missing_budget(budget: Budget, spent: Cost, asked: Cost) -> str | None:
    """The first limit that `spent` and `asked` together would pass, in words; None where both fit."""
    total = spent + asked
    if budget.calls is not None and total.calls > budget.calls:
        return _words(f"{budget.calls:,} calls", f"{spent.calls:,}", f"{asked.calls:,}")
    if budget.tokens is not None and total.tokens > budget.tokens:
        return _words(f"{budget.tokens:,} tokens", f"{spent.tokens:,}", f"{asked.tokens:,}")
    if budget.usd is not None and total.usd > budget.usd * (1 + _ROUNDING):
        return _words(f"{_amount(budget.usd)} USD", _amount(spent.usd), _amount(asked.usd))
    return None


def _words(limit: str, spent: str, asked: str) -> str:
    return f"the budget of {limit} is used up: {spent} spent, {asked} more asked"


def _amount(usd: float) -> str:
    return f"{usd:,.6f}".rstrip("0").rstrip(".")
