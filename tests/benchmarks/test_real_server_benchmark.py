"""When `benchmarks/real_server.py` takes a run for one that ended well, and that it says where it cannot measure."""

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
WELL = {
    "ends": True,
    "exit_code": 0,
    "traceback": False,
    "said": "",
    "calls": 12,
    "drops": {"invalid_plan": 2},
}


@pytest.fixture
def is_well(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("real_server").is_well


@pytest.mark.parametrize(
    ("outcome", "wanted"),
    [
        ({}, True),
        ({"exit_code": 1, "said": "it seems to ignore `tools`"}, True),
        ({"exit_code": 1}, False),
        ({"traceback": True}, False),
        ({"ends": False}, False),
        ({"calls": 13}, False),
    ],
)
def test_a_run_is_well_that_ends_in_few_calls_and_says_why_it_stopped(
    outcome: dict[str, Any], wanted: bool, is_well: Any
) -> None:
    assert is_well({**WELL, **outcome}, calls_max=12) is wanted


def test_where_the_server_is_not_installed_it_says_so_and_measures_nothing() -> None:
    command = [sys.executable, str(BENCHMARKS / "real_server.py"), "--python", "/bin/false"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.startswith("skipped: /bin/false has no ")) == (0, True)
