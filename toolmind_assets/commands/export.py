"""`toolmind export`: the training set as files of a trainer's format."""

from collections.abc import Sequence
from pathlib import Path

import click

from toolmind_assets.commands.printing import console
from toolmind_assets.commands.written_files import replace_option
from toolmind_assets.errors import InputError
from toolmind_assets.settings.config import Settings, load_settings
from toolmind_assets.settings.surroundings import training_set_of
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.files.output import OutputFolder


@click.command()
@click.option(
    "--format", "formats", multiple=True, required=True, help="trl, openai or llamafactory; may be repeated."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the files.")
@replace_option
def export(formats: Sequence[str], out: Path, replace: bool) -> None:
    """The training set in a trainer's format, with its dataset card."""
    settings = load_settings()
    _refuse_taken(out, replace, settings)
    training_set = training_set_of(settings, DeltaStore(settings.tables))
    with OutputFolder(out, replace) as folder:
        files, _ = training_set.write(folder, formats)
    if folder.moved_to:
        console.print(f"what was in {out} is now in {folder.moved_to}")
    for file in files:
        console.print(
            f"{out / file.file}: {file.n_bytes:,} bytes"
            + (f", {file.n_rows:,} samples" if file.n_rows is not None else "")
        )


def _refuse_taken(out: Path, replace: bool, settings: Settings) -> None:
    """Keeps an export from taking the place of other files, or of the project itself."""
    kept = (settings.root, settings.home, settings.exports, Path.cwd())
    if any(place.resolve().is_relative_to(out.resolve()) for place in kept):
        raise InputError(f"{out} holds the project or what runs have made; name another folder")
    if out.is_dir() and any(out.iterdir()) and not replace:
        raise InputError(f"{out} exists and is not empty; name another folder, or pass --replace")
