"""A folder that is written whole or not at all."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from toolmind_resources.errors import ToolMindError

MARKER = ".toolmind-export"
"""A file in every folder that was written here: what carries it may be replaced without being asked."""


class OutputError(ToolMindError):
    """A folder cannot be written; the message says why and what to do."""


class OutputFolder:
    """Collects files beside the target and swaps them in when the block ends without an exception.

    Readers see the old folder or the new one, whole; for the instant between two renames they see none. A run
    that is killed leaves the target as it was, or as it was to be; what it left beside is put right by the
    next. Two writers to folders of one parent take turns.

        with OutputFolder(path, replace=False) as folder:
            with folder.open_file("trl/train.jsonl") as file:
                file.write(...)

    Attributes:
        moved_to: Where a replaced folder that was not written here has been moved to; else None.
    """

    def __init__(self, path: Path, replace: bool = False) -> None:
        self._target = Path(os.path.abspath(path))  # noqa: PTH100 (also resolves `..`, without following links)
        if not self._target.name:
            raise OutputError(f"{self._target} cannot be replaced as a folder: name a folder below it")
        self._replace = replace
        self._partial = self._target.with_name(f".{self._target.name}.partial")
        self._former = self._target.with_name(f".{self._target.name}.former")
        self._lock: int | None = None
        self.moved_to: Path | None = None

    def __enter__(self) -> Self:
        """Checks the target and makes the folder beside it.

        Raises:
            OutputError: the target holds what was not written here, or cannot be written.
        """
        try:
            self._target.parent.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self._target.parent, os.O_RDONLY)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            self._recover()
            self._check_target()
            self._partial.mkdir()
            (self._partial / MARKER).write_text("This folder is replaced whole by the next export.\n")
        except OSError as error:
            self._unlock()
            raise OutputError(f"cannot write the folder {self._target}: {error.strerror}") from error
        except OutputError:
            self._unlock()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Swaps the new folder in, or clears it away after an exception."""
        try:
            if kind is None:
                self._swap()
            else:
                shutil.rmtree(self._partial, ignore_errors=True)
        except OSError as failure:
            raise OutputError(f"cannot put {self._target} in place: {failure.strerror}") from failure
        finally:
            self._unlock()

    @contextmanager
    def open_file(self, path: str) -> Iterator[BinaryIO]:
        """A new file at `path` below the folder, on disk when the block ends.

        Raises:
            OutputError: it cannot be written, for example because the disk is full.
        """
        place = self._partial / path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("xb", buffering=1 << 20) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise OutputError(f"cannot write {self._target / path}: {error.strerror}") from error

    def _check_target(self) -> None:
        target = self._target
        if not target.exists() and not target.is_symlink():
            return
        if not target.is_dir() or target.is_symlink():
            raise OutputError(f"{target} exists and is no folder: name another folder")
        if not (self._is_ours() or self._replace or not any(target.iterdir())):
            raise OutputError(
                f"{target} exists and was not written by an export: name another folder, or pass --replace "
                f"to move it aside"
            )

    def _is_ours(self) -> bool:
        return (self._target / MARKER).is_file()

    def _recover(self) -> None:
        """Clears what a killed run left; the old folder comes back where the new one had not taken its place."""
        shutil.rmtree(self._partial, ignore_errors=True)
        if self._former.exists() and not self._target.exists():
            self._former.rename(self._target)
        shutil.rmtree(self._former, ignore_errors=True)

    def _swap(self) -> None:
        for folder, _, _ in os.walk(self._partial):
            _sync_folder(Path(folder))
        if self._target.exists():
            if self._is_ours() or not any(self._target.iterdir()):
                self._target.rename(self._former)
            else:
                self.moved_to = self._free_name()
                self._target.rename(self.moved_to)
        self._partial.rename(self._target)
        _sync_folder(self._target.parent)
        shutil.rmtree(self._former, ignore_errors=True)

    def _free_name(self) -> Path:
        number = 1
        while (free := self._target.with_name(f"{self._target.name}.before-{number}")).exists():
            number += 1
        return free

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def output_file(path: Path, replace: bool = False) -> Iterator[BinaryIO]:
    """A file open for writing that takes its place when the block ends without an exception.

    Raises:
        OutputError: the path is taken and `replace` is not set, or it cannot be written.
    """
    if path.is_dir() or (path.exists() and not replace):
        raise OutputError(f"{path} exists; name another file, or pass --replace")
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
