"""What the command line says about calls of paid models: before a run, after it, and over all runs."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table as TextTable

from toolmind_assets.reports.estimate import Estimate
from toolmind_assets.settings.config import Settings
from toolmind_assets.tables.trajectories import SAMPLES
from toolmind_resources.chat.budget import Budget, Cost, missing_budget
from toolmind_resources.chat.journal import Journal
from toolmind_resources.chat.usage import Usage
from toolmind_resources.delta.store import DeltaStore

_COLUMNS = ("calls", "prompt tokens", "completion tokens", "USD")


def print_estimates(console: Console, estimates: Sequence[Estimate], budget: Budget) -> None:
    """What a run would ask of its endpoints, by role, and whether the budget is enough for it."""
    if not estimates:
        console.print("Every role is played by the embedded model: a run asks no endpoint and costs nothing.")
        return
    table = _table("role", "model", *_COLUMNS, "tokens of a call from")
    for one in estimates:
        basis = f"{one.n_measured:,} calls so far" if one.n_measured else "the embedded model"
        figures = (f"{one.n_calls:,}", f"{one.prompt_tokens:,}", f"{one.completion_tokens:,}", _usd(one.usd))
        table.add_row(one.role, one.model, *figures, basis)
    cost = Cost(
        sum(one.n_calls for one in estimates),
        sum(one.prompt_tokens + one.completion_tokens for one in estimates),
        sum(one.usd for one in estimates),
    )
    prompt, completion = (
        sum(one.prompt_tokens for one in estimates),
        sum(one.completion_tokens for one in estimates),
    )
    table.add_row(
        "all", "", f"{cost.calls:,}", f"{prompt:,}", f"{completion:,}", _usd(cost.usd), style="bold"
    )
    console.print(table)
    console.print("Replies that are already kept are not among them. Nothing was asked, nothing is spent.")
    if (short := missing_budget(budget, Cost(), cost)) is not None:
        limit = short.partition(" is used up")[0]
        console.print(f"{limit} is not enough for all of it: the run stops there, and the next one goes on.")
    elif not budget.is_limited:
        console.print("There is no budget: a run would go on to its end (budget.calls, .tokens, .usd).")


def print_usage(console: Console, settings: Settings, period: str) -> None:
    """What the calls of one period came to, by role; nothing where there were none."""
    usage = _usage_of(settings, period)
    if not usage:
        return
    table = _table("paid calls of this run", "model", *_COLUMNS)
    for (role, model), part in _grouped(usage, "role", "model"):
        table.add_row(role, model, *_figures(part))
    table.add_row("all", "", *_figures(usage), style="bold")
    console.print(table)
    _print_lost(console, usage)


def print_sample_costs(console: Console, settings: Settings) -> None:
    """What a sample costs by role: all calls so far that rows were made with, by all samples that passed."""
    stages = {stage.name for stage in settings.pipeline.stages}
    usage = [one for one in _usage_of(settings, None) if one.stage in stages]
    n_samples = n_passing(settings)
    if not usage or not n_samples:
        return
    table = _table("what a sample costs", *_COLUMNS)
    for (role,), part in [*_grouped(usage, "role"), (("all",), usage)]:
        calls, prompt, completion, usd = _sums(part)
        figures = (
            f"{calls / n_samples:,.2f}",
            f"{prompt / n_samples:,.0f}",
            f"{completion / n_samples:,.0f}",
        )
        table.add_row(role, *figures, f"{usd / n_samples:,.6f}", style="bold" if role == "all" else "")
    console.print(table)


def print_all_usage(console: Console, settings: Settings, period: str | None) -> None:
    """What all calls came to: by period, or one period by shard and role."""
    usage = _usage_of(settings, period)
    if not usage:
        console.print("No endpoint has been paid for anything yet.")
        return
    groups = ("period", "model") if period is None else ("stage", "partition", "role")
    table = _table(*groups, *_COLUMNS)
    for names, part in _grouped(usage, *groups):
        table.add_row(*names, *_figures(part))
    table.add_row("all", *([""] * (len(groups) - 1)), *_figures(usage), style="bold")
    console.print(table)
    _print_lost(console, usage)


def n_passing(settings: Settings) -> int:
    """Samples that stand, of all shards."""
    return DeltaStore(settings.tables).read(SAMPLES, columns=["sample_id"]).height


def _print_lost(console: Console, usage: Sequence[Usage]) -> None:
    n_lost, tokens = sum(one.n_lost for one in usage), sum(one.lost_tokens for one in usage)
    if n_lost:
        usd = sum(one.lost_usd for one in usage)
        price = f" and {_usd(usd)} USD" if usd else ""
        console.print(
            f"Beside these, {n_lost:,} calls were under way when their process ended: they may have been billed, and "
            f"count as spent, with at most {tokens:,} tokens{price}."
        )


def _usage_of(settings: Settings, period: str | None) -> list[Usage]:
    return Journal(settings.journal).usage(period) if settings.journal.is_file() else []


def _grouped(usage: Iterable[Usage], *names: str) -> list[tuple[tuple[str, ...], list[Usage]]]:
    groups: dict[tuple[str, ...], list[Usage]] = {}
    for one in usage:
        groups.setdefault(tuple(getattr(one, name) for name in names), []).append(one)
    return sorted(groups.items())


def _figures(usage: Sequence[Usage]) -> tuple[str, ...]:
    calls, prompt, completion, usd = _sums(usage)
    return f"{calls:,}", f"{prompt:,}", f"{completion:,}", _usd(usd)


def _sums(usage: Sequence[Usage]) -> tuple[int, int, int, float]:
    """Calls, prompt tokens, completion tokens and USD."""
    return (
        sum(one.n_calls for one in usage),
        sum(one.prompt_tokens for one in usage),
        sum(one.completion_tokens for one in usage),
        sum(one.usd for one in usage),
    )


def _usd(usd: float) -> str:
    return f"{usd:,.4f}" if usd < 1 else f"{usd:,.2f}"


def _table(*names: str) -> TextTable:
    table = TextTable(box=None, padding=(0, 2, 0, 0))
    for name in names:
        is_number = name in _COLUMNS
        is_whole = is_number or name in ("role", "what a sample costs")
        table.add_column(name, justify="right" if is_number else "left", no_wrap=is_whole, overflow="fold")
    return table
