"""Tables in folders of any name: written, read, replaced, and refused where delta-rs would lose them."""

from pathlib import Path

import polars as pl
import pytest

from toolmind_resources.delta.commit import Commit
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Column, Table
from toolmind_resources.errors import StoreError

TAGS = pl.List(pl.Struct({"name": pl.String}))
PARTS = Table(
    name="stage/parts",
    row="one row",
    columns=(
        Column("part", pl.String, "partition"),
        Column("id", pl.String, "id"),
        Column("tags", TAGS, "nested", is_nullable=True),
    ),
    key=("part", "id"),
    partition_by="part",
)
WHOLE = Table(name="stage/wholes", row="one row", columns=(Column("id", pl.String, "id"),), key=("id",))
FOLDERS = [
    "a b",
    "größe",
    "名前",
    "100%",
    "a#b?c",
    "part=other",
    "x=1",
    "a*b",
    'it\'s "so"',
    "{y}~$&+,;:@!`<>",
]
REFUSED = {
    "x%20y": "%20",
    "%41": "%41",
    "a[1]": "[",
    "a^b": "^",
    "a|b": "|",
    "a\\b": "\\\\",
    "a\nb": "\\n",
    "a\tb": "\\t",
}
KEYS = ["", "p 1", "ü%20/x?#=1", "part=other"]


def _commit(digest: str = "d") -> Commit:
    return Commit(run_id="run", code_version="1", input_digest=digest, build_token="t", reads={})


def _rows(part: str, *ids: str) -> pl.DataFrame:
    return pl.DataFrame(
        {"part": [part] * len(ids), "id": list(ids), "tags": [[{"name": part}]] * len(ids)},
        schema={"part": pl.String, "id": pl.String, "tags": TAGS},
    )


@pytest.mark.parametrize("name", FOLDERS)
def test_a_table_is_written_read_and_kept_up_in_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    store = DeltaStore(tmp_path / name / "tables")
    for key in KEYS:
        store.write(PARTS, _rows(key, "1", "2"), key, _commit())
    store.write(PARTS, _rows("p 1", "3"), "p 1", _commit("new"))
    store.write(WHOLE, pl.DataFrame({"id": ["1"]}), None, _commit())
    assert store.read(PARTS).select("part", "id", "tags").rows() == [
        (key, number, [{"name": key}])
        for key in sorted(KEYS)
        for number in (["3"] if key == "p 1" else ["1", "2"])
    ]
    assert store.read(PARTS, ["p 1", "never"], ["id"])["id"].to_list() == ["3"]
    assert store.read(PARTS, [], ["id"]).schema == {"id": pl.String}
    past = store.read_version(PARTS, len(KEYS), ["part", "id"])
    assert past is not None
    assert past.filter(part="p 1")["id"].sort().to_list() == ["1", "2"]
    store.compact(PARTS)
    assert store.vacuum(PARTS) == 0
    assert store.row_count(PARTS) == store.read(PARTS).height == 7
    assert store.read(WHOLE, columns=["id"])["id"].to_list() == ["1"]
    store.remove_partition(PARTS, "p 1")
    assert store.partitions(PARTS) == tuple(sorted(set(KEYS) - {"p 1"}))
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", list(REFUSED))
def test_a_folder_in_which_tables_would_be_lost_is_refused_before_anything_is_made(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / "link").symlink_to(tmp_path / name)
    for root in (tmp_path / name / "tables", tmp_path / "link" / "tables"):
        with pytest.raises(StoreError, match="rename the folder, or set TOOLMIND_HOME") as caught:
            DeltaStore(root)
        assert repr(REFUSED[name]).replace("\\\\", "\\") in str(caught.value)
    assert list((tmp_path / name).iterdir()) == []


def test_a_column_younger_than_the_files_is_null_in_them(tmp_path: Path) -> None:
    store = DeltaStore(tmp_path / "a b")
    store.write(PARTS, _rows("old", "1"), "old", _commit())
    columns = (*PARTS.columns, Column("count", pl.Int64, "a number", is_nullable=True))
    wide = Table(name=PARTS.name, row="r", columns=columns, key=PARTS.key, partition_by="part")
    store.write(wide, _rows("new", "2").with_columns(count=pl.lit(3, pl.Int64)), "new", _commit())
    assert store.read(wide, columns=["part", "count"]).rows() == [("new", 3), ("old", None)]
