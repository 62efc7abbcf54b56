"""OpenAPI 3.x and Swagger 2: an entry is one operation; what it refers to stays in the document."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.functions import CatalogForm
from toolmind_assets.model.pointers import escape, pointer_target
from toolmind_assets.stages.catalogs.readers.entry import Entry, Reader, References

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_MAX_HOPS = 8


def recognises_openapi(value: dict[str, Any]) -> bool:
    """Whether `value` calls itself OpenAPI 3."""
    version = value.get("openapi")
    return isinstance(version, (str, float, int)) and str(version).startswith("3")


def recognises_swagger(value: dict[str, Any]) -> bool:
    """Whether `value` calls itself Swagger 2."""
    version = value.get("swagger")
    return isinstance(version, (str, float, int)) and str(version).startswith("2")


def entries(value: dict[str, Any]) -> Iterator[Entry]:
    """Each operation as `{method, path, operation, parameters, title, version}`.

    `parameters` are those of the whole path. References stay as they are.
    """
    paths = value.get("paths") or {}
    if not isinstance(paths, dict):
        yield Entry("/paths", None, None, f"`paths` is an object, found {type(paths).__name__}", found=paths)
        return
    about = value.get("info") if isinstance(value.get("info"), dict) else {}
    for path, members in paths.items():
        pointer = f"/paths/{escape(path)}"
        if path.startswith("x-"):
            continue
        if path == "$ref" or (_reference_in(members) and not any(method in members for method in METHODS)):
            reference = members if path == "$ref" else members["$ref"]
            problem = f"the reference {reference!r:.120} leads to nothing"
            yield Entry(pointer, None, None, problem, DropReason.UNRESOLVED_REF, members)
            continue
        if not isinstance(members, dict):
            yield Entry(
                pointer, None, None, f"a path is an object, found {type(members).__name__}", found=members
            )
            continue
        for method in METHODS:
            if method in members:
                yield _entry(f"{pointer}/{method}", path, method, members, about)


def _entry(pointer: str, path: str, method: str, members: Any, about: Any) -> Entry:
    operation = members[method]
    if not isinstance(operation, dict):
        return Entry(
            pointer,
            None,
            None,
            f"an operation is an object, found {type(operation).__name__}",
            found=operation,
        )
    if reference := _reference_in(operation):
        problem = f"the reference {reference!r:.120} leads to nothing"
        return Entry(pointer, None, None, problem, DropReason.UNRESOLVED_REF, operation)
    stated = operation.get("operationId")
    name = stated.strip() if isinstance(stated, str) else ""
    found = {
        "method": method,
        "path": path,
        "operation": operation,
        "parameters": members.get("parameters") or [],
        "title": about.get("title", ""),
        "version": about.get("version", ""),
    }
    return Entry(pointer, name or f"{method.upper()} {path}", found)


def expand(value: dict[str, Any], follow: Callable[[str], Any], before: Callable[[], None]) -> dict[str, Any]:
    """The document with the paths and operations that references stand for in their places."""
    paths = value.get("paths")
    if not isinstance(paths, dict) or not any(map(_reference_in, (paths, *_operations(paths)))):
        return value
    before()
    items: dict[str, Any] = {}
    for path, found in _followed(paths, follow).items():
        item = _followed(found, follow)
        if isinstance(item, dict):
            item = {
                key: _followed(member, follow) if key in METHODS else member for key, member in item.items()
            }
        items[path] = item
    return {**value, "paths": items}


def _operations(paths: dict[str, Any]) -> Iterator[Any]:
    """The paths, and their operations."""
    for item in paths.values():
        yield item
        if isinstance(item, dict):
            yield from (item[method] for method in METHODS if method in item)


def _followed(found: Any, follow: Callable[[str], Any]) -> Any:
    """What a reference leads to, with what stands beside it; what leads nowhere stays as it is."""
    for _ in range(_MAX_HOPS):
        if not (reference := _reference_in(found)):
            break
        target = follow(reference)
        if not isinstance(target, dict):
            break
        found = {**target, **{key: member for key, member in found.items() if key != "$ref"}}
    return found


def _reference_in(value: Any) -> str:
    reference = value.get("$ref") if isinstance(value, dict) else None
    return reference if isinstance(reference, str) else ""


REFERENCES = References(re.compile(r'"\$ref":("(?:[^"\\]|\\.)*")'), pointer_target, expand)
OPENAPI = Reader(CatalogForm.OPENAPI, recognises_openapi, entries, REFERENCES)
SWAGGER = Reader(CatalogForm.SWAGGER, recognises_swagger, entries, REFERENCES)
