"""Which functions the simulated dialogues use: offered, planned, called, or none of it."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table as TextTable

from toolmind_assets.errors import InputError
from toolmind_assets.model.function_use import FunctionUse, Use, function_uses
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.stages.tasks.callability import never_planned_because
from toolmind_assets.tables.dialogues import CALLS
from toolmind_assets.tables.functions import callable_functions
from toolmind_assets.tables.specs import FUNCTIONS
from toolmind_assets.tables.tasks import TASKS
from toolmind_resources.delta.store import DeltaStore

_WORDS = {
    Use.CALLED: "called",
    Use.NEVER_CALLED: "offered, never called",
    Use.NEVER_OFFERED: "never offered",
    Use.UNCALLABLE: "cannot be called",
}
_COLUMNS = ("functions", "planned", "called", "only\noffered", "not\noffered", "not\ncallable")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far every function came.

    Attributes:
        uses: One a function, by name; called is what a dialogue really called.
        planned: Ids of the functions that a task's plan calls.
    """

    uses: list[FunctionUse]
    planned: frozenset[str]

    def of(self, use: Use) -> list[FunctionUse]:
        """The functions of one use, by name."""
        return [one for one in self.uses if one.use is use]


def measure_use(
    store: DeltaStore, reason_of: Callable[[FunctionSpec], str] = never_planned_because
) -> Coverage:
    """How far every function came in the tasks and simulated dialogues that there are.

    Args:
        store: The tables.
        reason_of: Why no plan can call a function; empty where one can.

    Raises:
        InputError: there are no functions yet.
    """
    if store.version(FUNCTIONS) is None:
        raise InputError("there are no functions yet; make them: toolmind run")
    tasks = store.read(TASKS, columns=["offered_function_ids", "plan_json"])
    offered = frozenset(tasks["offered_function_ids"].explode().drop_nulls())
    planned = frozenset(
        step["function_id"] for text in tasks["plan_json"].unique() for step in json.loads(text)
    )
    calls = store.read(CALLS, columns=["function_id"])["function_id"]
    functions = callable_functions(store.read(FUNCTIONS))
    uses = function_uses(functions, offered, frozenset(calls.drop_nulls()), reason_of)
    return Coverage(uses, planned)


def print_coverage(console: Console, coverage: Coverage) -> None:
    """A table with a row a catalog, and one of all functions, each of which counts once there."""
    table = TextTable(box=None, padding=(0, 1, 0, 0))
    table.add_column("catalog", overflow="fold")
    for column in _COLUMNS:
        table.add_column(column, justify="right")
    members: dict[str, list[FunctionUse]] = {}
    for one in coverage.uses:
        for catalog in one.catalogs:
            members.setdefault(catalog, []).append(one)
    for catalog in sorted(members):
        table.add_row(catalog, *_cells(members[catalog], coverage.planned))
    table.add_row("all", *_cells(coverage.uses, coverage.planned), style="bold")
    console.print(table)


def coverage_line(coverage: Coverage) -> str:
    """The counts of all functions as one line."""
    parts = (f"{_WORDS[use]} {len(coverage.of(use)):,}" for use in Use if coverage.of(use))
    return f"{len(coverage.uses):,} functions: {'; '.join(parts)}"


def names_of_unused(coverage: Coverage) -> Iterator[str]:
    """A line for each function that no dialogue called: its use, catalogs, name, and why it cannot be called."""
    for use in (Use.NEVER_CALLED, Use.NEVER_OFFERED, Use.UNCALLABLE):
        for one in coverage.of(use):
            parts = (_WORDS[use], ", ".join(one.catalogs), one.name, one.reason)
            yield "\t".join(part for part in parts if part)


def _cells(members: Sequence[FunctionUse], planned: Collection[str]) -> Iterator[str]:
    counts = Counter(one.use for one in members)
    n_planned = sum(one.function_id in planned for one in members)
    return (f"{count:,}" for count in (len(members), n_planned, *(counts[use] for use in _WORDS)))
