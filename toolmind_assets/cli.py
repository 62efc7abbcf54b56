"""`toolmind …`: thin commands over the same functions that the assets call.

Only `run`, `ui` and `preview` load Dagster, inside the command: it costs seconds, and the others work without.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from toolmind_assets.commands.file_commands import check, import_, link, normalize
from toolmind_assets.commands.printing import console, errors, replace_option
from toolmind_assets.errors import InputError, ToolMindError
from toolmind_assets.settings.config import Settings, load_settings
from toolmind_assets.settings.dagster_files import instance_folder, workspace_arguments
from toolmind_resources.files.output import OutputFolder


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
    from toolmind_assets.orchestration.jobs import Order, estimate, materialise
    from toolmind_assets.reports.costs import print_estimates, print_usage
    from toolmind_assets.reports.summary import Progress, print_summary
    from toolmind_assets.settings.chat_models import new_period

    if dry_run:
        with Progress(console) as progress:
            estimates = estimate(settings, progress.report)
        print_estimates(console, estimates, settings.config.budget)
        return
    shards = settings.config.all_shards
    period = new_period("run")
    try:
        with Progress(console) as progress:
            ordered = shards[::-1] if reverse else shards
            made = materialise(Order(settings, workers, ordered, period, progress.report, retry_failed))
        print_summary(console, settings, made.is_nothing, made.removed, made.n_checks)
    finally:
        print_usage(console, settings, period)


@main.command()
@click.argument("catalog")
@click.option("--yes", is_flag=True, help="Remove its rows; without it, only show what would go.")
def forget(catalog: str, yes: bool) -> None:
    """Remove a catalog that is no longer configured, after showing what rests on it."""
    from toolmind_assets.settings.removal import forget_catalog, removal_lines

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


@main.command()
@click.option("--period", help="One run or backfill alone; else the sum of each.")
def spending(period: str | None) -> None:
    """What paid models have cost so far, by period, role and shard."""
    from toolmind_assets.reports.costs import print_all_usage

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
    from toolmind_assets.reports.costs import prune_all

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
    command += workspace_arguments(settings)
    raise SystemExit(subprocess.call(command, cwd=settings.root, env=environment))


@main.command()
@click.option(
    "-n", "count", type=click.IntRange(1, 100), default=5, show_default=True, help="Dialogues to show."
)
@click.option("--seed", type=int, default=None, help="Another seed shows others.")
def preview(count: int, seed: int | None) -> None:
    """A few dialogues with their verdicts, to read before many are made.

    Catalogs, functions and graph are made first. Nothing of the dialogues is kept but the replies of your
    endpoints: the same preview costs nothing again.
    """
    settings = load_settings()
    from toolmind_assets.commands.preview import preview_dialogues
    from toolmind_assets.orchestration.jobs import prepare
    from toolmind_assets.reports.costs import print_usage
    from toolmind_assets.reports.summary import Progress
    from toolmind_assets.settings.chat_models import new_period

    period = new_period("preview")
    chosen = settings.config.seed if seed is None else seed
    try:
        with Progress(console) as progress:
            store = prepare(settings, period, progress.report)
        for text in preview_dialogues(settings, store, period, count, chosen):
            console.print(text, markup=False)
            console.rule()
    finally:
        print_usage(console, settings, period)


@main.command()
@click.option(
    "--format", "formats", multiple=True, required=True, help="trl, openai or llamafactory; may be repeated."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the files.")
@replace_option
def export(formats: Sequence[str], out: Path, replace: bool) -> None:
    """The training set in a trainer's format, with its dataset card."""
    settings = load_settings()
    from toolmind_assets.settings.surroundings import training_set_of
    from toolmind_resources.delta.store import DeltaStore

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
@click.option(
    "--fault", "faults", multiple=True, metavar="KIND=RATE", help="A fault, such as rate_limit=0.05."
)
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
    from toolmind_assets.commands.serving import serve
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

    ID is that of any row, such as sample_1f0c... or entry_..., or a function's name.
    """
    from toolmind_assets.reports.trace import trace as follow
    from toolmind_assets.reports.trace_tree import render_trace
    from toolmind_resources.delta.store import DeltaStore

    settings = load_settings()
    found = follow(subject_id, settings.pipeline.tables, DeltaStore(settings.tables).read)
    console.print(render_trace(found), markup=False)


def _refuse_taken(out: Path, replace: bool, settings: Settings) -> None:
    """Keeps an export from taking the place of other files, or of the project itself."""
    kept = (settings.root, settings.home, settings.exports, Path.cwd())
    if any(place.resolve().is_relative_to(out.resolve()) for place in kept):
        raise InputError(f"{out} holds the project or what runs have made; name another folder")
    if out.is_dir() and any(out.iterdir()) and not replace:
        raise InputError(f"{out} exists and is not empty; name another folder, or pass --replace")


for command in (normalize, link, check, import_):
    main.add_command(command)

if __name__ == "__main__":
    main()
