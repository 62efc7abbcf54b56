"""Files of an installed Python package, found without importing it: none of its code is executed."""

import importlib.metadata
import importlib.util
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from toolmind_resources.errors import FileAccessError
from toolmind_resources.files.folder import FoundPath, find_paths, look_at
from toolmind_resources.files.members import is_offered, matches_glob

_WILDCARDS = frozenset("*?[")


def find_package_files(path: str) -> Iterator[FoundPath]:
    """The files that `path` names, sorted by name; each with the package's version and its size as its identity.

    Args:
        path: The name that the package is imported by (`botocore`) or installed by (`google-api-python-client`);
            then, where not all is meant, a file, a folder or a glob: below the package's own folder in the first
            case, below the folder that packages are installed into in the second. Of a folder those files are
            taken whose names can be catalogs.

    Raises:
        FileAccessError: no such package is installed, or it has no such file.
    """
    name, _, pattern = path.partition("/")
    if ".." in PurePosixPath(pattern).parts or pattern.startswith("/"):
        raise FileAccessError(f"package:{path} leads out of the package; name a file or a glob inside of it")
    if folders := _folders(name):
        version = _version(importlib.metadata.packages_distributions().get(name, []))
        found = _below(folders, pattern, path)
    else:
        version, found = _version([name]), _listed(name, pattern)
    if not _WILDCARDS & set(pattern):
        found = [file for file in found if is_offered(file.name)]
    if not found:
        raise FileAccessError(
            f"no file of the installed package matches package:{path}; correct the catalog's path"
        )
    return (replace(file, identity=f"{version}:{file.n_bytes}") for file in found)


def _folders(name: str) -> list[Path]:
    """Where a package that can be imported lies; none where there is no such one."""
    # Of a dotted name the library would import the parent.
    if not name.isidentifier():
        return []
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return []
    return [Path(folder) for folder in (spec and spec.submodule_search_locations) or ()]


def _below(folders: list[Path], pattern: str, path: str) -> list[FoundPath]:
    found: list[FoundPath] = []
    for folder in folders:
        try:
            found += find_paths(folder, pattern or ".", is_confined=True)
        except FileAccessError as error:
            if len(folders) == 1:
                message = (
                    f"package:{path}: the installed package has no such file; correct the catalog's path"
                )
                raise FileAccessError(message) from error
    # As with an import, what stands first hides what stands behind it.
    return list({file.name: file for file in reversed(found)}.values())[::-1]


def _listed(name: str, pattern: str) -> list[FoundPath]:
    """Of the files that a distribution says it installed."""
    distribution = importlib.metadata.distribution(name)
    base = Path(str(distribution.locate_file("")))
    wanted = pattern.rstrip("/") or "**"
    listed = sorted(file.as_posix() for file in distribution.files or () if ".." not in file.parts)
    return [
        look_at(base, base / file)
        for file in listed
        if matches_glob(file, wanted) or file.startswith(wanted + "/")
    ]


def _version(distributions: list[str]) -> str:
    """Of the distributions that a package comes from; empty where it is not known.

    Raises:
        FileAccessError: one of them is not installed.
    """
    try:
        return ",".join(importlib.metadata.version(name) for name in distributions)
    except (importlib.metadata.PackageNotFoundError, ValueError) as error:
        raise FileAccessError(
            f"package:{distributions[-1]}: no such package is installed here; install it, or correct its name"
        ) from error
