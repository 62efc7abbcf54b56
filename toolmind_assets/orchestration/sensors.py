"""Sensors: what follows by itself. Files in the folder of catalogs become runs, their functions become a graph.

Automation stops before model calls unless a budget is configured: functions that a paid model completes, and a
graph whose links one validates, follow only then, and tasks and everything after them never do. `continue_shards` asks for those.
"""

import json
from collections.abc import Iterator, Mapping

import dagster as dg

from toolmind_assets.model.ids import digest
from toolmind_assets.orchestration.factory import PERIOD_TAG, key_of, keys_of
from toolmind_assets.orchestration.partitions import CATALOGS
from toolmind_assets.orchestration.schedules import ACTIVE, CONTINUED, catalog_runs, is_continued
from toolmind_assets.settings.catalog_folder import Catalog, find_catalogs
from toolmind_assets.settings.config import Settings
from toolmind_assets.settings.removal import stray_catalogs
from toolmind_assets.settings.surroundings import embeds_paid, is_free, works_of
from toolmind_assets.steps.step import Step
from toolmind_assets.steps.work import Glance
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
    follow = [_export_shards(settings)] if is_continued(settings.config) else []
    return [_catalog_files(settings), automation, *follow]


def conditions_of(settings: Settings) -> dict[dg.AssetKey, dg.AutomationCondition]:
    """What makes an asset follow its parents, of those that do.

    What is made of all catalogs follows the catalogs that there are: partitions never made neither hold it up nor
    set it off. The rest of the corpus follows its parents.
    """
    eager = dg.AutomationCondition.eager()
    is_checked = dg.AutomationCondition.all_deps_blocking_checks_passed()
    follows_catalogs = eager.without(~dg.AutomationCondition.any_deps_missing()) & is_checked
    return {
        key_of(table): follows_catalogs if settings.pipeline.is_of_all_catalogs(step) else eager & is_checked
        for step in _following(settings)
        for table in step.makes
    }


def _following(settings: Settings) -> Iterator[Step]:
    """The steps of the corpus that follow by themselves: up to the first that may cost what no budget covers.

    A step that asks an endpoint wants a budget, and no budget covers embeddings.
    """
    held: set[str] = set()
    for step in settings.pipeline.of_corpus:
        is_limited = settings.config.budget.is_limited and not embeds_paid(settings, step)
        is_affordable = is_free(settings, step) or is_limited
        makers = {settings.pipeline.maker_of(read.table).name for read in step.reads}
        if is_affordable and not makers & held:
            yield step
        else:
            held.add(step.name)


def _made_of_catalogs(settings: Settings) -> list[Step]:
    """The steps of the corpus that are made of all catalogs."""
    return [step for step in settings.pipeline.of_corpus if settings.pipeline.is_of_all_catalogs(step)]


def _removing_steps(settings: Settings) -> list[Step]:
    """The steps that remove catalogs that are gone: those made of all catalogs; one at least, whatever it costs."""
    following = list(_following(settings))
    return [step for step in _made_of_catalogs(settings) if step in following or is_free(settings, step)]


def _catalog_files(settings: Settings) -> dg.SensorDefinition:
    @dg.sensor(
        name=CATALOG_FILES,
        description="Reads catalogs whose files were added or changed, and removes those that are gone.",
        target=keys_of(*settings.pipeline.of_catalogs, *_made_of_catalogs(settings)),
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def catalog_files(context: dg.SensorEvaluationContext, store: StoreResource) -> dg.SensorResult:
        """Keeps the partitions equal to what is configured, and asks for the runs that make or remove them."""
        return _look(settings, context, store.store())

    return catalog_files


def _look(settings: Settings, context: dg.SensorEvaluationContext, store: DeltaStore) -> dg.SensorResult:
    """What a look at the catalogs asks for.

    The cursor holds what was asked for and is still to be made: catalog -> digest of what it is made from, ""
    for one that is gone. The same is asked for once, and once more by itself where the run that it was in
    failed; it is asked for anew as soon as the file changes.
    """
    tables, found = Glance(store), find_catalogs(settings)
    known = context.instance.get_dynamic_partitions("catalogs")
    gone = {*known, *stray_catalogs(tables, settings.pipeline, found)} - found.keys()
    due = _due_catalogs(settings, context, tables, found)
    wanted = due | dict.fromkeys(gone, "")
    asked = json.loads(context.cursor or "{}")
    fresh = {name for name, content in wanted.items() if asked.get(name) != content}
    added = sorted(found.keys() - known)
    runs = catalog_runs(settings, fresh & due.keys(), [*(name for name in known if name in found), *added])
    removal = keys_of(*_removing_steps(settings))
    if fresh & gone:
        runs.append(dg.RunRequest(asset_selection=removal))
    if not runs and not _is_active(context.instance):
        runs = [_lone_run(settings, name, content) for name, content in due.items()]
        if gone:
            runs.append(dg.RunRequest(run_key=f"gone {digest(sorted(gone))}", asset_selection=removal))
    removed = sorted(gone.intersection(known))
    requests = [CATALOGS.build_add_request(added)] if added else []
    skipped = f"{len(found)} catalogs, nothing to ask for; {len(wanted)} asked for before"
    return dg.SensorResult(
        run_requests=runs,
        skip_reason=None if runs else skipped,
        cursor=json.dumps(wanted, sort_keys=True),
        dynamic_partitions_requests=[
            *requests,
            *([CATALOGS.build_delete_request(removed)] if removed else []),
        ],
    )


def _due_catalogs(
    settings: Settings,
    context: dg.SensorEvaluationContext,
    store: DeltaStore,
    catalogs: Mapping[str, Catalog],
) -> dict[str, str]:
    """Catalog -> digest of what it is made from, of those that are due; a missing file is no reason to fail."""
    works = works_of(settings, settings.pipeline.of_catalogs)
    due: dict[str, str] = {}
    for name, catalog in catalogs.items():
        if not catalog.is_watched:
            continue  # asking anew what is behind a URL, or a server, is the schedule's affair
        try:
            made_from = [[work.step.code_version, work.settings(name)] for work in works]
        except FileAccessError as error:
            context.log.warning(f"catalog {name!r}: {error}")
            continue
        if any(work.is_due(store, name) for work in works):
            due[name] = digest(made_from)
    return due


def _is_active(instance: dg.DagsterInstance) -> bool:
    """Whether a run that the sensor asked for has not ended."""
    tags = {"dagster/sensor_name": CATALOG_FILES}
    return instance.get_runs_count(dg.RunsFilter(statuses=ACTIVE, tags=tags)) > 0


def _lone_run(settings: Settings, name: str, content: str) -> dg.RunRequest:
    """A run of one catalog, which Dagster launches once for this content."""
    return dg.RunRequest(
        run_key=f"{name} {content}",
        asset_selection=keys_of(*settings.pipeline.of_catalogs),
        partition_key=name,
    )


def _final_steps(settings: Settings) -> list[Step]:
    """What is made of all shards, and what closes a run."""
    return [*settings.pipeline.of_all_shards, *settings.pipeline.closing]


def _export_shards(settings: Settings) -> dg.SensorDefinition:
    @dg.sensor(
        name=EXPORT_SHARDS,
        description="Mixes and exports once the shards that continue_shards asked for have ended.",
        target=keys_of(*_final_steps(settings)),
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
        works = works_of(settings, _final_steps(settings))
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
