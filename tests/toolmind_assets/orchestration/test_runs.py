"""Runs that were left behind: closed by the home that they were of, and by no other."""

import pickle
from pathlib import Path

import dagster as dg
import pytest

from toolmind_assets.orchestration import runs
from toolmind_assets.orchestration.runs import HOME_TAG, LAUNCHED_BY, close_dead_runs
from toolmind_assets.orchestration.shards_apart import ends_all
from toolmind_assets.settings.home import home_id
from toolmind_resources.errors import EndpointError, UselessRoleError

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


@dg.asset
def _asked_in_vain() -> None:
    try:
        raise UselessRoleError("6 replies in a row that the role planner cannot use.\nIt said: no")
    except UselessRoleError as error:
        raise dg.Failure("the step stops") from error


def test_a_role_that_never_answers_usably_is_told_as_what_ends_all_and_outlives_a_process():
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([_asked_in_vain], instance=instance, raise_on_error=False)
    told = pickle.loads(pickle.dumps(runs._failure(result)))
    assert isinstance(told, UselessRoleError)
    assert "6 replies in a row that the role planner cannot use.\nIt said: no" in str(told)
    assert ends_all(told)


@pytest.mark.parametrize("kind", [EndpointError, *EndpointError.__subclasses__()])
def test_whatever_is_no_fault_of_a_partition_is_known_by_its_name(kind: type[EndpointError]):
    assert runs._STOPS[kind.__name__] is kind
