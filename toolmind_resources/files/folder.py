"""Files below a folder: which there are, and their bytes.

Links are never followed out of the folder, and only regular files are opened: what is found but cannot be
read comes back with the problem in words, so that a caller can account for it.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from toolmind_resources.errors import FileAccessError

_WILDCARDS = frozenset("*?[")
_OUTSIDE = "a link that leads out of the catalog is not followed"


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file that was found.

    Attributes:
        name: Path below the folder that was searched, with forward slashes.
        n_bytes: Size as the file system states it; 0 where it states none.
        content: The bytes, or None where the file was not read.
        problem: Why it was not read, or None.
    """

    name: str
    n_bytes: int
    content: bytes | None
    problem: str | None = None


def list_files(folder: Path) -> tuple[str, ...]:
    """Paths of all files below `folder`, sorted, with forward slashes; hidden ones are left out.

    Raises:
        FileAccessError: `folder` is no folder that can be listed.
    """
    if not folder.is_dir():
        raise FileAccessError(f"the folder {folder} does not exist; create it or name another one")
    return tuple(path.relative_to(folder).as_posix() for path in _find(folder, "**/*"))


def read_files(folder: Path, path: str, max_bytes: int, is_confined: bool = False) -> Iterator[FoundFile]:
    """The files that `path` (a file, a folder or a glob, relative to `folder`) names, sorted by name.

    They are found at once and read one by one, as the result is consumed.

    Args:
        folder: What `path` is relative to.
        path: A file, a folder or a glob.
        max_bytes: Larger files come back unread.
        is_confined: A link in `path` itself that leads out of `folder` is not followed either.

    Raises:
        FileAccessError: there is no such file or folder, or nothing matches the glob.
    """
    base, pattern = _split_glob(folder / path)
    if is_confined and _leads_out(base, folder):
        return iter([FoundFile(_as_name(Path(path)), 0, None, _OUTSIDE)])
    if pattern:
        found = _find(base, pattern) if base.is_dir() else []
        if not found:
            raise FileAccessError(f"no file matches {path!r} in {folder}; correct the catalog's path")
    elif base.is_dir():
        found = _find(base, "**/*")
    elif os.path.lexists(base):
        found, base = [base], base.parent
    else:
        raise FileAccessError(f"{path!r} does not exist in {folder}; correct the catalog's path")
    return (_read(base, file, max_bytes) for file in found)


def _split_glob(path: Path) -> tuple[Path, str]:
    """The leading folders without wildcards, and the rest; the rest is empty where there are none."""
    parts = path.parts
    if os.path.lexists(path):
        return path, ""
    first = next((index for index, part in enumerate(parts) if _WILDCARDS & set(part)), len(parts))
    return Path(*parts[:first]), "/".join(parts[first:])


def _find(base: Path, pattern: str) -> list[Path]:
    """Everything but folders and hidden files, by name; a link to a folder counts as a file."""
    try:
        found = [path for path in base.glob(pattern) if path.is_symlink() or not path.is_dir()]
    except (OSError, ValueError) as error:
        raise FileAccessError(f"{base} cannot be listed with {pattern!r}: {error}") from error
    shown = [path for path in found if not any(p.startswith(".") for p in path.relative_to(base).parts)]
    return sorted(shown, key=lambda path: path.relative_to(base).as_posix())


def _leads_out(path: Path, folder: Path) -> bool:
    try:
        return not path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):
        # No path that can be followed; whoever opens it says so.
        return False


def _as_name(path: Path) -> str:
    # A name that is not UTF-8 must not break the tables that it goes into.
    return path.as_posix().encode("utf-8", "backslashreplace").decode("utf-8")


def _read(base: Path, file: Path, max_bytes: int) -> FoundFile:
    name = _as_name(file.relative_to(base))
    try:
        if not file.resolve().is_relative_to(base.resolve()):
            return FoundFile(name, 0, None, _OUTSIDE)
        if not file.is_file():
            return FoundFile(name, 0, None, "no regular file")
        n_bytes = file.stat().st_size
        if n_bytes > max_bytes:
            return FoundFile(name, n_bytes, None, _too_large(n_bytes, max_bytes))
        with file.open("rb") as stream:
            content = stream.read(max_bytes + 1)
    except (OSError, RuntimeError) as error:
        return FoundFile(name, 0, None, f"cannot be opened: {error.__class__.__name__}")
    if len(content) > max_bytes:
        return FoundFile(name, len(content), None, _too_large(len(content), max_bytes))
    return FoundFile(name, len(content), content)


def _too_large(n_bytes: int, max_bytes: int) -> str:
    return f"{n_bytes:,} bytes, the limit is {max_bytes:,}; split the file or raise max_file_bytes"
