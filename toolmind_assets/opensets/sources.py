"""Configured open sets: their shards, and the rows of their files."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from toolmind_assets.model.drops import DropReason
from toolmind_assets.opensets.json_text import parse_json, parse_json_at

MAX_RAW_CHARACTERS = 2000
"""Length to which the text of a dropped row is cut."""


class OpenSetSource(BaseModel):
    """One configured open set."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$", description="what its dialogues and shards say")
    set: str = Field(description="the adapter that reads it: one of ADAPTERS")
    path: str = Field(description="its file: JSON lines, or one JSON list")
    licence: str = Field(description="SPDX id, or the name that its publisher states; stands in every row")
    max_rows: int = Field(default=0, ge=0, description="rows read from the start of the file; 0 for all")
    n_shards: int = Field(default=1, ge=1, le=100, description="shards that its rows are dealt to")

    @property
    def shards(self) -> tuple[str, ...]:
        """`open-<name>-00`, `open-<name>-01`, ..."""
        return tuple(f"open-{self.name}-{number:02d}" for number in range(self.n_shards))


@dataclass(frozen=True, slots=True)
class OpenRow:
    """One row of a file.

    Attributes:
        row_index: 0-based place among the rows of the whole file.
        value: The parsed row, or None where it could not be parsed.
        text: The row as it stands, cut.
        problem, detail: Why it could not be parsed, else None and empty.
    """

    row_index: int
    value: Any
    text: str
    problem: DropReason | None = None
    detail: str = ""


def shard_rows(source: OpenSetSource, shard: str, content: bytes) -> Iterator[OpenRow]:
    """The rows of one shard: the rows of the file are dealt to the shards in turn."""
    number = source.shards.index(shard)
    for row in read_rows(content):
        if source.max_rows and row.row_index >= source.max_rows:
            return
        if row.row_index % source.n_shards == number:
            yield row


def read_rows(content: bytes) -> Iterator[OpenRow]:
    """Every row of JSON lines or of one JSON list, in order; rows that cannot be parsed say why.

    A broken line costs itself alone. After a broken member of a list nothing tells where the next begins, so
    the rest of the list is one row.
    """
    # Bytes that are not UTF-8 become lone surrogates, which are found again where the row is adapted.
    text = content.decode("utf-8-sig", "surrogateescape")
    return _list_rows(text) if text.lstrip().startswith("[") else _line_rows(text)


def _line_rows(text: str) -> Iterator[OpenRow]:
    lines = (line for line in text.split("\n") if line.strip())
    for row_index, line in enumerate(lines):
        try:
            yield OpenRow(row_index, parse_json(line), line[:MAX_RAW_CHARACTERS])
        except (ValueError, RecursionError) as error:
            yield _broken(row_index, line, error)


def _list_rows(text: str) -> Iterator[OpenRow]:
    place, row_index = _skip(text, text.index("[") + 1), 0
    while place < len(text) and text[place] != "]":
        try:
            value, end = parse_json_at(text, place)
        except (ValueError, RecursionError) as error:
            yield _broken(row_index, text[place : place + MAX_RAW_CHARACTERS], error)
            return
        yield OpenRow(row_index, value, text[place : min(end, place + MAX_RAW_CHARACTERS)])
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
    return OpenRow(row_index, None, text[:MAX_RAW_CHARACTERS], reason, str(error))
