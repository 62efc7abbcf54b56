"""Where the command line prints, and the option that several commands have."""

import click
from rich.console import Console

console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)
replace_option = click.option("--replace", is_flag=True, help="Replace what is there.")
