import multiprocessing as mp
import os
import signal
import time
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from pathlib import Path

import polars as pl

from toolmind_resources.delta.commit import Commit
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Column, Table

N_WRITERS, N_COMMITS, N_ROWS = 6, 8, 5
TABLE = Table(
    name="stage/rows",
    row="one row",
    columns=(
        Column("part", pl.String, "p"),
        Column("id", pl.Int64, "i"),
        Column("round", pl.Int64, "r"),
        Column("text", pl.String, "t"),
    ),
    key=("part", "id"),
    partition_by="part",
)
SPAWN = mp.get_context("spawn")


def frame(part: str, number: int, n_rows: int = N_ROWS) -> pl.DataFrame:
    return pl.DataFrame(
        {"part": part, "id": range(n_rows), "round": number, "text": "x" * 100},
        schema_overrides={"id": pl.Int64, "round": pl.Int64},
    )


def write(store: DeltaStore, part: str, number: int, n_rows: int = N_ROWS) -> int:
    commit = Commit(input_digest=str(number), build_token=f"{part}.{number}", reads={})
    return store.write(TABLE, frame(part, number, n_rows), part, commit).record.version


def write_own_partition(root: Path, writer: int, barrier: Barrier) -> None:
    store = DeltaStore(root)
    barrier.wait(60)
    for number in range(N_COMMITS):
        version = write(store, f"p{writer}", number)
        record = store.latest(TABLE, f"p{writer}")
        assert record is not None
        assert (record.version, record.input_digest) == (version, str(number))


def write_shared_partition(root: Path, writer: int, barrier: Barrier) -> None:
    store = DeltaStore(root)
    barrier.wait(60)
    write(store, "shared", writer)


def write_for_ever(root: Path, writer: int, barrier: Barrier) -> None:
    store = DeltaStore(root)
    barrier.wait(60)
    number = 0
    while True:
        number += 1
        write(store, f"p{writer}", number, 2_000)


def run_writers(target: Callable[[Path, int, Barrier], None], root: Path, n_writers: int) -> list[int | None]:
    barrier = SPAWN.Barrier(n_writers)
    writers = [SPAWN.Process(target=target, args=(root, number, barrier)) for number in range(n_writers)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    return [writer.exitcode for writer in writers]


def test_racing_creators_of_a_table_lose_and_double_nothing(tmp_path: Path) -> None:
    assert run_writers(write_own_partition, tmp_path, N_WRITERS) == [0] * N_WRITERS
    store = DeltaStore(tmp_path)
    assert len(store.partitions(TABLE)) == N_WRITERS
    frame = store.read(TABLE)
    assert frame.height == N_WRITERS * N_ROWS == store.row_count(TABLE)
    assert frame["round"].unique().to_list() == [N_COMMITS - 1]
    assert store.version(TABLE) == N_WRITERS * N_COMMITS


def test_of_racing_writers_to_one_partition_the_last_wins_whole(tmp_path: Path) -> None:
    assert run_writers(write_shared_partition, tmp_path, 3) == [0] * 3
    store = DeltaStore(tmp_path)
    frame, record = store.read(TABLE), store.latest(TABLE, "shared")
    assert record is not None
    assert frame["id"].to_list() == list(range(N_ROWS))
    assert frame["round"].unique().to_list() == [int(record.input_digest)]


def test_a_writer_killed_at_any_moment_leaves_no_torn_partition(tmp_path: Path) -> None:
    barrier = SPAWN.Barrier(4)
    writers = [SPAWN.Process(target=write_for_ever, args=(tmp_path, number, barrier)) for number in range(3)]
    for writer in writers:
        writer.start()
    barrier.wait(60)
    store = DeltaStore(tmp_path)
    deadline = time.monotonic() + 60
    for number, writer in enumerate(writers):
        while f"p{number}" not in store.partitions(TABLE):
            assert time.monotonic() < deadline
        assert writer.pid is not None
        os.kill(writer.pid, signal.SIGKILL)
        writer.join(60)
    for number in range(3):
        rows, record = store.read(TABLE, [f"p{number}"]), store.latest(TABLE, f"p{number}")
        assert record is not None
        assert rows["id"].to_list() == list(range(2_000))
        assert rows["round"].unique().to_list() == [int(record.input_digest)]
        write(store, f"p{number}", 0, 1)
    assert store.row_count(TABLE) == 3
