"""Sensors: what follows by itself. Files in the folder of catalogs become runs, their functions become a graph.

Automation stops before model calls unless a budget is configured: functions that a paid model completes, and a
graph whose links one validates, follow only then, and tasks and everything after them never do. `continue_shards` asks for those.
"""

import json
from collections.abc import Mapping

import dagster as dg

from toolmind_assets.model.ids import digest
from toolmind_assets.orchestration.assets.catalogs import STEP as READ
from toolmind_assets.orchestration.assets.catalogs import work as reading
from toolmind_assets.orchestration.assets.exports import STEP as EXPORT
from toolmind_assets.orchestration.assets.exports import work as exporting
from toolmind_assets.orchestration.assets.mixture import STEP as MIX
from toolmind_assets.orchestration.assets.mixture import work as mixing
from toolmind_assets.orchestration.assets.specs import (
    COMPLETE,
    FOLD,
    NORMALIZE,
    is_completing_free,
    normalizing,
)
from toolmind_assets.orchestration.assets.spending import WORK as SPENDING
from toolmind_assets.orchestration.factory import PERIOD_TAG, key_of
from toolmind_assets.orchestration.partitions import CATALOGS, SETTINGS
from toolmind_assets.orchestration.schedules import (
    ACTIVE,
    CONTINUED,
    Glance,
    catalog_runs,
    is_continued,
    keys_of,
)
from toolmind_assets.settings.catalog_folder import Catalog, find_catalogs
from toolmind_assets.settings.chat_models import is_free
from toolmind_assets.settings.config import Settings, ToolMindConfig
from toolmind_assets.settings.removal import stray_catalogs
from toolmind_assets.steps.step import Step
from toolmind_assets.tables import EDGES, NEAR_DUPLICATES
from toolmind_resources.chat.model import Role
from toolmind_resources.delta.resource import StoreResource
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.errors import FileAccessError

INTERVAL_SECONDS = 15
CATALOG_FILES = "catalog_files"
EXPORT_SHARDS = "export_shards"
MAX_EXPORTS = 3
"""Times that mixture and exports of one tick are asked for, where they fail: what is at fault may pass, or not."""


def build_sensors(settings: Settings) -> list[dg.SensorDefinition]:
    """The sensors that the configuration asks for; all of them are on from the start."""
    automation = dg.AutomationConditionSensorDefinition(
        "default_automation_condition_sensor",
        target=dg.AssetSelection.all(),
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Completes and folds functions when a catalog was made, and builds the graph when functions were.",
    )
    return [catalog_files, automation, *([_export_shards(settings)] if is_continued(settings.config) else [])]


def conditions_of(config: ToolMindConfig) -> dict[dg.AssetKey, dg.AutomationCondition]:
    """What makes an asset follow its parents, of those that do.

    Completions and functions follow the catalogs that there are: partitions never made neither hold them up nor
    set them off. They, and the graph, follow where that costs nothing, or a budget says how much it may.
    """
    eager = dg.AutomationCondition.eager()
    is_checked = dg.AutomationCondition.all_deps_blocking_checks_passed()
    if not _may_complete(config):
        return {}
    follows_catalogs = eager.without(~dg.AutomationCondition.any_deps_missing()) & is_checked
    conditions: dict[dg.AssetKey, dg.AutomationCondition] = {}
    for key in keys_of(COMPLETE, FOLD):
        conditions[key] = follows_catalogs
    conditions[key_of(NEAR_DUPLICATES)] = eager & is_checked
    is_affordable = is_free(config, [Role.EDGE_VALIDATOR]) or config.budget.is_limited
    if is_affordable and config.embedder.kind != "openai":  # no budget covers embeddings
        conditions[key_of(EDGES)] = eager & is_checked
    return conditions


def _may_complete(config: ToolMindConfig) -> bool:
    """Whether functions may be completed unasked: it costs nothing, or a budget says how much it may."""
    return is_completing_free(config) or config.budget.is_limited


def _removing_steps(config: ToolMindConfig) -> list[Step]:
    """The steps that remove catalogs that are gone; folding does, whatever completing costs."""
    return [COMPLETE, FOLD] if _may_complete(config) else [FOLD]


@dg.sensor(
    name=CATALOG_FILES,
    description="Reads catalogs whose files were added or changed, and removes those that are gone.",
    target=keys_of(READ, NORMALIZE, COMPLETE, FOLD),
    minimum_interval_seconds=INTERVAL_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def catalog_files(context: dg.SensorEvaluationContext, store: StoreResource) -> dg.SensorResult:
    """Keeps the partitions equal to what is configured, and asks for the runs that make or remove them.

    The cursor holds what was asked for and is still to be made: catalog -> digest of what it is made from, ""
    for one that is gone. The same is asked for once, and once more by itself where the run that it was in
    failed; it is asked for anew as soon as the file changes.
    """
    tables, found = Glance(store.store()), find_catalogs(SETTINGS)
    known = context.instance.get_dynamic_partitions("catalogs")
    gone = {*known, *stray_catalogs(tables, found)} - found.keys()
    due = _due_catalogs(context, tables, found)
    wanted = due | dict.fromkeys(gone, "")
    asked = json.loads(context.cursor or "{}")
    fresh = {name for name, content in wanted.items() if asked.get(name) != content}
    added = sorted(found.keys() - known)
    runs = catalog_runs(fresh & due.keys(), [*(name for name in known if name in found), *added])
    if fresh & gone:
        runs.append(dg.RunRequest(asset_selection=keys_of(*_removing_steps(SETTINGS.config))))
    if not runs and not _is_active(context.instance):
        runs = [_lone_run(name, content) for name, content in due.items()]
        if gone:
            removal = keys_of(*_removing_steps(SETTINGS.config))
            runs.append(dg.RunRequest(run_key=f"gone {digest(sorted(gone))}", asset_selection=removal))
    removed = sorted(gone.intersection(known))
    requests = [CATALOGS.build_add_request(added)] if added else []
    return dg.SensorResult(
        run_requests=runs,
        skip_reason=None
        if runs
        else f"{len(found)} catalogs, nothing to ask for; {len(wanted)} asked for before",
        cursor=json.dumps(wanted, sort_keys=True),
        dynamic_partitions_requests=[
            *requests,
            *([CATALOGS.build_delete_request(removed)] if removed else []),
        ],
    )


def _due_catalogs(
    context: dg.SensorEvaluationContext, store: DeltaStore, catalogs: Mapping[str, Catalog]
) -> dict[str, str]:
    """Catalog -> digest of what it is made from, of those that are due; a missing file is no reason to fail."""
    read, normalize = reading(SETTINGS.config.catalogs), normalizing(SETTINGS.config.specs)
    due: dict[str, str] = {}
    for name, catalog in catalogs.items():
        if not catalog.is_watched:
            continue  # asking anew what is behind a URL, or a server, is the schedule's affair
        try:
            content = read.step.input_digest(store, name, read.settings(name))
        except FileAccessError as error:
            context.log.warning(f"catalog {name!r}: {error}")
            continue
        if not read.step.is_unchanged(store, name, content) or normalize.is_due(store, name):
            due[name] = digest(content, normalize.step.code_version, normalize.settings(name))
    return due


def _is_active(instance: dg.DagsterInstance) -> bool:
    """Whether a run that the sensor asked for has not ended."""
    tags = {"dagster/sensor_name": CATALOG_FILES}
    return instance.get_runs_count(dg.RunsFilter(statuses=ACTIVE, tags=tags)) > 0


def _lone_run(name: str, content: str) -> dg.RunRequest:
    """A run of one catalog, which Dagster launches once for this content."""
    return dg.RunRequest(
        run_key=f"{name} {content}", asset_selection=keys_of(READ, NORMALIZE), partition_key=name
    )


def _export_shards(settings: Settings) -> dg.SensorDefinition:
    @dg.sensor(
        name=EXPORT_SHARDS,
        description="Mixes and exports once the shards that continue_shards asked for have ended.",
        target=keys_of(MIX, EXPORT, SPENDING.step),
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def export_shards(
        context: dg.SensorEvaluationContext, store: StoreResource
    ) -> dg.RunRequest | dg.SkipReason:
        """One run a tick of `continue_shards`, however its shards ended, and again where that run failed."""
        latest = next(iter(context.instance.get_runs(dg.RunsFilter(tags=CONTINUED), limit=1)), None)
        if latest is None:
            return dg.SkipReason("continue_shards has not asked for a run yet")
        if context.instance.get_runs_count(dg.RunsFilter(statuses=ACTIVE, tags=CONTINUED)):
            return dg.SkipReason("shards are still being made")
        works = [mixing(settings.config.mixture), exporting(settings.config.exports, store.store()), SPENDING]
        if not any(work.is_due(store.store(), None) for work in works):
            return dg.SkipReason("mixture and exports are up to date")
        period = latest.tags[PERIOD_TAG]
        n_failed = _failed_exports(context.instance, period)
        if n_failed >= MAX_EXPORTS:
            return dg.SkipReason(f"mixture and exports failed {n_failed} times; toolmind run makes them")
        # Dagster launches a run key once, whatever became of its run.
        run_key = f"{period} again {n_failed}" if n_failed else period
        return dg.RunRequest(run_key=run_key, tags={**CONTINUED, PERIOD_TAG: period})

    return export_shards


def _failed_exports(instance: dg.DagsterInstance, period: str) -> int:
    """How often mixture and exports of a tick of `continue_shards` were asked for and failed."""
    tags = {**CONTINUED, PERIOD_TAG: period, "dagster/sensor_name": EXPORT_SHARDS}
    return instance.get_runs_count(dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE], tags=tags))
