"""Files below a folder: which there are, and their bytes.

Links are never followed out of the folder, and only regular files are opened: what is found but cannot be
read comes back with the problem in words, so that a caller can account for it.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from toolmind_resources.errors import FileAccessError
from toolmind_resources.files.found import Breach, FoundFile, clean_name, describe_excess

__all__ = ["FoundFile", "FoundPath", "find_paths", "list_files", "look_at", "read_files", "read_path"]

_WILDCARDS = frozenset("*?[")
_OUTSIDE = "a link that leads out of the catalog is not followed"


@dataclass(frozen=True, slots=True)
class FoundPath:
    """A file that was found and not read yet.

    Attributes:
        name: Path below the folder that was searched, with forward slashes.
        path: Where it lies.
        n_bytes: Size as the file system states it; 0 where it states none.
        problem: Why it is not to be read, or None.
        breach: The same for a program.
        identity: What changes when the content does, where that is known without reading it; else empty.
        note: What whoever reads it should be told; else empty.
    """

    name: str
    path: Path
    n_bytes: int = 0
    problem: str | None = None
    breach: Breach | None = None
    identity: str = ""
    note: str = ""

    def unread(self, problem: str, breach: Breach) -> FoundFile:
        """The file with a reason why it is not read."""
        return FoundFile(self.name, self.n_bytes, None, problem, breach)


def list_files(folder: Path) -> tuple[str, ...]:
    """Paths of all files below `folder`, sorted, with forward slashes; hidden ones are left out.

    Raises:
        FileAccessError: `folder` is no folder that can be listed.
    """
    if not folder.is_dir():
        raise FileAccessError(f"the folder {folder} does not exist; create it or name another one")
    return tuple(path.relative_to(folder).as_posix() for path in _find(folder, "**/*"))


def find_paths(folder: Path, path: str, is_confined: bool = False) -> Iterator[FoundPath]:
    """The files that `path` (a file, a folder or a glob, relative to `folder`) names, sorted by name.

    They are found at once, and looked at one by one as the result is consumed.

    Args:
        folder: What `path` is relative to.
        path: A file, a folder or a glob.
        is_confined: A link in `path` itself that leads out of `folder` is not followed either.

    Raises:
        FileAccessError: there is no such file or folder, or nothing matches the glob.
    """
    base, pattern = _split_glob(folder, path)
    if is_confined and _leads_out(base, folder):
        return iter([FoundPath(_as_name(Path(path)), base, 0, _OUTSIDE, Breach.OUTSIDE)])
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
    return (look_at(base, file) for file in found)


def find_beside(folder: Path, path: str, name: str, is_confined: bool = False) -> FoundPath | None:
    """The file of a name, among those that `path` names or in the same folder tree; None where there is none.

    Args:
        folder, path, is_confined: As for `find_paths`.
        name: As `find_paths` names files.
    """
    base = _base_of(folder, path)
    if is_confined and _leads_out(base, folder):
        return None
    file = base / name
    return look_at(base, file) if os.path.lexists(file) else None


def is_folder(folder: Path, path: str) -> bool:
    """Whether a path names all that is in a folder, rather than some of it."""
    return (folder / path).is_dir()


def read_files(folder: Path, path: str, max_bytes: int, is_confined: bool = False) -> Iterator[FoundFile]:
    """The same files with their bytes, read one by one as the result is consumed; larger ones come back unread.

    Raises:
        FileAccessError: there is no such file or folder, or nothing matches the glob.
    """
    return (read_path(found, max_bytes) for found in find_paths(folder, path, is_confined))


def read_path(found: FoundPath, max_bytes: int) -> FoundFile:
    """A file with its bytes, or with the reason why it could not be read."""
    if found.problem is not None:
        return FoundFile(found.name, found.n_bytes, None, found.problem, found.breach)
    if found.n_bytes > max_bytes:
        return found.unread(describe_excess(found.n_bytes, max_bytes), Breach.FILE_TOO_LARGE)
    try:
        with found.path.open("rb") as stream:
            content = stream.read(max_bytes + 1)
    except OSError as error:
        return FoundFile(found.name, 0, None, _cannot_open(error), Breach.UNREADABLE)
    if len(content) > max_bytes:
        problem = describe_excess(len(content), max_bytes)
        return FoundFile(found.name, len(content), None, problem, Breach.FILE_TOO_LARGE)
    return FoundFile(found.name, len(content), content)


def look_at(base: Path, file: Path) -> FoundPath:
    """A file below `base`, named from there; with a problem where it is none that may be read."""
    name = _as_name(file.relative_to(base))
    try:
        if not file.resolve().is_relative_to(base.resolve()):
            return FoundPath(name, file, 0, _OUTSIDE, Breach.OUTSIDE)
        if not file.is_file():
            return FoundPath(name, file, 0, "no regular file", Breach.UNREADABLE)
        return FoundPath(name, file, file.stat().st_size)
    except (OSError, RuntimeError) as error:
        return FoundPath(name, file, 0, _cannot_open(error), Breach.UNREADABLE)


def _split_glob(folder: Path, path: str) -> tuple[Path, str]:
    """The folder up to the first wildcard of `path`, and the rest; the rest is empty where there is none.

    Of the folder itself no character is a wildcard.
    """
    if os.path.lexists(folder / path):
        return folder / path, ""
    parts = Path(path).parts
    first = next((index for index, part in enumerate(parts) if _WILDCARDS & set(part)), len(parts))
    return folder.joinpath(*parts[:first]), "/".join(parts[first:])


def _base_of(folder: Path, path: str) -> Path:
    """The folder below which the files of a path are named."""
    base, _ = _split_glob(folder, path)
    return base if base.is_dir() else base.parent


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
    return clean_name(path.as_posix())


def _cannot_open(error: Exception) -> str:
    return f"cannot be opened: {error.__class__.__name__}"
