"""Runs that were left behind: closed by the home that they were of, and by no other."""

from pathlib import Path

import dagster as dg

from toolmind_assets.orchestration.runs import HOME_TAG, LAUNCHED_BY, close_dead_runs
from toolmind_assets.settings.home import home_id

STARTED, FAILED = dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.FAILURE


@dg.op
def _nothing() -> None:
    pass


@dg.job
def _any_job() -> None:
    _nothing()


def _left_behind(instance: dg.DagsterInstance, parent: str | None = None, **tags: str) -> str:
    run = instance.create_run_for_job(
        _any_job, status=STARTED, tags={**LAUNCHED_BY, **tags}, parent_run_id=parent, root_run_id=parent
    )
    return run.run_id


def test_of_an_instance_that_homes_share_only_ones_own_dead_runs_are_closed(tmp_path: Path):
    home = tmp_path / "home"
    ours = {HOME_TAG: home_id(home)}
    with dg.DagsterInstance.ephemeral() as instance:
        dead = _left_behind(instance, **ours)
        of_others = [
            _left_behind(instance, **{HOME_TAG: home_id(tmp_path / "another")}),
            _left_behind(instance),
            _left_behind(instance, parent=dead, **ours),
            _left_behind(instance, **ours, **{"toolmind/launched_by": "continue_shards"}),
        ]
        close_dead_runs(instance, home)
        statuses = {run.run_id: run.status for run in instance.get_runs()}
    assert statuses == {dead: FAILED, **dict.fromkeys(of_others, STARTED)}
