"""What the command line shows: progress while it works, and what came of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table as TextTable

from toolmind_assets.model.drops import DropReason
from toolmind_assets.settings.config import Settings
from toolmind_assets.settings.surroundings import training_set_of
from toolmind_assets.tables.exports import MANIFESTS
from toolmind_assets.tables.mixture import MIXED_SAMPLES
from toolmind_assets.tables.specs import COMPLETIONS_DROPPED
from toolmind_resources.delta.store import DeltaStore


class Progress:
    """A bar for each part of a run; plain lines where the output is no terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars = Bars(
            TextColumn("{task.description:<22}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def report(self, what: str, n_done: int, n_total: int) -> None:
        """Shows that `n_done` of `n_total` parts are done."""
        if not self._console.is_terminal:
            if n_done and n_done % max(1, n_total // 8) == 0:
                self._console.print(f"{what}: {n_done} of {n_total}")
            return
        if what not in self._tasks:
            self._tasks[what] = self._bars.add_task(what, total=n_total)
        self._bars.update(self._tasks[what], completed=n_done, total=n_total)


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
    for stage, reason, count in facts.drops:
        if stage in ("catalogs", "specs", "opensets", "tasks", "dialogues"):
            again = "; again with: toolmind run --retry-failed" if reason == DropReason.CHAT_FAILED else ""
            console.print(f"dropped in {stage}, {reason}: {count:,}  (table {stage}/dropped{again})")
    if n_open := store.read(COMPLETIONS_DROPPED, columns=["subject_id"]).height:
        again = "; again with: toolmind run --retry-failed"
        console.print(f"functions left as they are: {n_open:,}  (table {COMPLETIONS_DROPPED.name}{again})")
    scenarios = ", ".join(f"{name or 'none'} {count:,}" for name, count in facts.counts["scenario"].items())
    console.print(f"{facts.n_samples:,} samples from {facts.n_dialogues:,} dialogues: {scenarios}")
    if not facts.n_samples:
        console.print(
            "[bold red]There is no sample.[/bold red] Where tasks were dropped as dead_end, the functions are too few "
            "or too loosely linked for walks and plans: lower tasks.walk_min, or bring more functions.",
        )
    console.print(f"All {n_checks} checks hold: schemas, keys, parents, and that nothing is lost.")
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
                *[f"  toolmind trace {sample_id}" for sample_id in example],
                f"  {settings.root / config.section('catalogs').folder}: drop your own catalog there, then toolmind run",
            ]
        ),
        markup=False,
    )
    if any("=embedded" in model for model in facts.models):
        console.print(
            "Made by the embedded model, which stands in for a language model: to see the form, not to train on."
        )


class CheckCounts:
    """Outcomes of checked dialogues, messages and calls."""

    def __init__(self) -> None:
        self._outcomes: Counter[tuple[str, str]] = Counter()
        self._codes: Counter[tuple[str, str]] = Counter()

    def add(self, line: Mapping[str, Any]) -> None:
        """Counts one line of verdicts."""
        is_message = line.get("message_index") is not None
        subject = "call" if line.get("call_index") is not None else "message" if is_message else "dialogue"
        self._outcomes[subject, line["outcome"]] += 1
        for reason in line.get("reasons", []):
            self._codes[line["outcome"], reason["code"]] += 1

    def print(self, console: Console) -> None:
        """A table of outcomes by subject, and the findings by code."""
        table = TextTable("subject", "pass", "fail", "unverifiable", box=None, padding=(0, 2, 0, 0))
        for subject in ("dialogue", "message", "call"):
            counts = [self._outcomes[subject, outcome] for outcome in ("pass", "fail", "unverifiable")]
            total = sum(counts)
            shares = [f"{count:,} ({count / total:.1%})" if total else "0" for count in counts]
            table.add_row(subject, *shares)
        console.print(table)
        for (outcome, code), count in self._codes.most_common(20):
            console.print(f"  {outcome}, {code}: {count:,}", markup=False)
