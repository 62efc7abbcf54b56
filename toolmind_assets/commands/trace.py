"""`toolmind trace`: from any id to its sources, and to what it went into."""

import click

from toolmind_assets.commands.printing import console
from toolmind_assets.reports.trace import trace as follow
from toolmind_assets.reports.trace_tree import render_trace
from toolmind_assets.settings.config import load_settings
from toolmind_resources.delta.store import DeltaStore


@click.command()
@click.argument("subject_id", metavar="ID")
def trace(subject_id: str) -> None:
    """From any id back to its sources with their licences, and forward to the samples.

    ID is that of any row, such as sample_1f0c... or entry_..., or a function's name.
    """
    settings = load_settings()
    found = follow(subject_id, settings.pipeline.tables, DeltaStore(settings.tables).read)
    console.print(render_trace(found), markup=False)
