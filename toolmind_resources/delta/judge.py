"""Stored tables judged: `audit` applied to what a store holds. No Dagster.

A law all of whose tables are partitioned is judged partition by partition, in those that its own table holds:
what was not made yet is no loss. Any other law is judged on whole tables.

A finding that rests on a table which is not there, or which was written anew after the rows under judgement
were made from it, proves nothing: the judgement then says what it waits for. A table that is not there and
that the rows were knowingly made without counts as empty.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from toolmind_resources.delta.audit import (
    MAX_FINDINGS,
    key_findings,
    law_findings,
    null_findings,
    parent_findings,
    type_findings,
)
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Law, Table

SCHEMA, KEY, PARENTS = "schema", "key_unique", "parents_exist"
"""Names of the checks that are not named by a law."""


def check_names(table: Table) -> list[str]:
    """The names of a table's checks: schema, key, parents where any must be there, and each of its laws."""
    return [SCHEMA, KEY, *([PARENTS] if table.checked_parents else []), *(law.name for law in table.laws)]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a check found: violations, or what it waits for (None where it could be judged)."""

    violations: tuple[str, ...] = ()
    waits_for: str | None = None


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges tables as `store` holds them; `tables` are all that parents and laws name."""

    store: DeltaStore
    tables: Mapping[str, Table]

    def judge(
        self, table: Table, partitions: Sequence[str] | None, names: Iterable[str]
    ) -> dict[str, Judgement]:
        """The judgement of each check in `names` on `partitions` of the table, None for the whole."""
        stored = self.store.stored_schema(table)
        if stored is None:
            return dict.fromkeys(names, Judgement(waits_for=f"{table.name}, which was not made yet"))
        if broken := type_findings(table, stored):
            return dict.fromkeys(names, Judgement(tuple(broken)))
        frame = self.store.read(table, partitions)
        return {name: self._judge_one(table, partitions, frame, name) for name in names}

    def _judge_one(
        self, table: Table, partitions: Sequence[str] | None, frame: pl.DataFrame, name: str
    ) -> Judgement:
        if name == SCHEMA:
            return Judgement(tuple(null_findings(table, frame)))
        if name == KEY:
            return Judgement(tuple(key_findings(table, frame)))
        if name == PARENTS:
            return self._judge_parents(table, partitions, frame)
        law = next(law for law in table.laws if law.name == name)
        reads = [self.tables[read] for read in law.reads]
        if all(read.partition_by is not None for read in reads):
            return self._judge_parts(table, partitions, law, reads)
        findings = law_findings(law, {read.name: self.store.read(read) for read in reads})
        return self._excused(findings, table, None, reads)

    def _judge_parents(
        self, table: Table, partitions: Sequence[str] | None, frame: pl.DataFrame
    ) -> Judgement:
        parents = [self.tables[name] for name in sorted({parent.parent for parent in table.checked_parents})]
        frames = {}
        for parent in parents:
            is_alike = parent.partition_by is not None and parent.partition_by == table.partition_by
            columns = [known.parent_column for known in table.checked_parents if known.parent == parent.name]
            frames[parent.name] = self.store.read(parent, partitions if is_alike else None, columns)
        missing = [parent for parent in parents if self.store.version(parent) is None]
        return self._excused(parent_findings(table, frame, frames), table, None, missing)

    def _judge_parts(
        self, table: Table, partitions: Sequence[str] | None, law: Law, reads: Sequence[Table]
    ) -> Judgement:
        held = self.store.partitions(table)
        judged = [key for key in held if partitions is None or key in partitions]
        parts = {read.name: _by_partition(read, self.store.read(read, judged)) for read in reads}
        violations: list[str] = []
        waits_for = None
        for key in judged:
            frames = {read.name: parts[read.name].get(key, read.empty()) for read in reads}
            one = self._excused(law_findings(law, frames), table, key, reads)
            violations += [f"{key}: {finding}" for finding in one.violations]
            waits_for = waits_for or one.waits_for
        if violations:
            return Judgement(tuple(violations[:MAX_FINDINGS]))
        return Judgement(waits_for=waits_for)

    def _excused(
        self, findings: list[str], table: Table, partition: str | None, reads: Iterable[Table]
    ) -> Judgement:
        """The findings, unless a table of `reads` is not what the rows of `table` were made from."""
        if not findings:
            return Judgement()
        commits = self.store.commits(table)
        own = [record.reads for key, record in commits.items() if partition is None or key == partition]
        for read in reads:
            if read.name == table.name:
                continue
            seen = [versions[read.name] for versions in own if read.name in versions]
            if self.store.version(read) is None:
                if seen or not any(own):
                    return Judgement(waits_for=f"{read.name}, which was not made yet")
            elif seen and self._newest(read, partition) > min(seen):
                return Judgement(waits_for=f"{table.name}: {read.name} was made anew after it")
        return Judgement(tuple(findings))

    def _newest(self, table: Table, partition: str | None) -> int:
        """The version of the newest commit to a partition (None: to any), -1 where there is none."""
        commits = self.store.commits(table).items()
        return max(
            (record.version for key, record in commits if partition is None or key == partition), default=-1
        )


def _by_partition(table: Table, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    return {key: part for (key,), part in frame.partition_by(str(table.partition_by), as_dict=True).items()}
