"""`toolmind …`: thin commands over the same functions that the assets call.

Only `run`, `ui` and `preview` load Dagster, inside the command: it costs seconds, and the others work without.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import click
import polars as pl
from rich.console import Console

from toolmind_assets.config import Settings, load_settings
from toolmind_assets.errors import InputError, ToolMindError
from toolmind_assets.home import instance_folder
from toolmind_assets.model.functions import CatalogForm
from toolmind_resources.files.output import OutputFolder, output_file

console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)
replace_option = click.option("--replace", is_flag=True, help="Replace what is there.")


class _Commands(click.Group):
    """A group that prints our own errors as one message and nothing more."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except ToolMindError as error:
            errors.print(f"toolmind: {error}", style="red", markup=False)
            ctx.exit(1)
        except KeyboardInterrupt:
            errors.print("toolmind: interrupted; the same command goes on from here", style="red")
            ctx.exit(130)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="toolmind-assets", prog_name="toolmind")
def main() -> None:
    """Tool-use training data from your own function catalogs."""


@main.command()
@click.option(
    "--workers",
    type=click.IntRange(1),
    default=min(2, os.cpu_count() or 1),
    show_default=True,
    help="Shards made at once.",
)
@click.option("--reverse", is_flag=True, help="Make the shards in reverse order; the result is the same.")
@click.option(
    "--dry-run", is_flag=True, help="Only say what a run would ask of your endpoints: calls, tokens, cost."
)
@click.option(
    "--retry-failed", is_flag=True, help="Make shards again that lost rows to requests without a reply."
)
def run(workers: int, reverse: bool, dry_run: bool, retry_failed: bool) -> None:
    """Make everything that is due, from catalogs to exports."""
    settings = load_settings()
    console.print(
        f"toolmind: {settings.file or 'defaults, there is no toolmind.yaml'} -> {settings.home}", markup=False
    )
    from toolmind_assets.jobs import Order, estimate, materialise
    from toolmind_assets.models import new_period
    from toolmind_assets.spent import print_estimates, print_usage
    from toolmind_assets.summary import Progress, print_summary

    if dry_run:
        with Progress(console) as progress:
            estimates = estimate(settings, progress.report)
        print_estimates(console, estimates, settings.config.budget)
        return
    shards = [*settings.config.simulated_shards, *settings.config.open_shards]
    period = new_period("run")
    try:
        with Progress(console) as progress:
            ordered = shards[::-1] if reverse else shards
            made = materialise(Order(settings, workers, ordered, period, progress.report, retry_failed))
        print_summary(console, settings, made.is_nothing, made.removed, made.n_checks)
    finally:
        print_usage(console, settings, period)


@main.command()
@click.option("--period", help="One run or backfill alone; else the sum of each.")
def spending(period: str | None) -> None:
    """What paid models have cost so far, by period, role and shard."""
    from toolmind_assets.spent import print_all_usage

    print_all_usage(console, load_settings(), period)


@main.command()
@click.option(
    "--older-than-days",
    type=click.FloatRange(0),
    default=30.0,
    show_default=True,
    help="Younger replies and table versions stay.",
)
def prune(older_than_days: float) -> None:
    """Delete kept replies that no row rests on, and files that no table version within its retention needs."""
    from toolmind_assets.spent import prune_all

    prune_all(console, load_settings(), older_than_days)


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; loopback unless you change it.",
)
def ui(port: int, host: str) -> None:
    """The Dagster UI, with everything that `toolmind run` made."""
    settings = load_settings()
    environment = {
        "DAGSTER_HOME": str(instance_folder(settings)),
        **os.environ,
        "TOOLMIND_HOME": str(settings.home),
    }
    if settings.file is not None:
        environment["TOOLMIND_CONFIG"] = str(settings.file)
    command = [sys.executable, "-m", "dagster", "dev", "--host", host, "--port", str(port)]
    console.print(f"the UI is at http://{host}:{port} in a few seconds; Ctrl-C ends it")
    raise SystemExit(
        subprocess.call([*command, "-m", "toolmind_assets.definitions"], cwd=settings.root, env=environment)
    )


@main.command()
@click.option(
    "-n", "count", type=click.IntRange(1, 100), default=5, show_default=True, help="Dialogues to show."
)
@click.option("--seed", type=int, default=None, help="Another seed shows others.")
def preview(count: int, seed: int | None) -> None:
    """A few dialogues with their verdicts, to read before many are made. Nothing of them is kept."""
    settings = load_settings()
    from toolmind_assets.jobs import prepare
    from toolmind_assets.preview import preview_dialogues
    from toolmind_assets.summary import Progress

    with Progress(console) as progress:
        store = prepare(settings, progress.report)
    for text in preview_dialogues(settings, store, count, settings.config.seed if seed is None else seed):
        console.print(text, markup=False)
        console.rule()


@main.command()
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
    from toolmind_assets.normalizing import normalize_catalogs

    form = CatalogForm(kind) if kind else None
    found = normalize_catalogs(load_settings(), catalogs, form, source, licence)
    with OutputFolder(out, replace) as folder:
        for name, frame in (("functions.parquet", found.functions), ("dropped.parquet", found.dropped)):
            with folder.open_file(name) as file:
                frame.write_parquet(file)
    console.print(
        f"{found.n_entries} entries: {found.functions.height} distinct functions, "
        f"{found.n_folded} exact duplicates folded, {found.dropped.height} dropped -> {out}"
    )
    for reason, n in found.dropped["reason"].value_counts(sort=True).iter_rows():
        console.print(f"  dropped, {reason}: {n}")


@main.command()
@click.argument("functions", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Parquet file for the edges.")
@replace_option
def link(functions: Path, out: Path, replace: bool) -> None:
    """Functions -> the function graph, as edges.parquet."""
    from toolmind_assets.linking import link_functions

    _refuse_same(functions, out)
    edges = link_functions(load_settings(), functions)
    with output_file(out, replace) as file:
        edges.write_parquet(file)
    accepted = edges.filter(pl.col("verdict") == "accepted").height
    console.print(f"{edges.height} candidate edges, {accepted} accepted -> {out}")


@main.command()
@click.argument("dialogues", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="JSONL file for the verdicts.")
@replace_option
def check(dialogues: Path, out: Path, replace: bool) -> None:
    """The turn filter's rules on anybody's dialogues: DIALOGUES.jsonl -> VERDICTS.jsonl."""
    from toolmind_assets.summary import CheckCounts
    from toolmind_assets.trajectories.dialogue_files import check_lines

    counts = CheckCounts()
    _refuse_same(dialogues, out)
    with output_file(out, replace) as file:
        for line in check_lines(_lines(dialogues)):
            counts.add(line)
            file.write((json.dumps(line, ensure_ascii=False) + "\n").encode())
    counts.print(console)
    console.print(f"-> {out}")


@main.command("import")
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
    from toolmind_assets.opensets.adapt import adapt_rows, find_adapter
    from toolmind_assets.opensets.sources import shard_rows, stated_source
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


@main.command()
@click.option(
    "--format", "formats", multiple=True, required=True, help="trl, openai or llamafactory; may be repeated."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the files.")
@replace_option
def export(formats: Sequence[str], out: Path, replace: bool) -> None:
    """The training set in a trainer's format, with its dataset card."""
    settings = load_settings()
    from toolmind_assets.exporting import write_all
    from toolmind_resources.delta.store import DeltaStore

    _refuse_taken(out, replace, settings)
    with OutputFolder(out, replace) as folder:
        files = write_all(settings, DeltaStore(settings.tables), folder, formats)
    if folder.moved_to:
        console.print(f"what was in {out} is now in {folder.moved_to}")
    for file in files:
        console.print(
            f"{out / file.file}: {file.n_bytes:,} bytes"
            + (f", {file.n_rows:,} samples" if file.n_rows is not None else "")
        )


@main.command("serve-model")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8400, show_default=True, help="0 takes a free one."
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; loopback unless you change it.",
)
@click.option("--model", default="embedded", show_default=True, help="The one model name that is known.")
@click.option(
    "--latency",
    type=click.FloatRange(0),
    default=0.0,
    show_default=True,
    help="Seconds that every answer takes.",
)
@click.option("--jitter", type=click.FloatRange(0, 1), default=0.0, help="Share by which the latency varies.")
@click.option("--fault", "faults", multiple=True, metavar="KIND=RATE", help="A fault, such as rate_limit=0.05.")
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed makes other faults.")
@click.option("--key-env", help="Environment variable with the key that every request must show.")
@click.option("--log", type=click.Path(path_type=Path), help="File to which a line is added for each answer.")
def serve_model(
    port: int,
    host: str,
    model: str,
    latency: float,
    jitter: float,
    faults: Sequence[str],
    seed: int,
    key_env: str | None,
    log: Path | None,
) -> None:
    """The embedded model as an OpenAI-compatible endpoint, which counts its calls and errs on request."""
    from toolmind_assets.serving import serve
    from toolmind_resources.chat.faults import Faults
    from toolmind_resources.chat.server import ServerOptions

    options = ServerOptions(
        model=model,
        latency_seconds=latency,
        latency_jitter=jitter,
        faults=Faults.parse(*faults, seed=seed),
        key_env=key_env,
        log=log,
    )
    serve(console, load_settings(), options, host, port)


@main.command()
@click.argument("subject_id", metavar="ID")
def trace(subject_id: str) -> None:
    """From any id back to the catalog entries with source and licence, and forward to the samples.

    ID is that of a sample, dialogue, task, function, entry, edge, call or verdict, or a function's name.
    """
    from toolmind_assets.tables import TABLES
    from toolmind_assets.trace import trace as follow
    from toolmind_assets.trace_tree import render_trace
    from toolmind_resources.delta.store import DeltaStore

    store = DeltaStore(load_settings().tables)
    by_name = {table.name: table for table in TABLES}

    def read(table: str, partitions: Sequence[str] | None, columns: Sequence[str]) -> pl.DataFrame:
        return store.read(by_name[table], partitions, columns)

    console.print(render_trace(follow(subject_id, read)), markup=False)


def _refuse_same(source: Path, out: Path) -> None:
    if source.resolve() == out.resolve():
        raise InputError(f"{out} is what is read; name another file to write")


def _refuse_taken(out: Path, replace: bool, settings: Settings) -> None:
    """Keeps an export from taking the place of other files, or of the project itself."""
    kept = (settings.root, settings.home, settings.exports, Path.cwd())
    if any(place.resolve().is_relative_to(out.resolve()) for place in kept):
        raise InputError(f"{out} holds the project or what runs have made; name another folder")
    if out.is_dir() and any(out.iterdir()) and not replace:
        raise InputError(f"{out} exists and is not empty; name another folder, or pass --replace")


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


if __name__ == "__main__":
    main()
