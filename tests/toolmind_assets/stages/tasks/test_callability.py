from dataclasses import replace
from typing import Any

import pytest

from toolmind_assets.stages.tasks.callability import is_made_by_platform, never_planned_because

TEXT = {"type": "string"}


def test_what_a_chat_can_give_may_be_planned_and_what_it_cannot_says_why(make: Any) -> None:
    assert never_planned_because(make.function("find", {"word": TEXT})) == ""
    many = make.function("fill_form", {f"line_{n}": TEXT for n in range(3)})
    assert never_planned_because(many, required_max=3) == ""
    assert never_planned_because(many, required_max=2) == "it requires 3 arguments, more than 2"
    shapeless = make.function("write", {"body": {"type": "object"}})
    assert "body" in never_planned_because(shapeless)


@pytest.mark.parametrize(
    ("name", "description", "is_so"),
    [
        ("saveStats", "For worker to set sync stats of a running attempt.", True),
        ("onResourceDeleted", "Tells that a resource is gone.", True),
        ("touch", "Used by the scheduler to keep a lease.", True),
        ("ping", "Heartbeat of an agent.", True),
        ("hireWorker", "Hires a worker for a shift.", False),
        ("onboardUser", "Starts the trial of a user.", False),
        ("get_schedule", "The schedule that is used by a team.", False),
    ],
)
def test_a_platform_call_says_so_in_its_name_or_documentation(
    make: Any, name: str, description: str, is_so: bool
) -> None:
    function = replace(make.function(name), description=description)
    assert is_made_by_platform(function) is is_so
    assert bool(never_planned_because(function)) is is_so
