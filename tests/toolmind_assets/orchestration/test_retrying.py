"""`toolmind run --retry-failed`: which partitions are made again, and which replies are asked anew."""

from dataclasses import replace
from pathlib import Path

import pytest

from toolmind_assets.model.drops import LOST_REPLIES, NO_REPLY, Drop, DropReason
from toolmind_assets.orchestration.materialise import Order, _Run
from toolmind_assets.settings.config import Settings, ToolMindConfig
from toolmind_assets.stages.tasks.stage import SAMPLE_TASKS
from toolmind_assets.tables.rows import encode_rows
from toolmind_assets.tables.tasks import TASKS_DROPPED
from toolmind_resources.chat.budget import Budget, Cost
from toolmind_resources.chat.journal import Journal
from toolmind_resources.chat.model import Charge, Role
from toolmind_resources.chat.reservations import Reservation
from toolmind_resources.chat.usage import PaidCall
from toolmind_resources.delta.commit import Commit
from toolmind_resources.delta.store import DeltaStore

COMMIT = Commit(input_digest="input", build_token="token", reads={})
DROP = Drop("tasks", "sim-0000", "t1", (), DropReason.DEAD_END, "no walk")


@pytest.fixture
def run(tmp_path: Path) -> _Run:
    settings = Settings(ToolMindConfig(), tmp_path, tmp_path)
    order = Order(settings, 1, ("sim-0000",), "p", lambda *_: None, retries_failed=True)
    return _Run(order, launcher=None, store=DeltaStore(settings.tables))  # pyright: ignore[reportArgumentType]


def _is_due_again(run: _Run, drop: Drop) -> bool:
    """Whether the partition has no commit any more after rows that were lost are made due."""
    run.store.write(TASKS_DROPPED, encode_rows(TASKS_DROPPED, [drop], "token"), "sim-0000", COMMIT)
    run.expire_failed([SAMPLE_TASKS], ["sim-0000"])
    return run.store.latest(TASKS_DROPPED, "sim-0000") is None


@pytest.mark.parametrize("reason", DropReason)
def test_what_lies_with_replies_is_made_again_and_nothing_else(run: _Run, reason: DropReason) -> None:
    assert _is_due_again(run, replace(DROP, reason=reason)) is (reason in LOST_REPLIES)


def test_what_got_no_reply_is_made_again_whatever_it_was_dropped_for(run: _Run) -> None:
    assert _is_due_again(run, replace(DROP, detail=f"slot 1: {NO_REPLY}the server is away"))


def test_partitions_that_are_not_asked_for_stay(run: _Run) -> None:
    lost = replace(DROP, reason=DropReason.UNUSABLE_REPLY, partition="sim-0001")
    run.store.write(TASKS_DROPPED, encode_rows(TASKS_DROPPED, [lost], "token"), "sim-0001", COMMIT)
    run.expire_failed([SAMPLE_TASKS], ["sim-0000"])
    assert run.store.latest(TASKS_DROPPED, "sim-0001") is not None


def test_replies_to_questions_that_were_given_up_are_forgotten(run: _Run) -> None:
    run._forget_given_up()  # of which there is nothing to say where no model was ever asked
    journal = Journal(run.order.settings.journal)
    for key in ("useful", "useless"):
        reservation = journal.reserve(Charge("p", "tasks"), Cost(1, 2, 0.0), Budget())
        assert isinstance(reservation, Reservation)
        journal.settle(reservation, key, b"raw", PaidCall(Role("planner"), "m", 1, 1))
    journal.give_up(["useless"])
    run._forget_given_up()
    assert (journal.peek("useful"), journal.peek("useless")) == (b"raw", None)
