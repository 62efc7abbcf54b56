"""`toolmind prune`: deletes what nothing needs any more."""

import click

from toolmind_assets.commands.printing import console
from toolmind_assets.settings.config import load_settings
from toolmind_assets.settings.home import locked_home
from toolmind_resources.chat.journal import Journal
from toolmind_resources.delta.store import DeltaStore


@click.command()
@click.option(
    "--older-than-days",
    type=click.FloatRange(0),
    default=30.0,
    show_default=True,
    help="Younger replies and table versions stay.",
)
def prune(older_than_days: float) -> None:
    """Delete kept replies and table files that nothing needs any more.

    Replies go that no row rests on, and files that no table version within its retention needs.
    """
    settings = load_settings()
    with locked_home(settings.home):
        if settings.journal.is_file():
            pruned = Journal(settings.journal).prune(older_than_days)
            console.print(f"{pruned.n_replies:,} replies that no row rests on, {pruned.n_bytes:,} bytes")
        store = DeltaStore(settings.tables)
        n_files = sum(store.vacuum(table) for table in settings.pipeline.tables)
    console.print(f"{n_files:,} files of table versions past their retention")
