import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from toolmind_resources.embed.cached import CachedEmbedder
from toolmind_resources.embed.hashed import HashedEmbedder
from toolmind_resources.errors import EmbedError, StoreError

PROCESS = """
import os, signal, sys, time
from pathlib import Path
import numpy as np
from toolmind_resources.embed.cached import CachedEmbedder

class Asked:
    name = "m"

    def embed(self, texts):
        with open(sys.argv[2], "a") as log:
            log.write("".join(text + "\\n" for text in texts))
        if len(sys.argv) > 3 and sys.argv[3] in texts:
            os.kill(os.getpid(), signal.SIGKILL)
        return np.eye(len(texts), 3, dtype=np.float32)

CachedEmbedder(Asked(), Path(sys.argv[1]), batch_texts=2).embed([f"text {n}" for n in range(20)])
"""


@dataclass
class Asked:
    """An embedder that tells what it was asked for."""

    name: str = "m"
    dimensions: int = 3
    batches: list[list[str]] = field(default_factory=list)

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        self.batches.append(list(texts))
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        rows[range(len(texts)), [len(text) % self.dimensions for text in texts]] = 1
        return rows


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "embed" / "vectors.sqlite"


def start(path: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    log = path.parent.with_name("asked.txt")
    return subprocess.Popen([sys.executable, "-c", PROCESS, path, log, *arguments], env=dict(os.environ))


def asked_texts(path: Path) -> list[str]:
    return path.parent.with_name("asked.txt").read_text().splitlines()


def test_the_vectors_are_the_embedders_in_the_order_of_the_texts(path: Path) -> None:
    texts = ["bb", "a", "ccc", "a"]
    found = CachedEmbedder(Asked(), path).embed(texts)
    assert found.dtype == np.float32
    assert found.tolist() == Asked().embed(texts).tolist()
    assert CachedEmbedder(Asked(), path).embed(texts).tolist() == found.tolist()


def test_each_distinct_text_is_asked_for_once_in_batches(path: Path) -> None:
    asked = Asked()
    CachedEmbedder(asked, path, batch_texts=2).embed(["a", "b", "a", "c"])
    assert asked.batches == [["a", "b"], ["c"]]
    CachedEmbedder(asked, path, batch_texts=2).embed(["d", "c", "b"])
    assert asked.batches[2:] == [["d"]]


def test_no_texts_make_no_file(path: Path) -> None:
    assert CachedEmbedder(Asked(), path).embed([]).shape[0] == 0
    assert not path.exists()


def test_embedders_of_other_names_share_nothing(path: Path) -> None:
    CachedEmbedder(Asked("m"), path).embed(["a"])
    other = Asked("n", dimensions=4)
    assert CachedEmbedder(other, path).embed(["a"]).shape == (1, 4)
    assert other.batches == [["a"]]


def test_what_was_paid_before_an_error_is_kept(path: Path) -> None:
    class Failing(Asked):
        def embed(self, texts: Sequence[str]) -> np.ndarray:
            if "c" in texts:
                raise EmbedError("429")
            return super().embed(texts)

    with pytest.raises(EmbedError, match="429"):
        CachedEmbedder(Failing(), path, batch_texts=1).embed(["a", "b", "c", "d"])
    asked = Asked()
    CachedEmbedder(asked, path).embed(["a", "b", "c", "d"])
    assert asked.batches == [["c", "d"]]


def test_a_killed_process_loses_the_batch_in_flight_and_no_lock(path: Path) -> None:
    path.parent.mkdir()
    assert start(path, "text 6").wait(60) == -signal.SIGKILL
    asked = Asked()
    CachedEmbedder(asked, path, batch_texts=100).embed([f"text {n}" for n in range(20)])
    assert asked.batches == [[f"text {n}" for n in range(6, 20)]]


def test_processes_at_once_pay_for_each_text_once(path: Path) -> None:
    path.parent.mkdir()
    processes = [start(path), start(path)]
    assert [process.wait(60) for process in processes] == [0, 0]
    assert sorted(asked_texts(path)) == sorted(f"text {n}" for n in range(20))


def test_a_model_that_changed_behind_its_name_is_told_and_not_kept(path: Path) -> None:
    CachedEmbedder(Asked(), path).embed(["a"])
    with pytest.raises(EmbedError, match=r"vectors of 4 dimensions, those kept .* have 3: another model"):
        CachedEmbedder(Asked(dimensions=4), path).embed(["a", "b"])
    assert CachedEmbedder(Asked(), path).embed(["a", "b"]).shape == (2, 3)


@pytest.mark.parametrize("damage", ["vector = x'00'", "crc = crc + 1"])
def test_a_damaged_vector_is_told(path: Path, damage: str) -> None:
    CachedEmbedder(Asked(), path).embed(["a"])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE vectors SET {damage}")
    with pytest.raises(StoreError, match=r"vectors\.sqlite is damaged: move the file aside"):
        CachedEmbedder(Asked(), path).embed(["a"])


def test_a_file_of_something_else_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("a shopping list, and then some more text. " * 50)
    with pytest.raises(StoreError, match=r"cache of vectors .* is damaged or another kind of file"):
        CachedEmbedder(Asked(), path).embed(["a"])


def test_no_text_stands_in_the_file(path: Path) -> None:
    CachedEmbedder(Asked(), path).embed(["a very secret text"])
    content = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"secret" not in content


def test_sparse_vectors_come_back_dense(path: Path) -> None:
    class Small(HashedEmbedder):
        def embed(self, texts: Sequence[str]):
            return super().embed(texts)[:, :100]

    assert CachedEmbedder(Small(), path).embed(["order id"]).shape == (1, 100)
