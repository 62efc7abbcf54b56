"""The list of commands, and what each loads."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from toolmind_assets.cli import COMMANDS, main

LOADED = """
import contextlib, sys
from toolmind_assets.cli import main
with contextlib.suppress(SystemExit):
    main(sys.argv[1:])
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""
HEAVY = {"aiohttp", "dagster", "deltalake", "faker", "matplotlib", "networkx", "numpy", "openai", "scipy"}
"""What a command that reads and writes files of rows needs nothing of."""
ANY = {"click", "polars", "pydantic", "rich", "toolmind_resources"}


def _loaded(*arguments: str) -> set[str]:
    """The packages that are loaded when the command line has ended."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_called_and_says_what_it_does_as_in_the_list(name):
    assert isinstance(main, click.Group)
    command = main.get_command(click.Context(main), name)
    assert isinstance(command, click.Command)
    assert command.name == name
    assert command.get_short_help_str(limit=200).rstrip(".") == COMMANDS[name].rstrip(".")


def test_an_unknown_command_is_told_as_such():
    result = CliRunner().invoke(main, ["nosuch"])
    assert result.exit_code == 2
    assert "nosuch" in result.stderr


def test_the_list_of_commands_loads_none_of_them():
    assert (HEAVY | ANY) & _loaded("--help") == {"click", "toolmind_resources"}


@pytest.mark.parametrize("name", ["normalize", "check", "import"])
def test_a_command_over_files_loads_no_more_than_it_needs(name):
    assert HEAVY & _loaded(name, "--help") == set()


@pytest.mark.parametrize("name", ["link", "trace", "coverage", "export", "spending", "verify"])
def test_only_what_makes_rows_of_runs_loads_dagster(name):
    assert {"dagster", "matplotlib", "openai"} & _loaded(name, "--help") == set()
