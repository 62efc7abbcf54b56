"""Assets of the stage `spending`."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import astuple

import dagster as dg

from toolmind_assets.orchestration.factory import counts_table, picture, table_outs, yield_builds
from toolmind_assets.orchestration.partitions import SETTINGS
from toolmind_assets.reports.pictures import draw_stacked
from toolmind_assets.steps.step import Rows, Step, Work
from toolmind_assets.tables import USAGE
from toolmind_resources.chat.journal import Journal
from toolmind_resources.chat.usage import Usage
from toolmind_resources.delta.resource import StoreResource
from toolmind_resources.delta.table import Table

STEP = Step("count_spending", makes=(USAGE,), reads=())


def _usage() -> list[Usage]:
    """What the calls of paid models came to so far; nothing where none was ever made."""
    return Journal(SETTINGS.journal).usage() if SETTINGS.journal.is_file() else []


WORK = Work(STEP, lambda _: [astuple(usage) for usage in _usage()])


@dg.multi_asset(
    name=STEP.name, outs=table_outs(STEP), deps=[], backfill_policy=dg.BackfillPolicy.single_run()
)
def spending(context: dg.AssetExecutionContext, store: StoreResource) -> Iterator[dg.Output]:
    """Calls, tokens and price of every budget period, by shard, role and model."""
    shown: dict[Table, dict[str, dg.MetadataValue]] = {}

    def make(_: str | None) -> Rows:
        usage = _usage()
        shown[USAGE] = _metadata(usage)
        return {USAGE: usage}

    yield from yield_builds(context, WORK.build(store.store(), [None], make), shown)


def _metadata(usage: Sequence[Usage]) -> dict[str, dg.MetadataValue]:
    """Sums, and what each shard took of which role: its price, or its tokens where no prices are stated."""
    calls: Counter[str] = Counter()
    parts: dict[str, Counter[str]] = {}
    is_priced = any(one.usd for one in usage)
    for one in usage:
        calls[one.role] += one.n_calls
        amount = one.usd if is_priced else one.prompt_tokens + one.completion_tokens
        part = parts.setdefault(one.partition or one.stage, Counter())
        part[one.role] += amount  # pyright: ignore[reportArgumentType] (a counter of dollars)
    drawn = draw_stacked("What the calls cost", parts, "USD" if is_priced else "tokens")
    return {
        "calls": dg.MetadataValue.int(sum(calls.values())),
        "price in USD": dg.MetadataValue.float(float(sum(one.usd for one in usage))),
        "calls by role": counts_table("calls", calls.most_common()),
        "cost by shard and role": picture(drawn, "cost by shard and role"),
    }
