"""Configured open sets: their shards, and the rows of their files."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Self

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from toolmind_assets.errors import InputError, wrong_setting
from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.json_text import parse_json, parse_json_at

DEFAULT_REVISION = "main"
_BOM = b"\xef\xbb\xbf"
_PARQUET = b"PAR1"
_COMMIT = re.compile(r"[0-9a-f]{40}")


class OpenSetSource(BaseModel):
    """One configured open set: a local file, or a file of a repository on the Hugging Face hub."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$", description="what its dialogues and shards say")
    set: str = Field(description="the adapter that reads it: one of ADAPTERS")
    path: str | None = Field(
        default=None, min_length=1, description="its file: JSON lines, one JSON list, or Parquet"
    )
    hub: str | None = Field(
        default=None,
        min_length=1,
        description="instead of a path: the id of a data set on the Hugging Face hub, such as Team-ACE/ToolACE",
    )
    hub_file: str = Field(default="", description="the file in that repository, such as data.json")
    revision: str = Field(
        default=DEFAULT_REVISION,
        min_length=1,
        description="branch, tag or commit of that repository; a commit pins it",
    )
    licence: str = Field(description="SPDX id, or the name that its publisher states; stands in every row")
    max_rows: int = Field(default=0, ge=0, description="rows read from the start of the file; 0 for all")
    n_shards: int = Field(default=1, ge=1, le=100, description="shards that its rows are dealt to")

    @model_validator(mode="after")
    def _check_place(self) -> Self:
        if (self.path is None) == (self.hub is None):
            raise wrong_setting(
                "exactly one of path (a local file) and hub (an id on the Hugging Face hub) is wanted"
            )
        if self.hub is not None and not self.hub_file:
            raise wrong_setting(
                "hub wants hub_file too: which file of the repository to read, such as data.json"
            )
        if self.hub is None and (self.hub_file or self.revision != DEFAULT_REVISION):
            raise wrong_setting("hub_file and revision belong to hub; leave them out beside path")
        if self.hub is not None and self.n_shards > 1 and not _COMMIT.fullmatch(self.revision):
            message = (
                "a set that is dealt to shards wants a commit as revision: a branch may move between them"
            )
            raise wrong_setting(message)
        return self

    @property
    def shards(self) -> tuple[str, ...]:
        """`open-<name>-00`, `open-<name>-01`, ..."""
        return tuple(f"open-{self.name}-{number:02d}" for number in range(self.n_shards))


def stated_source(**stated: Any) -> OpenSetSource:
    """The source that a command line states; what is None was not stated.

    Raises:
        InputError: it states too much, too little or something wrong.
    """
    try:
        return OpenSetSource.model_validate(
            {key: value for key, value in stated.items() if value is not None}
        )
    except ValidationError as error:
        problems = [": ".join(map(str, (*problem["loc"], problem["msg"]))) for problem in error.errors()]
        raise InputError("; ".join(problems)) from error


@dataclass(frozen=True, slots=True)
class OpenRow:
    """One row of a file.

    Attributes:
        row_index: 0-based place among the rows of the whole file.
        value: The parsed row, or None where it could not be parsed.
        text: The row as it stands; a row of a Parquet file as JSON.
        problem, detail: Why it could not be parsed, else None and empty.
    """

    row_index: int
    value: Any
    text: str
    problem: DropReason | None = None
    detail: str = ""


def shard_rows(source: OpenSetSource, shard: str, file: BinaryIO) -> Iterator[OpenRow]:
    """The rows of one shard: the rows of the file are dealt to the shards in turn.

    Raises:
        InputError: as `read_rows`.
    """
    number = source.shards.index(shard)
    for row in read_rows(file):
        if source.max_rows and row.row_index >= source.max_rows:
            return
        if row.row_index % source.n_shards == number:
            yield row


def read_rows(file: BinaryIO) -> Iterator[OpenRow]:
    """Every row of JSON lines, of one JSON list or of a Parquet file, in order; what cannot be parsed says why.

    Lines are read one by one, a list and a Parquet file whole. A broken line costs itself alone. After a broken
    member of a list nothing tells where the next begins, so the rest of the list is one row.

    Args:
        file: Open for reading, and able to go back to its start.

    Raises:
        InputError: the file begins as Parquet does, and is none.
    """
    if _begins_with(file, _PARQUET):
        return _parsed(_parquet_lines(file))
    if _begins_with(file, b"["):
        # Bytes that are not UTF-8 become lone surrogates, which are found again where the row is adapted.
        return _list_rows(file.read().decode("utf-8-sig", "surrogateescape"))
    return _parsed(_lines(file))


def _begins_with(file: BinaryIO, start: bytes) -> bool:
    """Whether the file begins so, but for white space and a byte order mark; leaves it at its start."""
    file.seek(0)
    head = file.read(len(_BOM)).removeprefix(_BOM)
    while chunk := file.read(4096):
        head = (head + chunk).lstrip()
        if len(head) >= len(start):
            break
    file.seek(0)
    return head.lstrip().startswith(start)


def _lines(file: BinaryIO) -> Iterator[str]:
    for number, line in enumerate(file):
        text = (line.removeprefix(_BOM) if number == 0 else line).decode("utf-8", "surrogateescape")
        if text.strip():
            yield text.removesuffix("\n")


def _parquet_lines(file: BinaryIO) -> Iterator[str]:
    try:
        frame = pl.read_parquet(file)
    except pl.exceptions.PolarsError as error:
        raise InputError(f"the Parquet file cannot be read: {error}; fetch it again") from error
    for row in frame.iter_rows(named=True):
        yield json.dumps(row, ensure_ascii=False, default=str)


def _parsed(lines: Iterator[str]) -> Iterator[OpenRow]:
    for row_index, line in enumerate(lines):
        try:
            yield OpenRow(row_index, parse_json(line), line)
        except (ValueError, RecursionError) as error:
            yield _broken(row_index, line, error)


def _list_rows(text: str) -> Iterator[OpenRow]:
    place, row_index = _skip(text, text.index("[") + 1), 0
    while place < len(text) and text[place] != "]":
        try:
            value, end = parse_json_at(text, place)
        except (ValueError, RecursionError) as error:
            yield _broken(row_index, text[place:], error)
            return
        yield OpenRow(row_index, value, text[place:end])
        place, row_index = _skip(text, end), row_index + 1
    if place >= len(text):
        yield _broken(row_index, "", ValueError("the list is not closed: the file is cut off"))


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in " \t\r\n,":
        place += 1
    return place


def _broken(row_index: int, text: str, error: Exception) -> OpenRow:
    is_deep = isinstance(error, RecursionError)
    reason = DropReason.TOO_DEEP if is_deep else DropReason.MALFORMED_JSON
    return OpenRow(row_index, None, text, reason, str(error))
