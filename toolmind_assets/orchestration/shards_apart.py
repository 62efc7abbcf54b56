"""Shards made in processes of their own, several at a time: a failure costs one shard."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from multiprocessing import get_context

from toolmind_assets.errors import Interrupted, ToolMindError
from toolmind_assets.orchestration.factory import PERIOD_TAG
from toolmind_assets.orchestration.runs import Launcher, open_instance
from toolmind_assets.orchestration.schedules import shard_works
from toolmind_assets.orchestration.stopping import Stopping, led, signals_held
from toolmind_assets.settings.config import Settings
from toolmind_resources.chat.background import BACKGROUND
from toolmind_resources.errors import BudgetError, EndpointError, StoppedError, UselessRoleError


def ends_all(error: BaseException | None) -> bool:
    """Whether an error is no fault of its shard, so that the rest need not be tried."""
    return isinstance(error, BudgetError | EndpointError)


Ended = tuple[str, ToolMindError | BrokenProcessPool | None]
"""A shard with its error or None."""


def in_processes(
    settings: Settings,
    due: Sequence[str],
    workers: int,
    period: str,
    is_enough: Callable[[], bool] = lambda: False,
) -> Iterator[Ended]:
    """Each shard with its error or None, as they end; after one that stops all, shards not begun stay so.

    Args:
        settings: The settings of the project.
        due: The shards, in the order in which they are begun.
        workers: How many are made at the same time.
        period: What their budget is for.
        is_enough: Asked before a shard is begun; none is once it says so.
    """
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_begin_worker, initargs=(settings,))
    waiting, under_way, is_over = iter(due), dict[Future[None], str](), False
    try:
        while True:
            while len(under_way) < workers and not (is_over or BACKGROUND.is_ending or is_enough()):
                if (shard := next(waiting, None)) is None:
                    break
                under_way[_submitted(pool, shard, period)] = shard
            if not under_way:
                return
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                shard, error = under_way.pop(future), future.exception()
                is_over = is_over or ends_all(error)
                if error is not None and not isinstance(error, ToolMindError | BrokenProcessPool):
                    raise error
                yield shard, error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _submitted(pool: ProcessPoolExecutor, shard: str, period: str) -> Future[None]:
    """The making of a shard, which has failed already where the processes are gone."""
    try:
        with signals_held():
            return pool.submit(_work, shard, period)
    except BrokenProcessPool as error:
        failed: Future[None] = Future()
        failed.set_exception(error)
        return failed


def joined_failure(failures: Mapping[str, Exception], n_done: int) -> ToolMindError:
    """All failures in one: of a budget or an endpoint, which is every shard's, only once."""
    done = f"{n_done} other shards were made"
    rest = f"{done}; toolmind run goes on from here, and pays no reply twice."
    for error in failures.values():
        if isinstance(error, UselessRoleError):
            return UselessRoleError(f"{error}\n{done}; every reply that was of use is kept.")
        if isinstance(error, BudgetError | EndpointError):
            return type(error)(f"{error}\n{rest}")
    lines = sorted(f"{shard}: {error}" for shard, error in failures.items())
    return ToolMindError("\n".join([*lines[:10], rest]))


def make_shard(launcher: Launcher, shard: str, period: str) -> None:
    """Everything of one shard in one run."""
    # As a tag: the argument `partition_key` wants all assets of a run to have the same partitions, and
    # those that judge have the shards of both kinds.
    works = shard_works(launcher.settings, shard)
    launcher.execute(works, {PERIOD_TAG: period, "dagster/partition": shard})


_WORKER: list[tuple[Launcher, Stopping]] = []
"""The launcher of this worker process, whose definitions serve all shards that it makes, and what ends its work."""
_OPENED = ExitStack()
"""What this worker process holds open until it ends."""


def _begin_worker(settings: Settings) -> None:
    """Opens the instance for a worker process, which ends soon after the one that started it, however that ended."""
    _end_with_parent()
    stopping = _OPENED.enter_context(led())
    instance = _OPENED.enter_context(open_instance(settings))
    _WORKER.append((Launcher(settings, instance), stopping))


def _work(shard: str, period: str) -> None:
    launcher, stopping = _WORKER[0]
    try:
        stopping.run(lambda: make_shard(launcher, shard, period), launcher.settings.journal)
    except Interrupted as error:
        raise StoppedError("the run was told to stop") from error


def _end_with_parent() -> None:
    """Ends this worker soon after the process that started it is gone, however that ended."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.2)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
