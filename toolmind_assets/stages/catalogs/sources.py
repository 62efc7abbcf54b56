"""What a catalog is: a configured source, or whatever else lies in the folder of catalogs.

Reading the files is `toolmind_assets.stages.catalogs.read`; the manifest's text is `toolmind_assets.stages.catalogs.manifest`.
"""

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from toolmind_assets.model.functions import CatalogForm
from toolmind_assets.model.ids import digest
from toolmind_resources.mcp.configured_server import McpServer

MANIFEST = "manifest.yaml"
"""The file that names the catalogs of a folder."""
_NO_CATALOG = re.compile(r"(?i)(manifest\.yaml|(readme|licen[cs]es?|notices?)(\..*|/.*)?)")
_PART = re.compile(r"(!/.*|#[^#/]*)\Z")
"""The members of an archive or the column of a data set that a path names, behind the file's own."""
_UNFIT_FOR_SLUG = re.compile(r"[^a-z0-9._-]+")


class CatalogSource(BaseModel):
    """One catalog: where its files are, where they come from, and under which licence."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9._-]*$",
        max_length=100,
        description="Name of the catalog, and of its partition: lower-case letters, digits, '.', '_' and '-'.",
    )
    path: str = Field(
        default="",
        description="File, folder or glob, relative to the folder of the file that names it; an https:// URL; or "
        "`package:` and a path in an installed package. Behind it `!/` and a glob of an archive's members, or `#` and "
        "a data set's column.",
    )
    mcp: McpServer | None = Field(
        default=None, description="A live MCP server whose tools are the catalog; in place of `path`."
    )
    form: CatalogForm | None = Field(
        default=None, description="How the catalog is written; detected from the content where not given."
    )
    source: str = Field(
        default="", description="Where the catalog was published; its own name where not given."
    )
    source_version: str = Field(default="", description="Version of that publication.")
    licence: str = Field(default="unknown", description="SPDX id, or the name that the source states.")
    allow: tuple[str, ...] = Field(
        default=(), description="Globs of function names; where given, all others are dropped."
    )
    deny: tuple[str, ...] = Field(default=(), description="Globs of function names that are dropped.")

    @model_validator(mode="after")
    def _refuse_no_place(self) -> "CatalogSource":
        if bool(self.path) == (self.mcp is not None):
            raise PydanticCustomError("wrong", "a catalog wants one of path, mcp")
        return self

    def admits(self, name: str) -> bool:
        """Whether the allow and deny lists let a function of this name in; a denial wins."""
        is_allowed = not self.allow or any(fnmatchcase(name, glob) for glob in self.allow)
        return is_allowed and not any(fnmatchcase(name, glob) for glob in self.deny)


class CatalogParams(BaseModel):
    """Limits on what is read."""

    model_config = ConfigDict(extra="forbid")

    max_file_bytes: int = Field(
        default=64 * 1024 * 1024,
        ge=1,
        description="Larger files are dropped unread. The largest file of the starter catalogs has 0.3 MB.",
    )
    max_depth: int = Field(
        default=64,
        ge=4,
        le=200,
        description="Entries nested deeper are dropped. The deepest entry of the starter catalogs has 16 levels.",
    )
    max_name_chars: int = Field(
        default=256, ge=1, description="Entries with a longer name are dropped; longer is no name."
    )
    raw_chars: int = Field(
        default=500, ge=0, description="Characters of a dropped entry that are kept with the reason."
    )


def discover(configured: Sequence[CatalogSource], files: Iterable[str]) -> tuple[CatalogSource, ...]:
    """One source for each file, or folder of files, that no configured source covers, sorted by path.

    A folder without any covered file is one catalog; in a folder that is covered in part, each file or
    sub-folder left over is one. The manifest, hidden files, read-mes, licences and notices are none.

    Args:
        configured: Sources of the manifest.
        files: Paths in the folder of catalogs, with forward slashes.
    """
    listed = sorted(set(files))
    candidates = [file for file in listed if _can_be_catalog(file)]
    covered = {file for source in configured for file in _covered(source.path, listed)}
    paths = _uncovered("", candidates, covered)
    names = _unique_slugs(paths, {source.name for source in configured})
    return tuple(CatalogSource(name=name, path=path) for path, name in zip(paths, names, strict=True))


def _can_be_catalog(file: str) -> bool:
    return not _NO_CATALOG.fullmatch(file) and not any(part.startswith(".") for part in file.split("/"))


def catalog_names(paths: Iterable[str]) -> tuple[str, ...]:
    """A name for each resolved path, of its last part that has letters; with its number where it is taken."""
    names: list[str] = []
    for path in map(PurePosixPath, paths):
        parts = (path.stem, *(folder.name for folder in path.parents))
        name = stem = next(filter(None, map(_slug, parts)), "catalog")
        number = 1
        while name in names:
            number += 1
            name = f"{stem}-{number}"
        names.append(name)
    return tuple(names)


def _covered(path: str, files: Sequence[str]) -> list[str]:
    """Those of `files` that reading `path` finds: a path that exists is itself, whatever wildcards it holds.

    Whose members or column alone are read, is covered all the same.
    """
    path = posixpath.normpath(path)
    if path == ".":
        return list(files)
    literal = [file for file in files if file == path or file.startswith(path + "/")]
    found = literal or [file for file in files if _matches(file.split("/"), path.split("/"))]
    if found or path == (whole := _PART.sub("", path)):
        return found
    return _covered(whole, files)


def _matches(parts: Sequence[str], segments: Sequence[str]) -> bool:
    """Whether a glob finds a file, as `pathlib` has it: `**` stands for folders, all else for one part."""
    starts = {0}
    for segment in segments:
        if segment == "**":
            starts = set(range(min(starts, default=len(parts)), len(parts)))
        else:
            starts = {at + 1 for at in starts if at < len(parts) and fnmatchcase(parts[at], segment)}
    return len(parts) in starts


def _uncovered(folder: str, files: Sequence[str], covered: set[str]) -> list[str]:
    """Files of `folder`, and sub-folders without a covered file, that are not covered."""
    members: dict[str, list[str]] = {}
    for file in files:
        members.setdefault(file[len(folder) :].split("/", 1)[0], []).append(file)
    paths: list[str] = []
    for member, inside in members.items():
        path = folder + member
        if inside == [path] or covered.isdisjoint(inside):
            paths += [path] if covered.isdisjoint(inside) else []
        else:
            paths += _uncovered(path + "/", inside, covered)
    return paths


def _unique_slugs(paths: Sequence[str], taken: set[str]) -> list[str]:
    """A name for each path: of its stem; with its ending or a digest where that name is taken."""
    stems = [_slug(PurePosixPath(path).stem) for path in paths]
    counts = Counter(stems)
    names: list[str] = []
    for path, stem in zip(paths, stems, strict=True):
        is_clear = stem and stem not in taken and counts[stem] == 1
        names.append(stem if is_clear else f"{_slug(path) or 'catalog'}-{digest(path)[:6]}")
    return names


def _slug(text: str) -> str:
    return _UNFIT_FOR_SLUG.sub("-", text.lower()).strip("-._")[:80].strip("-._")
