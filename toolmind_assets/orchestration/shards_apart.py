"""Shards made in processes of their own, several at a time: a failure costs one shard."""

import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from toolmind_assets.errors import ToolMindError
from toolmind_assets.orchestration.factory import PERIOD_TAG
from toolmind_assets.orchestration.runs import Launcher, open_instance
from toolmind_assets.orchestration.schedules import shard_works
from toolmind_assets.settings.config import Settings
from toolmind_resources.errors import BudgetError, EndpointError


def ends_all(error: BaseException | None) -> bool:
    """Whether an error is no fault of its shard, so that the rest need not be tried."""
    return isinstance(error, BudgetError | EndpointError)


def in_processes(
    settings: Settings, due: Sequence[str], workers: int, period: str
) -> Iterator[tuple[str, ToolMindError | BrokenProcessPool | None]]:
    """Each shard with its error or None, as they end; after one that stops all, shards not begun stay so."""
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_begin_worker, initargs=(settings,))
    try:
        futures = {pool.submit(_work, shard, period): shard for shard in due}
        for future in as_completed(futures):
            if future.cancelled():
                continue
            error = future.exception()
            if ends_all(error):
                for other in futures:
                    other.cancel()
            if error is not None and not isinstance(error, ToolMindError | BrokenProcessPool):
                raise error
            yield futures[future], error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def joined_failure(failures: Mapping[str, Exception], n_done: int) -> ToolMindError:
    """All failures in one: of a budget or an endpoint, which is every shard's, only once."""
    rest = f"{n_done} other shards were made; toolmind run goes on from here, and pays no reply twice."
    for error in failures.values():
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


_WORKER: list[Launcher] = []
"""The launcher of this worker process: its definitions serve all shards that it makes."""


def _begin_worker(settings: Settings) -> None:
    """Opens the instance for a worker process, which ends soon after the one that started it, however that ended."""
    _end_with_parent()
    instance = open_instance(settings)
    _WORKER.append(Launcher(settings, instance.__enter__()))


def _work(shard: str, period: str) -> None:
    make_shard(_WORKER[0], shard, period)


def _end_with_parent() -> None:
    """Ends this worker soon after the process that started it is gone, however that ended."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.2)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
