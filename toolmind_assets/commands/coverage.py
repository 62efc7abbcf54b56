"""`toolmind coverage`: which functions the simulated dialogues use."""

import click

from toolmind_assets.commands.printing import console
from toolmind_assets.reports.coverage import measure_use, names_of_unused, print_coverage
from toolmind_assets.settings.config import load_settings
from toolmind_resources.delta.store import DeltaStore


@click.command()
@click.option(
    "--names", is_flag=True, help="The functions that no dialogue called, one a line, tabs between."
)
def coverage(names: bool) -> None:
    """Which functions are offered, planned and called, by catalog, and the names of those that are not."""
    found = measure_use(DeltaStore(load_settings().tables))
    if not names:
        print_coverage(console, found)
        return
    for line in names_of_unused(found):
        click.echo(line)
