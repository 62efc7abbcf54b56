"""Shards in processes of their own: what ends one, what ends all, and what is told of it."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import ClassVar

import pytest

from toolmind_assets.errors import ToolMindError
from toolmind_assets.orchestration import materialise, shards_apart
from toolmind_assets.settings.config import Settings, ToolMindConfig
from toolmind_resources.errors import BudgetError, EndpointError, UselessRoleError

SETTINGS = Settings(ToolMindConfig(), Path("nowhere"), Path("nowhere"))
SHARDS = ("a", "b", "c", "d", "e")


class Pool(ThreadPoolExecutor):
    """Threads in place of processes."""

    sizes: ClassVar[list[int]] = []

    def __init__(
        self, max_workers: int, mp_context: object, initializer: object, initargs: tuple[object]
    ) -> None:
        Pool.sizes.append(max_workers)
        super().__init__(max_workers)


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Iterator[tuple[str, BaseException | None]]]:
    """How each shard ends that is begun, where a function makes them in threads."""
    Pool.sizes.clear()

    def made(make_shard: Callable[[str, str], None], workers: int = 1, due: tuple[str, ...] = SHARDS):
        monkeypatch.setattr(shards_apart, "ProcessPoolExecutor", Pool)
        monkeypatch.setattr(shards_apart, "_work", make_shard)
        return shards_apart.in_processes(SETTINGS, due, workers, "p")

    return made


def _failing(*errors: BaseException) -> Callable[[str, str], None]:
    """Makes the shards, of which the first ones end with these errors."""
    left = list(errors)

    def make_shard(shard: str, period: str) -> None:
        if left:
            raise left.pop(0)

    return make_shard


def never() -> bool:
    return False


def test_no_shard_is_begun_once_it_is_enough(make, monkeypatch):
    made: list[str] = []
    monkeypatch.setattr(shards_apart, "ProcessPoolExecutor", Pool)
    monkeypatch.setattr(shards_apart, "_work", lambda shard, period: made.append(shard))
    ended = shards_apart.in_processes(SETTINGS, SHARDS, 1, "p", lambda: len(made) >= 2)
    assert [shard for shard, _ in ended] == made == ["a", "b"]
    monkeypatch.setattr(materialise, "make_shard", lambda launcher, shard, period: made.append(shard))
    order = materialise.Order(SETTINGS, 1, SHARDS, "p", lambda *_: None)
    one_by_one = materialise._Run(order, launcher=None, store=None)._shards_made(
        SHARDS, lambda: len(made) >= 3
    )
    assert [shard for shard, _ in one_by_one] == ["a"]


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


def _run_of(monkeypatch: pytest.MonkeyPatch, workers: int, *errors: BaseException) -> materialise._Run:
    """A run that would make shards as `_failing` does, in this process or in threads."""
    make_shard = _failing(*errors)
    monkeypatch.setattr(shards_apart, "ProcessPoolExecutor", Pool)
    monkeypatch.setattr(shards_apart, "_work", make_shard)
    monkeypatch.setattr(materialise, "make_shard", lambda launcher, shard, period: make_shard(shard, period))
    order = materialise.Order(SETTINGS, workers, SHARDS, "p", lambda *_: None)
    return materialise._Run(order, launcher=None, store=None)


@pytest.mark.parametrize(
    ("workers", "n_due", "size"), [(1, 5, []), (2, 1, []), (2, 5, [2]), (8, 5, [5]), (2, 0, [])]
)
def test_there_are_no_more_workers_than_shards_and_none_for_one_at_a_time(
    make, monkeypatch, workers, n_due, size
):
    made = dict(_run_of(monkeypatch, workers)._shards_made(SHARDS[:n_due], never))
    assert made == dict.fromkeys(SHARDS[:n_due])
    assert Pool.sizes == size


@pytest.mark.parametrize("error", [BudgetError("used up"), EndpointError("no key")])
def test_one_at_a_time_none_follows_what_the_others_would_meet_too(make, monkeypatch, error):
    assert list(_run_of(monkeypatch, 1, error)._shards_made(SHARDS, never)) == [("a", error)]


def test_one_at_a_time_a_failure_costs_one_shard(make, monkeypatch):
    error = ToolMindError("no such file")
    made = list(_run_of(monkeypatch, 1, error)._shards_made(SHARDS, never))
    assert made == [("a", error), *((shard, None) for shard in SHARDS[1:])]


def _die(shard: str, period: str) -> None:
    os._exit(9)


def test_a_process_that_is_gone_costs_the_shards_that_it_had(monkeypatch):
    monkeypatch.setattr(
        shards_apart, "get_context", lambda _: get_context("fork")
    )  # which imports nothing again
    monkeypatch.setattr(shards_apart, "_begin_worker", lambda settings: None)
    monkeypatch.setattr(shards_apart, "_work", _die)
    ended = dict(shards_apart.in_processes(SETTINGS, ("a", "b"), 1, "p"))
    assert ended.keys() == {"a", "b"}
    assert {type(error) for error in ended.values()} == {BrokenProcessPool}


def test_failures_are_told_in_one_message_and_that_of_a_budget_once():
    several = shards_apart.joined_failure({"b": ToolMindError("no file"), "a": BrokenProcessPool("gone")}, 3)
    assert type(several) is ToolMindError
    assert str(several).splitlines()[:2] == ["a: gone", "b: no file"]
    assert "3 other shards were made; toolmind run goes on from here" in str(several)
    stopped = shards_apart.joined_failure({"a": ToolMindError("no file"), "b": BudgetError("used up")}, 0)
    assert type(stopped) is BudgetError
    assert str(stopped).startswith("used up\n0 other shards")


def test_where_replies_were_of_no_use_the_same_command_is_not_said_to_go_on():
    stopped = shards_apart.joined_failure({"a": UselessRoleError("then `toolmind run --retry-failed`")}, 3)
    assert type(stopped) is UselessRoleError
    assert str(stopped).splitlines() == [
        "then `toolmind run --retry-failed`",
        "3 other shards were made; every reply that was of use is kept.",
    ]
