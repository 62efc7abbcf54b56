"""Single Dagster runs from the command line, in the instance that the UI shows."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import dagster as dg

from toolmind_assets.errors import ToolMindError
from toolmind_assets.orchestration.code_location import build_defs
from toolmind_assets.orchestration.factory import keys_of
from toolmind_assets.settings.config import Settings
from toolmind_assets.settings.dagster_files import instance_folder
from toolmind_assets.settings.home import home_id
from toolmind_assets.steps.work import Work
from toolmind_resources.errors import (
    BudgetError,
    EndpointError,
    StoppedError,
    UnansweredError,
    UselessRoleError,
)

LAUNCHED_BY = {"toolmind/launched_by": "toolmind run"}
"""The tag of runs that the command line launched."""
HOME_TAG = "toolmind/home"
"""The tag that says whose runs they are: several homes may share an instance."""
_STOPS: dict[str, type[ToolMindError]] = {
    kind.__name__: kind
    for kind in (BudgetError, EndpointError, StoppedError, UnansweredError, UselessRoleError)
}
"""Errors of a step that are no fault of its partition: the rest need not be tried."""
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@contextmanager
def open_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The Dagster instance: that of DAGSTER_HOME where set, else that of dagster.yaml, kept under the home."""
    if os.environ.get("DAGSTER_HOME"):
        with dg.DagsterInstance.get() as instance:
            yield instance
        return
    with dg.DagsterInstance.from_config(str(instance_folder(settings))) as instance:
        yield instance


def close_dead_runs(instance: dg.DagsterInstance, home: Path) -> None:
    """Marks runs as failed that a killed `toolmind run` of this home left behind; its lock says that none is alive."""
    alive = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.NOT_STARTED]
    tags = {**LAUNCHED_BY, HOME_TAG: home_id(home)}
    for run in instance.get_runs(dg.RunsFilter(statuses=alive, tags=tags)):
        if run.parent_run_id is not None:
            continue  # a re-execution from the UI, which copies the tags of the run that it repeats
        instance.report_run_failed(run, "the process that ran this was ended from outside")


@dataclass(frozen=True)
class Launcher:
    """Executes runs of a project in this process.

    Attributes:
        settings: The project.
        instance: Where the runs stand, for the UI to show.
    """

    settings: Settings
    instance: dg.DagsterInstance

    def execute(self, works: Sequence[Work], tags: Mapping[str, str]) -> None:
        """One run of the steps' assets and their checks; its partitions are named by tags.

        Raises:
            ToolMindError: a step raised one, or a check failed.
        """
        result = self._job.execute_in_process(
            asset_selection=keys_of(*(work.step for work in works)),
            instance=self.instance,
            run_config=_QUIET,
            tags={**LAUNCHED_BY, HOME_TAG: home_id(self.settings.home), **tags},
            raise_on_error=False,
        )
        if not result.success:
            raise _failure(result)

    @cached_property
    def _job(self) -> dg.JobDefinition:
        return build_defs(self.settings).resolve_implicit_global_asset_job_def()


def _failure(result: dg.ExecuteInProcessResult) -> ToolMindError:
    """The run's first failure as one message."""
    for evaluation in result.get_asset_check_evaluations():
        if not evaluation.passed and evaluation.severity is dg.AssetCheckSeverity.ERROR:
            table = "/".join(evaluation.asset_key.path)
            return ToolMindError(
                f"check {evaluation.check_name} of {table} failed: {evaluation.description}\n"
                f"Nothing downstream was made. The run is {result.run_id} in the UI."
            )
    for event in result.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.error
            cause = error.cause if error and error.cause else error
            name = (cause.cls_name or "") if cause else ""
            said = (cause.message if cause else "unknown error").strip()
            message = re.sub(rf"^(\w+\.)*{re.escape(name)}: ", "", said)
            kind = _STOPS.get(name, ToolMindError)
            return kind(f"step {event.step_key} failed: {message}\nThe run is {result.run_id} in the UI.")
    return ToolMindError(f"the run {result.run_id} failed; open it in the UI: toolmind ui")
