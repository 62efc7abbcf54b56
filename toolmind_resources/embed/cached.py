"""Vectors that were paid for once, kept on disk by what determines them: the embedder's name and the text.

Neither texts nor keys of endpoints stand in the file, only digests and numbers.
"""

import fcntl
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from toolmind_resources.embed.model import Embedder
from toolmind_resources.errors import EmbedError, StoreError
from toolmind_resources.files.shared_sqlite import SharedSqlite, SqliteForm

LOOKED_UP_AT_ONCE = 500
"""Keys in one query; SQLite takes 999 in any build."""
_FLOAT = np.dtype("<f4")

VECTORS = SqliteForm(
    noun="cache of vectors",
    loss="its texts will be embedded again",
    application_id=0x746D7631,  # "tmv1"
    version=1,
    tables="""
-- How many components the vectors of an embedder have.
CREATE TABLE embedders (name TEXT PRIMARY KEY, dimensions INTEGER NOT NULL) WITHOUT ROWID;
-- SHA-256 of embedder and text -> float32, least significant byte first, and their CRC-32.
CREATE TABLE vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL, crc INTEGER NOT NULL);
""",
)


class CachedEmbedder:
    """Asks an embedder for each distinct text once and for all, however many processes and runs there are.

    Each batch is on disk before the next one is asked for: a process that is killed loses the batch in flight.
    Processes that share the file take turns at asking, so that none pays for what another is paying for.
    """

    def __init__(
        self, embedder: Embedder, path: Path, batch_texts: int = 128, wait_seconds: float = 900.0
    ) -> None:
        """What is asked, and where its answers are kept; the file is opened when it is needed.

        Args:
            embedder: Whom to ask for what is not kept.
            path: The cache, made where there is none.
            batch_texts: Texts asked for at a time: those of one request.
            wait_seconds: Longest wait for other processes' transactions.
        """
        self._embedder = embedder
        self._path = path
        self._batch_texts = batch_texts
        self._wait_seconds = wait_seconds

    @property
    def name(self) -> str:
        """The embedder's."""
        return self._embedder.name

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The embedder's unit vectors of the texts.

        Raises:
            EmbedError: the embedder could not be reached, or its vectors have not the size of those kept.
            StoreError: the file is damaged, no such cache, or cannot be written.
        """
        if not texts:
            return np.zeros((0, 0), np.float32)
        keys = [_key(self.name, text) for text in texts]
        wanted = dict(zip(keys, texts, strict=True))
        with closing(SharedSqlite(self._path, VECTORS, self._wait_seconds)) as file:
            found: dict[bytes, bytes] = {}
            for batch in _batches(list(wanted), LOOKED_UP_AT_ONCE):
                found |= self._find(file, batch)
            missing = [key for key in wanted if key not in found]
            for batch in _batches(missing, self._batch_texts):
                found |= self._ask(file, {key: wanted[key] for key in batch})
        joined = np.frombuffer(b"".join([found[key] for key in keys]), _FLOAT)
        return joined.astype(np.float32, copy=False).reshape(len(keys), -1)

    def _find(self, file: SharedSqlite, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """The vectors that are kept under these keys."""
        marks = ", ".join("?" * len(keys))
        with file.reading() as connection:
            dimensions = _dimensions(connection, self.name)
            rows = connection.execute(f"SELECT key, vector, crc FROM vectors WHERE key IN ({marks})", keys)
            kept = rows.fetchall()
        for _, vector, crc in kept:
            if len(vector) != _FLOAT.itemsize * (dimensions or 0) or zlib.crc32(vector) != crc:
                raise StoreError(
                    f"a vector in the {VECTORS.noun} {self._path} is damaged: move the file aside; {VECTORS.loss}"
                )
        return {key: vector for key, vector, _ in kept}

    def _ask(self, file: SharedSqlite, wanted: dict[bytes, str]) -> dict[bytes, bytes]:
        """Vectors of at most a batch of texts: those that are kept by now, and the others, asked for and kept."""
        with self._turn():
            found = self._find(file, list(wanted))
            missing = [key for key in wanted if key not in found]
            if missing:
                made = self._embedder.embed([wanted[key] for key in missing])
                rows = np.asarray(made if isinstance(made, np.ndarray) else made.toarray(), _FLOAT)
                fresh = {key: row.tobytes() for key, row in zip(missing, rows, strict=True)}
                self._keep(file, fresh, rows.shape[1])
                found |= fresh
        return found

    def _keep(self, file: SharedSqlite, vectors: dict[bytes, bytes], dimensions: int) -> None:
        with file.writing() as connection:
            connection.execute("INSERT OR IGNORE INTO embedders VALUES (?, ?)", (self.name, dimensions))
            kept = _dimensions(connection, self.name)
            if kept != dimensions:
                raise EmbedError(
                    f"{self.name} sent vectors of {dimensions} dimensions, those kept in {self._path} have {kept}: "
                    "another model answers under this name; name it by its version, or move that file aside"
                )
            rows = [(key, vector, zlib.crc32(vector)) for key, vector in vectors.items()]
            connection.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?)", rows)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Until the block ends no other process asks; the lock of one that is killed is free."""
        path = self._path.with_name(f"{self._path.name}.lock")
        try:
            lock = path.open("wb")
        except OSError as error:
            raise StoreError(f"cannot write {path}: {error.strerror}") from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _key(name: str, text: str) -> bytes:
    return sha256(f"{name}\0{text}".encode("utf-8", "surrogatepass")).digest()


def _batches(keys: list[bytes], size: int) -> Iterator[list[bytes]]:
    return (keys[start : start + size] for start in range(0, len(keys), size))


def _dimensions(connection: sqlite3.Connection, name: str) -> int | None:
    row = connection.execute("SELECT dimensions FROM embedders WHERE name = ?", (name,)).fetchone()
    return row and row[0]
