"""`toolmind …` over files of anybody's: normalize, link, check, import. They need no project and no Dagster."""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import click

from toolmind_assets.commands.printing import console, replace_option
from toolmind_assets.errors import InputError
from toolmind_assets.model.functions import CatalogForm
from toolmind_assets.settings.config import load_settings
from toolmind_resources.files.output import OutputFolder, output_file


@click.command()
@click.argument("catalogs", nargs=-1, required=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder for functions.parquet and dropped.parquet.",
)
@click.option(
    "--kind",
    type=click.Choice([form.value for form in CatalogForm]),
    help="How the catalogs are written; else detected.",
)
@click.option("--source", default="", help="Where they were published; stands in every row.")
@click.option("--licence", default="unknown", show_default=True, help="Their licence; stands in every row.")
@replace_option
def normalize(
    catalogs: Sequence[str], out: Path, kind: str | None, source: str, licence: str, replace: bool
) -> None:
    """Catalogs in any form -> functions.parquet + dropped.parquet."""
    from toolmind_assets.commands.normalizing import normalized_catalogs

    form = CatalogForm(kind) if kind else None
    with (
        OutputFolder(out, replace) as folder,
        normalized_catalogs(load_settings(), catalogs, form, source, licence, out.absolute().parent) as parts,
    ):
        with folder.open_file("functions.parquet") as file:
            found = parts.count(parts.write_functions(file))
        with folder.open_file("dropped.parquet") as file:
            parts.write_dropped(file)
    console.print(
        f"{found.n_entries} entries: {found.n_functions} distinct functions, "
        f"{found.n_folded} exact duplicates folded, {sum(found.dropped.values())} dropped -> {out}"
    )
    for note in parts.notes:
        console.print(f"  {note}", markup=False)
    for reason, n in sorted(found.dropped.items(), key=lambda pair: (-pair[1], pair[0])):
        console.print(f"  dropped, {reason}: {n}")


@click.command()
@click.argument("functions", type=click.Path(path_type=Path), required=False)
@click.option("--out", type=click.Path(path_type=Path), help="Parquet file for the edges.")
@click.option("--graphml", type=click.Path(path_type=Path), help="GraphML file for the accepted links.")
@click.option("--gexf", type=click.Path(path_type=Path), help="The same as GEXF, for Gephi.")
@click.option(
    "--explain",
    nargs=2,
    metavar="A B",
    help="Say why there is a link from function A to function B, or none.",
)
@replace_option
def link(
    functions: Path | None,
    out: Path | None,
    graphml: Path | None,
    gexf: Path | None,
    explain: tuple[str, str] | None,
    replace: bool,
) -> None:
    """Functions -> the function graph, with its figures.

    FUNCTIONS is a Parquet file that `toolmind normalize` wrote; without it, the graph is the one that the last
    run has made.
    """
    from toolmind_assets.commands.linking import link_functions, linked_by_run
    from toolmind_assets.stages.graph.graph_statistics import graph_statistics, statistics_lines

    named = {"parquet": out, "graphml": graphml, "gexf": gexf}
    places = {form: path for form, path in named.items() if path is not None}
    _refuse_same(*([functions] if functions else []), *places.values())
    if functions and not places and not explain:
        raise InputError("nothing is to be written: name a file with --out, --graphml or --gexf")
    with ExitStack() as opened:
        files = {form: opened.enter_context(output_file(path, replace)) for form, path in places.items()}
        linked = link_functions(load_settings(), functions) if functions else linked_by_run(load_settings())
        for form, file in files.items():
            linked.write(form, file)
    if explain:
        for line in linked.explain(load_settings(), *explain):
            console.print(line, markup=False, highlight=False)
        return
    for line in statistics_lines(graph_statistics(linked.functions(), linked.edges)):
        console.print(line, markup=False)
    for path in places.values():
        console.print(f"-> {path}", markup=False)


@click.command()
@click.argument("dialogues", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="JSONL file for the verdicts.")
@replace_option
def check(dialogues: Path, out: Path, replace: bool) -> None:
    """The turn filter's rules on anybody's dialogues: DIALOGUES.jsonl -> VERDICTS.jsonl."""
    from toolmind_assets.reports.summary import CheckCounts
    from toolmind_assets.stages.trajectories.dialogue_files import check_lines

    counts = CheckCounts()
    _refuse_same(dialogues, out)
    with output_file(out, replace) as file:
        for line in check_lines(_lines(dialogues)):
            counts.add(line)
            file.write((json.dumps(line, ensure_ascii=False) + "\n").encode())
    counts.print(console)
    console.print(f"-> {out}")


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
def import_(
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
    from toolmind_assets.model.dialogue_lines import dialogue_line
    from toolmind_assets.stages.opensets.adapt import adapt_rows, find_adapter
    from toolmind_assets.stages.opensets.sources import shard_rows, stated_source
    from toolmind_resources.files.hub import fetch_file

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


def _refuse_same(*paths: Path) -> None:
    """Keeps a command from writing what it reads, or two files to one place."""
    places = [path.resolve() for path in paths]
    for path, place in zip(paths, places, strict=True):
        if places.count(place) > 1:
            raise InputError(f"{path} is named twice; name another file to write")


def _lines(path: Path) -> Iterator[str]:
    """The lines of a text file; bytes that are no UTF-8 become lone surrogates, which the reader reports."""
    try:
        with path.open(encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            yield from file
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
