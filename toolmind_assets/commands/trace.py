"""`toolmind trace`: from any id to its sources, and to what it went into."""

from collections.abc import Sequence

import click
import polars as pl

from toolmind_assets.commands.printing import console
from toolmind_assets.reports.trace import trace as follow
from toolmind_assets.reports.trace_tree import render_trace
from toolmind_assets.settings.config import load_settings
from toolmind_resources.delta.store import DeltaStore


@click.command()
@click.argument("subject_id", metavar="ID")
def trace(subject_id: str) -> None:
    """From any id back to its sources with their licences, and forward to the samples.

    ID is that of a sample, dialogue, task, function, entry, edge, call or verdict, or a function's name.
    """
    settings = load_settings()
    store = DeltaStore(settings.tables)
    by_name = {table.name: table for table in settings.pipeline.tables}

    def read(table: str, partitions: Sequence[str] | None, columns: Sequence[str]) -> pl.DataFrame:
        return store.read(by_name[table], partitions, columns)

    console.print(render_trace(follow(subject_id, read)), markup=False)
