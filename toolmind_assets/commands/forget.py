"""`toolmind forget`: what rests on a catalog that is gone, and its removal."""

import click

from toolmind_assets.commands.printing import console
from toolmind_assets.settings.config import load_settings
from toolmind_assets.settings.removal import forget_catalog, removal_lines


@click.command()
@click.argument("catalog")
@click.option("--yes", is_flag=True, help="Remove its rows; without it, only show what would go.")
def forget(catalog: str, yes: bool) -> None:
    """Remove a catalog that is no longer configured, after showing what rests on it."""
    removal = forget_catalog(load_settings(), catalog, yes)
    console.print(f"catalog {catalog}", markup=False)
    for line in removal_lines(removal):
        console.print(f"  {line}", markup=False)
    if not yes:
        console.print(f"Nothing was removed. To remove it: toolmind forget {catalog} --yes", markup=False)
        return
    console.print(
        "Its rows are removed; past table versions hold them until their retention ends.\n"
        "toolmind run now makes anew: functions, the graph, shards whose tasks change with them, mixture and exports."
    )
