"""What was fetched last of each URL: one file of bytes and one that says what they are."""

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from toolmind_resources.errors import FileAccessError


@dataclass(frozen=True, slots=True)
class Copy:
    """What was fetched of a URL.

    Attributes:
        name: The last part of the path that it came from.
        sha256: Of its bytes.
        n_bytes: How many.
        etag: The server's name for this version; empty where it gave none.
        last_modified: The server's time of it, as the server wrote it.
    """

    name: str
    sha256: str
    n_bytes: int
    etag: str = ""
    last_modified: str = ""


class FetchCache:
    """A folder of copies. File names and contents hold no URL: a query may be a secret."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, url: str) -> Copy | None:
        """The copy of a URL, where there is a whole one."""
        try:
            copy = Copy(**json.loads(self._note(url).read_bytes()))
            return copy if self.path(url, copy).stat().st_size == copy.n_bytes else None
        except (OSError, ValueError, TypeError):
            return None

    def path(self, url: str, copy: Copy) -> Path:
        """Where a copy's bytes lie."""
        return self._folder / f"{_key(url)}-{copy.sha256[:16]}"

    def age_seconds(self, url: str) -> float:
        """How long ago the copy was last found to be what the server has."""
        return time.time() - self._note(url).stat().st_mtime

    def fetched_at(self, url: str) -> str:
        """When the copy was last found to be what the server has, to the minute."""
        seconds = self._note(url).stat().st_mtime
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")

    @contextmanager
    def open_file(self) -> Iterator[BinaryIO]:
        """A new file of the folder, which is gone when the block ends unless it was put in place.

        Raises:
            FileAccessError: the folder cannot be written.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".part-", delete=False) as file:
                try:
                    yield file  # type: ignore[misc]
                finally:
                    Path(file.name).unlink(missing_ok=True)
        except OSError as error:
            message = f"{self._folder} cannot be written ({error.strerror}); free space, or set TOOLMIND_HOME"
            raise FileAccessError(message) from error

    def put(self, url: str, file: BinaryIO, copy: Copy) -> None:
        """Makes a written file the copy of a URL; whoever reads the former one at the moment keeps it."""
        former = self.find(url)
        file.flush()
        Path(file.name).replace(self.path(url, copy))
        self._write_note(url, copy)
        if former is not None and former.sha256 != copy.sha256:
            self.path(url, former).unlink(missing_ok=True)

    def touch(self, url: str) -> None:
        """Notes that the copy was found to be what the server has."""
        os.utime(self._note(url))

    def _write_note(self, url: str, copy: Copy) -> None:
        with self.open_file() as file:
            file.write(json.dumps(asdict(copy)).encode())
            file.flush()
            Path(file.name).replace(self._note(url))

    def _note(self, url: str) -> Path:
        return self._folder / f"{_key(url)}.json"


def _key(url: str) -> str:
    return sha256(url.encode()).hexdigest()[:32]
