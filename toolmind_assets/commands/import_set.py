"""`toolmind import`: an open set in the dialogue form. `import` itself is a word of Python."""

import json
from pathlib import Path
from typing import BinaryIO

import click

from toolmind_assets.commands.printing import console
from toolmind_assets.commands.written_files import replace_option
from toolmind_assets.errors import InputError
from toolmind_assets.model.dialogue_lines import dialogue_line
from toolmind_assets.settings.config import load_settings
from toolmind_assets.stages.opensets.adapt import adapt_rows, find_adapter
from toolmind_assets.stages.opensets.sources import shard_rows, stated_source
from toolmind_resources.files.hub import fetch_file
from toolmind_resources.files.output import output_file


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--set", "set_name", required=True, help="Which open set it is, such as glaive.")
@click.option("--hub", metavar="ID", help="Instead of PATH: a data set on the Hugging Face hub.")
@click.option("--hub-file", help="The file in that data set, such as data.json.")
@click.option("--revision", help="Branch, tag or commit of that data set; main where not given.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="JSONL file for the dialogues.")
@click.option("--licence", default="unknown", show_default=True)
@click.option("--max-rows", type=click.IntRange(0), default=0, help="Rows read from the start; 0 for all.")
@replace_option
def import_set(
    path: Path | None,
    set_name: str,
    hub: str | None,
    hub_file: str | None,
    revision: str | None,
    out: Path,
    licence: str,
    max_rows: int,
    replace: bool,
) -> None:
    """An open set -> the dialogue form, as DIALOGUES.jsonl."""
    name = find_adapter(set_name).name
    place = {"path": path and str(path), "hub": hub, "hub_file": hub_file, "revision": revision}
    source = stated_source(name=name, set=name, licence=licence, max_rows=max_rows, **place)
    if source.hub is not None:
        fetched = fetch_file(source.hub, source.hub_file, source.revision, load_settings().home / "hub")
        console.print(f"{source.hub} at {fetched.commit}", markup=False)
        path = fetched.path
    shard = source.shards[0]
    with _opened(path or Path()) as file:
        read = adapt_rows(source, shard, shard_rows(source, shard, file))
    with output_file(out, replace) as file:
        for dialogue in read.dialogues:
            file.write((json.dumps(dialogue_line(dialogue), ensure_ascii=False) + "\n").encode())
    console.print(f"{len(read.dialogues)} dialogues, {len(read.drops)} rows dropped -> {out}")
    for drop in read.drops[:5]:
        console.print(f"  dropped, {drop.reason.value}: {drop.detail}", markup=False)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
