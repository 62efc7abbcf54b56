"""Shards in processes of their own: what ends one, what ends all, and what is told of it."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import ClassVar

import pytest

from toolmind_assets.errors import ToolMindError
from toolmind_assets.orchestration import jobs
from toolmind_resources.errors import BudgetError, EndpointError

SHARDS = ("a", "b", "c", "d", "e")


class Pool(ThreadPoolExecutor):
    """Threads in place of processes."""

    sizes: ClassVar[list[int]] = []

    def __init__(self, max_workers: int, mp_context: object, initializer: object) -> None:
        Pool.sizes.append(max_workers)
        super().__init__(max_workers)


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Iterator[tuple[str, BaseException | None]]]:
    """How each shard ends that is begun, where a function makes them in threads."""
    Pool.sizes.clear()

    def made(make_shard: Callable[[str, str], None], workers: int = 1, due: tuple[str, ...] = SHARDS):
        monkeypatch.setattr(jobs, "ProcessPoolExecutor", Pool)
        monkeypatch.setattr(jobs, "_make_shard", make_shard)
        return jobs._in_processes(due, workers, "p")

    return made


def _failing(*errors: BaseException) -> Callable[[str, str], None]:
    """Makes the shards, of which the first ones end with these errors."""
    left = list(errors)

    def make_shard(shard: str, period: str) -> None:
        if left:
            raise left.pop(0)

    return make_shard


def test_a_failure_costs_one_shard(make):
    error = ToolMindError("no such file")
    assert dict(make(_failing(error))) == {"a": error, "b": None, "c": None, "d": None, "e": None}


@pytest.mark.parametrize("error", [BudgetError("used up"), EndpointError("no key")])
def test_what_the_others_would_meet_too_ends_all_that_were_not_begun(make, error):
    is_told = threading.Event()

    def make_shard(shard: str, period: str) -> None:
        if shard == "a":
            raise error
        is_told.wait(30)

    ended = make(make_shard)
    assert next(ended) == ("a", error)
    is_told.set()
    assert {shard for shard, _ in ended} <= {"b"}, "which was begun meanwhile"


def test_what_is_no_error_of_ours_is_raised(make):
    with pytest.raises(ZeroDivisionError):
        list(make(_failing(ZeroDivisionError())))


@pytest.mark.parametrize(("workers", "n_due", "size"), [(1, 5, [1]), (2, 5, [2]), (8, 5, [5]), (2, 0, [])])
def test_there_are_as_many_workers_as_asked_for_and_no_more_than_shards(make, workers, n_due, size):
    assert len(list(make(_failing(), workers, SHARDS[:n_due]))) == n_due
    assert Pool.sizes == size


def _die(shard: str, period: str) -> None:
    os._exit(9)


def test_a_process_that_is_gone_costs_the_shards_that_it_had(monkeypatch):
    monkeypatch.setattr(jobs, "get_context", lambda _: get_context("fork"))  # which imports nothing again
    monkeypatch.setattr(jobs, "_make_shard", _die)
    ended = dict(jobs._in_processes(("a", "b"), 1, "p"))
    assert ended.keys() == {"a", "b"}
    assert {type(error) for error in ended.values()} == {BrokenProcessPool}


def test_failures_are_told_in_one_message_and_that_of_a_budget_once():
    several = jobs._joined_failure({"b": ToolMindError("no file"), "a": BrokenProcessPool("gone")}, 3)
    assert type(several) is ToolMindError
    assert str(several).splitlines()[:2] == ["a: gone", "b: no file"]
    assert "3 other shards were made; toolmind run goes on from here" in str(several)
    stopped = jobs._joined_failure({"a": ToolMindError("no file"), "b": BudgetError("used up")}, 0)
    assert type(stopped) is BudgetError
    assert str(stopped).startswith("used up\n0 other shards")
