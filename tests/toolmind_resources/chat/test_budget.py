import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from toolmind_resources.chat.budget import Budget, Cost, missing_budget


@pytest.mark.parametrize(
    ("budget", "spent", "asked"),
    [
        (Budget(), Cost(10**9, 10**12, 1e9), Cost(1, 1, 1.0)),
        (Budget(calls=100), Cost(99), Cost(1)),
        (Budget(tokens=1_000), Cost(tokens=900), Cost(1, 100)),
        (Budget(usd=0.3), Cost(usd=0.1 + 0.1), Cost(1, 1, 0.1)),
        (Budget(usd=0.0), Cost(5, 5, 0.0), Cost(1, 1, 0.0)),
    ],
)
def test_a_cost_that_reaches_a_limit_exactly_fits(budget: Budget, spent: Cost, asked: Cost) -> None:
    assert missing_budget(budget, spent, asked) is None


@pytest.mark.parametrize(
    ("budget", "spent", "asked", "message"),
    [
        (Budget(calls=100), Cost(100), Cost(1), "100 calls is used up: 100 spent, 1 more asked"),
        (Budget(calls=0), Cost(), Cost(1), "0 calls is used up: 0 spent, 1 more asked"),
        (Budget(tokens=1_000), Cost(1, 900), Cost(1, 101), "1,000 tokens is used up: 900 spent, 101 more asked"),
        (Budget(usd=5), Cost(usd=4.98), Cost(usd=0.03), "5 USD is used up: 4.98 spent, 0.03 more asked"),
        (Budget(usd=1200.5), Cost(usd=1200.5), Cost(usd=1e-4), "1,200.5 USD is used up: 1,200.5 spent, 0.0001 more asked"),
        (Budget(calls=1, tokens=1), Cost(1, 1), Cost(1, 1), "1 calls is used up: 1 spent, 1 more asked"),
    ],
)  # fmt: skip
def test_a_limit_that_is_short_is_named_with_the_figures(
    budget: Budget, spent: Cost, asked: Cost, message: str
) -> None:
    assert missing_budget(budget, spent, asked) == f"the budget of {message}"


@pytest.mark.parametrize(
    "limits", [{"calls": -1}, {"tokens": -1}, {"usd": -0.1}, {"usd": float("nan")}, {"euro": 1}]
)
def test_a_limit_that_makes_no_sense_is_refused(limits: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Budget.model_validate(limits)


def test_a_budget_is_limited_where_anything_is() -> None:
    assert not Budget().is_limited
    assert all(budget.is_limited for budget in (Budget(calls=0), Budget(tokens=0), Budget(usd=0)))


costs = st.builds(
    Cost, st.integers(0, 100), st.integers(0, 10**6), st.integers(0, 10**6).map(lambda n: n / 1e6)
)


@given(costs, costs, costs)
def test_costs_add_up_field_by_field_and_what_does_not_fit_fits_with_nothing_more(
    a: Cost, b: Cost, limit: Cost
):
    both = a + b
    assert (both.calls, both.tokens, both.usd) == (a.calls + b.calls, a.tokens + b.tokens, a.usd + b.usd)
    budget = Budget(calls=limit.calls, tokens=limit.tokens, usd=limit.usd)
    if missing_budget(budget, Cost(), a) is not None:
        assert missing_budget(budget, b, a) is not None
