"""`toolmind run` and signals: real processes, an endpoint that takes its time, and what is left when all is over."""

import json
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from toolmind_assets.tables.spending import ROLES, USAGE
from toolmind_resources.chat.journal import Journal
from toolmind_resources.delta.store import DeltaStore

pytestmark = pytest.mark.slow

CHAT = """\
chat:
  models:
    - {{name: served, base_url: "{url}/v1", model: embedded, is_served_here: true, retries: 0}}
  roles: {{default: served, edge_validator: embedded}}
"""


@contextmanager
def _served(folder: Path, latency: float) -> Iterator[str]:
    """The address of a `toolmind serve-model` that takes `latency` seconds for an answer."""
    command = [
        Path(sys.executable).with_name("toolmind"),
        "serve-model",
        "--port",
        "0",
        "--latency",
        str(latency),
    ]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = (re.search(r"http://127\.0\.0\.1:\d+", line) for line in process.stdout)
        yield next(match.group() for match in found if match)
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _counts(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{url}/counts", timeout=10) as answer:
        return json.load(answer)


def _wait(is_so: Callable[[], bool]) -> None:
    """Looks until it is so, for two minutes at most."""
    ends_at = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < ends_at
        time.sleep(0.05)


def _stopped(project: Any, url: str, workers: int, *signals: signal.Signals) -> tuple[int, str, float]:
    """Exit code, all words, and the seconds till the end, of a run that gets signals while calls are under way."""
    process = project.start("run", "--workers", workers)
    _wait(lambda: _counts(url)["n_requests"] >= 6 or process.poll() is not None)
    started = psutil.Process(process.pid).children(recursive=True)
    sent_at = time.monotonic()
    for number in signals:
        process.send_signal(number)
        time.sleep(0.5)
    output, messages = process.communicate(timeout=60)
    seconds = time.monotonic() - sent_at
    _, alive = psutil.wait_procs(started, timeout=5)
    assert alive == []
    assert "Traceback" not in output + messages
    return process.returncode, output + messages, seconds


@pytest.mark.parametrize(
    ("number", "workers", "code"),
    [(signal.SIGINT, 2, 130), (signal.SIGTERM, 1, 143), (signal.SIGHUP, 2, 129)],
)
def test_after_a_signal_nothing_more_is_asked_and_what_was_under_way_is_kept(
    empty_project, in_processes, number, workers, code
):
    project = in_processes(empty_project.root)
    config = project.root / "toolmind.yaml"
    stated = config.read_text()
    with _served(project.root, latency=1.5) as url:
        config.write_text(stated + CHAT.format(url=url))
        returned, words, _ = _stopped(project, url, workers, number)
        counts = _counts(url)
        assert returned == code
        assert re.search(r"stopping: (1 reply is|\d+ replies are) under way and awaited", words)
        assert "interrupted; the same command goes on from here" in words
        assert counts["n_replies"] == counts["n_requests"]
        usage = DeltaStore(project.home / "tables").read(USAGE)
        assert usage["n_calls"].sum() == counts["n_replies"]
        assert usage["n_lost"].sum() == 0


def test_a_second_signal_ends_all_at_once_and_what_was_lost_stands_in_spending(empty_project, in_processes):
    project = in_processes(empty_project.root)
    config = project.root / "toolmind.yaml"
    stated = config.read_text()
    with _served(project.root, latency=20) as url:
        config.write_text(stated + CHAT.format(url=url))
        code, words, seconds = _stopped(project, url, 2, signal.SIGINT, signal.SIGINT)
        assert code == 130
        assert seconds < 10
        assert "stopping" in words
        n_asked = _counts(url)["n_requests"]
    lost = sum(one.n_lost for one in Journal(project.home / "chat" / "journal.sqlite").usage())
    assert lost == n_asked
    assert f"{lost} calls were under way when their process ended" in project.toolmind("spending")
    config.write_text(stated)
    project.toolmind("run")
    assert DeltaStore(project.home / "tables").read(USAGE)["n_lost"].sum() == n_asked
    assert DeltaStore(project.home / "tables").read(ROLES)["n_lost"].sum() == n_asked
