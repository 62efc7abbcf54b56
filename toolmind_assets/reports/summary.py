"""What the command line shows after a run: what came of it, and what to do next."""

import math
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table as TextTable

from toolmind_assets.errors import ToolMindError
from toolmind_assets.reports.advice import Dropped, dropped_rows, most_frequent
from toolmind_assets.reports.costs import n_passing
from toolmind_assets.reports.coverage import coverage_line, measure_use
from toolmind_assets.settings.config import Settings
from toolmind_assets.settings.surroundings import training_set_of
from toolmind_assets.tables.exports import MANIFESTS
from toolmind_assets.tables.mixture import MIXED_SAMPLES
from toolmind_assets.tables.specs import COMPLETIONS_DROPPED
from toolmind_resources.delta.store import DeltaStore


def print_summary(
    console: Console, settings: Settings, is_nothing: bool, removed: Sequence[str], n_checks: int
) -> None:
    """What there is now, where it is, and what to do next."""
    store = DeltaStore(settings.tables)

    config = settings.config
    facts = training_set_of(settings, store).facts()
    for name in removed:
        console.print(f"removed, since it is no longer configured: {name}")
    if is_nothing:
        console.print("[bold]Nothing to do:[/bold] everything is up to date.")
    table = TextTable(show_header=False, box=None, padding=(0, 2, 0, 0))
    for what, count in facts.funnel:
        table.add_row(what, f"{count:,}")
    console.print(table)
    dropped = dropped_rows(store, settings.pipeline.tables)
    _print_dropped(console, dropped)
    if n_open := store.read(COMPLETIONS_DROPPED, columns=["subject_id"]).height:
        again = "; again with: toolmind run --retry-failed"
        console.print(f"functions left as they are: {n_open:,}  (table {COMPLETIONS_DROPPED.name}{again})")
    used = coverage_line(measure_use(store))
    console.print(f"{used}  (which ones: toolmind coverage --names)")
    scenarios = ", ".join(f"{name or 'none'} {count:,}" for name, count in facts.counts["scenario"].items())
    console.print(f"{facts.n_samples:,} samples from {facts.n_dialogues:,} dialogues: {scenarios}")
    if not facts.n_samples:
        _print_why_none(console, dropped)
    if n_checks:
        console.print(
            f"All {n_checks} checks hold on what was made: schemas, keys, parents, and that nothing is lost."
        )
    example = store.read(MIXED_SAMPLES, columns=["sample_id"])["sample_id"].head(1).to_list()
    files = [f"  {settings.exports / file}" for file in store.read(MANIFESTS, columns=["file"])["file"]]
    console.print("[bold]Where[/bold]")
    console.print("\n".join([*files, f"  {settings.tables} (Delta tables)"]), markup=False)
    console.print("[bold]Next[/bold]")
    console.print(
        "\n".join(
            [
                "  toolmind ui                     the tables, checks and a dialogue, in the browser",
                "  toolmind preview -n 3           a few dialogues with their verdicts, in the terminal",
                "  toolmind verify                 every check, on all that was ever made",
                *[f"  toolmind trace {sample_id}" for sample_id in example],
                f"  {settings.root / config.section('catalogs').folder}: drop your own catalog there, then toolmind run",
            ]
        ),
        markup=False,
    )
    if "assistant_agent=embedded" in facts.models:
        console.print(
            "Made by the embedded model, which stands in for a language model: to see the form, not to train on."
        )


def refuse_too_few(settings: Settings, accept: int) -> None:
    """Says where all shards together hold fewer samples than were wanted.

    Raises:
        ToolMindError: they do; it tells what to set.
    """
    n_samples = n_passing(settings)
    if n_samples >= accept:
        return
    n_shards = settings.config.shards.simulated
    needed = f"{math.ceil(n_shards * accept / n_samples):,}" if n_samples and n_shards else "more"
    raise ToolMindError(
        f"{n_samples:,} of {accept:,} samples stand, and all configured shards are made: set shards.simulated to "
        f"{needed} (it is {n_shards:,}), then run the same command again"
    )


def _print_dropped(console: Console, dropped: Sequence[Dropped]) -> None:
    """What was dropped, by stage and reason, each with an example and with what to do about it."""
    for one in dropped:
        console.print(f"dropped in {one.stage}, {one.reason.value}: {one.n_rows:,}", markup=False)
        console.print(f"  such as: {one.example}", markup=False, style="dim")
        if one.advice:
            console.print(f"  what to do: {one.advice}", markup=False)


def _print_why_none(console: Console, dropped: Sequence[Dropped]) -> None:
    """Why there is no sample: what the latest stage lost most rows to."""
    console.print("[bold red]There is no sample.[/bold red]")
    for stages in (("trajectories",), ("dialogues", "opensets"), ("tasks",), ("catalogs", "specs")):
        if (worst := most_frequent(dropped, stages)) is not None:
            console.print(
                f"Most rows were lost in {worst.stage}, {worst.reason.value}: {worst.advice}.", markup=False
            )
            return
