"""OpenAPI 3.x: an entry is one operation, with everything in its document that it refers to."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from toolmind_assets.catalogs.readers.entry import Entry, Reader, escape
from toolmind_assets.model.functions import CatalogForm

MAX_REFERENCES_CHARS = 128 * 1024
"""Characters, about, of what an entry carries beside its operation, nearest first: each of a document's
operations carries its own, and what takes more fits no prompt. The starter catalogs need 98,000 at most."""
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def recognises(value: dict[str, Any]) -> bool:
    """Whether `value` calls itself OpenAPI 3."""
    version = value.get("openapi")
    return isinstance(version, (str, float, int)) and str(version).startswith("3")


def entries(value: dict[str, Any]) -> Iterator[Entry]:
    """Each operation as `{method, path, operation, parameters, title, version, references}`.

    `parameters` are those of the whole path; `references` holds, by reference, what operation and parameters
    refer to directly or indirectly. References stay unresolved; one that leads nowhere is left out. What goes
    beyond `MAX_REFERENCES_CHARS` is left out too, and its references are listed under `references_cut`.
    """
    references = _References(value)
    paths = value.get("paths") or {}
    if not isinstance(paths, dict):
        yield Entry("/paths", None, None, f"`paths` is an object, found {type(paths).__name__}")
        return
    about = value.get("info") if isinstance(value.get("info"), dict) else {}
    for path, members in paths.items():
        pointer = f"/paths/{escape(path)}"
        if path.startswith("x-"):
            continue
        if isinstance(members, dict) and isinstance(members.get("$ref"), str):
            members = {**_as_object(references.target(members["$ref"])), **members}
        if not isinstance(members, dict):
            yield Entry(pointer, None, None, f"a path is an object, found {type(members).__name__}")
            continue
        for method in METHODS:
            if method in members:
                yield _entry(f"{pointer}/{method}", path, method, members, about, references)


def _entry(
    pointer: str, path: str, method: str, members: Any, about: Any, references: "_References"
) -> Entry:
    operation = members[method]
    if not isinstance(operation, dict):
        return Entry(pointer, None, None, f"an operation is an object, found {type(operation).__name__}")
    parameters = members.get("parameters") or []
    stated = operation.get("operationId")
    name = stated.strip() if isinstance(stated, str) else ""
    found, cut = references.closure([operation, parameters])
    return Entry(
        pointer,
        name or f"{method.upper()} {path}",
        {
            "method": method,
            "path": path,
            "operation": operation,
            "parameters": parameters,
            "title": about.get("title", ""),
            "version": about.get("version", ""),
            "references": found,
            **({"references_cut": cut} if cut else {}),
        },
    )


def _as_object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


class _References:
    """What the references of one document lead to; each target is searched for references once."""

    def __init__(self, root: dict[str, Any]) -> None:
        self._root = root
        self._surveys: dict[str, tuple[list[str], int]] = {}

    def target(self, reference: str) -> Any:
        """What `reference` leads to in this document; None where it leads nowhere, or out of it."""
        if not reference.startswith("#/"):
            return None
        place: Any = self._root
        for part in unquote(reference[2:]).split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            if isinstance(place, dict):
                place = place.get(key)
            elif isinstance(place, list) and key.isdecimal() and len(key) < 10 and int(key) < len(place):
                place = place[int(key)]
            else:
                return None
        return place

    def closure(self, value: Any) -> tuple[dict[str, Any], list[str]]:
        """Reference -> target for all that `value` refers to, directly or not; and references beyond the limit.

        Both sorted by reference, and gathered level by level, so that what is kept is what is nearest.
        """
        found: dict[str, Any] = {}
        cut: set[str] = set()
        left = MAX_REFERENCES_CHARS
        level = set(_survey(value)[0])
        while level:
            following: set[str] = set()
            for reference in sorted(level):
                target = self.target(reference)
                if target is None:
                    continue
                references, n_chars = self._survey(reference, target)
                if n_chars > left:
                    cut.add(reference)
                    continue
                left -= n_chars
                found[reference] = target
                following.update(references)
            level = following - found.keys() - cut
        return dict(sorted(found.items())), sorted(cut)

    def _survey(self, reference: str, target: Any) -> tuple[list[str], int]:
        if reference not in self._surveys:
            self._surveys[reference] = _survey(target)
        return self._surveys[reference]


def _survey(value: Any) -> tuple[list[str], int]:
    """The references in a value, and about how many characters of JSON it takes."""
    # By a stack and not by recursion: the value may be nested as deep as the parser allows.
    found: list[str] = []
    n_chars = 0
    waiting = [value]
    while waiting:
        place = waiting.pop()
        n_chars += 3
        if isinstance(place, dict):
            reference = place.get("$ref")
            if isinstance(reference, str):
                found.append(reference)
            n_chars += sum(len(key) + 3 for key in place)
            waiting += place.values()
        elif isinstance(place, list):
            waiting += place
        else:
            n_chars += len(str(place))
    return found, n_chars


READER = Reader(CatalogForm.OPENAPI, recognises, entries)
