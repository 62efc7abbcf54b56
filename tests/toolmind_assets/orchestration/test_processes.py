"""`toolmind run` as users start it: processes of their own for the command, its shards and the endpoint they ask.

What these runs do is tested in test_run.py and test_endpoints.py; here one is killed, and two spend one budget.
"""

from pathlib import Path

import dagster as dg
import pytest

from toolmind_assets.orchestration.code_location import build_defs
from toolmind_assets.stages.registry import TABLES
from toolmind_assets.tables.exports import MANIFESTS
from toolmind_assets.tables.spending import ROLES, USAGE
from toolmind_assets.tables.trajectories import SAMPLES
from toolmind_resources.delta.store import DeltaStore

pytestmark = pytest.mark.slow

BUDGET = 30
"""Less than the calls of the two simulated shards."""
FAULTS = ("rate_limit=0.02", "server_error=0.03", "dropped_connection=0.03", "truncated_body=0.03")
CHAT = """\
chat:
  models:
    - {{name: served, base_url: "{url}/v1", model: embedded, is_served_here: true, retries: 8}}
  roles: {{default: served}}
budget: {{calls: {calls}}}
"""


def _store(root: Path) -> DeltaStore:
    return DeltaStore(root / "home" / "tables")


def test_a_killed_run_taken_up_in_reverse_order_by_two_workers_ends_with_the_same_exports(
    resumed_project, made_project
):
    done = _store(resumed_project.root.parent / "killed").commits(SAMPLES)
    again = _store(resumed_project.root).commits(SAMPLES)
    assert resumed_project.exports == made_project.exports != {}
    assert done and {shard: again[shard].version for shard in done} == {s: c.version for s, c in done.items()}
    assert len(again) == 3


def test_the_instance_in_files_knows_how_every_check_and_every_run_ended(resumed_project):
    keys = list(build_defs(resumed_project.settings).resolve_asset_graph().asset_check_keys)
    with dg.DagsterInstance.from_config(str(resumed_project.home / "dagster")) as instance:
        latest = instance.event_log_storage.get_latest_asset_check_execution_by_key(keys)
        ended = {run.status for run in instance.get_runs()}
    assert {key for key in keys if key not in latest} == set()
    assert {record.status.value for record in latest.values()} == {"SUCCEEDED"}
    assert ended <= {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE}


def _contents(root: Path) -> dict[str, list[tuple[str, str]]]:
    """What the tables hold; manifests tell the models' settings, and spending only what was paid."""
    return {
        table.name: sorted(
            (key or "", commit.content_digest) for key, commit in _store(root).commits(table).items()
        )
        for table in TABLES
        if table not in (MANIFESTS, ROLES, USAGE)
    }


def test_two_processes_spend_one_budget_to_the_last_call_and_pay_nothing_twice(
    empty_project, in_processes, made_project, serve_apart
):
    project = in_processes(empty_project.root)
    faults = [part for fault in FAULTS for part in ("--fault", fault)]
    config = project.root / "toolmind.yaml"
    stated = config.read_text()
    with serve_apart(project.root, *faults) as served:
        config.write_text(stated + CHAT.format(url=served.url, calls=BUDGET))
        stopped = project.refusal("run", "--workers", 2)
        assert f"the budget of {BUDGET} calls is used up" in stopped
        assert served.counts["n_replies"] == BUDGET
        config.write_text(stated + CHAT.format(url=served.url, calls=100_000))
        project.toolmind("run", "--workers", 2)
        counts = served.counts
    assert counts["n_repeated"] == 0
    assert counts["n_replies"] == counts["n_distinct"] > BUDGET
    assert set(counts["faults"]) == {fault.partition("=")[0] for fault in FAULTS}
    assert _contents(project.root) == _contents(made_project.root)
