"""Digests of the source files that decide what a step makes."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from toolmind_assets.model.ids import digest

_LIBRARIES = ("faker", "json-repair", "jsonschema-rs", "lemminflect", "scikit-learn", "sparse-dot-topn")
"""Libraries whose next version may make other rows of the same input."""
_SUFFIXES = (".py", ".md", ".yaml")
_CARRIERS = ("toolmind_assets/steps/", "toolmind_resources/delta/")
"""What hands rows on as they are: a change to it makes no other rows."""
_IMPORT = re.compile(
    r"^\s*(?:from (toolmind_[\w.]+) import ([\w, ]+|\()|import (toolmind_[\w.]+))", re.MULTILINE
)


def code_version(packages: Iterable[str], leaves_out: Iterable[str] = ()) -> str:
    """Digest of the sources of packages and modules, of all that these import of this project, and of libraries.

    Args:
        packages: Names of packages, of which every source, prompt and word list counts, and of modules.
        leaves_out: Paths of files, and of folders with a slash at the end, that do not count, below the packages.
    """
    return digest(sources_digest(tuple(packages), tuple(leaves_out)), _library_versions())[:16]


@cache
def sources_digest(names: tuple[str, ...], leaves_out: tuple[str, ...] = ()) -> str:
    """SHA-256 over the sources of packages and modules, and of all that these import of this project."""
    hashes = {
        _shown(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in source_files(names, leaves_out)
    }
    lines = [f"{name}:{content}" for name, content in sorted(hashes.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def source_files(names: Iterable[str], leaves_out: tuple[str, ...] = ()) -> set[Path]:
    """The files of packages and modules, texts included, and the modules of this project that these import.

    Raises:
        ModuleNotFoundError: there is no such package or module.
    """
    wanted, unwanted = set[Path](), set[Path]()
    for name in names:
        for path, is_left_out in _files_of(name, leaves_out):
            (unwanted if is_left_out else wanted).add(path)
    found: set[Path] = set()
    while wanted:
        path = wanted.pop()
        found.add(path)
        imported = _imported(path) if path.suffix == ".py" else ()
        wanted |= {other for other in imported if not _shown(other).startswith(_CARRIERS)} - found - unwanted
    return found


def _files_of(name: str, leaves_out: tuple[str, ...]) -> list[tuple[Path, bool]]:
    """The sources of a package, or the one of a module; each with whether it is left out."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"there is no module {name!r}")
    if spec.submodule_search_locations is None:
        return [(Path(spec.origin), False)]
    folder = Path(spec.origin).parent
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in _SUFFIXES and path.is_file()]
    return [(path, path.relative_to(folder).as_posix().startswith(leaves_out)) for path in files]


@cache
def _imported(path: Path) -> tuple[Path, ...]:
    """The modules of this project that a module imports; of a package its `__init__` alone."""
    return tuple(found for name in _import_names(path.read_text(encoding="utf-8")) for found in _module(name))


def _import_names(source: str) -> Iterator[str]:
    """Every module that may be imported: `from a import b` is of a, and of a.b where there is one."""
    for package, names, module in _IMPORT.findall(source):
        yield package or module
        for name in re.findall(r"\w+", names.partition(" as ")[0]):
            yield f"{package}.{name}"


@cache
def _module(name: str) -> tuple[Path, ...]:
    """The file of a module; nothing where there is none of that name."""
    try:
        spec = find_spec(name)
    except ModuleNotFoundError:  # a name of a module that is no package
        return ()
    return (Path(spec.origin),) if spec is not None and spec.origin else ()


def _shown(path: Path) -> str:
    """A path from its top package on, the same wherever the project lies."""
    top = path.parent
    while (top.parent / "__init__.py").is_file():
        top = top.parent
    return path.relative_to(top.parent).as_posix()


@cache
def _library_versions() -> list[str]:
    return [f"{name}=={version(name)}" for name in _LIBRARIES]
