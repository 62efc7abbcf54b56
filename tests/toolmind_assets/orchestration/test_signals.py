"""`toolmind run` and signals: real processes, an endpoint that takes its time, and what is left when all is over."""

import re
import signal
import time
from collections.abc import Callable
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


def _wait(is_so: Callable[[], bool]) -> None:
    """Looks until it is so, for two minutes at most."""
    ends_at = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < ends_at
        time.sleep(0.05)


def _stopped(project: Any, served: Any, workers: int, *signals: signal.Signals) -> tuple[int, str, float]:
    """Exit code, all words, and the seconds till the end, of a run that gets signals while calls are under way."""
    process = project.start("run", "--workers", workers)
    _wait(lambda: served.counts["n_requests"] >= 6 or process.poll() is not None)
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
    empty_project, in_processes, serve_apart, number, workers, code
):
    project = in_processes(empty_project.root)
    config = project.root / "toolmind.yaml"
    stated = config.read_text()
    with serve_apart(project.root, "--latency", 1.5) as served:
        config.write_text(stated + CHAT.format(url=served.url))
        returned, words, _ = _stopped(project, served, workers, number)
        counts = served.counts
        assert returned == code
        assert re.search(r"stopping: (1 reply is|\d+ replies are) under way and awaited", words)
        assert "interrupted; the same command goes on from here" in words
        assert counts["n_replies"] == counts["n_requests"]
        usage = DeltaStore(project.home / "tables").read(USAGE)
        assert usage["n_calls"].sum() == counts["n_replies"]
        assert usage["n_lost"].sum() == 0


def test_a_second_signal_ends_all_at_once_and_what_was_lost_stands_in_spending(
    empty_project, in_processes, serve_apart
):
    project = in_processes(empty_project.root)
    config = project.root / "toolmind.yaml"
    stated = config.read_text()
    with serve_apart(project.root, "--latency", 20) as served:
        config.write_text(stated + CHAT.format(url=served.url))
        code, words, seconds = _stopped(project, served, 2, signal.SIGINT, signal.SIGINT)
        assert code == 130
        assert seconds < 10
        assert "stopping" in words
        n_asked = served.counts["n_requests"]
    lost = sum(one.n_lost for one in Journal(project.home / "chat" / "journal.sqlite").usage())
    assert lost == n_asked
    assert f"{lost} calls were under way when their process ended" in project.toolmind("spending")
    config.write_text(stated)
    project.toolmind("run")
    assert DeltaStore(project.home / "tables").read(USAGE)["n_lost"].sum() == n_asked
    assert DeltaStore(project.home / "tables").read(ROLES)["n_lost"].sum() == n_asked
