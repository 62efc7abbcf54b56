"""Archives and compressed files, read one member at a time: nothing is unpacked to disk, and no limit is passed.

A member is never written anywhere, so that a name can lead nowhere; hostile ones are reported all the same.
"""

import gzip
import io
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tarfile import HeaderError
from typing import IO, Self, cast

from toolmind_resources.files.found import Breach, FoundFile, ReadLimits, describe_excess
from toolmind_resources.files.members import MemberSieve, ReadingStopped, is_compressed

_FREE_BYTES = 1 << 20
"""Up to here the expansion ratio says nothing; also how long the headers of one member may be."""
_DIRECTORY_BYTES = 150  # of a zip file's directory, to a member
# What the libraries are known to raise on broken bytes.
_BROKEN = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ArithmeticError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    ValueError,
)


def read_archive(name: str, path: Path, limits: ReadLimits, pattern: str = "") -> Iterator[FoundFile]:
    """The members of a tar or zip file that can be catalogs, in the archive's order, one in memory at a time.

    Read are members whose names end in `.json .jsonl .ndjson .yaml .yml .py .parquet`, each also with `.gz`, which
    is expanded; or those that the pattern names. Hidden ones and all others are skipped. Refused, with a row of their
    own: links and devices, names that lead out, archives, what is too large. What ends the reading (too many members
    or bytes, a break in the archive) is the last row, named like the archive.

    Args:
        name: What the archive is called in names.
        path: Where it lies.
        limits: On its members.
        pattern: A glob of members, `**` for folders.
    """
    sieve = MemberSieve(name, pattern, limits)
    try:
        with path.open("rb") as file:
            is_zip = file.read(2) == b"PK" or name.lower().endswith((".zip", ".whl"))
        yield from (_read_zip if is_zip else _read_tar)(path, sieve, limits)
    except ReadingStopped as stopped:
        yield FoundFile(name, 0, None, stopped.problem, stopped.breach)
    except _BROKEN as error:
        problem = f"broken or cut off, what follows is not read ({_words(error)}); fetch or pack it again"
        yield FoundFile(name, 0, None, problem, Breach.CORRUPT_ARCHIVE)


def read_compressed(name: str, path: Path, limits: ReadLimits) -> FoundFile:
    """The content of a `.gz` file, or the reason why it could not be read."""
    try:
        with path.open("rb") as file:
            return _expand(name, file, path.stat().st_size, limits)
    except OSError as error:
        problem = f"cannot be opened: {error.__class__.__name__}"
        return FoundFile(name, 0, None, problem, Breach.UNREADABLE)


def _expand(name: str, file: IO[bytes], n_bytes: int, limits: ReadLimits) -> FoundFile:
    try:
        with gzip.GzipFile(fileobj=file) as stream:
            content = stream.read(min(limits.max_file_bytes, _most(n_bytes, limits)) + 1)
    except _BROKEN as error:
        problem = f"broken or cut off ({_words(error)}); fetch or pack it again"
        return FoundFile(name, n_bytes, None, problem, Breach.CORRUPT_ARCHIVE)
    if len(content) > _most(n_bytes, limits):
        return FoundFile(name, n_bytes, None, _bomb(limits), Breach.COMPRESSION_BOMB)
    if len(content) > limits.max_file_bytes:
        problem = describe_excess(len(content), limits.max_file_bytes)
        return FoundFile(name, n_bytes, None, problem, Breach.FILE_TOO_LARGE)
    return FoundFile(name, len(content), content)


def _most(n_bytes: int, limits: ReadLimits) -> int:
    """To how many bytes so many compressed ones may expand."""
    return max(_FREE_BYTES, n_bytes * limits.max_expansion_ratio)


def _bomb(limits: ReadLimits) -> str:
    limit = limits.max_expansion_ratio
    return f"expands to more than {limit} times its bytes; unpack it, or raise max_expansion_ratio"


def _words(error: BaseException) -> str:
    return str(error)[:200] or error.__class__.__name__


class _Total:
    """Bytes that one archive has expanded to so far."""

    def __init__(self, limits: ReadLimits) -> None:
        self.n_bytes = 0
        self._limit = limits.max_expanded_bytes

    def add(self, n_bytes: int) -> None:
        """Counts further bytes, before they are read where it is known how many there are.

        Raises:
            ReadingStopped: they are too many.
        """
        self.n_bytes += n_bytes
        if self.n_bytes > self._limit:
            problem = f"expands to more than {self._limit:,} bytes, the rest is not read; split the archive or raise "
            raise ReadingStopped(problem + "max_expanded_bytes", Breach.ARCHIVE_TOO_LARGE)


def _finish(member: FoundFile, content: bytes, limits: ReadLimits, total: _Total) -> FoundFile:
    """A member with its content, expanded where it is a compressed file itself."""
    if not is_compressed(member.name):
        return replace(member, n_bytes=len(content), content=content)
    expanded = _expand(member.name, io.BytesIO(content), len(content), limits)
    total.add(expanded.n_bytes)
    return expanded


def _too_large(member: FoundFile, n_bytes: int, limits: ReadLimits) -> FoundFile:
    problem = describe_excess(n_bytes, limits.max_file_bytes)
    return replace(member, n_bytes=n_bytes, problem=problem, breach=Breach.FILE_TOO_LARGE)


def _read_zip(path: Path, sieve: MemberSieve, limits: ReadLimits) -> Iterator[FoundFile]:
    total = _Total(limits)
    with _ZipBytes(path, limits) as file, zipfile.ZipFile(file) as archive:
        file.max_read = None
        for entry in archive.infolist():
            if entry.is_dir():
                continue
            member = sieve.judge(entry.filename, _special_in_zip(entry))
            if member is None or member.problem is not None:
                yield from () if member is None else (member,)
                continue
            member = _refused_in_zip(member, entry, limits)
            if member.problem is None:
                total.add(entry.file_size)
                member = _read_entry(member, archive, entry, limits, total)
            yield member


class _ZipBytes(io.FileIO):
    """A zip file whose directory, which the library reads at once, has a limit."""

    def __init__(self, path: Path, limits: ReadLimits) -> None:
        super().__init__(path)
        self.max_read: int | None = max(limits.max_members * _DIRECTORY_BYTES, 1 << 17)

    def read(self, size: int | None = -1, /) -> bytes:
        """Bytes, as many as asked for.

        Raises:
            ReadingStopped: so many that they hold more members than are read.
        """
        if self.max_read is not None and size is not None and size > self.max_read:
            problem = f"a directory of {size:,} bytes, which none with max_members has; split the archive or raise it"
            raise ReadingStopped(problem, Breach.TOO_MANY_MEMBERS)
        return super().read(size) or b""


def _special_in_zip(entry: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "a link"
    return "" if kind in (0, stat.S_IFREG) else "a device or pipe"


def _refused_in_zip(member: FoundFile, entry: zipfile.ZipInfo, limits: ReadLimits) -> FoundFile:
    """The member, with the problem that its entry in the directory shows."""
    if entry.flag_bits & 1:
        problem, breach = "it wants a password; pack it without one", Breach.ENCRYPTED_MEMBER
    elif entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # The library expands other methods without a limit.
        problem = f"compression method {entry.compress_type} is not read; pack it with deflate"
        breach = Breach.CORRUPT_ARCHIVE
    elif entry.file_size > _most(entry.compress_size, limits):
        problem, breach = _bomb(limits), Breach.COMPRESSION_BOMB
    elif entry.file_size > limits.max_file_bytes:
        return _too_large(member, entry.file_size, limits)
    else:
        return member
    return replace(member, n_bytes=entry.file_size, problem=problem, breach=breach)


def _read_entry(
    member: FoundFile, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: ReadLimits, total: _Total
) -> FoundFile:
    try:
        with archive.open(entry) as stream:
            content = stream.read(entry.file_size + 1)
            # The library compares the checksum when it has read to the end.
            stream.read(1)
    except _BROKEN as error:
        problem = f"broken or cut off ({_words(error)}); fetch or pack the archive again"
        return replace(member, problem=problem, breach=Breach.CORRUPT_ARCHIVE)
    return _finish(member, content, limits, total)


def _read_tar(path: Path, sieve: MemberSieve, limits: ReadLimits) -> Iterator[FoundFile]:
    total = _Total(limits)
    with path.open("rb") as file:
        source = _TarBytes(file, limits, total)
        stream = cast(IO[bytes], source)
        # "r|": strictly forwards, so that one member is in memory.
        with tarfile.open(fileobj=stream, mode="r|", tarinfo=_TarHeader) as archive:
            while (entry := archive.next()) is not None:
                if entry.size < 0:
                    raise tarfile.ReadError("a member of negative size")
                if not entry.isdir():
                    if entry.size > limits.max_expanded_bytes - total.n_bytes:
                        total.add(entry.size)
                    source.allow(entry.size)
                    yield from _read_tar_entry(archive, entry, sieve, limits, total)
                source.allow(entry.size)


def _read_tar_entry(
    archive: tarfile.TarFile, entry: tarfile.TarInfo, sieve: MemberSieve, limits: ReadLimits, total: _Total
) -> Iterator[FoundFile]:
    special = "" if entry.isreg() else "a link" if entry.issym() or entry.islnk() else "a device or pipe"
    member = sieve.judge(entry.name, special)
    if member is None:
        return
    if member.problem is None and entry.size > limits.max_file_bytes:
        member = _too_large(member, entry.size, limits)
    elif member.problem is None:
        stream = archive.extractfile(entry)
        content = stream.read() if stream is not None else b""
        if len(content) < entry.size:
            raise tarfile.ReadError("unexpected end of the archive")
        member = _finish(member, content, limits, total)
    yield member


class _TarHeader(tarfile.TarInfo):
    """Raises on a header that is broken, which the library would take for the archive's end."""

    @classmethod
    def fromtarfile(cls, tarfile: tarfile.TarFile) -> Self:
        """The next header, or the library's own sign of the end."""
        try:
            return super().fromtarfile(tarfile)
        except HeaderError as error:
            # A block of zeros, which ends an archive; the library has no public name for it.
            if type(error).__name__ == "EOFHeaderError":
                raise
            problem = f"broken, what follows is not read ({_words(error)}); fetch or pack it again"
            raise ReadingStopped(problem, Breach.CORRUPT_ARCHIVE) from error


class _TarBytes:
    """The bytes of a tar file, expanded where it is compressed, with the limits that the library has not."""

    def __init__(self, file: IO[bytes], limits: ReadLimits, total: _Total) -> None:
        self._file = file
        self._limits = limits
        self._total = total
        self._is_compressed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        self._stream: IO[bytes] = gzip.GzipFile(fileobj=file) if self._is_compressed else file  # type: ignore[assignment]
        self._n_bytes = 0
        self._allowed = _FREE_BYTES

    def allow(self, n_bytes: int) -> None:
        """Lets so many bytes be read from here, and a header besides: the library holds headers in memory."""
        self._allowed = self._n_bytes + n_bytes + _FREE_BYTES

    def read(self, size: int) -> bytes:
        """Up to `size` bytes.

        Raises:
            ReadingStopped: there is no more, or it is more than a limit allows.
        """
        content = self._stream.read(size)
        if not content:
            raise ReadingStopped("cut off, what follows is missing; fetch it again", Breach.CORRUPT_ARCHIVE)
        self._n_bytes += len(content)
        self._total.add(len(content))
        if self._is_compressed and self._n_bytes > _most(self._file.tell(), self._limits):
            raise ReadingStopped(_bomb(self._limits) + "; the rest is not read", Breach.COMPRESSION_BOMB)
        if self._n_bytes > self._allowed:
            problem = f"a header of more than {_FREE_BYTES:,} bytes, what follows is not read"
            raise ReadingStopped(problem, Breach.CORRUPT_ARCHIVE)
        return content
