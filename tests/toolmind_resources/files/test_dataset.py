"""Columns of data sets."""

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from toolmind_resources.files.dataset import read_column
from toolmind_resources.files.found import Breach, FoundFile, ReadLimits

LIMITS = ReadLimits()
A, B = '[{"name": "a"}]', '[{"name": "b"}]'


def read(path: Path, limits: ReadLimits = LIMITS, column: str = "tools") -> list[FoundFile]:
    found = list(read_column(path.name, path, column, limits))
    assert found == list(read_column(path.name, path.read_bytes(), column, limits))
    assert all((file.content is None) == (file.breach is not None) for file in found)
    return found


def write(path: Path, values: list[Any]) -> Path:
    if path.suffix == ".parquet":
        pl.DataFrame({"id": range(len(values)), "tools": values}).write_parquet(path, row_group_size=2)
    else:
        text = "".join(json.dumps({"id": 1, "tools": value}) + "\n" for value in values).encode()
        path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


each_kind = pytest.mark.parametrize("name", ["x.parquet", "x.jsonl", "x.ndjson", "x.jsonl.gz"])


@each_kind
def test_distinct_values_come_once_with_their_first_row_and_count(tmp_path: Path, name: str):
    path = write(tmp_path / name, [A, None, B, A, "", A])
    assert read(path) == [
        FoundFile(f"{name}#tools/1.json", len(A), A.encode(), n_seen=3),
        FoundFile(f"{name}#tools/3.json", len(B), B.encode()),
    ]


def test_no_character_of_a_path_is_a_wildcard(tmp_path: Path):
    path = tmp_path / "a[1]?*" / "rows[1].parquet"
    path.parent.mkdir()
    write(path, ["[1]"])
    assert [file.content for file in read(path)] == [b"[1]"]


@each_kind
def test_lists_and_objects_are_written_as_json(tmp_path: Path, name: str):
    values = [[{"name": "é", "parameters": {"type": "object"}}], [{"name": "b", "parameters": None}]]
    found = [json.loads(file.content or b"") for file in read(write(tmp_path / name, values))]
    # Each row of a Parquet file has each member.
    assert found == [values[0], [{"name": "b"}] if name == "x.parquet" else values[1]]


def test_a_count_holds_over_many_batches(tmp_path: Path):
    values = [json.dumps({"name": f"f{number % 700}"}) for number in range(7000)]
    for name in ("x.parquet", "x.jsonl"):
        found = read(write(tmp_path / name, values))
        assert [(len(found), {file.n_seen for file in found})] == [(700, {10})]


@each_kind
def test_a_column_that_is_not_there_is_one_row(tmp_path: Path, name: str):
    (found,) = read(write(tmp_path / name, [A, B]), column="tool")
    assert (found.name, found.breach) == (f"{name}#tool", Breach.MISSING_COLUMN)
    assert "there are id, tools" in (found.problem or "")


@each_kind
def test_a_value_that_is_too_large_costs_no_neighbour(tmp_path: Path, name: str):
    found = read(write(tmp_path / name, [A, json.dumps("x" * 100), B]), replace(LIMITS, max_file_bytes=80))
    assert [file.breach for file in found] == [None, Breach.FILE_TOO_LARGE, None]


@each_kind
def test_more_distinct_values_than_are_counted_are_left_out_and_said(tmp_path: Path, name: str):
    found = read(write(tmp_path / name, [A, B, "[]", A, "{}"]), replace(LIMITS, max_distinct_values=2))
    assert [(file.content, file.n_seen) for file in found[:2]] == [(A.encode(), 2), (B.encode(), 1)]
    assert [(file.name, file.breach) for file in found[2:]] == [(f"{name}#tools", Breach.TOO_MANY_VALUES)]


def test_of_one_column_no_two_rows_bear_one_name(tmp_path: Path):
    path = write(tmp_path / "x.jsonl.gz", [json.dumps({"name": f"f{number}"}) for number in range(3000)])
    path.write_bytes(path.read_bytes()[:-100])
    names = [file.name for file in read(path, replace(LIMITS, max_distinct_values=2))]
    assert len(names) == len(set(names)) == 3


def test_a_line_that_is_broken_costs_no_neighbour(tmp_path: Path):
    line = json.dumps({"tools": A}).encode()
    deep = b'{"tools": ' + b"[" * 100_000
    (tmp_path / "x.jsonl").write_bytes(b"\n".join([b"{", b"[1]", b'{"a": "\xff"}', deep, b"", line]))
    found = read(tmp_path / "x.jsonl")
    assert [file.breach for file in found] == [Breach.CORRUPT_ROW] * 4 + [None]
    assert found[-1].name == "x.jsonl#tools/6.json"


@pytest.mark.parametrize("name", ["x.parquet", "x.jsonl.gz"])
def test_a_data_set_that_is_cut_off_gives_what_could_be_read(tmp_path: Path, name: str):
    path = write(tmp_path / name, [json.dumps({"name": f"f{number}"}) for number in range(3000)])
    path.write_bytes(path.read_bytes()[:-100])
    *_, last = read(path)
    assert (last.name, last.breach) == (f"{name}#tools", Breach.CORRUPT_ROW)


def test_a_compressed_data_set_that_is_a_bomb_ends_the_reading(tmp_path: Path):
    (tmp_path / "x.jsonl.gz").write_bytes(gzip.compress(b'{"tools": "[]"}\n' + b" " * 5_000_000))
    found = read(tmp_path / "x.jsonl.gz")
    assert [file.breach for file in found] == [None, Breach.COMPRESSION_BOMB]
    limits = replace(LIMITS, max_expanded_bytes=10, max_expansion_ratio=10**9)
    assert [file.breach for file in read(tmp_path / "x.jsonl.gz", limits)] == [Breach.ARCHIVE_TOO_LARGE]


def test_a_column_of_what_is_no_data_set_is_one_row(tmp_path: Path):
    (tmp_path / "x.json").write_text("{}")
    (found,) = read(tmp_path / "x.json")
    assert found.breach is Breach.UNREADABLE
