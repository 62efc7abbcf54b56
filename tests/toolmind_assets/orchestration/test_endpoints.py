"""`toolmind run` against the embedded model behind a port: the same rows, nothing paid twice, budgets, one message a fault.

The server drops connections, refuses and breaks off at random all the while; no row may depend on it.
"""

import shutil
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from toolmind_assets.stages.registry import TABLES
from toolmind_assets.tables.exports import MANIFESTS
from toolmind_assets.tables.spending import ROLES, USAGE
from toolmind_assets.tables.tasks import TASKS_DROPPED
from toolmind_resources.delta.store import DeltaStore

FAULTS = ("rate_limit=0.02", "server_error=0.03", "dropped_connection=0.03", "truncated_body=0.03")
CHAT = """\
chat:
  models:
    - {{name: served, base_url: "{url}/v1", model: {model}, is_served_here: true, retries: {retries}{more}}}
  roles: {{{role}: served}}
"""
ONE_SHARD = """\
shards: {simulated: 1}
tasks: {tasks_per_shard: 30, walk_min: 2}
"""
PRICES = ", usd_per_million_prompt_tokens: 1, usd_per_million_completion_tokens: 4"


def _contents(home: Path) -> dict[str, list[tuple[str, str]]]:
    """What the tables hold; manifests tell the models' settings, and spending only what was paid."""
    store = DeltaStore(home / "tables")
    return {
        table.name: sorted((key or "", commit.content_digest) for key, commit in store.commits(table).items())
        for table in TABLES
        if table not in (MANIFESTS, ROLES, USAGE)
    }


def _configure(root: Path, url: str, role: str = "default", **fields: Any) -> None:
    """Has a role played by the endpoint at `url`."""
    fields = {"model": "embedded", "retries": 8, "more": "", **fields}
    stated = (root / "toolmind.yaml").read_text().partition("chat:")[0]
    (root / "toolmind.yaml").write_text(stated + CHAT.format(url=url, role=role, **fields))


@dataclass(frozen=True)
class Story:
    """A project made through an endpoint: estimated, stopped by its budget, taken up again, and run once more."""

    home: Path
    estimated: list[int]
    budget: int
    stopped: str
    counts_at_stop: dict[str, Any]
    finished: str
    counts: dict[str, Any]
    counts_after_another_run: dict[str, Any]


@pytest.fixture(scope="module")
def story(made_project, serve, tmp_path_factory) -> Story:
    root = tmp_path_factory.mktemp("served") / "project"
    shutil.copytree(made_project.root, root, ignore=shutil.ignore_patterns("home"))
    with dg.DagsterInstance.ephemeral() as instance, serve(*FAULTS) as served:
        project = type(made_project)(root, instance)
        _configure(root, served.url, more=PRICES)
        estimated = project.toolmind("run", "--dry-run")
        line = next(line for line in estimated.splitlines() if line.startswith("all "))
        figures = [int(figure.replace(",", "")) for figure in line.split()[1:4]]
        budget = figures[0] * 2 // 3
        with (root / "toolmind.yaml").open("a") as file:
            file.write(f"budget: {{calls: {budget}}}\n")
        stopped = project.refusal("run")
        counts_at_stop = served.counts
        finished = project.toolmind("run")
        counts = served.counts
        assert "Nothing to do" in project.toolmind("run")
        return Story(project.home, figures, budget, stopped, counts_at_stop, finished, counts, served.counts)


def test_the_rows_are_those_that_the_same_model_makes_in_process(story: Story, made_project) -> None:
    assert _contents(story.home) == _contents(made_project.home)


def test_no_reply_is_paid_twice_whatever_was_refused_broken_off_or_stopped(story: Story) -> None:
    assert story.counts["n_repeated"] == 0
    assert story.counts["n_replies"] == story.counts["n_distinct"] > 0
    assert set(story.counts["faults"]) == {fault.partition("=")[0] for fault in FAULTS}
    assert story.counts_after_another_run == story.counts


def test_the_estimate_is_within_a_fifth_of_what_the_server_counts(story: Story) -> None:
    counted = [story.counts[name] for name in ("n_replies", "prompt_tokens", "completion_tokens")]
    for estimate, count in zip(story.estimated, counted, strict=True):
        assert estimate == pytest.approx(count, rel=0.2)


def test_the_budget_stops_a_run_at_its_limit_and_the_next_run_goes_on(story: Story) -> None:
    assert f"the budget of {story.budget} calls is used up" in story.stopped
    assert "toolmind run goes on from here" in story.stopped
    assert story.counts_at_stop["n_replies"] == story.budget
    assert "samples from" in story.finished


def test_what_was_spent_is_told_and_stands_in_a_table(story: Story) -> None:
    usage = DeltaStore(story.home / "tables").read(USAGE)
    assert usage["n_calls"].sum() == story.counts["n_replies"]
    assert usage["prompt_tokens"].sum() == story.counts["prompt_tokens"]
    assert usage["completion_tokens"].sum() == story.counts["completion_tokens"]
    price = (story.counts["prompt_tokens"] + 4 * story.counts["completion_tokens"]) / 1e6
    assert usage["usd"].sum() == pytest.approx(price)
    assert {"sim-0000", "sim-0001", "open-glaive-00", ""} == set(usage["partition"])
    assert "turn_judge" in story.finished


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def test_an_endpoint_that_cannot_be_used_is_one_message_and_costs_no_row(project, serve, monkeypatch):
    before = _contents(project.home)
    monkeypatch.setenv("RIGHT_KEY", "right-key-of-the-server")
    monkeypatch.setenv("WRONG_KEY", "wrong-key-of-somebody")
    nowhere = f"http://127.0.0.1:{_free_port()}"
    with serve(key_env="RIGHT_KEY") as locked, serve("html=1") as page:
        faults = (
            (nowhere, {}, "cannot reach embedded at "),
            (locked.url, {"more": ", api_key_env: WRONG_KEY"}, "the key in WRONG_KEY is not accepted"),
            (
                locked.url,
                {"more": ", api_key_env: RIGHT_KEY", "model": "gpt"},
                "the model or the path is unknown",
            ),
            (
                locked.url,
                {"more": ", api_key_env: ABSENT_KEY"},
                "set the environment variable ABSENT_KEY",
            ),
            (page.url, {}, "an HTML page: check base_url"),
        )
        for number, (url, fields, message) in enumerate(faults):
            _configure(project.root, url, role="intent_writer", retries=1, **fields)
            refused = project.refusal("run" if number == 0 else "preview")
            assert message in refused
            assert "toolmind_resources" not in refused
            assert _contents(project.home) == before


def test_rows_lost_to_requests_without_a_reply_are_had_again(project, serve):
    """In each run most of what is asked stays without an answer; what does so twice is lost, till it is asked again."""
    root = project.root
    (root / "toolmind.yaml").write_text(ONE_SHARD)
    with serve("server_error=0.5") as served:
        _configure(root, served.url, role="intent_writer", retries=0)
        codes = []
        while 0 not in codes and len(codes) < 8:
            code, lost, messages = project.call("run")
            codes.append(code)
            assert code == 0 or "nothing else was answered meanwhile" in messages
        asked = served.counts
    assert "chat_failed" in lost and "--retry-failed" in lost
    with serve() as served:
        _configure(root, served.url, role="intent_writer", retries=0)
        assert "Nothing to do" in project.toolmind("run")
        again = project.toolmind("run", "--retry-failed")
        assert (asked["n_repeated"], served.counts["n_repeated"]) == (0, 0)
        assert 0 < served.counts["n_replies"] < asked["n_replies"]
    assert "chat_failed" not in again
    reasons = DeltaStore(project.home / "tables").read(TASKS_DROPPED, columns=["reason"])["reason"]
    assert set(reasons) <= {"dead_end"}  # so few functions bear not every kind of plan
