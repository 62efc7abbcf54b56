"""Runs from the command line: what is due, materialised into the instance that the UI shows.

One exclusive lock a home keeps two such runs apart. Shards run in processes of their own, several at a time;
a failure costs one shard.
"""

import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context

import dagster as dg

from toolmind_assets.assets import key_of
from toolmind_assets.catalog_folder import find_catalogs
from toolmind_assets.catalogs.assets import work as reading
from toolmind_assets.config import Settings
from toolmind_assets.definitions import defs
from toolmind_assets.dialogues.assets import work as simulating
from toolmind_assets.errors import ConfigError, ToolMindError
from toolmind_assets.exports.assets import work as exporting
from toolmind_assets.graph.assets import work as linking
from toolmind_assets.home import instance_folder, locked_home
from toolmind_assets.mixture.assets import work as mixing
from toolmind_assets.opensets.assets import WORK as ADAPTING
from toolmind_assets.partitions import SETTINGS
from toolmind_assets.specs.assets import FOLDING, normalizing
from toolmind_assets.steps import Work
from toolmind_assets.tables import TABLES
from toolmind_assets.tasks.assets import work as sampling
from toolmind_assets.trajectories.assets import work as judging
from toolmind_assets.verifying import Report, verify_tables
from toolmind_resources.delta.store import DeltaStore

LAUNCHED_BY = {"toolmind/launched_by": "toolmind run"}
"""The tag of runs that the command line launched."""
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True, slots=True)
class Made:
    """What a run made: for each group of steps the partitions, or the group's name where it has none.

    Attributes:
        removed: Partitions whose rows were removed, since they are no longer configured.
        n_checks: Checks that hold on all tables.
    """

    groups: dict[str, list[str]]
    removed: list[str]
    n_checks: int

    @property
    def is_nothing(self) -> bool:
        """Whether everything was up to date."""
        return not any(self.groups.values()) and not self.removed


def materialise(settings: Settings, workers: int, shards: Sequence[str], report: Report) -> Made:
    """Makes what is due, from catalogs to exports.

    Args:
        settings: The settings of this process.
        workers: Shards made at the same time.
        shards: The shards to make, in this order.
        report: Told of progress.

    Raises:
        ToolMindError: another run is under way, a step failed, or a check did.
    """
    _refuse_missing_opensets(settings)
    with locked_home(settings.home), open_instance(settings) as instance:
        _close_dead_runs(instance)
        store = DeltaStore(settings.tables)
        removed = _sync_partitions(settings, instance, store)
        made: dict[str, list[str]] = {}
        made["catalogs"] = _make_catalogs(settings, instance, store, report)
        made["functions and graph"] = _make_whole(
            "functions and graph", [FOLDING, linking(settings.config.graph)], instance, store, report
        )
        made["shards"] = _make_shards(settings, store, workers, shards, report)
        final = [mixing(settings.config.mixture), exporting(settings.config.exports, store)]
        made["mixture and exports"] = _make_whole("mixture and exports", final, instance, store, report)
        return Made(made, removed, verify_tables(store, report))


def prepare(settings: Settings, report: Report) -> DeltaStore:
    """The store with catalogs, functions and graph up to date: everything that tasks are sampled from."""
    with locked_home(settings.home), open_instance(settings) as instance:
        _close_dead_runs(instance)
        store = DeltaStore(settings.tables)
        _add_catalogs(settings, instance)
        _make_catalogs(settings, instance, store, report)
        works = [FOLDING, linking(settings.config.graph)]
        _make_whole("functions and graph", works, instance, store, report)
        return store


def _refuse_missing_opensets(settings: Settings) -> None:
    """Tells at once what the shards of an open set would only find out after everything else was made.

    Raises:
        ConfigError: the file of an open set does not exist.
    """
    for source in settings.config.opensets:
        path = settings.root / source.path
        if not path.is_file():
            raise ConfigError(f"open set {source.name!r}: there is no file {path}; correct opensets.path")


@contextmanager
def open_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The Dagster instance: that of DAGSTER_HOME where set, else that of dagster.yaml, kept under the home."""
    if os.environ.get("DAGSTER_HOME"):
        with dg.DagsterInstance.get() as instance:
            yield instance
        return
    with dg.DagsterInstance.from_config(str(instance_folder(settings))) as instance:
        yield instance


def _close_dead_runs(instance: dg.DagsterInstance) -> None:
    """Marks runs as failed that a killed `toolmind run` left behind; the lock says that none is alive."""
    alive = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.NOT_STARTED]
    for run in instance.get_runs(dg.RunsFilter(statuses=alive, tags=LAUNCHED_BY)):
        if run.parent_run_id is not None:
            continue  # a re-execution from the UI, which copies the tags of the run that it repeats
        instance.report_run_failed(run, "the process that ran this was ended from outside")


def _add_catalogs(settings: Settings, instance: dg.DagsterInstance) -> set[str]:
    """The names of all catalogs, each of which is a partition from now on."""
    catalogs = set(find_catalogs(settings))
    instance.add_dynamic_partitions(
        "catalogs", sorted(catalogs - set(instance.get_dynamic_partitions("catalogs")))
    )
    return catalogs


def _sync_partitions(settings: Settings, instance: dg.DagsterInstance, store: DeltaStore) -> list[str]:
    """Makes the partitions equal to what is configured; returns the ones whose rows were removed."""
    catalogs = _add_catalogs(settings, instance)
    for name in sorted(set(instance.get_dynamic_partitions("catalogs")) - catalogs):
        instance.delete_dynamic_partition("catalogs", name)
    config = settings.config
    wanted = catalogs | {*config.simulated_shards, *config.open_shards, ""}
    removed: set[str] = set()
    for table in TABLES:
        if table.partition_by is not None:
            for partition in set(store.partitions(table)) - wanted:
                store.remove_partition(table, partition)
                removed.add(partition)
    return sorted(removed)


def _make_catalogs(
    settings: Settings, instance: dg.DagsterInstance, store: DeltaStore, report: Report
) -> list[str]:
    """The catalogs that were made, all in one run."""
    names = list(instance.get_dynamic_partitions("catalogs"))
    report("catalogs", 0, len(names))
    works = [reading(settings.config.catalogs), normalizing(settings.config.specs)]
    due = [name for name in names if any(work.is_due(store, name) for work in works)]
    if due:
        ends = {
            "dagster/asset_partition_range_start": due[0],
            "dagster/asset_partition_range_end": due[-1],
        }
        _execute(instance, works, ends)
    report("catalogs", len(names), len(names))
    return due


def _make_whole(
    name: str, works: Sequence[Work], instance: dg.DagsterInstance, store: DeltaStore, report: Report
) -> list[str]:
    """`[name]` where one of the steps without partitions was due, in one run; else nothing."""
    report(name, 0, 1)
    is_due = any(work.is_due(store, None) for work in works)
    if is_due:
        _execute(instance, works)
    report(name, 1, 1)
    return [name] if is_due else []


def _make_shards(
    settings: Settings, store: DeltaStore, workers: int, shards: Sequence[str], report: Report
) -> list[str]:
    """The shards that were made, a run each, several at once."""
    due = [
        shard
        for shard in shards
        if any(work.is_due(store, shard) for work in _shard_works(settings, store, shard))
    ]
    report("shards", len(shards) - len(due), len(shards))
    if not due:
        return []
    n_done = len(shards) - len(due)
    failures: list[str] = []
    pool = ProcessPoolExecutor(min(workers, len(due)), get_context("spawn"), initializer=_end_with_parent)
    try:
        futures = {pool.submit(_make_shard, shard): shard for shard in due}
        for future in as_completed(futures):
            error = future.exception()
            if isinstance(error, ToolMindError | BrokenProcessPool):
                failures.append(f"{futures[future]}: {error}")
            elif error is not None:
                raise error
            n_done += 1
            report("shards", n_done, len(shards))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    if failures:
        rest = f"{len(due) - len(failures)} other shards were made; toolmind run goes on from here."
        raise ToolMindError("\n".join([*sorted(failures)[:10], rest]))
    return due


def _shard_works(settings: Settings, store: DeltaStore, shard: str) -> list[Work]:
    config = settings.config
    if shard in config.simulated_shards:
        return [sampling(config.tasks), simulating(config.dialogues, store), judging(config.trajectories)]
    return [ADAPTING, judging(config.trajectories)]


def _make_shard(shard: str) -> str:
    """Runs in a worker process: everything of one shard in one run."""
    works = _shard_works(SETTINGS, DeltaStore(SETTINGS.tables), shard)
    with open_instance(SETTINGS) as instance:
        # As a tag: the argument `partition_key` wants all assets of a run to have the same partitions, and
        # those that judge have the shards of both kinds.
        _execute(instance, works, {"dagster/partition": shard})
    return shard


def _end_with_parent() -> None:
    """Ends this worker soon after the process that started it is gone, however that ended."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.2)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _execute(
    instance: dg.DagsterInstance,
    works: Sequence[Work],
    partitions: Mapping[str, str] | None = None,
) -> None:
    """One run of the steps' assets and their checks; `partitions` are the tags that name its partitions.

    Raises:
        ToolMindError: a step raised one, or a check failed.
    """
    job = defs.resolve_implicit_global_asset_job_def()
    result = job.execute_in_process(
        asset_selection=[key_of(table) for work in works for table in work.step.makes],
        instance=instance,
        run_config=_QUIET,
        tags={**LAUNCHED_BY, **(partitions or {})},
        raise_on_error=False,
    )
    if not result.success:
        raise _failure(result)


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
            message = (cause.message if cause else "unknown error").strip().removeprefix(f"{name}: ")
            where = f"step {event.step_key} failed"
            return ToolMindError(f"{where}: {message}\nThe run is {result.run_id} in the UI.")
    return ToolMindError(f"the run {result.run_id} failed; open it in the UI: toolmind ui")
