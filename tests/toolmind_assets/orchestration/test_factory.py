"""What a step's asset does beside making: whom its calls are charged to."""

from types import SimpleNamespace

import pytest

from toolmind_assets.orchestration.factory import PERIOD_TAG, charge_of
from toolmind_assets.stages.tasks.stage import SAMPLE_TASKS
from toolmind_resources.chat.model import Charge


@pytest.mark.parametrize(
    ("tags", "parent", "period"),
    [
        ({PERIOD_TAG: "run 7", "dagster/backfill": "b"}, None, "run 7"),
        ({"dagster/backfill": "b"}, None, "b"),
        ({}, None, "this run"),
        ({PERIOD_TAG: "run 7", "dagster/backfill": "b"}, "an earlier run", "this run"),
    ],
)
def test_runs_of_one_command_or_backfill_share_a_budget_and_a_re_execution_has_its_own(tags, parent, period):
    run = SimpleNamespace(tags=tags, parent_run_id=parent, run_id="this run")
    charge = charge_of(SimpleNamespace(run=run), SAMPLE_TASKS, "sim-0001")  # pyright: ignore[reportArgumentType]
    assert charge == Charge(period, "tasks", "sim-0001")
