"""OpenAPI 3.x: an entry is one operation, with everything in its document that it refers to."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from toolmind_assets.catalogs.readers.entry import Entry, Reader, escape
from toolmind_assets.model.functions import CatalogForm

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def recognises(value: dict[str, Any]) -> bool:
    """Whether `value` calls itself OpenAPI 3."""
    version = value.get("openapi")
    return isinstance(version, (str, float, int)) and str(version).startswith("3")


def entries(value: dict[str, Any]) -> Iterator[Entry]:
    """Each operation as `{method, path, operation, parameters, title, version, references}`.

    `parameters` are those of the whole path; `references` holds, by reference, what operation and parameters
    refer to directly or indirectly. References stay unresolved; one that leads nowhere is left out.
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
            "references": references.closure([operation, parameters]),
        },
    )


def _as_object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


class _References:
    """What the references of one document lead to; each target is searched for references once."""

    def __init__(self, root: dict[str, Any]) -> None:
        self._root = root
        self._direct: dict[str, list[str]] = {}

    def target(self, reference: str) -> Any:
        """What `reference` leads to in this document; None where it leads nowhere, or out of it."""
        if not reference.startswith("#/"):
            return None
        place: Any = self._root
        for part in unquote(reference[2:]).split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            if isinstance(place, dict):
                place = place.get(key)
            elif isinstance(place, list) and key.isdecimal() and int(key) < len(place):
                place = place[int(key)]
            else:
                return None
        return place

    def closure(self, value: Any) -> dict[str, Any]:
        """Reference -> target for all that `value` refers to, directly or not, sorted by reference."""
        found: dict[str, Any] = {}
        waiting = _references_in(value)
        while waiting:
            reference = waiting.pop()
            if reference in found:
                continue
            target = self.target(reference)
            if target is None:
                continue
            found[reference] = target
            if reference not in self._direct:
                self._direct[reference] = _references_in(target)
            waiting += self._direct[reference]
        return dict(sorted(found.items()))


def _references_in(value: Any) -> list[str]:
    found: list[str] = []
    waiting = [value]
    while waiting:
        place = waiting.pop()
        if isinstance(place, dict):
            reference = place.get("$ref")
            if isinstance(reference, str):
                found.append(reference)
            waiting += place.values()
        elif isinstance(place, list):
            waiting += place
    return found


READER = Reader(CatalogForm.OPENAPI, recognises, entries)
