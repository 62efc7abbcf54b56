"""Runs from the command line: what is due, materialised into the instance that the UI shows.

One exclusive lock a home keeps two such runs apart. Shards run in processes of their own, several at a time;
a failure costs one shard.
"""

import os
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context

import dagster as dg
import polars as pl

from toolmind_assets.errors import ToolMindError
from toolmind_assets.model.drops import DropReason
from toolmind_assets.orchestration.assets.catalogs import work as reading
from toolmind_assets.orchestration.assets.exports import work as exporting
from toolmind_assets.orchestration.assets.graph import work as linking
from toolmind_assets.orchestration.assets.mixture import work as mixing
from toolmind_assets.orchestration.assets.opensets import WORK as ADAPTING
from toolmind_assets.orchestration.assets.opensets import find_file
from toolmind_assets.orchestration.assets.specs import (
    CLUSTERING,
    FOLDING,
    completing,
    is_completing_free,
    normalizing,
    settings_digest_of,
)
from toolmind_assets.orchestration.assets.spending import WORK as SPENDING
from toolmind_assets.orchestration.factory import PERIOD_TAG
from toolmind_assets.orchestration.partitions import SETTINGS
from toolmind_assets.orchestration.runs import close_dead_runs, execute, open_instance
from toolmind_assets.orchestration.schedules import shard_works
from toolmind_assets.reports.estimate import Due, Estimate, estimate_calls
from toolmind_assets.reports.verification import Report, verify_tables
from toolmind_assets.settings.catalog_folder import find_catalogs
from toolmind_assets.settings.chat_models import new_period
from toolmind_assets.settings.config import Settings
from toolmind_assets.settings.home import locked_home
from toolmind_assets.settings.removal import CATALOG_TABLES, stray_catalogs
from toolmind_assets.stages.trajectories.chat_judges import NO_REPLY
from toolmind_assets.steps.step import Work
from toolmind_assets.tables import (
    COMPLETIONS_DROPPED,
    DIALOGUES_DROPPED,
    TABLES,
    TASKS_DROPPED,
    TRAJECTORIES_DROPPED,
)
from toolmind_resources.chat.journal import Journal
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Table
from toolmind_resources.errors import BudgetError, EndpointError


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


@dataclass(frozen=True, slots=True)
class Order:
    """What a run is asked for.

    Attributes:
        settings: The settings of this process.
        workers: Shards made at the same time.
        shards: The shards to make, in this order.
        period: What its budget is for.
        report: Told of progress.
        retries_failed: Whether shards are made again that lost rows to requests without a reply.
    """

    settings: Settings
    workers: int
    shards: Sequence[str]
    period: str
    report: Report
    retries_failed: bool = False


def materialise(order: Order) -> Made:
    """Makes what is due, from catalogs to exports; what it spent is a table even where it stops.

    Raises:
        ToolMindError: another run is under way, a step failed, or a check did.
        BudgetError: the budget is used up; everything that was paid is kept.
    """
    settings = order.settings
    _refuse_missing_opensets(settings)
    with locked_home(settings.home), open_instance(settings) as instance:
        close_dead_runs(instance)
        store = DeltaStore(settings.tables)
        run = _Run(order, instance, store)
        try:
            return run.make_all()
        except ToolMindError:
            with suppress(ToolMindError):  # the first error is the one to tell; the next run counts again
                if settings.journal.is_file() and SPENDING.is_due(store, None):
                    run.execute([SPENDING])
            raise


def estimate(settings: Settings, report: Report) -> list[Estimate]:
    """What a run would ask of its endpoints; makes all that asks none: catalogs, functions, open dialogues.

    Raises:
        ToolMindError: another run is under way, or a step failed.
    """
    _refuse_missing_opensets(settings)
    order = Order(settings, 1, (), new_period("estimate"), report)
    with locked_home(settings.home), open_instance(settings) as instance:
        close_dead_runs(instance)
        store = DeltaStore(settings.tables)
        run = _Run(order, instance, store)
        run.make_free()
        report("estimate", 0, 1)
        estimates = estimate_calls(settings, store, _due(settings, store))
        report("estimate", 1, 1)
        return estimates


def _due(settings: Settings, store: DeltaStore) -> Due:
    """What a run would make: a step that is due makes all that follows it due."""
    config = settings.config
    is_completing_due = _is_completing_paid(settings, store)
    is_graph_due = is_completing_due or linking(config.graph).is_due(store, None)
    firsts: dict[str, list[str]] = {"sample_tasks": [], "simulate_dialogues": [], "judge_trajectories": []}
    for shard in (*config.simulated_shards, *config.open_shards):
        works = shard_works(settings.config, store, shard)
        due = [work.step.name for work in works if work.is_due(store, shard)]
        if is_graph_due and shard in config.simulated_shards:
            due = [work.step.name for work in works]
        if due:
            firsts[due[0]].append(shard)
    completions = settings_digest_of(config.specs) if is_completing_due else None
    return Due(completions, is_graph_due, *firsts.values())


def _is_completing_paid(settings: Settings, store: DeltaStore) -> bool:
    """Whether completions are due, and asked of an endpoint."""
    config = settings.config
    return not is_completing_free(config) and completing(config.specs).is_due(store, None)


def prepare(settings: Settings, period: str, report: Report) -> DeltaStore:
    """The store with catalogs, functions and graph up to date: everything that tasks are sampled from."""
    order = Order(settings, 1, (), period, report)
    with locked_home(settings.home), open_instance(settings) as instance:
        close_dead_runs(instance)
        store = DeltaStore(settings.tables)
        _add_catalogs(settings, instance)
        run = _Run(order, instance, store)
        run.make_catalogs()
        run.make_whole("functions and graph", run.functions_and_graph)
        return store


def _refuse_missing_opensets(settings: Settings) -> None:
    """Tells at once what the shards of an open set would only find out after everything else was made.

    Raises:
        ToolMindError: the file of an open set cannot be read, or not be had from the hub.
    """
    for source in settings.config.opensets:
        find_file(source)


def _add_catalogs(settings: Settings, instance: dg.DagsterInstance) -> set[str]:
    """The names of all catalogs, each of which is a partition from now on."""
    catalogs = set(find_catalogs(settings))
    instance.add_dynamic_partitions(
        "catalogs", sorted(catalogs - set(instance.get_dynamic_partitions("catalogs")))
    )
    return catalogs


def _sync_catalogs(settings: Settings, instance: dg.DagsterInstance, store: DeltaStore) -> set[str]:
    """Makes the partitions equal to the catalogs that there are; returns those that are gone.

    Their rows are removed by the step that folds the functions.
    """
    catalogs = _add_catalogs(settings, instance)
    known = set(instance.get_dynamic_partitions("catalogs"))
    gone = {*stray_catalogs(store, catalogs), *(known - catalogs)}
    for name in sorted(gone & known):
        instance.delete_dynamic_partition("catalogs", name)
    return gone


def _remove_shards(settings: Settings, store: DeltaStore) -> set[str]:
    """Removes the rows of shards that are no longer configured, and lets go of their replies; returns the shards."""
    shards = {*settings.config.simulated_shards, *settings.config.open_shards, ""}
    journal = Journal(settings.journal) if settings.journal.is_file() else None
    gone: set[str] = set()
    for table in TABLES:
        if table.partition_by is not None and table not in CATALOG_TABLES:
            for partition in set(store.partitions(table)) - shards:
                store.remove_partition(table, partition)
                gone.add(partition)
                if journal is not None:
                    journal.unpin(table.stage, partition)
    return gone


@dataclass(frozen=True, slots=True)
class _Run:
    """One command at work."""

    order: Order
    instance: dg.DagsterInstance
    store: DeltaStore

    @property
    def functions_and_graph(self) -> list[Work]:
        """The steps without partitions from normalised specs to the graph."""
        config = self.order.settings.config
        return [completing(config.specs), FOLDING, CLUSTERING, linking(config.graph)]

    def make_all(self) -> Made:
        """Everything that is due."""
        settings = self.order.settings
        config = settings.config
        removed = _sync_catalogs(settings, self.instance, self.store) | _remove_shards(settings, self.store)
        made: dict[str, list[str]] = {}
        made["catalogs"] = self.make_catalogs()
        if self.order.retries_failed:
            self.expire_failed([COMPLETIONS_DROPPED], [""])
        made["functions and graph"] = self.make_whole("functions and graph", self.functions_and_graph)
        if self.order.retries_failed:
            self.expire_failed([TASKS_DROPPED, DIALOGUES_DROPPED, TRAJECTORIES_DROPPED], self.order.shards)
        made["shards"] = self.make_shards()
        final = [mixing(config.mixture), exporting(config.exports, self.store)]
        made["mixture and exports"] = self.make_whole("mixture and exports", final)
        self.make_whole("spending", [SPENDING])
        return Made(made, sorted(removed), verify_tables(self.store, self.order.report))

    def make_free(self) -> None:
        """What asks no model: catalogs, functions where no endpoint completes them, and open dialogues."""
        settings = self.order.settings
        _sync_catalogs(settings, self.instance, self.store)
        self.make_catalogs()
        if not _is_completing_paid(settings, self.store):
            self.make_whole("functions", [completing(settings.config.specs), FOLDING, CLUSTERING])
        for shard in settings.config.open_shards:
            if ADAPTING.is_due(self.store, shard):
                self.execute([ADAPTING], {"dagster/partition": shard})

    def make_catalogs(self) -> list[str]:
        """The catalogs that were made, all in one run."""
        config, report = self.order.settings.config, self.order.report
        names = list(self.instance.get_dynamic_partitions("catalogs"))
        report("catalogs", 0, len(names))
        works = [reading(config.catalogs), normalizing(config.specs)]
        due = [name for name in names if any(work.is_due(self.store, name) for work in works)]
        if due:
            ends = {
                "dagster/asset_partition_range_start": due[0],
                "dagster/asset_partition_range_end": due[-1],
            }
            self.execute(works, ends)
        report("catalogs", len(names), len(names))
        return due

    def make_whole(self, name: str, works: Sequence[Work]) -> list[str]:
        """`[name]` where one of the steps without partitions was due, in one run; else nothing."""
        self.order.report(name, 0, 1)
        is_due = any(work.is_due(self.store, None) for work in works)
        if is_due:
            self.execute(works)
        self.order.report(name, 1, 1)
        return [name] if is_due else []

    def expire_failed(self, tables: Sequence[Table], partitions: Collection[str]) -> None:
        """Makes partitions due that lost completions, tasks, dialogues or verdicts to requests without a reply.

        Their dropped rows go, and with them the step's claim to be up to date; all other rows stay until the
        partition was made again, for which only the missing replies are asked.
        """
        is_failed = pl.col("reason") == DropReason.CHAT_FAILED.value
        for table in tables:
            rows = self.store.read(table, columns=["partition", "reason", "detail"])
            failed = rows.filter(is_failed | pl.col("detail").str.contains(NO_REPLY, literal=True))[
                "partition"
            ]
            for partition in sorted(set(failed) & set(partitions)):
                self.store.remove_partition(table, partition)

    def make_shards(self) -> list[str]:
        """The shards that were made, a run each, several at once.

        A failure costs one shard; a budget that is used up, or an endpoint that cannot be used, ends them all.
        """
        settings, shards, report = self.order.settings, self.order.shards, self.order.report
        due = [
            shard
            for shard in shards
            if any(work.is_due(self.store, shard) for work in shard_works(settings.config, self.store, shard))
        ]
        report("shards", len(shards) - len(due), len(shards))
        failures: dict[str, Exception] = {}
        done: list[str] = []
        for shard, error in _in_processes(due, self.order.workers, self.order.period):
            if error is None:
                done.append(shard)
            else:
                failures[shard] = error
            report("shards", len(shards) - len(due) + len(done) + len(failures), len(shards))
        if failures:
            raise _joined_failure(failures, len(done))
        return due

    def execute(self, works: Sequence[Work], partitions: Mapping[str, str] | None = None) -> None:
        """One run of the steps' assets and their checks.

        Raises:
            ToolMindError: a step raised one, or a check failed.
        """
        execute(self.instance, works, {PERIOD_TAG: self.order.period, **(partitions or {})})


def _in_processes(
    due: Sequence[str], workers: int, period: str
) -> Iterator[tuple[str, ToolMindError | BrokenProcessPool | None]]:
    """Each shard with its error or None, as they end; after one that stops all, shards not begun stay so."""
    if not due:
        return
    pool = ProcessPoolExecutor(min(workers, len(due)), get_context("spawn"), initializer=_end_with_parent)
    try:
        futures = {pool.submit(_make_shard, shard, period): shard for shard in due}
        for future in as_completed(futures):
            if future.cancelled():
                continue
            error = future.exception()
            if isinstance(error, BudgetError | EndpointError):
                for other in futures:
                    other.cancel()
            if error is not None and not isinstance(error, ToolMindError | BrokenProcessPool):
                raise error
            yield futures[future], error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _joined_failure(failures: Mapping[str, Exception], n_done: int) -> ToolMindError:
    """All failures in one: of a budget or an endpoint, which is every shard's, only once."""
    rest = f"{n_done} other shards were made; toolmind run goes on from here, and pays no reply twice."
    for error in failures.values():
        if isinstance(error, BudgetError | EndpointError):
            return type(error)(f"{error}\n{rest}")
    lines = sorted(f"{shard}: {error}" for shard, error in failures.items())
    return ToolMindError("\n".join([*lines[:10], rest]))


def _make_shard(shard: str, period: str) -> None:
    """Runs in a worker process: everything of one shard in one run."""
    works = shard_works(SETTINGS.config, DeltaStore(SETTINGS.tables), shard)
    with open_instance(SETTINGS) as instance:
        # As a tag: the argument `partition_key` wants all assets of a run to have the same partitions, and
        # those that judge have the shards of both kinds.
        execute(instance, works, {PERIOD_TAG: period, "dagster/partition": shard})


def _end_with_parent() -> None:
    """Ends this worker soon after the process that started it is gone, however that ended."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.2)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
