"""Where an open set lies, and how the rows of its file are read."""

import json
from collections.abc import Iterator
from io import BytesIO

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from toolmind_assets.errors import InputError
from toolmind_assets.model.drops import DropReason
from toolmind_assets.stages.opensets.sources import OpenSetSource, read_rows, stated_source

ROWS = [{"query": "one", "n": 1}, {"query": "zwei ü", "n": None}]
SOURCE = {"name": "a", "set": "xlam", "licence": "CC-BY-4.0"}
ON_HUB = {**SOURCE, "hub": "someone/rows", "hub_file": "rows.json"}


def _values(content: bytes) -> list[object]:
    return [row.value for row in read_rows(BytesIO(content))]


def _parquet(frame: pl.DataFrame) -> bytes:
    file = BytesIO()
    frame.write_parquet(file)
    return file.getvalue()


class Counted(BytesIO):
    """A file that counts the bytes that were read of it."""

    n_read = 0

    def read(self, size: int | None = -1) -> bytes:
        content = super().read(size)
        self.n_read += len(content)
        return content

    def __iter__(self) -> Iterator[bytes]:
        while line := super().readline():
            self.n_read += len(line)
            yield line


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ({}, "exactly one of path"),
        ({"path": "rows.json", "hub": "someone/rows"}, "exactly one of path"),
        ({"hub": "someone/rows"}, "hub wants hub_file too"),
        ({"path": "rows.json", "hub_file": "rows.json"}, "belong to hub"),
        ({"path": "rows.json", "revision": "v2"}, "belong to hub"),
    ],
)
def test_a_source_has_exactly_one_place(place: dict[str, str], message: str):
    with pytest.raises(ValidationError, match=message):
        OpenSetSource.model_validate({**SOURCE, **place})


def test_a_source_on_the_hub_has_a_file_and_a_revision():
    source = OpenSetSource.model_validate(ON_HUB)
    assert (source.path, source.hub_file, source.revision) == (None, "rows.json", "main")


def test_what_a_command_line_states_is_a_source_or_a_clear_error():
    assert stated_source(**SOURCE, path="rows.json", hub=None, revision=None).path == "rows.json"
    with pytest.raises(InputError, match=r"^exactly one of path"):
        stated_source(**SOURCE, path=None, hub=None)
    with pytest.raises(InputError, match=r"^max_rows: "):
        stated_source(**SOURCE, path="rows.json", max_rows=-1)


def test_lines_a_list_and_a_parquet_file_hold_the_same_rows():
    lines = "\n".join(json.dumps(row) for row in ROWS).encode()
    assert _values(lines) == ROWS
    assert _values(json.dumps(ROWS, indent=1).encode()) == ROWS
    assert _values(_parquet(pl.DataFrame(ROWS))) == ROWS


@pytest.mark.parametrize("lead", [b"\xef\xbb\xbf", b" \n\r\n\t", b"\xef\xbb\xbf\n" + b" " * 9000])
def test_marks_and_space_before_the_first_row_do_not_matter(lead: bytes):
    assert _values(lead + json.dumps(ROWS).encode()) == ROWS
    assert _values(lead + json.dumps(ROWS[0]).encode() + b"\n\n" + json.dumps(ROWS[1]).encode()) == ROWS


def test_nested_columns_of_a_parquet_file_are_read():
    rows = [{"turns": [{"from": "user", "value": "one"}, {"from": "assistant", "value": None}]}]
    assert _values(_parquet(pl.DataFrame(rows))) == rows


def test_a_value_that_json_does_not_know_costs_its_parquet_row_alone():
    read = list(read_rows(BytesIO(_parquet(pl.DataFrame({"n": [1.0, float("nan"), 2.0]})))))
    assert [row.problem for row in read] == [None, DropReason.MALFORMED_JSON, None]


def test_a_parquet_file_that_is_cut_off_is_a_clear_error():
    with pytest.raises(InputError, match="fetch it again"):
        list(read_rows(BytesIO(_parquet(pl.DataFrame(ROWS))[:-20])))


def test_lines_are_read_one_by_one():
    file = Counted(b'{"n": 1}\n' * 10_000)
    rows = read_rows(file)
    assert next(rows).value == {"n": 1}
    assert file.n_read < 20_000


@given(st.binary(max_size=60))
def test_no_bytes_end_in_an_exception_but_a_broken_parquet_file(content: bytes):
    if not content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"PAR1"):
        assert [row.row_index for row in read_rows(BytesIO(content))] == list(
            range(len(list(read_rows(BytesIO(content)))))
        )
