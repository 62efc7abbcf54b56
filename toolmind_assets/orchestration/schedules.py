"""Schedules: what is made at its hour. Each exists where toolmind.yaml names the hour.

`continue_shards` asks models, so that it wants a budget wherever one of them is paid. All runs that one tick
asks for share the tick's budget, and so does the run of the sensor `export_shards` that follows them.
"""

from collections.abc import Collection, Sequence
from datetime import UTC
from itertools import groupby

import dagster as dg

from toolmind_assets.errors import ConfigError
from toolmind_assets.orchestration.factory import PERIOD_TAG, keys_of
from toolmind_assets.settings.catalog_folder import find_catalogs
from toolmind_assets.settings.config import RootSection, Settings
from toolmind_assets.settings.surroundings import works_of
from toolmind_assets.steps.step import Step
from toolmind_assets.steps.work import Glance, Work
from toolmind_resources.delta.resource import StoreResource
from toolmind_resources.delta.store import DeltaStore

CONTINUED = {"toolmind/launched_by": "continue_shards"}
"""The tag of all runs that continue what is due: shards, and what follows them."""
ACTIVE = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
"""Statuses of runs that have not ended."""
ALL_ASSETS_JOB = "__ASSET_JOB"
"""Dagster's own job of all assets: a target that is a selection wants one kind of partitions for all of it."""


def catalog_runs(
    settings: Settings, names: Collection[str], partitions: Sequence[str]
) -> list[dg.RunRequest]:
    """Runs that read and normalise the catalogs `names`, one for each stretch of neighbouring partitions.

    Dagster names the partitions of a run by the first and the last. All catalogs together are one run.
    """
    stretches = [list(stretch) for is_named, stretch in groupby(partitions, names.__contains__) if is_named]
    return [
        dg.RunRequest(
            run_key=None,
            asset_selection=keys_of(*settings.pipeline.of_catalogs),
            tags={
                "dagster/asset_partition_range_start": stretch[0],
                "dagster/asset_partition_range_end": stretch[-1],
            },
        )
        for stretch in stretches
    ]


def shard_works(settings: Settings, shard: str) -> list[Work]:
    """The steps that make a shard, in their order."""
    return works_of(settings, settings.pipeline.of_shards(settings.config.kind_of(shard)))


def is_continued(config: RootSection) -> bool:
    """Whether what is due is continued by itself.

    Raises:
        ConfigError: it is asked for with paid models and without a budget.
    """
    is_asked = bool(config.automation.continue_cron)
    if is_asked and config.chat.endpoints and not config.budget.is_limited:
        roles = ", ".join(config.chat.endpoints)
        raise ConfigError(
            f"automation.continue_cron asks endpoints by itself, for the roles {roles}: set a limit in "
            "budget (calls, tokens or usd), which then holds for each tick, or leave continue_cron empty"
        )
    return is_asked


def build_schedules(settings: Settings) -> list[dg.ScheduleDefinition]:
    """The schedules that the configuration asks for.

    Raises:
        ConfigError: one of them is no cron schedule, or would ask paid models without a budget.
    """
    try:
        schedules = [_refresh_catalogs(settings)] if settings.config.automation.refresh_cron else []
        return schedules + ([_continue_shards(settings)] if is_continued(settings.config) else [])
    except dg.DagsterInvalidDefinitionError as error:
        raise ConfigError(f"automation.refresh_cron, automation.continue_cron: {error}") from error


def _refresh_catalogs(settings: Settings) -> dg.ScheduleDefinition:
    @dg.schedule(
        settings.config.automation.refresh_cron,
        name="refresh_catalogs",
        description="Reads all catalogs again; what has not changed stays as it is.",
        execution_timezone=settings.config.automation.time_zone,
        target=keys_of(*settings.pipeline.of_catalogs),
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def refresh_catalogs(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest] | dg.SkipReason:
        """One run of every catalog that is a partition; the sensor `catalog_files` adds and removes these."""
        partitions = context.instance.get_dynamic_partitions("catalogs")
        runs = catalog_runs(settings, find_catalogs(settings).keys() & partitions, partitions)
        return runs or dg.SkipReason("there is no catalog yet")

    return refresh_catalogs


def _continue_shards(settings: Settings) -> dg.ScheduleDefinition:
    @dg.schedule(
        settings.config.automation.continue_cron,
        name="continue_shards",
        description="Makes the shards that are due, all of them within one budget; then mixture and exports.",
        execution_timezone=settings.config.automation.time_zone,
        job_name=ALL_ASSETS_JOB,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def continue_shards(
        context: dg.ScheduleEvaluationContext, store: StoreResource
    ) -> list[dg.RunRequest] | dg.SkipReason:
        """A run for each shard that is due, so that a failure costs one."""
        active = context.instance.get_runs_count(dg.RunsFilter(statuses=ACTIVE, tags=CONTINUED))
        if active:
            return dg.SkipReason(f"runs of the tick before that are still at work: {active}")
        tables = Glance(store.store())
        time = context.scheduled_execution_time.astimezone(UTC)
        tags = {**CONTINUED, PERIOD_TAG: f"continue {time:%Y-%m-%dT%H:%M:%SZ}"}
        stale = stale_steps(settings, tables)
        if stale:  # shards would be paid for twice: they follow at the next tick
            return [dg.RunRequest(run_key="graph", asset_selection=keys_of(*stale), tags=tags)]
        due = due_shards(settings, tables)
        runs = [
            # As a tag: a run request with a partition key wants one kind of partitions, and those that judge
            # have the shards of both kinds.
            dg.RunRequest(
                run_key=shard,
                asset_selection=keys_of(*(work.step for work in works)),
                tags={**tags, "dagster/partition": shard},
            )
            for shard, works in due.items()
        ]
        return runs or dg.SkipReason("every shard is up to date")

    return continue_shards


def stale_steps(settings: Settings, store: DeltaStore) -> list[Step]:
    """The steps from catalogs to graph that are due, and those after the first of them, which may become so."""
    works = works_of(settings, settings.pipeline.of_corpus)
    first = next((place for place, work in enumerate(works) if work.is_due(store, None)), len(works))
    return [work.step for work in works[first:]]


def due_shards(settings: Settings, store: DeltaStore) -> dict[str, list[Work]]:
    """Shard -> its steps, of the shards with a step that is due."""
    works = {shard: shard_works(settings, shard) for shard in settings.config.all_shards}
    return {
        shard: steps for shard, steps in works.items() if any(work.is_due(store, shard) for work in steps)
    }
