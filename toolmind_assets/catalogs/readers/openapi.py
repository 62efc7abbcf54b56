"""OpenAPI 3.x and Swagger 2: an entry is one operation; what it refers to stays in the document."""

import re
from collections.abc import Iterator
from typing import Any

from toolmind_assets.catalogs.readers.entry import Entry, Reader, References
from toolmind_assets.model.functions import CatalogForm
from toolmind_assets.model.pointers import escape, pointer_target

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
REFERENCES = References(re.compile(r'"\$ref":("(?:[^"\\]|\\.)*")'), pointer_target)


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
        if isinstance(members, dict) and isinstance(members.get("$ref"), str):
            shared = pointer_target(value, members["$ref"])
            members = {**(shared if isinstance(shared, dict) else {}), **members}
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


OPENAPI = Reader(CatalogForm.OPENAPI, recognises_openapi, entries, REFERENCES)
SWAGGER = Reader(CatalogForm.SWAGGER, recognises_swagger, entries, REFERENCES)
