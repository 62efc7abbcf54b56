"""How a catalog's path is written; nothing is looked up here."""

import re
from dataclasses import dataclass

_PACKAGE = "package:"
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_COLUMN = re.compile(r"(?i)(?P<base>.+\.(?:parquet|jsonl|ndjson)(?:\.gz)?)#(?P<column>[^#/]+)")


@dataclass(frozen=True, slots=True)
class SourcePath:
    """A catalog's path in its parts.

    Attributes:
        base: Of the files: a path, a glob, a URL, or `package:` and what is in it.
        inner: Glob of the members that are meant where the files are archives; empty for all.
        column: Of the data sets that the files are; empty where they are none.
    """

    base: str
    inner: str = ""
    column: str = ""

    @property
    def is_url(self) -> bool:
        """Whether the files are fetched."""
        return _URL.match(self.base) is not None

    @property
    def package(self) -> str:
        """What is meant of installed packages, without `package:`; empty where none is."""
        return self.base.removeprefix(_PACKAGE) if self.base.startswith(_PACKAGE) else ""

    @property
    def is_local(self) -> bool:
        """Whether the base is a path relative to a folder."""
        return not (self.is_url or self.package)


def split_source(path: str) -> SourcePath:
    """A catalog's path in its parts, by its text alone: `base`, `base!/inner`, `base#column`, `base!/inner#column`.

    A column is read where what stands before it ends like a data set, or is a URL.
    """
    if _URL.match(path):
        base, _, column = path.partition("#")
    else:
        found = _COLUMN.fullmatch(path)
        base, column = (found["base"], found["column"]) if found else (path, "")
    base, _, inner = base.partition("!/")
    return SourcePath(base, inner, column)
