"""What commands that write files have in common: the option to replace, and what is never written over."""

from pathlib import Path

import click

from toolmind_assets.errors import InputError

replace_option = click.option("--replace", is_flag=True, help="Replace what is there.")


def refuse_same(*paths: Path) -> None:
    """Keeps a command from writing what it reads, or two files to one place.

    Raises:
        InputError: two of the paths are the same.
    """
    places = [path.resolve() for path in paths]
    for path, place in zip(paths, places, strict=True):
        if places.count(place) > 1:
            raise InputError(f"{path} is named twice; name another file to write")
