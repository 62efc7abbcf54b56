"""The checks of the tables, outside of Dagster: of what was made since they held last, or of everything."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolmind_assets.errors import ToolMindError
from toolmind_assets.settings.config import Settings
from toolmind_resources.delta.judge import Judge, check_names
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Table

Report = Callable[[str, int, int], None]
"""Told of progress: what is being done, how many parts of it are done, of how many."""
Versions = dict[str, dict[str, int]]
"""Table -> partition ("" for a table that is written whole) -> version of the commit that the checks held on."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, and violated nothing.

    Attributes:
        n_checks: Checks that hold.
        waiting: Checks that could not be judged, each with what it waits for.
    """

    n_checks: int
    waiting: tuple[str, ...] = ()


def verified_file(settings: Settings) -> Path:
    """Where it stands which commits the checks held on."""
    return settings.home / "verified.json"


def verify_tables(
    store: DeltaStore, tables: Sequence[Table], verified: Path, report: Report, is_whole: bool = False
) -> Verified:
    """The checks, all of which hold on every partition that was committed since they held last.

    The checks inside the runs see what a run made. These see what is there, also after a run that was killed
    between a commit and its checks, or whose failed check left rows behind.

    Args:
        store: Where the tables are.
        tables: All of them: parents and laws of one name others.
        verified: File of the commits that the checks held on.
        report: Told of progress.
        is_whole: Whether every table that there is is looked at, also what they held on.

    Raises:
        ToolMindError: a check does not hold.
    """
    judge = Judge(store, {table.name: table for table in tables})
    held = {} if is_whole else _read(verified)
    now = {table.name: _versions(store, table) for table in tables}
    broken: list[str] = []
    waiting: list[str] = []
    n_checks = 0
    for place, table in enumerate(tables):
        report("checks", place, len(tables))
        changed = _changed(now[table.name], held.get(table.name, {}))
        if store.version(table) is None or not (changed or is_whole):
            continue
        is_cut = table.partition_by is not None and not is_whole
        for name, judgement in judge.judge(table, changed if is_cut else None, check_names(table)).items():
            broken += [f"check {name} of {table.name}: {violation}" for violation in judgement.violations[:3]]
            if judgement.waits_for is None:
                n_checks += 1
            else:
                waiting.append(f"{name} of {table.name} waits for {judgement.waits_for}")
    report("checks", len(tables), len(tables))
    if broken:
        if is_whole:  # what they held on once, they hold on no more: the next run is to say so too
            verified.unlink(missing_ok=True)
        raise ToolMindError("\n".join([*broken[:10], "Look at the tables in the UI: toolmind ui"]))
    verified.parent.mkdir(parents=True, exist_ok=True)
    verified.write_text(json.dumps(now, sort_keys=True), encoding="utf-8")
    return Verified(n_checks, tuple(waiting))


def _versions(store: DeltaStore, table: Table) -> dict[str, int]:
    return {key or "": record.version for key, record in store.commits(table).items()}


def _changed(now: Mapping[str, int], held: Mapping[str, int]) -> list[str]:
    """The partitions whose newest commit is another than the one that the checks held on."""
    return sorted(key for key, version in now.items() if held.get(key) != version)


def _read(verified: Path) -> Versions:
    """What was verified; nothing where that stands nowhere, or cannot be read: then it is verified again."""
    try:
        return json.loads(verified.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
