"""Values in a column of a data set, each distinct one once: the tools of an open set are a catalog too.

Read twice, in batches: how often a value stands is known when all rows were seen, and values are not kept.
"""

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO, cast

import polars as pl

from toolmind_resources.files.found import Breach, FoundFile, ReadLimits, describe_excess
from toolmind_resources.files.members import ReadingStopped

DATASET_SUFFIXES = (".parquet", ".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
"""Endings of data sets."""
_BATCH_ROWS = 256
_FREE_BYTES = 1 << 20
_BROKEN = (OSError, EOFError, zlib.error, pl.exceptions.PolarsError)

_Value = tuple[int, bytes | FoundFile]
"""A row, counted from 1, and its value or what is wrong with it; row 0 is the data set."""


def is_dataset(name: str) -> bool:
    """Whether a name is that of a data set whose columns can be read."""
    return name.lower().endswith(DATASET_SUFFIXES)


def read_column(name: str, source: Path | bytes, column: str, limits: ReadLimits) -> Iterator[FoundFile]:
    """The distinct values of a column as JSON, in the order of the rows in which they stand first.

    Text is taken for JSON as it is; of lists and objects the JSON is written. Rows without a value are left out. A
    member that is null in a struct of a Parquet file is left out, for such files have each member in each row.

    Args:
        name: What the data set is called in names, which are `<name>#<column>/<row>.json`.
        source: Where it lies, or its bytes.
        column: Name of the column.
        limits: On a value's bytes, on distinct values, and on expansion.
    """
    values = _Values(name, source, column, limits)
    counts: dict[bytes, int] = {}
    for _, value in values:
        if isinstance(value, bytes) and (
            (key := _key(value)) in counts or len(counts) < limits.max_distinct_values
        ):
            counts[key] = counts.get(key, 0) + 1
    is_cut = is_ended = False
    for row, value in values:
        if isinstance(value, FoundFile):
            is_ended = row == 0
            yield value
        elif (count := counts.get(key := _key(value))) is None:
            is_cut = True
        elif count:
            counts[key] = 0
            yield FoundFile(values.name_of(row), len(value), value, n_seen=count)
    # One row alone bears the name of the whole column.
    if is_cut and not is_ended:
        limit = limits.max_distinct_values
        problem = f"more than {limit:,} distinct values, the rest is not read; split the file or raise "
        yield values.problem(0, problem + "max_distinct_values", Breach.TOO_MANY_VALUES)


def _key(value: bytes) -> bytes:
    return blake2b(value, digest_size=16).digest()


class _Values:
    """The values of a column, as often as they are iterated over."""

    def __init__(self, name: str, source: Path | bytes, column: str, limits: ReadLimits) -> None:
        self._name = name
        self._source = source
        self._column = column
        self._limits = limits

    def __iter__(self) -> Iterator[_Value]:
        read = self._read_parquet if self._name.lower().endswith(".parquet") else self._read_lines
        try:
            if not is_dataset(self._name):
                problem = f"no data set; columns are read of {', '.join(DATASET_SUFFIXES)}"
                yield 0, self.problem(0, problem, Breach.UNREADABLE)
                return
            for row, value in read():
                if isinstance(value, bytes) and len(value) > (limit := self._limits.max_file_bytes):
                    value = self.problem(row, describe_excess(len(value), limit), Breach.FILE_TOO_LARGE)
                yield row, value
        except ReadingStopped as stopped:
            yield 0, self.problem(0, stopped.problem, stopped.breach)
        except _BROKEN as error:
            problem = (
                f"broken or cut off, what follows is not read ({str(error)[:200]}); fetch or write it again"
            )
            yield 0, self.problem(0, problem, Breach.CORRUPT_ROW)

    def name_of(self, row: int) -> str:
        """The name of a row's value, or of the column."""
        return f"{self._name}#{self._column}" + (f"/{row}.json" if row else "")

    def problem(self, row: int, problem: str, breach: Breach) -> FoundFile:
        """A row that is not read, or the column, with the reason."""
        return FoundFile(self.name_of(row), 0, None, problem, breach)

    def _missing(self, names: list[str]) -> _Value:
        problem = f"no column {self._column!r}; there are {', '.join(names[:20]) or 'none'}"
        return 0, self.problem(0, problem, Breach.MISSING_COLUMN)

    def _read_parquet(self) -> Iterator[_Value]:
        source = io.BytesIO(self._source) if isinstance(self._source, bytes) else self._source
        # No wildcard: the path is that of a file.
        frame = pl.scan_parquet(source, glob=False)
        names = frame.collect_schema().names()
        if self._column not in names:
            yield self._missing(names)
            return
        row = 0
        for batch in frame.select(self._column).collect_batches(chunk_size=_BATCH_ROWS, lazy=True):
            for value in batch.to_series().to_list():
                row += 1
                if (content := _encode(_without_nulls(value))) is not None:
                    yield row, content

    def _read_lines(self) -> Iterator[_Value]:
        names: list[str] | None = None
        has_column = False
        for row, line in self._lines():
            if isinstance(line, FoundFile):
                yield row, line
                continue
            try:
                members = _parse(line)
            except (ValueError, RecursionError) as error:
                yield row, self.problem(row, f"cannot be read: {str(error)[:200]}", Breach.CORRUPT_ROW)
                continue
            names = list(members) if names is None else names
            has_column = has_column or self._column in members
            if (content := _encode(members.get(self._column))) is not None:
                yield row, content
        if names is not None and not has_column:
            yield self._missing(names)

    def _lines(self) -> Iterator[tuple[int, bytes | FoundFile]]:
        """Lines that hold something, counted from 1; of one that is too long there is never more in memory."""
        limit = self._limits.max_file_bytes
        with self._open() as file, _expanded(file, self._limits) as stream:
            row = 0
            while line := stream.readline(limit + 1):
                row += 1
                n_bytes = len(line)
                while line and not line.endswith(b"\n") and n_bytes > limit:
                    line = stream.readline(limit + 1)
                    n_bytes += len(line)
                if n_bytes > limit + 1:
                    yield row, self.problem(row, describe_excess(n_bytes, limit), Breach.FILE_TOO_LARGE)
                elif line.strip():
                    yield row, line

    def _open(self) -> BinaryIO:
        return io.BytesIO(self._source) if isinstance(self._source, bytes) else self._source.open("rb")


class _LimitedGzip(gzip.GzipFile):
    """Expands up to a limit."""

    def __init__(self, file: BinaryIO, limits: ReadLimits) -> None:
        super().__init__(fileobj=file)
        self._limits = limits
        self._n_bytes = 0
        self._ratio_bytes = max(_FREE_BYTES, file.seek(0, io.SEEK_END) * limits.max_expansion_ratio)
        file.seek(0)

    def readline(self, size: int | None = -1) -> bytes:
        """A line, or the part of it that `size` allows.

        Raises:
            ReadingStopped: it is more than a limit allows.
        """
        line = super().readline(size)
        self._n_bytes += len(line)
        if self._n_bytes > self._ratio_bytes:
            problem = f"expands to more than {self._limits.max_expansion_ratio} times its bytes, the rest is not read"
            raise ReadingStopped(f"{problem}; unpack it", Breach.COMPRESSION_BOMB)
        if self._n_bytes > (limit := self._limits.max_expanded_bytes):
            problem = f"expands to more than {limit:,} bytes, the rest is not read; unpack it"
            raise ReadingStopped(problem, Breach.ARCHIVE_TOO_LARGE)
        return line


def _expanded(file: BinaryIO, limits: ReadLimits) -> AbstractContextManager[BinaryIO]:
    is_compressed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    return cast(BinaryIO, _LimitedGzip(file, limits)) if is_compressed else nullcontext(file)


def _parse(line: bytes) -> dict[str, Any]:
    members = json.loads(line)
    if not isinstance(members, dict):
        raise ValueError("the line holds no object")
    return members


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(member) for key, member in value.items() if member is not None}
    return [_without_nulls(member) for member in value] if isinstance(value, list) else value


def _encode(value: Any) -> bytes | None:
    """A value as the bytes of a JSON document; None where there is none."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, bytes):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    # A lone surrogate becomes the escape that JSON has for it.
    return text.encode("utf-8", "backslashreplace")
