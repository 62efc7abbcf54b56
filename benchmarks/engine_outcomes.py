"""What `engine_faults.py` and `engine_stops.py` share: the endpoint, and what came of one fault."""

import json
import os
import signal
import subprocess
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kill_resume import TOOLMIND

from toolmind_resources.chat.embedded import EmbeddedErrors

CONFIG = f"embedded: {json.dumps(dict.fromkeys(EmbeddedErrors.model_fields, 0))}\n"


@dataclass(frozen=True)
class Outcome:
    """What came of one fault.

    Attributes:
        fault: Its name.
        finished: Dialogues that came to their end.
        dropped: Others, by reason.
        asked: Requests that reached the server.
        replied: Whole replies that it gave.
        repeated: Of those, how many it had given before.
        counted: Calls that the journal holds for paid.
        tokens_differ: By how much the tokens of the two differ.
        rate: Replies a second, between the first and the last tenth.
        share: Of the rate of the fault that it is compared with.
        is_right: Whether each dialogue is finished or dropped for the right reason, and the figures agree.
    """

    fault: str
    finished: int
    dropped: dict[str, int]
    asked: int
    replied: int
    repeated: int
    counted: int
    tokens_differ: int = 0
    rate: float = 0.0
    share: float | None = None
    is_right: bool = True


@contextmanager
def served(folder: Path, *options: str) -> Iterator[int]:
    """The port of a `toolmind serve-model` whose embedded model errs nowhere."""
    (folder / "served.yaml").write_text(CONFIG)
    process = subprocess.Popen(
        [TOOLMIND, "serve-model", "--port", "0", *options],
        cwd=folder,
        env={**os.environ, "TOOLMIND_CONFIG": str(folder / "served.yaml")},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield next(
            int(line.split("127.0.0.1:")[1].split("/")[0]) for line in process.stdout if "127." in line
        )
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def counts(port: int) -> dict[str, Any]:
    """What the server has counted."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/counts", timeout=30) as answer:
        return json.load(answer)


def table(outcomes: Sequence[Outcome]) -> str:
    """The outcomes as Markdown."""
    lines = [
        "| fault | finished | dropped | sent | replies | repeated | in the journal | share of the rate |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in outcomes:
        dropped = ", ".join(f"{n} {reason}" for reason, n in sorted(one.dropped.items())) or "0"
        share = "" if one.share is None else f"{one.share:.0%}"
        mark = "" if one.is_right else " (!)"
        lines.append(
            f"| {one.fault}{mark} | {one.finished} | {dropped} | {one.asked:,} | {one.replied:,} | {one.repeated} | "
            f"{one.counted:,} | {share} |"
        )
    return "\n".join(lines)
