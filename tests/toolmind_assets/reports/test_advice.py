"""What is said of dropped rows: how many, an example, and what to do."""

from pathlib import Path

import pytest

from toolmind_assets.model.drops import LOST_REPLIES, NO_REPLY, Drop, DropReason
from toolmind_assets.reports.advice import ADVICE, RETRY, Dropped, dropped_rows, most_frequent
from toolmind_assets.tables.rows import encode_rows
from toolmind_assets.tables.tasks import TASKS, TASKS_DROPPED
from toolmind_resources.delta.commit import Commit
from toolmind_resources.delta.store import DeltaStore

COMMIT = Commit(input_digest="input", build_token="token", reads={})


def _dropped(store: DeltaStore, *drops: Drop) -> list[Dropped]:
    rows = encode_rows(TASKS_DROPPED, drops, "token")
    store.write(TASKS_DROPPED, rows, "sim-0000", COMMIT)
    return dropped_rows(store, [TASKS, TASKS_DROPPED])


def _drop(number: int, reason: DropReason, detail: str) -> Drop:
    return Drop("tasks", "sim-0000", f"t{number}", (), reason, detail)


@pytest.fixture
def store(tmp_path: Path) -> DeltaStore:
    return DeltaStore(tmp_path)


def test_each_reason_stands_with_its_count_and_a_short_example(store: DeltaStore) -> None:
    found = _dropped(
        store,
        _drop(1, DropReason.DEAD_END, "slot 1:\n no walk"),
        _drop(2, DropReason.DEAD_END, "slot 1:\n no walk"),
        _drop(3, DropReason.UNUSABLE_REPLY, "x" * 500),
    )
    assert [(one.reason, one.n_rows) for one in found] == [
        (DropReason.DEAD_END, 2),
        (DropReason.UNUSABLE_REPLY, 1),
    ]
    assert found[0].example == "slot 1: no walk"
    assert found[1].example == "x" * 160 + "..."
    assert "tasks.walk_min" in found[0].advice
    assert RETRY in found[1].advice


def test_a_verdict_that_no_reply_came_for_is_no_matter_of_the_functions(store: DeltaStore) -> None:
    found = _dropped(
        store,
        _drop(1, DropReason.TURN_UNVERIFIABLE, "the rules could not tell"),
        _drop(2, DropReason.TURN_UNVERIFIABLE, f"{NO_REPLY}the model declines to answer"),
    )
    (one,) = found
    assert one.example.startswith(NO_REPLY)
    assert one.advice == f"replies were missing or of no use: look at the example, then {RETRY}"


@pytest.mark.parametrize("reason", LOST_REPLIES)
def test_all_that_lies_with_replies_can_be_tried_again(reason: DropReason) -> None:
    assert RETRY in ADVICE[reason]


def test_the_worst_is_what_most_rows_were_lost_to_and_can_be_helped() -> None:
    dead = Dropped("tasks", DropReason.DEAD_END, 3, "", False)
    over = Dropped("tasks", DropReason.OVER_LIMIT, 90, "", False)
    judged = Dropped("trajectories", DropReason.TURN_FAILED, 7, "", False)
    assert most_frequent([dead, over, judged], ["tasks"]) == dead
    assert most_frequent([over], ["tasks"]) is None
