"""The checks of all tables, outside of Dagster: what ends every `toolmind run`."""

from collections.abc import Callable

from toolmind_assets.errors import ToolMindError
from toolmind_assets.tables import TABLES
from toolmind_resources.delta.judge import Judge, check_names
from toolmind_resources.delta.store import DeltaStore

Report = Callable[[str, int, int], None]
"""Told of progress: what is being done, how many parts of it are done, of how many."""


def verify_tables(store: DeltaStore, report: Report) -> int:
    """The number of checks, all of which hold on the whole of every table.

    The checks inside the runs see what a run made. These see what is there, also after a run that was killed
    between a commit and its checks, or whose failed check left rows behind.

    Raises:
        ToolMindError: a check does not hold.
    """
    judge = Judge(store, {table.name: table for table in TABLES})
    broken: list[str] = []
    n_checks = 0
    report("checks", 0, len(TABLES))
    for table in TABLES:
        for name, judgement in judge.judge(table, None, check_names(table)).items():
            n_checks += 1
            broken += [f"check {name} of {table.name}: {violation}" for violation in judgement.violations[:3]]
    report("checks", len(TABLES), len(TABLES))
    if broken:
        raise ToolMindError("\n".join([*broken[:10], "Look at the tables in the UI: toolmind ui"]))
    return n_checks
