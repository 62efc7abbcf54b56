"""How near does the engine come to what the official client can do? Whole dialogues, 200 ms a reply.

.venv/bin/python benchmarks/engine.py [--home HOME] [--repeats N] [--seconds S] [--only PART]

The stage `simulate_dialogues` acts dialogues out against an endpoint that counts (`engine_endpoint.py`); beside it,
in turn, the bare official client walks the same dialogues, with the same prompts in the same order of dependence
(`engine_walks.py`). Endpoint and clients are processes of their own on one machine. Of each run there is told

- calls a second: answers that the endpoint gave between the first and the last tenth of them;
- CPU milliseconds a call: user and system time of the client's process, all its threads, from its first request to
  its last reply, start-up and imports left out, over the calls that it made;
- the peak of its resident memory.

Figures are medians; shares are medians of the shares of runs that stood next to each other. HOME is that of a finished
`toolmind run`, whose tasks are acted out; without it a small one is made first. Ends with one line of JSON.
"""

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).resolve().parent
LATENCY_SECONDS = 0.2
SETTLED_SECONDS = 0.25
"""A reply that was sent so long before a kill is there to be kept."""
RUN_SECONDS = 600
"""Longest that one run may last."""
CALLS_A_DIALOGUE = 12
"""Roughly, to choose how many dialogues fill the wanted seconds."""


@dataclass(frozen=True)
class Setting:
    """What is run.

    Attributes:
        in_flight: Requests at once, over all processes.
        dialogues: How many, over all processes.
        processes: Of the client.
        has_tail: Whether one of twenty replies takes five times as long.
        latency_seconds: Of each reply.
    """

    in_flight: int
    dialogues: int
    processes: int = 1
    has_tail: bool = False
    latency_seconds: float = LATENCY_SECONDS


@dataclass(frozen=True)
class Figures:
    """What one run came to."""

    rate: float
    cpu_ms: float
    peak_mib: float
    grown_mib: float
    n_calls: int


@contextmanager
def endpoint(folder: Path, setting: Setting) -> Iterator[int]:
    """The port of a counting endpoint."""
    words = [str(folder / "replies.pickle"), "--latency", str(setting.latency_seconds)]
    command = [sys.executable, str(HERE / "engine_endpoint.py"), *words]
    process = subprocess.Popen(command + ["--tail"] * setting.has_tail, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(10)


def counts(port: int) -> dict[str, Any]:
    """What the endpoint has counted so far."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/counts", timeout=30) as answer:
        return json.load(answer)


def start(folder: Path, client: str, port: int, setting: Setting, *more: str) -> list[subprocess.Popen[str]]:
    """The processes of one client."""
    n = setting.processes
    shared = [
        str(folder),
        client,
        "--dialogues",
        str(setting.dialogues // n),
        "--port",
        str(port),
        "--in-flight",
        str(setting.in_flight // n),
    ]
    command, each = [sys.executable, str(HERE / "engine_walks.py"), *shared], setting.dialogues // n
    return [
        subprocess.Popen(
            [*command, "--first", str(number * each), *more],
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(n)
    ]


def measure(folder: Path, client: str, setting: Setting, *more: str) -> Figures:
    """One run of one client, with a fresh endpoint and a fresh journal."""
    for old in folder.glob("journal.sqlite*"):
        old.unlink()
    with endpoint(folder, setting) as port:
        told = [_told(process) for process in start(folder, client, port, setting, *more)]
        counted = counts(port)
    if counted["n_unknown"] or any(one["n_dropped"] for one in told):
        raise SystemExit(f"{client} lost its way: {counted}, {told}")
    n_calls = counted["n_answered"]
    figures = Figures(
        rate=round(counted["rate"], 1),
        cpu_ms=round(1000 * sum(one["cpu_seconds"] for one in told) / n_calls, 3),
        peak_mib=max(one["peak_mib"] for one in told),
        grown_mib=max(one["grown_mib"] for one in told),
        n_calls=n_calls,
    )
    print(f"  {client:7} {setting} -> {figures}", flush=True)
    return figures


def _told(process: subprocess.Popen[str]) -> dict[str, Any]:
    said, _ = process.communicate(timeout=RUN_SECONDS)
    if process.returncode:
        raise SystemExit(f"a client ended with {process.returncode}")
    return json.loads(said.splitlines()[-1])


def side_by_side(folder: Path, setting: Setting, n_repeats: int) -> tuple[list[Figures], list[Figures]]:
    """Runs of the engine and of the bare client, in turn."""
    pairs = [(measure(folder, "engine", setting), measure(folder, "bare", setting)) for _ in range(n_repeats)]
    return [ours for ours, _ in pairs], [bare for _, bare in pairs]


def share(ours: Sequence[Figures], bare: Sequence[Figures], name: str) -> float:
    """The median of the shares of runs side by side."""
    pairs = zip(ours, bare, strict=True)
    return round(median(getattr(one, name) / getattr(other, name) for one, other in pairs), 3)


def middle(runs: Sequence[Figures], name: str) -> float:
    """The median of some runs."""
    return round(median(getattr(one, name) for one in runs), 3)


def repeated_after_kill(folder: Path, setting: Setting, n_calls: int) -> int:
    """How many answered calls are made again after a kill half way, replies in flight at the kill left out."""
    for old in folder.glob("journal.sqlite*"):
        old.unlink()
    with endpoint(folder, setting) as port:
        (process,) = start(folder, "engine", port, setting)
        while counts(port)["n_answered"] < n_calls // 2:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        killed_at = time.time()
        process.communicate()
        time.sleep(2 * setting.latency_seconds)
        (again,) = start(folder, "engine", port, setting)
        _told(again)
        asked_again = counts(port)["again"]
    in_flight = [answered for answered, _ in asked_again if answered > killed_at - SETTLED_SECONDS]
    print(
        f"  killed after {n_calls // 2} replies: {len(in_flight)} of {setting.in_flight} in flight were lost"
    )
    return len(asked_again) - len(in_flight)


def rates(folder: Path, n_repeats: int, seconds: float) -> dict[str, Any]:
    """How both clients do at 64 and 256 in flight, in two processes, and with a tail."""

    def setting(in_flight: int, **more: Any) -> Setting:
        n_calls = seconds * min(in_flight / LATENCY_SECONDS, 600)
        return Setting(in_flight, max(2 * in_flight, int(n_calls / CALLS_A_DIALOGUE)), **more)

    few = side_by_side(folder, setting(64), n_repeats)
    many = side_by_side(folder, setting(256), n_repeats)
    apart = side_by_side(folder, setting(256, processes=2), n_repeats)
    tail = side_by_side(folder, setting(64, has_tail=True), n_repeats)
    found: dict[str, Any] = {}
    for name, runs in {"64": few, "256": many, "256_two_processes": apart, "64_tail": tail}.items():
        found |= {f"rps_{name}": middle(runs[0], "rate"), f"bare_rps_{name}": middle(runs[1], "rate")}
        found |= {f"share_{name}": share(*runs, "rate")}
    return found | {
        "cpu_ms_per_call": middle(few[0], "cpu_ms"),
        "bare_cpu_ms_per_call": middle(few[1], "cpu_ms"),
        "cpu_share": share(*few, "cpu_ms"),
    }


def growth(folder: Path, n_fewer: int, n_more: int) -> dict[str, Any]:
    """By how much the process is larger after so many more dialogues; the endpoint answers at once."""
    fewer, more = (
        measure(folder, "engine", Setting(256, n, latency_seconds=0.01)) for n in (n_fewer, n_more)
    )
    return {"peak_mib": more.peak_mib, "growth_mib": round(more.peak_mib - fewer.peak_mib, 1)}


def small_home(folder: Path) -> Path:
    """The home of a small run with the embedded model."""
    from kill_resume import finish, make_project, start_run

    project = make_project(folder / "project", "")
    finish(start_run(project))
    return project / "home"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--home", type=Path, help="of a finished run, whose tasks are acted out")
    parser.add_argument("--tasks", type=int, default=200, help="most of its tasks")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=20, help="that a run at 64 in flight lasts at best")
    parser.add_argument("--grow", type=int, nargs=2, default=(1_000, 10_000), help="dialogues of both runs")
    parser.add_argument("--only", choices=("rates", "growth", "kill"), help="one part alone")
    options = parser.parse_args()
    from engine_walks import record

    summary: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        n_calls = record(options.home or small_home(folder), options.tasks, folder)
        print(f"{n_calls:.2f} calls a dialogue")
        if options.only in (None, "rates"):
            summary |= rates(folder, options.repeats, options.seconds)
        if options.only in (None, "growth"):
            summary |= growth(folder, *options.grow)
        if options.only in (None, "kill"):
            n_repeated = repeated_after_kill(folder, Setting(64, 150), int(150 * n_calls))
            summary |= {"repeated_calls_after_kill": n_repeated}
    print(json.dumps(summary))


if __name__ == "__main__":
    main()
