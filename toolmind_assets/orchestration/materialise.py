"""Runs from the command line: what is due, materialised into the instance that the UI shows.

One exclusive lock a home keeps two such runs apart.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import polars as pl

from toolmind_assets.errors import ToolMindError
from toolmind_assets.model.drops import LOST_REPLIES, NO_REPLY
from toolmind_assets.orchestration.factory import PERIOD_TAG
from toolmind_assets.orchestration.runs import Launcher, close_dead_runs, open_instance
from toolmind_assets.orchestration.schedules import shard_works
from toolmind_assets.orchestration.shards_apart import (
    Ended,
    ends_all,
    in_processes,
    joined_failure,
    make_shard,
)
from toolmind_assets.reports.estimate import Estimate, estimate_calls
from toolmind_assets.reports.verification import Report, verified_file, verify_tables
from toolmind_assets.settings.catalog_folder import find_catalogs
from toolmind_assets.settings.chat_models import new_period
from toolmind_assets.settings.config import Settings
from toolmind_assets.settings.home import locked_home
from toolmind_assets.settings.open_sets import find_file
from toolmind_assets.settings.removal import catalog_tables, stray_catalogs
from toolmind_assets.settings.surroundings import is_free, work_of, works_of
from toolmind_assets.steps.pipeline import tables_of
from toolmind_assets.steps.step import Partitions, Step
from toolmind_assets.steps.work import Glance, Work
from toolmind_assets.tables.drops import holds_drops
from toolmind_assets.tables.trajectories import SAMPLES
from toolmind_resources.chat.background import BACKGROUND
from toolmind_resources.chat.journal import Journal
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.errors import StoppedError


@dataclass(frozen=True, slots=True)
class Made:
    """What a run made: for each group of steps the partitions, or the group's name where it has none.

    Attributes:
        removed: Partitions whose rows were removed, since they are no longer configured.
        n_checks: Checks that hold on what was made.
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
        settings: The settings of the project.
        workers: Shards made at the same time.
        shards: The shards to make, in this order.
        period: What its budget is for.
        report: Told of progress.
        retries_failed: Whether shards are made again that lost rows to requests without a usable reply.
        accept: How many samples are enough: shards are begun until as many stand; None for all shards.
        before_asking: Called before an endpoint is asked for what is due, each time.
    """

    settings: Settings
    workers: int
    shards: Sequence[str]
    period: str
    report: Report
    retries_failed: bool = False
    accept: int | None = None
    before_asking: Callable[[], None] = lambda: None


def materialise(order: Order) -> Made:
    """Makes what is due, from catalogs to exports; what it spent is a table even where it stops.

    Raises:
        ToolMindError: another run is under way, a step failed, or a check did.
        BudgetError: the budget is used up; everything that was paid is kept.
    """
    _refuse_missing_opensets(order.settings)
    with _opened(order) as run:
        try:
            return run.make_all()
        except ToolMindError:
            with suppress(ToolMindError):  # the first error is the one to tell; the next run counts again
                if order.settings.journal.is_file():
                    run.make_closing()
            raise


def estimate(settings: Settings, report: Report) -> list[Estimate]:
    """What a run would ask of its endpoints; makes all that asks none: catalogs, functions, open dialogues.

    Raises:
        ToolMindError: another run is under way, or a step failed.
    """
    _refuse_missing_opensets(settings)
    with _opened(Order(settings, 1, (), new_period("estimate"), report)) as run:
        run.make_free()
        report("estimate", 0, 1)
        estimates = estimate_calls(settings, run.store)
        report("estimate", 1, 1)
        return estimates


def prepare(order: Order) -> DeltaStore:
    """The store with catalogs, functions and graph up to date: everything that tasks are sampled from."""
    with _opened(order) as run:
        run.check_endpoints_at_first()
        run.add_catalogs()
        run.make_catalogs()
        run.make_whole(order.settings.pipeline.of_corpus)
        return run.store


@contextmanager
def _opened(order: Order) -> Iterator["_Run"]:
    """A command at work, which holds the home's lock."""
    settings = order.settings
    with locked_home(settings.home), open_instance(settings) as instance:
        close_dead_runs(instance, settings.home)
        yield _Run(order, Launcher(settings, instance), DeltaStore(settings.tables))


def _refuse_at_end() -> None:
    """Begins nothing more where the process ends.

    Raises:
        StoppedError: it does.
    """
    if BACKGROUND.is_ending:
        raise StoppedError("the run was told to stop")


def _refuse_missing_opensets(settings: Settings) -> None:
    """Tells at once what the shards of an open set would only find out after everything else was made.

    Raises:
        ToolMindError: the file of an open set cannot be read, or not be had from the hub.
    """
    for source in settings.config.section("opensets") or ():
        find_file(settings, source)


@dataclass(frozen=True, slots=True)
class _Run:
    """One command at work."""

    order: Order
    launcher: Launcher
    store: DeltaStore

    def make_all(self) -> Made:
        """Everything that is due."""
        settings, retries = self.order.settings, self.order.retries_failed
        pipeline = settings.pipeline
        self.check_endpoints_at_first()
        removed = self._sync_catalogs() | self._remove_shards()
        made: dict[str, list[str]] = {}
        made["catalogs"] = self.make_catalogs()
        if retries:
            self._forget_given_up()
            self.expire_failed(pipeline.of_corpus, [""])
        made["corpus"] = self.make_whole(pipeline.of_corpus)
        if retries:
            steps = [step for step in pipeline.steps if step.partitions.is_shard]
            self.expire_failed(steps, self.order.shards)
        made["shards"] = self.make_shards()
        made["all shards"] = self.make_whole(pipeline.of_all_shards)
        self.make_closing()
        held = verify_tables(self.store, pipeline.tables, verified_file(settings), self.order.report)
        return Made(made, sorted(removed), held.n_checks)

    def make_free(self) -> None:
        """What asks no model before shards, up to the first step that does, and shards' steps that ask none."""
        settings, pipeline = self.order.settings, self.order.settings.pipeline
        self._sync_catalogs()
        self.make_catalogs()
        asking = (place for place, step in enumerate(pipeline.of_corpus) if not self._is_free_or_done(step))
        self.make_whole(pipeline.of_corpus[: next(asking, len(pipeline.of_corpus))])
        for step in pipeline.of_shards(Partitions.OPEN):
            for shard in settings.config.open_shards if not step.roles else ():
                if (work := work_of(settings, step)).is_due(self.store, shard):
                    self.execute([work], {"dagster/partition": shard})

    def _is_free_or_done(self, step: Step[Any]) -> bool:
        """Whether a step of the corpus asks no role that may be paid, or is up to date."""
        settings = self.order.settings
        return (is_free(settings, step) and not step.asks_embedder) or not work_of(settings, step).is_due(
            self.store, None
        )

    def make_catalogs(self) -> list[str]:
        """The catalogs that were made, all in one run."""
        settings, report = self.order.settings, self.order.report
        names = list(self.launcher.instance.get_dynamic_partitions("catalogs"))
        report("catalogs", 0, len(names))
        works = works_of(settings, settings.pipeline.of_catalogs)
        tables = Glance(self.store)
        due = [name for name in names if any(work.is_due(tables, name) for work in works)]
        if due:
            ends = {
                "dagster/asset_partition_range_start": due[0],
                "dagster/asset_partition_range_end": due[-1],
            }
            self.execute(works, ends)
        report("catalogs", len(names), len(names))
        return due

    def make_whole(self, steps: Sequence[Step[Any]]) -> list[str]:
        """What the steps without partitions are called where one of them was due, in one run; else nothing."""
        name = self.order.settings.pipeline.title_of(steps)
        self.order.report(name, 0, 1)
        is_made = self.make_due(steps)
        self.order.report(name, 1, 1)
        return [name] if is_made else []

    def make_due(self, steps: Sequence[Step[Any]]) -> bool:
        """Whether one of the steps without partitions was due; then all of them were executed, in one run."""
        works = works_of(self.order.settings, steps)
        is_due = any(work.is_due(self.store, None) for work in works)
        if is_due:
            self.execute(works)
        return is_due

    def make_closing(self) -> None:
        """What is made last, also where the run was told to stop."""
        works = works_of(self.order.settings, self.order.settings.pipeline.closing)
        if any(work.is_due(self.store, None) for work in works):
            self._launch(works)

    def _forget_given_up(self) -> None:
        """Has replies asked anew that were of no use to questions that were given up."""
        journal = self.order.settings.journal
        if journal.is_file():
            Journal(journal).forget_given_up()

    def expire_failed(self, steps: Sequence[Step[Any]], partitions: Collection[str]) -> None:
        """Makes partitions due that lost rows to requests without a usable reply.

        Their dropped rows go, and with them the step's claim to be up to date; all other rows stay until the
        partition was made again, for which only the replies that were missing or of no use are asked.
        """
        asking = [step for step in steps if step.roles]
        for table in filter(holds_drops, tables_of(asking)):
            rows = self.store.read(table, columns=["partition", "reason", "detail"])
            is_failed = pl.col("reason").is_in([reason.value for reason in LOST_REPLIES])
            is_unanswered = pl.col("detail").str.contains(NO_REPLY, literal=True)
            failed = rows.filter(is_failed | is_unanswered)["partition"]
            for partition in sorted(set(failed) & set(partitions)):
                self.store.remove_partition(table, partition)

    def check_endpoints_at_first(self) -> None:
        """Has endpoints checked where none was ever paid: what is wrong is told before catalogs are made."""
        if not self.order.settings.journal.is_file():
            self.check_endpoints(self.order.settings.pipeline.steps)

    def check_endpoints(self, steps: Sequence[Step[Any]]) -> None:
        """Has endpoints checked where one of the steps may ask one.

        Raises:
            ToolMindError: one cannot be used.
        """
        if not all(is_free(self.order.settings, step) for step in steps):
            self.order.before_asking()

    def make_shards(self) -> list[str]:
        """The shards that were made, a run each, several at once.

        A failure costs one shard; a budget that is used up, or an endpoint that cannot be used, ends them all.
        """
        settings, shards, report = self.order.settings, self.order.shards, self.order.report
        tables = Glance(self.store)
        due = [
            shard
            for shard in shards
            if any(work.is_due(tables, shard) for work in shard_works(settings, shard))
        ]
        report("shards", len(shards) - len(due), len(shards))
        if due:
            self.check_endpoints([step for step in settings.pipeline.steps if step.partitions.is_shard])
        failures: dict[str, Exception] = {}
        done: list[str] = []
        standing = [shard for shard in shards if shard not in due]
        for shard, error in self._shards_made(due, lambda: self._is_enough([*standing, *done])):
            if error is None:
                done.append(shard)
                report("shards", len(standing) + len(done), len(shards))
            else:
                failures[shard] = error
        if failures:
            raise joined_failure(failures, len(done))
        _refuse_at_end()
        return done

    def _is_enough(self, shards: Sequence[str]) -> bool:
        """Whether the shards hold as many samples as are wanted."""
        accept = self.order.accept
        return accept is not None and self.store.read(SAMPLES, shards, ["sample_id"]).height >= accept

    def _shards_made(self, due: Sequence[str], is_enough: Callable[[], bool]) -> Iterator[Ended]:
        """Each shard with its error or None, as they end."""
        workers = min(self.order.workers, len(due))
        if workers > 1:
            yield from in_processes(self.order.settings, due, workers, self.order.period, is_enough)
            return
        for shard in due:  # one at a time wants no process of its own
            if BACKGROUND.is_ending or is_enough():
                return
            try:
                make_shard(self.launcher, shard, self.order.period)
                yield shard, None
            except ToolMindError as error:
                yield shard, error
                if ends_all(error):
                    return

    def execute(self, works: Sequence[Work], partitions: Mapping[str, str] | None = None) -> None:
        """One run of the steps' assets and their checks.

        Raises:
            ToolMindError: a step raised one, or a check failed.
            StoppedError: the process ends.
        """
        self.check_endpoints([work.step for work in works])
        _refuse_at_end()
        self._launch(works, partitions)

    def _launch(self, works: Sequence[Work], partitions: Mapping[str, str] | None = None) -> None:
        self.launcher.execute(works, {PERIOD_TAG: self.order.period, **(partitions or {})})

    def add_catalogs(self) -> set[str]:
        """The names of all catalogs, each of which is a partition from now on."""
        instance = self.launcher.instance
        catalogs = set(find_catalogs(self.order.settings))
        known = set(instance.get_dynamic_partitions("catalogs"))
        instance.add_dynamic_partitions("catalogs", sorted(catalogs - known))
        return catalogs

    def _sync_catalogs(self) -> set[str]:
        """Makes the partitions equal to the catalogs that there are; returns those that are gone.

        Their rows are removed by the steps that are made of all catalogs.
        """
        instance, catalogs = self.launcher.instance, self.add_catalogs()
        known = set(instance.get_dynamic_partitions("catalogs"))
        strays = stray_catalogs(self.store, self.order.settings.pipeline, catalogs)
        gone = {*strays, *(known - catalogs)}
        for name in sorted(gone & known):
            instance.delete_dynamic_partition("catalogs", name)
        return gone

    def _remove_shards(self) -> set[str]:
        """Removes the rows of shards that are no longer configured, and lets go of their replies; returns the shards."""
        settings = self.order.settings
        shards = {*settings.config.all_shards, ""}
        journal = Journal(settings.journal) if settings.journal.is_file() else None
        of_catalogs = catalog_tables(settings.pipeline)
        gone: set[str] = set()
        for table in settings.pipeline.tables:
            if table.partition_by is not None and table not in of_catalogs:
                for partition in set(self.store.partitions(table)) - shards:
                    self.store.remove_partition(table, partition)
                    gone.add(partition)
                    if journal is not None:
                        journal.unpin(table.stage, partition)
        return gone
