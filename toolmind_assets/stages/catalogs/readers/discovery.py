"""Google API discovery documents: an entry is one method; schemas and common parameters stay in the document."""

import re
from collections.abc import Iterator
from typing import Any

from toolmind_assets.model.functions import CatalogForm
from toolmind_assets.model.pointers import escape
from toolmind_assets.stages.catalogs.readers.entry import Entry, Reader, References

COMMON = "#/parameters"
"""How an entry refers to the parameters that every method of its document takes."""
_DOCUMENT = "discovery#restDescription"
_DIRECTORY = "discovery#directoryList"


def recognises(value: dict[str, Any]) -> bool:
    """Whether `value` calls itself a discovery document, or a directory of them, or has all that makes one."""
    kind = value.get("kind")
    has_methods = isinstance(value.get("resources"), dict) or isinstance(value.get("methods"), dict)
    return kind in (_DOCUMENT, _DIRECTORY) or ("discoveryVersion" in value and has_methods)


def entries(value: dict[str, Any]) -> Iterator[Entry]:
    """Each method, of resources within resources too, as `{name, title, version, parameters, key, method}`.

    Name, title and version are the API's; `parameters` refers to those of the whole document; `key` is the method's. References stay as they are.
    """
    if value.get("kind") == _DIRECTORY:
        problem = "a directory of APIs; the discovery documents that it lists hold the methods"
        yield Entry("", None, None, problem, found=value)
        return
    about = {key: value.get(key, "") for key in ("name", "title", "version")}
    if isinstance(value.get("parameters"), dict):
        about["parameters"] = {"$ref": COMMON}
    yield from _methods("", value, about)


def _methods(pointer: str, holder: dict[str, Any], about: dict[str, Any]) -> Iterator[Entry]:
    # A stack and not recursion: resources may be nested as deep as the parser allows.
    waiting = [(pointer, holder)]
    while waiting:
        pointer, holder = waiting.pop()
        for key, method in _members(holder, "methods"):
            yield _entry(f"{pointer}/methods/{escape(key)}", key, method, about)
        below: list[tuple[str, dict[str, Any]]] = []
        for key, resource in _members(holder, "resources"):
            place = f"{pointer}/resources/{escape(key)}"
            if isinstance(resource, dict):
                below.append((place, resource))
            else:
                yield Entry(
                    place,
                    None,
                    None,
                    f"a resource is an object, found {type(resource).__name__}",
                    found=resource,
                )
        waiting += reversed(below)


def _members(holder: dict[str, Any], key: str) -> list[tuple[str, Any]]:
    members = holder.get(key)
    return list(members.items()) if isinstance(members, dict) else []


def _entry(pointer: str, key: str, method: Any, about: dict[str, Any]) -> Entry:
    if not isinstance(method, dict):
        return Entry(
            pointer, None, None, f"a method is an object, found {type(method).__name__}", found=method
        )
    stated = method.get("id")
    name = (stated.strip() if isinstance(stated, str) else "") or key.strip()
    return Entry(pointer, name or None, {**about, "key": key.strip(), "method": method})


def target(value: dict[str, Any], reference: str) -> Any:
    """The schema of a name, or the common parameters; None where there is no such thing."""
    if reference == COMMON:
        return value.get("parameters")
    schemas = value.get("schemas")
    return schemas.get(reference) if isinstance(schemas, dict) else None


READER = Reader(
    CatalogForm.DISCOVERY, recognises, entries, References(re.compile(r'"\$ref":("(?:[^"\\]|\\.)*")'), target)
)
