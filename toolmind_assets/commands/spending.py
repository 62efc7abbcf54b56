"""`toolmind spending`: what paid models have cost."""

import click

from toolmind_assets.commands.printing import console
from toolmind_assets.reports.costs import print_all_usage
from toolmind_assets.settings.config import load_settings


@click.command()
@click.option("--period", help="One run or backfill alone; else the sum of each.")
def spending(period: str | None) -> None:
    """What paid models have cost so far, by period, role and shard."""
    print_all_usage(console, load_settings(), period)
