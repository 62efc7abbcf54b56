"""What does a killed run pay twice? `toolmind run` against `toolmind serve-model`, killed with SIGKILL.

Each trial starts with nothing, is killed together with all its processes up to a third of a second after a random
one of its replies, and is run again to its end: counted in replies, since a moment by the clock falls between the
steps that ask, or after them all, wherever the machine has other work. Its tables must hold the same rows as those
of a run that nobody killed and that asked the embedded model in-process; a call whose reply the server had finished
250 ms before the kill must not be made again.
Replies in flight at the kill are counted apart. Prints a line a trial, and ends with one line of JSON.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolmind_assets.stages.registry import TABLES
from toolmind_assets.tables.exports import MANIFESTS
from toolmind_assets.tables.spending import USAGE
from toolmind_resources.delta.store import DeltaStore

ROOT = Path(__file__).resolve().parents[1]
CATALOGS = ("mcp/mcp-server-git.json", "openapi/groundhog-day.com.json", "mcp/mcp-server-time.json")
TOOLMIND = Path(sys.executable).with_name("toolmind")
SETTLED_SECONDS = 0.25
LATEST_SECONDS = 0.3
"""Longest time from the reply that a kill is counted from to the kill."""
START_SECONDS = 300
"""Longest wait for that reply."""
CONFIG = """\
shards: {simulated: 2}
tasks: {tasks_per_shard: 24, walk_min: 2}
"""
ENDPOINT = """\
chat:
  models:
    - {{name: served, base_url: "http://127.0.0.1:{port}/v1", model: embedded, is_served_here: true}}
  roles: {{default: served}}
"""


@dataclass(frozen=True)
class Trial:
    """What one killed run came to."""

    killed_after_seconds: float
    killed_after_replies: int
    n_before: int
    n_after: int
    n_repeated: int
    n_repeated_in_flight: int
    is_same: bool


def make_project(root: Path, endpoint: str) -> Path:
    """A small project in `root` whose chat models are as `endpoint` says."""
    (root / "catalogs").mkdir(parents=True)
    for name in CATALOGS:
        shutil.copy(ROOT / "catalogs" / name, root / "catalogs")
    (root / "toolmind.yaml").write_text(CONFIG + endpoint)
    return root


def start_run(root: Path) -> subprocess.Popen[bytes]:
    """`toolmind run` in a process group of its own."""
    environment = {
        **os.environ,
        "TOOLMIND_CONFIG": str(root / "toolmind.yaml"),
        "TOOLMIND_HOME": str(root / "home"),
    }
    return subprocess.Popen(
        [TOOLMIND, "run", "--workers", "2"],
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def finish(process: subprocess.Popen[bytes]) -> None:
    """Waits for a run to end well."""
    output, _ = process.communicate(timeout=600)
    if process.returncode:
        raise SystemExit(f"the run failed:\n{output.decode()}")


def contents(root: Path) -> dict[str, list[tuple[str, str]]]:
    """Content digest of every partition of every table; of the manifests and the spending, which differ, none."""
    store = DeltaStore(root / "home" / "tables")
    return {
        table.name: sorted((key or "", commit.content_digest) for key, commit in store.commits(table).items())
        for table in TABLES
        if table not in (MANIFESTS, USAGE)
    }


@contextmanager
def served(log: Path, latency_seconds: float) -> Iterator[int]:
    """The port of a `toolmind serve-model` that logs every reply."""
    process = subprocess.Popen(
        [TOOLMIND, "serve-model", "--port", "0", "--latency", str(latency_seconds), "--log", str(log)],
        cwd=log.parent,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        port = next(
            int(line.split("127.0.0.1:")[1].split("/")[0]) for line in process.stdout if "127.0.0.1:" in line
        )
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def replies(log: Path) -> list[dict[str, Any]]:
    """Every finished reply of the server."""
    return [json.loads(line) for line in log.read_text().splitlines()] if log.is_file() else []


def wait_for_replies(process: subprocess.Popen[bytes], log: Path, n_lines: int) -> None:
    """Returns as soon as the log has this many lines."""
    end = time.monotonic() + START_SECONDS
    while log.read_bytes().count(b"\n") < n_lines:
        if process.poll() is not None or time.monotonic() > end:
            raise SystemExit(f"the run did not ask as much as one that nobody killed: {process.poll()=}")
        time.sleep(0.005)


def try_kill(root: Path, log: Path, n_replies: int, delay_seconds: float, wanted: dict[str, Any]) -> Trial:
    """One run, killed `delay_seconds` after that many replies and taken up again."""
    n_earlier = len(replies(log))
    started = time.time()
    process = start_run(root)
    wait_for_replies(process, log, n_earlier + n_replies)
    time.sleep(delay_seconds)
    killed_at = time.time()
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    time.sleep(1)  # what the server is still answering ends
    before = replies(log)[n_earlier:]
    finish(start_run(root))
    after = replies(log)[n_earlier + len(before) :]
    settled = {one["key"] for one in before if one["finished"] <= killed_at - SETTLED_SECONDS}
    in_flight = {one["key"] for one in before} - settled
    asked = Counter(one["key"] for one in after)
    within = sum(n - 1 for n in Counter(one["key"] for one in before).values())
    repeated = sum(n for key, n in asked.items() if key in settled)
    repeated += sum(n - 1 for key, n in asked.items() if key not in settled) + within
    return Trial(
        killed_after_seconds=round(killed_at - started, 2),
        killed_after_replies=n_replies,
        n_before=len(before),
        n_after=len(after),
        n_repeated=repeated,
        n_repeated_in_flight=sum(key in in_flight for key in asked),
        is_same=contents(root) == wanted,
    )


def measure(n_trials: int, seed: int, latency_seconds: float, folder: Path) -> dict[str, Any]:
    """All trials, printed as they end."""
    generator = random.Random(seed)
    reference = make_project(folder / "in-process", "")
    finish(start_run(reference))
    wanted = contents(reference)
    log = folder / "replies.jsonl"
    with served(log, latency_seconds) as port:
        whole = make_project(folder / "whole", ENDPOINT.format(port=port))
        started = time.time()
        finish(start_run(whole))
        seconds = time.time() - started
        is_same = contents(whole) == wanted
        n_calls = len(replies(log))
        print(f"a whole run: {n_calls} calls in {seconds:.1f} s, same rows as in-process: {is_same}")
        trials = []
        for number in range(n_trials):
            root = make_project(folder / f"trial-{number}", ENDPOINT.format(port=port))
            n_replies, delay = generator.randrange(1, n_calls), generator.uniform(0, LATEST_SECONDS)
            trial = try_kill(root, log, n_replies, delay, wanted)
            trials.append(trial)
            print(f"{number + 1:3}: {trial}", flush=True)
            shutil.rmtree(root)
    return {
        "trials": n_trials,
        "calls_of_a_run": n_calls,
        "same_rows_as_in_process": is_same,
        "same_rows_after_kill": sum(trial.is_same for trial in trials),
        "killed_with_replies": sum(trial.n_before > 0 for trial in trials),
        "repeated": sum(trial.n_repeated for trial in trials),
        "repeated_in_flight": sum(trial.n_repeated_in_flight for trial in trials),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="one kill instead of twenty")
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.02, help="seconds a reply takes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        summary = measure(1 if options.quick else options.trials, options.seed, options.latency, Path(folder))
    print(json.dumps(summary))
    if summary["repeated"] or summary["same_rows_after_kill"] < summary["trials"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
