"""`toolmind run`: everything that is due, with progress, a closing summary and what it cost."""

import os
from typing import TYPE_CHECKING

import click

from toolmind_assets.commands.printing import console
from toolmind_assets.commands.progress_bars import Progress
from toolmind_assets.orchestration.stopping import SIGNALS, Stopping
from toolmind_assets.reports.costs import print_estimates, print_sample_costs, print_usage
from toolmind_assets.reports.endpoint_checks import EndpointChecks
from toolmind_assets.reports.pace import PaceWatch
from toolmind_assets.reports.summary import print_summary, refuse_too_few
from toolmind_assets.settings.chat_models import new_period
from toolmind_assets.settings.config import Settings, load_settings

if TYPE_CHECKING:
    from toolmind_assets.orchestration.materialise import Made, Order


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
    "--retry-failed",
    is_flag=True,
    help="Make again what was lost to missing or unusable replies; only these are asked anew.",
)
@click.option(
    "--accept",
    type=click.IntRange(1),
    metavar="N",
    help="Begin shards, in their order, only until N samples stand; then mix and export.",
)
def run(workers: int, reverse: bool, dry_run: bool, retry_failed: bool, accept: int | None) -> None:
    """Make everything that is due, from catalogs to exports."""
    period = new_period("run")
    stopping = Stopping()
    with stopping.listening(*SIGNALS):
        settings = load_settings()
        place = settings.file or "defaults, there is no toolmind.yaml"
        console.print(f"toolmind: {place} -> {settings.home}", markup=False)
        if dry_run:
            _estimate(stopping, settings)
            return
        from toolmind_assets.orchestration.materialise import Order  # after the first line: seconds

        shards = settings.config.all_shards
        ordered = shards[::-1] if reverse else shards
        try:
            with Progress(console, PaceWatch(settings, period)) as progress:
                checks = EndpointChecks(settings, period, lambda line: console.print(line, markup=False))
                order = Order(
                    settings, workers, ordered, period, progress.report, retry_failed, accept, checks
                )
                made = _made(stopping, order, progress)
            print_summary(console, settings, made.is_nothing, made.removed, made.n_checks)
        finally:
            print_usage(console, settings, period)
        print_sample_costs(console, settings)
        if accept is not None:
            refuse_too_few(settings, accept)


def _made(stopping: Stopping, order: "Order", progress: Progress) -> "Made":
    from toolmind_assets.orchestration.materialise import materialise

    stopping.on_stop = progress.tell_stop
    return stopping.run(lambda: materialise(order), order.settings.journal, progress.look)


def _estimate(stopping: Stopping, settings: Settings) -> None:
    from toolmind_assets.orchestration.materialise import estimate

    with Progress(console) as progress:
        stopping.on_stop = progress.tell_stop
        estimates = stopping.run(lambda: estimate(settings, progress.report), settings.journal)
    print_estimates(console, estimates, settings.config.budget)
