"""What a commit to a Delta table says about itself. No I/O.

A commit writes one partition, or a whole table. Its metadata stands in the Delta log beside the rows, flat and
as text, so that a step can ask what it made before without reading a row.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

_REMOVAL = "is_removal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """What determined the rows that are about to be written.

    Attributes:
        run_id: The run that wrote; the IO manager fills it in where it is empty.
        code_version: Version of the code that made the rows; filled in likewise.
        input_digest: Hashes inputs, parameters, prompts and code; equal digests make equal rows.
        build_token: Ties kept and dropped rows of one build together; written into every row.
        reads: Delta version of each table that was read.
    """

    run_id: str = ""
    code_version: str = ""
    input_digest: str
    build_token: str
    reads: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitRecord(Commit):
    """A commit as it stands in a table's log.

    Attributes:
        version: Delta version that it made.
        partition: What it wrote; None for a table that is written whole.
        row_count: Rows of the partition after it.
        content_digest: SHA-256 of the rows without their build token.
    """

    version: int
    partition: str | None
    row_count: int
    content_digest: str


@dataclass(frozen=True, slots=True)
class Written:
    """A commit that was just made, and how many attempts it took."""

    record: CommitRecord
    n_attempts: int


@dataclass(frozen=True, slots=True)
class Build:
    """What an asset hands to the IO manager: rows, and one commit for each partition that they replace.

    A partition that has a commit but no rows becomes empty; a partition of the run that has no commit is
    unchanged and stays as it is. An asset without partitions uses the key "".
    """

    frame: pl.DataFrame
    commits: Mapping[str, Commit]


def commit_metadata(
    table: str, partition: str | None, commit: Commit, row_count: int, content_digest: str
) -> dict[str, str]:
    """The custom metadata of a commit; a table written whole has no `partition` in it."""
    metadata = {
        "asset_key": table,
        "run_id": commit.run_id,
        "code_version": commit.code_version,
        "input_digest": commit.input_digest,
        "build_token": commit.build_token,
        "reads": json.dumps(dict(commit.reads), sort_keys=True),
        "row_count": str(row_count),
        "content_digest": content_digest,
    }
    return metadata if partition is None else {**metadata, "partition": partition}


def removal_metadata(table: str, partition: str) -> dict[str, str]:
    """The custom metadata of the commit that takes a partition away."""
    return {"asset_key": table, "partition": partition, _REMOVAL: "true"}


def is_ours(entry: Mapping[str, Any]) -> bool:
    """Whether an entry of a table's history is a commit of rows, not maintenance such as compaction."""
    return "asset_key" in entry


def is_removal(entry: Mapping[str, Any]) -> bool:
    """Whether an entry of a table's history took its partition away."""
    return entry.get(_REMOVAL) == "true"


def record_of(entry: Mapping[str, Any]) -> CommitRecord:
    """The commit that an entry of a table's history describes: its metadata, and `version`."""
    return CommitRecord(
        run_id=entry["run_id"],
        code_version=entry["code_version"],
        input_digest=entry["input_digest"],
        build_token=entry["build_token"],
        reads=json.loads(entry["reads"]),
        version=entry["version"],
        partition=entry.get("partition"),
        row_count=int(entry["row_count"]),
        content_digest=entry["content_digest"],
    )
