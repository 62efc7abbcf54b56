"""`toolmind run`: everything that is due, with progress, a closing summary and what it cost."""

import os

import click

from toolmind_assets.commands.printing import console
from toolmind_assets.commands.progress_bars import Progress
from toolmind_assets.reports.costs import print_estimates, print_usage
from toolmind_assets.reports.endpoint_checks import EndpointChecks
from toolmind_assets.reports.summary import print_summary
from toolmind_assets.settings.chat_models import new_period
from toolmind_assets.settings.config import load_settings


@click.command()
@click.option(
    "--workers",
    type=click.IntRange(1),
    default=min(2, os.cpu_count() or 1),
    show_default=True,
    help="Shards made at once.",
)
@click.option("--reverse", is_flag=True, help="Make the shards in reverse order; the result is the same.")
@click.option(
    "--dry-run", is_flag=True, help="Only say what a run would ask of your endpoints: calls, tokens, cost."
)
@click.option(
    "--retry-failed", is_flag=True, help="Make shards again that lost rows to requests without a reply."
)
def run(workers: int, reverse: bool, dry_run: bool, retry_failed: bool) -> None:
    """Make everything that is due, from catalogs to exports."""
    settings = load_settings()
    console.print(
        f"toolmind: {settings.file or 'defaults, there is no toolmind.yaml'} -> {settings.home}", markup=False
    )
    from toolmind_assets.orchestration.materialise import (
        Order,
        estimate,
        materialise,
    )  # after the first line: seconds

    if dry_run:
        with Progress(console) as progress:
            estimates = estimate(settings, progress.report)
        print_estimates(console, estimates, settings.config.budget)
        return
    shards = settings.config.all_shards
    period = new_period("run")
    try:
        with Progress(console) as progress:
            ordered = shards[::-1] if reverse else shards
            checks = EndpointChecks(settings, period, lambda line: console.print(line, markup=False))
            order = Order(settings, workers, ordered, period, progress.report, retry_failed, checks)
            made = materialise(order)
        print_summary(console, settings, made.is_nothing, made.removed, made.n_checks)
    finally:
        print_usage(console, settings, period)
