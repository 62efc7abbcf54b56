"""Which functions the simulated dialogues use."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from toolmind_assets.errors import InputError
from toolmind_assets.model.function_use import FunctionUse, Use
from toolmind_assets.reports.coverage import (
    Coverage,
    coverage_line,
    measure_use,
    names_of_unused,
    print_coverage,
)
from toolmind_resources.delta.store import DeltaStore

FOUND = Coverage(
    [
        FunctionUse("f1", "find", ("desk", "shop"), "", Use.CALLED, ""),
        FunctionUse("f2", "hook", ("desk",), "", Use.UNCALLABLE, "a platform calls it"),
        FunctionUse("f3", "list", ("shop",), "", Use.NEVER_OFFERED, ""),
        FunctionUse("f4", "send", ("shop",), "", Use.NEVER_CALLED, ""),
    ],
    frozenset({"f1", "f4"}),
)


def printed(coverage: Coverage) -> list[list[str]]:
    file = io.StringIO()
    print_coverage(Console(file=file, width=80), coverage)
    return [line.split() for line in file.getvalue().splitlines()]


def test_a_catalog_has_a_row_and_a_function_of_two_counts_in_each_and_once_in_all() -> None:
    assert printed(FOUND)[2:] == [
        ["desk", "2", "1", "1", "0", "0", "1"],
        ["shop", "3", "2", "1", "1", "1", "0"],
        ["all", "4", "2", "1", "1", "1", "1"],
    ]


def test_the_table_fits_a_narrow_terminal_and_cuts_no_name() -> None:
    wide = Coverage(
        [FunctionUse("f1", "a", ("openapi-some-very-long-name.example.com",), "", Use.CALLED, "")],
        frozenset(),
    )
    joined = "".join(row[0] for row in printed(wide)[2:-1])
    assert joined == "openapi-some-very-long-name.example.com"


def test_every_function_that_was_not_called_is_named_with_its_catalogs_and_the_reason() -> None:
    assert list(names_of_unused(FOUND)) == [
        "offered, never called\tshop\tsend",
        "never offered\tshop\tlist",
        "cannot be called\tdesk\thook\ta platform calls it",
    ]


def test_the_line_of_the_summary_leaves_out_what_there_is_none_of() -> None:
    assert coverage_line(FOUND) == (
        "4 functions: called 1; offered, never called 1; never offered 1; cannot be called 1"
    )
    assert coverage_line(Coverage(FOUND.uses[:1], frozenset())) == "1 functions: called 1"


def test_before_there_are_functions_it_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="toolmind run"):
        measure_use(DeltaStore(tmp_path))
