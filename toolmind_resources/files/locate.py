"""Where a catalog's files come from, in one place: a path, an archive, a URL, a package, a column of a data set.

data/openapi.yaml   data/   data/**/*.json         files below a folder
data/apis.tgz   data/apis.tgz!/package/**/*.yaml   members of an archive
data/rows.parquet#tools                            values of a column
https://example.com/openapi.json                   any of these, fetched
package:botocore/data/**/service-2.json*           any of these, in an installed package
"""

import gzip
import hashlib
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from os.path import lexists
from pathlib import Path

from toolmind_resources.errors import FileAccessError
from toolmind_resources.files.archive import read_archive, read_compressed
from toolmind_resources.files.dataset import is_dataset, read_column
from toolmind_resources.files.folder import FoundPath, find_beside, find_paths, is_folder, read_path
from toolmind_resources.files.found import (
    Breach,
    FoundFile,
    ReadLimits,
    clean_name,
    describe_excess,
    name_beside,
)
from toolmind_resources.files.members import is_archive, is_compressed, is_part
from toolmind_resources.files.package import find_package_files
from toolmind_resources.files.source_path import SourcePath, split_source

_CHUNK_BYTES = 1 << 20
_KEPT_BYTES = 256 << 20
"""Of the members of one archive that are kept because documents of it refer to each other."""
_REFERENCE = re.compile(rb"""\$ref["']?\s*:\s*["']?([^"'#\s{}\[\],]+)""")
Beside = Callable[[str], FoundPath | None]
"""Name -> the file of that name in the folder of a catalog."""


class Located:
    """The files of a catalog, found anew each time they are asked for; what is fetched is fetched once."""

    def __init__(
        self,
        source: SourcePath,
        limits: ReadLimits,
        find: Callable[[], Iterable[FoundPath]],
        beside: Beside | None = None,
        is_whole: bool = True,
    ) -> None:
        """Nothing looked for yet.

        Args:
            source: The path, in its parts.
            limits: On what is read.
            find: Finds the files.
            beside: Finds a file in the same folder tree; None where there is no folder.
            is_whole: Whether all files of that folder are found anyway.
        """
        self._source = source
        self._limits = limits
        self._find = find
        self._beside = beside
        self._is_whole = is_whole
        self._kept: tuple[str, dict[str, FoundFile]] = "", {}

    def files(self) -> Iterator[FoundFile]:
        """Its files, one in memory at a time; those that cannot be read say why.

        Files of a folder come sorted by name, members in their archive's order, values in that of the rows.

        Raises:
            FileAccessError: there is no such file, folder or package, nothing matches the glob, or the URL cannot
                be had and was never fetched.
        """
        found = self._find()
        return (file for path in found for file in self._read(path))

    def file_named(self, name: str) -> FoundFile | None:
        """A JSON or YAML file by its name, in the catalog or beside it, in the same folder tree or archive.

        This is what documents may refer to. Such a file need not be among `files`; None where there is none.
        """
        if self._source.column or not is_part(name):
            return None
        container, mark, _ = name.rpartition("!/")
        if mark:
            return self._members_of(container).get(name)
        found = self._beside(name) if self._beside else None
        return None if found is None else next(self._read_plain(found))

    def digest(self) -> str:
        """SHA-256 that changes when the files do: over their names and bytes, of archives as they lie there.

        Of an installed package count version, names and sizes; of a URL the bytes, at one conditional request. Limits
        are not part of it.

        Raises:
            FileAccessError: as for `files`.
        """
        total = hashlib.sha256()
        found = list(self._find())
        for path in (*found, *self._referred(found)):
            self._add(path, total)
        if self._source.inner or self._source.column:
            total.update(f"\0{self._source.inner}\0{self._source.column}".encode())
        return total.hexdigest()

    def _read(self, found: FoundPath) -> Iterator[FoundFile]:
        source, limits = self._source, self._limits
        if problem := found.problem or self._excess(found):
            yield found.unread(problem, found.breach or Breach.FILE_TOO_LARGE)
        elif is_archive(found.name):
            for member in read_archive(found.name, found.path, limits, source.inner):
                yield from self._values(member)
        elif source.inner:
            yield found.unread(f"no archive in which {source.inner!r} could be", Breach.UNREADABLE)
        elif source.column:
            yield from read_column(found.name, found.path, source.column, limits)
        else:
            yield from self._read_plain(found)

    def _read_plain(self, found: FoundPath) -> Iterator[FoundFile]:
        if problem := found.problem or self._excess(found):
            yield found.unread(problem, found.breach or Breach.FILE_TOO_LARGE)
        elif is_compressed(found.name):
            yield read_compressed(found.name, found.path, self._limits)
        else:
            yield read_path(found, self._limits.max_file_bytes)

    def _members_of(self, container: str) -> dict[str, FoundFile]:
        """Documents in an archive, the first `_KEPT_BYTES` of them; those of one archive are kept."""
        if self._kept[0] != container:
            path = next((path for path in self._find() if path.name == container), None)
            n_bytes, kept = 0, dict[str, FoundFile]()
            for member in read_archive(container, path.path, self._limits) if path else ():
                n_bytes += len(member.content or b"")
                if n_bytes > _KEPT_BYTES:
                    break
                if member.content is not None and is_part(member.name):
                    kept[member.name] = member
            self._kept = container, kept
        return self._kept[1]

    def _referred(self, found: list[FoundPath]) -> Iterator[FoundPath]:
        """Files that those found refer to, directly or not, without being among them; by their text alone."""
        if self._beside is None or self._is_whole:
            return
        seen = {path.name for path in found}
        waiting = [path for path in found if is_part(path.name) and not path.problem]
        while waiting:
            path = waiting.pop()
            (file,) = self._read_plain(path)
            names = {
                name_beside(path.name, reference.decode("utf-8", "replace"))
                for reference in set(_REFERENCE.findall(file.content or b""))
            }
            for name in sorted(name for name in names if name and is_part(name) and name not in seen):
                seen.add(name)
                if (further := self._beside(name)) is not None:
                    yield further
                    if not further.problem:
                        waiting.append(further)

    def _values(self, member: FoundFile) -> Iterator[FoundFile]:
        if member.content is None or not self._source.column:
            yield member
        else:
            yield from read_column(member.name, member.content, self._source.column, self._limits)

    def _excess(self, found: FoundPath) -> str:
        """What is wrong with a file's size."""
        limit, name = self._limits.max_file_bytes, "max_file_bytes"
        if is_archive(found.name) or (self._source.column and is_dataset(found.name)):
            limit, name = self._limits.max_streamed_bytes, "max_streamed_bytes"
        return describe_excess(found.n_bytes, limit, name) if found.n_bytes > limit else ""

    def _add(self, found: FoundPath, total: "hashlib._Hash") -> None:
        if stated := found.problem or self._excess(found) or found.identity:
            total.update(f"{found.name}\0{len(stated.encode())}\0".encode())
            total.update(stated.encode())
            return
        total.update(f"{found.name}\0{found.n_bytes}\0".encode())
        try:
            with found.path.open("rb") as file:
                while chunk := file.read(_CHUNK_BYTES):
                    total.update(chunk)
        except OSError as error:
            total.update(error.__class__.__name__.encode())

    @property
    def notes(self) -> tuple[str, ...]:
        """What whoever reads the files should be told: that a copy of before is used, and why."""
        return tuple(note for path in self._find() if (note := path.note)) if self._source.is_url else ()


def locate(
    folder: Path,
    path: str,
    limits: ReadLimits | None = None,
    fetched: Path | None = None,
    is_confined: bool = False,
) -> Located:
    """The files that a catalog's path names; nothing is opened or fetched before they are asked for.

    Args:
        folder: What a path is relative to.
        path: A file, a folder or a glob, an `https://` URL, or `package:` and a path in it; behind it `!/` and a
            glob of an archive's members, or `#` and a data set's column. A file that is there by this very name is
            meant first.
        limits: The defaults where not given.
        fetched: Where copies of what is fetched are kept; without it nothing is.
        is_confined: A link in `path` itself that leads out of `folder` is not followed.
    """
    limits = limits or ReadLimits()
    source = SourcePath(path) if lexists(folder / path) else split_source(path)
    if source.is_local or lexists(folder / path):
        return Located(
            source,
            limits,
            lambda: find_paths(folder, source.base, is_confined),
            lambda name: find_beside(folder, source.base, name, is_confined),
            is_folder(folder, source.base),
        )
    if source.package:
        return Located(source, limits, lambda: find_package_files(source.package))
    return Located(source, limits, _Fetching(source, fetched, limits))


class _Fetching:
    """What a URL names, asked for when it is first wanted, and again only where its copy has gone."""

    def __init__(self, source: SourcePath, folder: Path | None, limits: ReadLimits) -> None:
        self._source = source
        self._folder = folder
        self._limits = limits
        self._found: FoundPath | None = None

    def __call__(self) -> tuple[FoundPath, ...]:
        """The one file; with a problem where a limit is broken.

        Raises:
            FileAccessError: it cannot be had, or there is no folder to keep it in.
        """
        if self._found is None or not (self._found.problem or self._found.path.is_file()):
            self._found = self._fetch()
        return (self._found,)

    def _fetch(self) -> FoundPath:
        # Here, for the library of the web takes longer to load than most catalogs.
        from toolmind_resources.web.addresses import FetchError
        from toolmind_resources.web.fetch import fetch_url

        if self._folder is None:
            raise FileAccessError(
                "a URL is fetched into a folder, and none was named; download the file yourself"
            )
        try:
            fetched = fetch_url(self._source.base, self._folder, self._limits, bool(self._source.column))
        except FetchError as error:
            if error.breach is None:
                raise
            return FoundPath(_name_of_refused(self._source.base), self._folder, 0, str(error), error.breach)
        name = _with_ending(fetched.name, fetched.path)
        return FoundPath(name, fetched.path, fetched.n_bytes, identity=fetched.sha256, note=fetched.note)


def _name_of_refused(url: str) -> str:
    """The last part of a URL's path: neither user and password nor the query."""
    path = url.partition("://")[2].partition("?")[0].partition("/")[2]
    return clean_name(path.rpartition("/")[2]) or "url"


def _with_ending(name: str, path: Path) -> str:
    """A name by which the content is known: with the ending of what it is packed in, where it has none."""
    if is_archive(name) or is_compressed(name):
        return name
    with path.open("rb") as file:
        head = file.read(4)
        if head == b"PK\x03\x04":
            return f"{name}.zip"
        if head[:2] != b"\x1f\x8b":
            return name
        file.seek(0)
        try:
            return (
                f"{name}.tgz"
                if gzip.GzipFile(fileobj=file).read(262)[257:] == b"ustar"
                else f"{name}.json.gz"
            )
        except (OSError, EOFError, zlib.error):
            return f"{name}.json.gz"
