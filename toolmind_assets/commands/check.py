"""`toolmind check`: the turn filter's rules on anybody's dialogues."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table as TextTable

from toolmind_assets.commands.printing import console
from toolmind_assets.commands.written_files import refuse_same, replace_option
from toolmind_assets.errors import InputError
from toolmind_assets.stages.trajectories.dialogue_files import check_lines
from toolmind_resources.files.output import output_file


@click.command()
@click.argument("dialogues", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="JSONL file for the verdicts.")
@replace_option
def check(dialogues: Path, out: Path, replace: bool) -> None:
    """The turn filter's rules on anybody's dialogues: DIALOGUES.jsonl -> VERDICTS.jsonl."""
    counts = CheckCounts()
    refuse_same(dialogues, out)
    with output_file(out, replace) as file:
        for line in check_lines(_lines(dialogues)):
            counts.add(line)
            file.write((json.dumps(line, ensure_ascii=False) + "\n").encode())
    counts.print(console)
    console.print(f"-> {out}")


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


def _lines(path: Path) -> Iterator[str]:
    """The lines of a text file; bytes that are no UTF-8 become lone surrogates, which the reader reports."""
    try:
        with path.open(encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            yield from file
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
