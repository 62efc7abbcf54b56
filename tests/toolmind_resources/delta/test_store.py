import hashlib
import json
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable

from toolmind_resources.delta.commit import Commit
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import BUILD_TOKEN, Column, Table
from toolmind_resources.errors import StoreError

NOTES = pl.List(pl.Struct({"code": pl.String, "text": pl.String}))
PARTS = Table(
    name="stage/parts",
    row="one row",
    columns=(
        Column("part", pl.String, "partition"),
        Column("id", pl.String, "id"),
        Column("count", pl.Int64, "a number", is_nullable=True),
        Column("notes", NOTES, "nested", is_nullable=True),
    ),
    key=("part", "id"),
    partition_by="part",
    retention_days=7,
)
WHOLE = Table(name="stage/wholes", row="one row", columns=(Column("id", pl.String, "id"),), key=("id",))
ODD_KEYS = ["it's", "b/c", "ü x", "p=1", "", "100%", 'a"b', "-- ;", "..", "日本", "a\\b"]


def commit(digest: str = "d", token: str = "t", **reads: int) -> Commit:
    return Commit(run_id="run", code_version="1", input_digest=digest, build_token=token, reads=reads)


def rows(part: str, *ids: str, count: int | None = 1) -> pl.DataFrame:
    return pl.DataFrame(
        {"part": [part] * len(ids), "id": list(ids), "count": count, "notes": None},
        schema={"part": pl.String, "id": pl.String, "count": pl.Int64, "notes": NOTES},
    )


@pytest.fixture
def store(tmp_path: Path) -> DeltaStore:
    return DeltaStore(tmp_path / "tables")


def test_a_table_that_was_never_written_reads_as_empty(store: DeltaStore) -> None:
    assert store.read(PARTS).schema == PARTS.schema
    assert store.read(PARTS, columns=["id"]).columns == ["id"]
    assert (store.version(PARTS), store.row_count(PARTS), store.partitions(PARTS)) == (None, 0, ())
    assert store.latest(PARTS, "a") is None
    assert not store.root.exists()


def test_rows_come_back_sorted_by_key_with_the_token_of_their_commit(store: DeltaStore) -> None:
    store.write(PARTS, rows("b", "2", "1"), "b", commit(token="x"))
    store.write(PARTS, rows("a", "9"), "a", commit(token="y"))
    frame = store.read(PARTS)
    assert frame.select("part", "id", BUILD_TOKEN).rows() == [
        ("a", "9", "y"),
        ("b", "1", "x"),
        ("b", "2", "x"),
    ]
    assert frame.schema == PARTS.schema
    assert store.read(PARTS, ["b"], ["id", "part"]).columns == ["part", "id"]
    assert store.read(PARTS, []).height == 0
    assert store.row_count(PARTS) == 3


@pytest.mark.parametrize("key", ODD_KEYS)
def test_a_partition_with_an_odd_key_is_replaced_and_its_neighbour_kept(store: DeltaStore, key: str) -> None:
    store.write(PARTS, rows("other", "1"), "other", commit())
    store.write(PARTS, rows(key, "1", "2", "3"), key, commit())
    store.write(PARTS, rows(key, "4"), key, commit())
    assert store.read(PARTS, [key])["id"].to_list() == ["4"]
    assert store.read(PARTS).height == 2
    assert set(store.partitions(PARTS)) == {"other", key}
    store.remove_partition(PARTS, key)
    assert store.partitions(PARTS) == ("other",)
    assert store.read(PARTS)["part"].to_list() == ["other"]


def test_a_table_written_whole_is_replaced_whole(store: DeltaStore) -> None:
    store.write(WHOLE, pl.DataFrame({"id": ["a", "b"]}), None, commit())
    store.write(WHOLE, pl.DataFrame({"id": ["c"]}), None, commit("e"))
    assert store.read(WHOLE)["id"].to_list() == ["c"]
    record = store.latest(WHOLE, None)
    assert record is not None
    assert (record.input_digest, record.partition, record.row_count) == ("e", None, 1)


def test_a_commit_says_what_it_was_made_of(store: DeltaStore) -> None:
    written = store.write(PARTS, rows("a", "1", "2"), "a", commit("in", "tok", upstream=4))
    assert DeltaStore(store.root).latest(PARTS, "a") == written.record
    entry = DeltaTable(store.path(PARTS)).history(1)[0]
    assert entry["version"] == written.record.version
    assert {key: entry[key] for key in ("asset_key", "partition", "run_id", "code_version", "row_count")} == {
        "asset_key": "stage/parts",
        "partition": "a",
        "run_id": "run",
        "code_version": "1",
        "row_count": "2",
    }
    assert (entry["input_digest"], entry["build_token"]) == ("in", "tok")
    assert json.loads(entry["reads"]) == {"upstream": 4}


def test_the_content_digest_knows_rows_but_not_their_order_or_token(store: DeltaStore) -> None:
    one = store.write(PARTS, rows("a", "1", "2"), "a", commit(token="x")).record
    same = store.write(PARTS, rows("a", "2", "1"), "a", commit(token="y")).record
    other = store.write(PARTS, rows("a", "1", "2", count=2), "a", commit(token="y")).record
    assert one.content_digest == same.content_digest != other.content_digest
    lines = "".join(f'{{"part":"a","id":"{number}","count":1,"notes":null}}\n' for number in (1, 2))
    assert one.content_digest == hashlib.sha256(lines.encode()).hexdigest()


def test_an_empty_partition_is_a_partition_that_was_made(store: DeltaStore) -> None:
    store.write(PARTS, rows("a"), "a", commit())
    store.write(PARTS, rows("b", "1"), "b", commit())
    store.write(PARTS, rows("b"), "b", commit())
    assert store.partitions(PARTS) == ("a", "b")
    assert store.read(PARTS).height == 0


def test_nested_and_empty_lists_survive(store: DeltaStore) -> None:
    notes = [[{"code": "c", "text": "ü"}], [], None]
    frame = pl.DataFrame(
        {"part": "a", "id": ["1", "2", "3"], "count": None, "notes": notes}, schema_overrides={"notes": NOTES}
    )
    store.write(PARTS, frame, "a", commit())
    assert store.read(PARTS)["notes"].to_list() == notes


@pytest.mark.parametrize(
    ("column", "values", "words"),
    [
        ("count", [1.5], "'count': wanted Int64, got Float64"),
        ("count", ["5"], "'count': wanted Int64, got String"),
        ("id", [5], "'id': wanted String, got Int64"),
        ("id", [None], "'id': 1 nulls"),
        ("part", ["b"], "rows of ['b']"),
        ("extra", [1], "'extra' is not part of the table"),
        ("notes", [[{"code": "c"}]], "'notes': wanted List"),
    ],
)
def test_a_frame_that_does_not_fit_is_refused_and_nothing_is_written(
    store: DeltaStore, column: str, values: list[object], words: str
) -> None:
    frame = rows("a", "1").with_columns(pl.Series(column, values))
    with pytest.raises(StoreError, match="stage/parts") as caught:
        store.write(PARTS, frame, "a", commit())
    assert words in str(caught.value)
    assert store.version(PARTS) is None


def test_missing_columns_and_double_keys_are_refused(store: DeltaStore) -> None:
    with pytest.raises(StoreError, match="'count' is missing"):
        store.write(PARTS, rows("a", "1").drop("count"), "a", commit())
    with pytest.raises(StoreError, match=r"key \(part, id\): 1 keys with 2 rows too many, such as 'a / 1'"):
        store.write(PARTS, rows("a", "1", "1", "1"), "a", commit())


def test_a_partition_is_asked_for_just_where_the_table_has_some(store: DeltaStore) -> None:
    with pytest.raises(StoreError, match="partitioned by 'part'"):
        store.write(PARTS, rows("a", "1"), None, commit())
    with pytest.raises(StoreError, match="written whole"):
        store.write(WHOLE, pl.DataFrame({"id": ["a"]}), "a", commit())
    store.write(WHOLE, pl.DataFrame({"id": ["a"]}), None, commit())
    with pytest.raises(StoreError, match="not partitioned"):
        store.read(WHOLE, ["a"])


def test_a_column_that_the_table_does_not_have_is_refused(store: DeltaStore) -> None:
    with pytest.raises(StoreError, match=r"no columns \['idd'\]; there are part, id"):
        store.read(PARTS, columns=["idd"])


def test_lossless_casts_are_made(store: DeltaStore) -> None:
    frame = rows("a", "1").with_columns(
        count=pl.lit(3, pl.UInt32), notes=pl.Series([[]], dtype=pl.List(pl.Null))
    )
    store.write(PARTS, frame.select("notes", "count", "id", "part"), "a", commit())
    assert store.read(PARTS).row(0, named=True)["count"] == 3


def test_a_column_that_the_table_gained_is_null_in_older_rows(store: DeltaStore) -> None:
    narrow = Table(name=PARTS.name, row="r", columns=PARTS.columns[:3], key=PARTS.key, partition_by="part")
    store.write(narrow, rows("a", "1").drop("notes"), "a", commit())
    assert store.read(PARTS)["notes"].to_list() == [None]
    store.write(PARTS, rows("b", "1"), "b", commit())
    assert store.read(PARTS).schema == PARTS.schema
    assert store.read(narrow).height == 2


def test_a_table_stored_with_another_type_is_neither_read_nor_overwritten(store: DeltaStore) -> None:
    columns = (*PARTS.columns[:2], Column("count", pl.Float64, "a number", is_nullable=True))
    other = Table(name=PARTS.name, row="r", columns=columns, key=PARTS.key, partition_by="part")
    store.write(other, rows("a", "1").select("part", "id", count=pl.lit(1.5)), "a", commit())
    for attempt in (lambda: store.read(PARTS), lambda: store.write(PARTS, rows("a", "1"), "a", commit())):
        with pytest.raises(StoreError, match="'count' is stored as Float64, wanted Int64"):
            attempt()
    assert store.read(other)["count"].to_list() == [1.5]


def test_retention_is_set_when_a_table_is_made(store: DeltaStore) -> None:
    store.write(PARTS, rows("a", "1"), "a", commit())
    configuration = DeltaTable(store.path(PARTS)).metadata().configuration
    assert configuration["delta.logRetentionDuration"] == "interval 7 days"
    assert configuration["delta.deletedFileRetentionDuration"] == "interval 7 days"


def test_compacting_keeps_rows_and_commits_and_vacuum_keeps_what_time_travel_needs(store: DeltaStore) -> None:
    for digest in ("1", "2"):
        store.write(PARTS, rows("a", digest), "a", commit(digest))
    store.compact(PARTS)
    assert store.vacuum(PARTS) == 0
    assert DeltaTable(store.path(PARTS), version=1).count() == 1
    record = store.latest(PARTS, "a")
    assert record is not None
    assert record.input_digest == "2"
    assert store.read(PARTS)["id"].to_list() == ["2"]
    assert (store.vacuum(WHOLE), store.compact(WHOLE)) == (0, None)


def test_the_log_outlives_checkpoints_and_two_thousand_commits_are_found_fast(store: DeltaStore) -> None:
    short_lived = Table(
        name=PARTS.name, row="r", columns=PARTS.columns, key=PARTS.key, partition_by="part", retention_days=0
    )
    store.write(short_lived, rows("first", "1"), "first", commit("oldest"))
    log = store.path(PARTS) / "_delta_log"
    entry = json.loads((log / f"{1:020}.json").read_text().splitlines()[0])["commitInfo"]
    for version in range(2, 2000):
        entry |= {"partition": f"p{version % 50}", "input_digest": str(version)}
        (log / f"{version:020}.json").write_text(json.dumps({"commitInfo": entry}))
    DeltaTable(store.path(PARTS)).create_checkpoint()
    store.write(short_lived, rows("p1", "1"), "p1", commit("newest"))
    DeltaTable(store.path(PARTS)).create_checkpoint()
    fresh = DeltaStore(store.root)
    started = time.perf_counter()
    digests = {key: record.input_digest for key, record in fresh.commits(PARTS).items()}
    assert time.perf_counter() - started < 5
    assert (digests["first"], digests["p0"], digests["p1"]) == ("oldest", "1950", "newest")
    assert len(list(log.glob("*.json"))) == 2001


def test_commits_of_another_writer_are_seen_by_a_store_that_read_before(store: DeltaStore) -> None:
    other = DeltaStore(store.root)
    for count in range(3):
        other.write(PARTS, rows("a", "1", count=count), "a", commit(str(count)))
        record = store.latest(PARTS, "a")
        assert record is not None
        assert record.input_digest == str(count)


def test_a_root_that_cannot_be_written_gives_one_clear_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"stage/parts: cannot write .*Not a directory"):
        DeltaStore(tmp_path / "file").write(PARTS, rows("a", "1"), "a", commit())


def test_a_full_disk_gives_one_clear_message_and_loses_nothing(store: DeltaStore) -> None:
    store.write(PARTS, rows("a", "1"), "a", commit())
    script = """
        import resource, sys
        sys.path.insert(0, sys.argv[2])
        import test_store as t
        resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))
        try:
            t.DeltaStore(sys.argv[1]).write(t.PARTS, t.rows("a", *map(str, range(500))), "a", t.commit())
        except t.StoreError as error:
            print(error)
    """
    here = str(Path(__file__).parent)
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(store.root), here],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "stage/parts: cannot write" in done.stdout
    assert "File too large" in done.stdout
    assert len(done.stdout.splitlines()) == 1
    assert store.read(PARTS)["id"].to_list() == ["1"]
