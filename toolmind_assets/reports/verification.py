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
Commits = Mapping[str, Mapping[str, str]]
"""Table -> partition ("" for a table that is written whole) -> the commit that the checks held on."""


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
    """The checks, all of which hold on every partition that changed, or whose parents did, since they held last.

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
    now = {table.name: _commits(store, table) for table in tables}
    due = {table.name: None for table in tables} if is_whole else _due(tables, now, _read(verified))
    broken: list[str] = []
    waiting: dict[str, list[str]] = {}
    n_checks = 0
    report("checks", 0, len(tables))
    for table in tables:
        if store.version(table) is None or table.name not in due:
            continue
        for name, judgement in judge.judge(table, due[table.name], check_names(table)).items():
            broken += [f"check {name} of {table.name}: {violation}" for violation in judgement.violations[:3]]
            if judgement.waits_for is None:
                n_checks += 1
            else:
                words = f"{name} of {table.name} waits for {judgement.waits_for}"
                waiting.setdefault(table.name, []).append(words)
    report("checks", len(tables), len(tables))
    if broken:
        if is_whole:  # what they held on once, they hold on no more: the next run is to say so too
            verified.unlink(missing_ok=True)
        raise ToolMindError("\n".join([*broken[:10], "Look at the tables in the UI: toolmind ui"]))
    held = {name: commits for name, commits in now.items() if name not in waiting}
    verified.parent.mkdir(parents=True, exist_ok=True)
    verified.write_text(json.dumps(held, sort_keys=True), encoding="utf-8")
    return Verified(n_checks, tuple(words for of_table in waiting.values() for words in of_table))


def _commits(store: DeltaStore, table: Table) -> dict[str, str]:
    """Partition -> its newest commit: the version alone begins anew with a table that is made anew."""
    found = store.commits(table).items()
    return {key or "": f"{record.version} {record.run_id} {record.build_token}" for key, record in found}


def _due(tables: Sequence[Table], now: Commits, held: Commits) -> dict[str, list[str] | None]:
    """Table -> its partitions to be looked at, None for the whole; tables that stayed as they are are left out.

    A check reads other tables too, parents and those of its laws: where one of these changed, what refers to it is
    looked at again, the same partitions where both are cut alike.
    """
    by_name = {table.name: table for table in tables}
    changed = {table.name: _changed(now[table.name], held.get(table.name, {})) for table in tables}
    due: dict[str, list[str] | None] = {}
    for table in tables:
        keys, is_whole = set(changed[table.name]), False
        for name in _read_by_checks(table):
            if changed[name] and by_name[name].partition_by != table.partition_by:
                is_whole = True
            keys |= set(changed[name])
        keys &= now[table.name].keys()
        if is_whole or (keys and table.partition_by is None):
            due[table.name] = None
        elif keys:
            due[table.name] = sorted(keys)
    return due


def _read_by_checks(table: Table) -> set[str]:
    """The names of the other tables that the checks of a table read."""
    parents = {parent.parent for parent in table.checked_parents}
    return (parents | {read for law in table.laws for read in law.reads}) - {table.name}


def _changed(now: Mapping[str, str], held: Mapping[str, str]) -> list[str]:
    """The partitions that have another newest commit than the one that the checks held on, or none any more."""
    return sorted(key for key in now.keys() | held.keys() if now.get(key) != held.get(key))


def _read(verified: Path) -> Commits:
    """What was verified; nothing where that stands nowhere, or cannot be read: then it is verified again."""
    try:
        return json.loads(verified.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
