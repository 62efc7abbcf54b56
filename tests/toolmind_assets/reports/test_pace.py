"""How a run is getting on, by a clock of the test."""

from pathlib import Path

import pytest

from toolmind_assets.reports.pace import Pace, PaceWatch
from toolmind_assets.settings.config import Settings, ToolMindConfig
from toolmind_resources.chat.budget import Budget, Cost
from toolmind_resources.chat.journal import Journal
from toolmind_resources.chat.model import Charge, Role
from toolmind_resources.chat.reservations import Reservation
from toolmind_resources.chat.usage import PaidCall

CHARGE = Charge("run 1", "dialogues", "sim-0000")


class Run:
    """A home with a journal, and seconds that pass when a test says so."""

    def __init__(self, home: Path) -> None:
        self.seconds = 0.0
        self.settings = Settings(ToolMindConfig(), home, home)
        self.watch = PaceWatch(self.settings, "run 1", lambda: self.seconds)

    def begin_call(self) -> Reservation:
        reservation = Journal(self.settings.journal).reserve(CHARGE, Cost(1, 50, 0.0), Budget())
        assert isinstance(reservation, Reservation)
        return reservation

    def end_call(self, reservation: Reservation, key: str) -> None:
        call = PaidCall(Role("planner"), "m", 20, 10, usd=0.5)
        Journal(self.settings.journal).settle(reservation, key, b"raw", call)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


def test_nothing_is_told_of_calls_where_none_was_made(run: Run) -> None:
    assert run.watch.look() == Pace()
    assert run.watch.look().words() == "0 dialogues, 0 samples"


def test_calls_are_told_with_what_one_minute_brings_and_those_under_way(run: Run) -> None:
    for number in range(3):
        run.end_call(run.begin_call(), str(number))
    run.begin_call()
    run.seconds = 30
    pace = run.watch.look()
    assert (pace.spent, pace.a_minute, pace.n_under_way) == (Cost(3, 90, 1.5), Cost(6, 180, 3.0), 1)
    assert pace.words().startswith(
        "3 calls (6 a minute), 90 tokens (180), 1.50 USD (3.00), 1 under way; 0 dialogues"
    )


def test_a_rate_is_that_of_the_last_minute(run: Run) -> None:
    run.end_call(run.begin_call(), "early")
    run.watch.look()
    for seconds in (60, 120, 180):
        run.seconds = seconds
        run.watch.look()
    assert run.watch.look().a_minute == Cost()


def test_the_time_left_follows_from_the_shards_made_since_the_run_began(run: Run) -> None:
    run.watch.report("catalogs", 2, 2)
    run.seconds = 100
    run.watch.report("shards", 3, 8)
    assert run.watch.look().seconds_left is None
    run.seconds = 400
    run.watch.report("shards", 5, 8)
    assert run.watch.look().seconds_left == 450
    assert "about 8 min left" in run.watch.look().words()


def test_drops_are_told_the_most_frequent_first() -> None:
    pace = Pace(n_dialogues=2, n_samples=3, drops={"dead_end": 1_200, "chat_failed": 1})
    assert pace.words() == "2 dialogues, 3 samples; dropped: dead_end 1,200, chat_failed 1"


def test_rows_that_were_made_are_counted(made_project) -> None:
    pace = PaceWatch(made_project.settings, "run 1").look()
    assert pace.n_dialogues > 0
    assert pace.n_samples > 0
    assert sum(pace.drops.values()) > 0
