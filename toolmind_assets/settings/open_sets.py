"""Where the files of configured open sets lie: on this machine, or on the Hugging Face hub."""

import hashlib
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import BinaryIO

from toolmind_assets.errors import ConfigError, InputError
from toolmind_assets.settings.config import Settings
from toolmind_assets.stages.opensets.sources import OpenSetSource
from toolmind_resources.files.hub import HubFile, fetch_file

MAX_BYTES = 8 * 1024**3
"""Size from which the file of an open set is refused."""


@dataclass(frozen=True, slots=True)
class SetFile:
    """The file of an open set.

    Attributes:
        path: Where it lies.
        digest: SHA-256 of its content.
        version: What was read, for people: its path as configured, or the data set and commit on the hub.
    """

    path: Path
    digest: str
    version: str

    def open(self) -> AbstractContextManager[BinaryIO]:
        """The file, open for reading."""
        return self.path.open("rb")


def find_file(settings: Settings, source: OpenSetSource) -> SetFile:
    """The file of an open set, fetched from the hub where it is not here yet.

    Raises:
        ConfigError: there is no such local file.
        HubError: the file of the hub cannot be had.
        InputError: the file cannot be read, or is too large.
    """
    if source.hub is not None:
        fetched = _fetched(source.hub, source.hub_file, source.revision, settings.home / "hub")
        path, version = fetched.path, f"{source.hub}@{fetched.commit}/{source.hub_file}"
    else:
        path, version = settings.root / str(source.path), str(source.path)
        if not path.is_file():
            raise ConfigError(f"open set {source.name!r}: there is no file {path}; correct opensets.path")
    try:
        state = path.stat()
        if state.st_size > MAX_BYTES:
            raise InputError(f"open set {source.name!r}: {path} has {state.st_size:,} bytes; split it")
        return SetFile(path, _digest(path, state.st_mtime_ns, state.st_size), version)
    except OSError as error:
        raise InputError(f"open set {source.name!r}: {path} cannot be read: {error.strerror}") from error


@cache
def _fetched(hub: str, file: str, revision: str, folder: Path) -> HubFile:
    """Once a process, so that all shards of a run read one commit."""
    return fetch_file(hub, file, revision, folder)


@lru_cache(maxsize=64)
def _digest(path: Path, _mtime_ns: int, _n_bytes: int) -> str:
    """SHA-256 of a file, once a process for each state of it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
