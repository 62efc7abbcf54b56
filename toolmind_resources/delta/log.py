"""The commits in a Delta table's log, each with its own version.

Reads the log's files (`_delta_log/<version>.json`, one line an action; Delta protocol, "Delta Log Entries").
`DeltaTable.history` numbers entries from the version that was loaded, although it lists those that others
committed since, so that under concurrent writers it gives commits the wrong version.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from toolmind_resources.delta.commit import CommitRecord, is_ours, is_removal, record_of

_COMMIT = '{"commitInfo"'


@dataclass(frozen=True, slots=True)
class CommitLog:
    """The newest commit of each partition, as of one version of one table.

    Attributes:
        table_id: Delta's id of the table, which changes when the table is deleted and made anew.
        version: Delta version up to which the log was read.
        records: Partition (None for a table written whole) -> its newest commit; removed ones are left out.
    """

    table_id: str
    version: int = -1
    records: Mapping[str | None, CommitRecord] = field(default_factory=lambda: MappingProxyType({}))

    def advanced(self, folder: Path, version: int) -> "CommitLog":
        """This log with the commits of the table in `folder` up to `version` added."""
        records = dict(self.records)
        for entry in _entries(folder, self.version + 1, version):
            if is_removal(entry):
                records.pop(entry["partition"], None)
            elif is_ours(entry):
                record = record_of(entry)
                records[record.partition] = record
        return CommitLog(self.table_id, version, MappingProxyType(records))


def _entries(folder: Path, first: int, last: int) -> Iterator[dict[str, Any]]:
    """The commit metadata of versions `first` to `last`, oldest first; versions without any are left out."""
    for version in range(first, last + 1):
        path = folder / "_delta_log" / f"{version:020}.json"
        # A log that another tool has cleaned up starts later.
        if path.exists():
            with path.open(encoding="utf-8") as lines:
                line = next((line for line in lines if line.startswith(_COMMIT)), None)
            if line is not None:
                yield {**json.loads(line)["commitInfo"], "version": version}
