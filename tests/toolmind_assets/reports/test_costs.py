"""What the command line says about calls of paid models."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from toolmind_assets.reports.costs import print_all_usage, print_sample_costs, print_usage
from toolmind_assets.settings.config import Settings, ToolMindConfig
from toolmind_resources.chat.budget import Budget, Cost
from toolmind_resources.chat.journal import Journal
from toolmind_resources.chat.model import Charge, Role
from toolmind_resources.chat.reservations import Reservation
from toolmind_resources.chat.usage import PaidCall


class Home:
    """A home whose journal holds two calls of the planner, one of the user agent, and one of a preview."""

    def __init__(self, root: Path) -> None:
        self.settings = Settings(ToolMindConfig(), root, root)
        self.journal = Journal(self.settings.journal)
        for number, (stage, role) in enumerate(
            (("tasks", "planner"), ("tasks", "planner"), ("dialogues", "user_agent"), ("preview", "planner"))
        ):
            call = PaidCall(Role(role), "m", 1_000, 200, usd=0.01)
            self.journal.settle(self.begun(stage), str(number), b"raw", call)
        self.file = io.StringIO()
        self.console = Console(file=self.file, width=120)

    def begun(self, stage: str) -> Reservation:
        reservation = self.journal.reserve(Charge("run 1", stage, "sim-0000"), Cost(1, 3_000, 0.5), Budget())
        assert isinstance(reservation, Reservation)
        return reservation

    @property
    def rows(self) -> list[list[str]]:
        """The words of each line."""
        return [line.split() for line in self.file.getvalue().splitlines()]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_what_was_lost_with_its_process_is_told_beside_what_was_answered(home: Home) -> None:
    print_usage(home.console, home.settings, "run 1")
    assert "under way when their process ended" not in home.file.getvalue()
    home.begun("tasks")
    home.journal.forsake()
    print_all_usage(home.console, home.settings, "run 1")
    assert ["all", "4", "4,000", "800", "0.0400"] in home.rows
    words = " ".join(home.file.getvalue().split())
    assert "Beside these, 1 calls were under way" in words
    assert "with at most 3,000 tokens and 0.5000 USD" in words


def test_a_sample_that_there_is_none_of_costs_nothing(home: Home) -> None:
    print_sample_costs(home.console, home.settings)
    assert home.file.getvalue() == ""


def test_a_sample_costs_all_calls_of_stages_by_the_samples_that_passed(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toolmind_assets.reports.costs.n_passing", lambda settings: 2)
    print_sample_costs(home.console, home.settings)
    assert home.rows[1:] == [
        ["planner", "1.00", "1,000", "200", "0.010000"],
        ["user_agent", "0.50", "500", "100", "0.005000"],
        ["all", "1.50", "1,500", "300", "0.015000"],
    ]
