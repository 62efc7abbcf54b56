"""`toolmind verify`: every check of every table, on the whole; a run verifies what was made since they held last."""

import click

from toolmind_assets.commands.printing import console
from toolmind_assets.commands.progress_bars import Progress
from toolmind_assets.errors import InputError
from toolmind_assets.reports.verification import verified_file, verify_tables
from toolmind_assets.settings.config import load_settings
from toolmind_assets.settings.home import locked_home
from toolmind_resources.delta.store import DeltaStore


@click.command()
def verify() -> None:
    """Every check of every table, on all that was ever made.

    A run verifies what was made since the checks held last. This also finds what was altered afterwards, or what a
    check forbids that is newer than the rows.
    """
    settings = load_settings()
    store, tables = DeltaStore(settings.tables), settings.pipeline.tables
    if all(store.version(table) is None for table in tables):
        raise InputError(f"there are no tables in {settings.tables}; make them: toolmind run")
    with locked_home(settings.home), Progress(console) as progress:
        held = verify_tables(store, tables, verified_file(settings), progress.report, is_whole=True)
    for check in held.waiting:
        console.print(f"not judged: {check}", markup=False)
    console.print(
        f"{held.n_checks} checks hold on all that there is: schemas, keys, parents, and that nothing is lost."
    )
