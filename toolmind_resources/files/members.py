"""Which members of an archive are looked at, and which are refused, by name and kind alone."""

import re
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from toolmind_resources.files.found import Breach, FoundFile, ReadLimits, clean_name

OFFERED_SUFFIXES = (".json", ".jsonl", ".ndjson", ".yaml", ".yml", ".py", ".parquet")
"""Endings of names that can be catalogs, each also with `.gz` behind it."""
ARCHIVE_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".zip", ".whl")
"""Endings of archives that are opened."""
_OTHER_ARCHIVES = (".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".7z", ".rar", ".jar", ".egg")
_DRIVE = re.compile(r"[A-Za-z]:")


class ReadingStopped(Exception):  # noqa: N818 (it says what happened to the reading, whose neighbours survive)
    """An archive is not read further; the reason, in words and for a program."""

    def __init__(self, problem: str, breach: Breach) -> None:
        super().__init__(problem)
        self.problem = problem
        self.breach = breach


def is_offered(name: str) -> bool:
    """Whether a name is that of a file which can be a catalog."""
    return name.lower().removesuffix(".gz").endswith(OFFERED_SUFFIXES)


def is_part(name: str) -> bool:
    """Whether a name is that of a document which may hold parts of another: JSON or YAML."""
    return name.lower().removesuffix(".gz").endswith((".json", ".yaml", ".yml"))


def is_archive(name: str) -> bool:
    """Whether a name is that of an archive which is opened."""
    return name.lower().endswith(ARCHIVE_SUFFIXES)


def is_compressed(name: str) -> bool:
    """Whether a name is that of one file, compressed, which can be a catalog."""
    return name.lower().endswith(".gz") and not is_archive(name) and is_offered(name)


class MemberSieve:
    """Judges the members of one archive, in their order.

    Attributes:
        container: The archive's name, as it stands before `!/`.
    """

    def __init__(self, container: str, pattern: str, limits: ReadLimits) -> None:
        """Nothing seen yet.

        Args:
            container: The archive's name.
            pattern: A glob of the members that are wanted; where empty, all whose names can be catalogs.
            limits: For the number of members.
        """
        self.container = container
        self._pattern = pattern
        self._limits = limits
        self._seen: dict[str, int] = {}
        self._n_members = 0

    def judge(self, name: str, special: str = "") -> FoundFile | None:
        """A member to be read (its name alone, no problem), one to be refused (with the problem), or None.

        Args:
            name: As the archive has it.
            special: What the member is where it is no regular file.

        Raises:
            ReadingStopped: it is one member too many.
        """
        name = clean_name(name)
        self._n_members += 1
        if self._n_members > (limit := self._limits.max_members):
            problem = (
                f"more than {limit:,} members, the rest is not read; split the archive or raise max_members"
            )
            raise ReadingStopped(problem, Breach.TOO_MANY_MEMBERS)
        if _is_unsafe(name):
            return self._refuse(name, "the name is absolute or leads out of the archive", Breach.UNSAFE_NAME)
        if special:
            problem = f"{special} is not followed; only regular files are read"
            return self._refuse(name, problem, Breach.SPECIAL_MEMBER)
        inner = PurePosixPath(name)
        if any(part.startswith(".") or part == "__MACOSX" for part in inner.parts):
            return None
        if not self._is_wanted(str(inner)):
            return None
        if str(inner).lower().endswith(ARCHIVE_SUFFIXES + _OTHER_ARCHIVES):
            problem = "an archive inside of an archive is not opened; unpack it"
            return self._refuse(str(inner), problem, Breach.NESTED_ARCHIVE)
        if str(inner) in self._seen:
            problem = "a member of this name stands before it, and was read"
            return self._refuse(str(inner), problem, Breach.DUPLICATE_MEMBER)
        return FoundFile(self._name(str(inner)), 0, None)

    def _is_wanted(self, name: str) -> bool:
        if self._pattern:
            return matches_glob(name, self._pattern)
        return is_offered(name) or name.lower().endswith(ARCHIVE_SUFFIXES + _OTHER_ARCHIVES)

    def _refuse(self, name: str, problem: str, breach: Breach) -> FoundFile:
        return FoundFile(self._name(name), 0, None, problem, breach)

    def _name(self, name: str) -> str:
        """The whole name; with its number where the same one stands again, so that no two rows are one."""
        self._seen[name] = number = self._seen.get(name, 0) + 1
        again = f" ({number})" if number > 1 else ""
        return f"{self.container}!/{name}{again}"


def matches_glob(name: str, pattern: str) -> bool:
    """Whether a path is one that a glob names: `**` stands for folders, all else for one part of a path."""
    parts, segments = name.split("/"), pattern.strip("/").split("/")
    if segments[-1] == "**":
        segments.append("*")
    starts = {0}
    for segment in segments:
        if segment == "**":
            starts = set(range(min(starts, default=len(parts)), len(parts)))
        else:
            starts = {at + 1 for at in starts if at < len(parts) and fnmatchcase(parts[at], segment)}
    return len(parts) in starts


def _is_unsafe(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or bool(_DRIVE.match(name)) or "\0" in name
