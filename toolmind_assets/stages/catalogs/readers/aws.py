"""AWS service models (`service-2.json` of botocore): an entry is one operation; shapes stay in the document."""

import re
from collections.abc import Iterator
from typing import Any

from toolmind_assets.model.functions import CatalogForm
from toolmind_assets.model.pointers import escape
from toolmind_assets.stages.catalogs.readers.entry import Entry, Reader, References, name_in

_BESIDE = {
    "paginators": frozenset({"pagination", "version"}),
    "waiters": frozenset({"version", "waiters"}),
    "examples": frozenset({"examples", "version"}),
    "additions to paginators or to a model": frozenset({"merge", "version"}),
    "endpoint rules": frozenset({"parameters", "rules", "version"}),
    "endpoints": frozenset({"partitions", "version"}),
    "defaults of clients": frozenset({"base", "documentation", "modes", "version"}),
    "rules of retries": frozenset({"definitions", "retry"}),
}
"""What else lies beside a model, and all the keys that it has."""
_MARKS = frozenset({"pagination", "waiters", "examples", "merge", "rules", "partitions", "modes", "retry"})
"""Of those keys the ones that tell: one of them has to be there."""


def recognises(value: dict[str, Any]) -> bool:
    """Whether `value` has operations, shapes and what an AWS service says of itself, or lies beside a model."""
    return _is_model(value) or _file_beside(value) is not None


def entries(value: dict[str, Any]) -> Iterator[Entry]:
    """Each operation as `{service, version, protocol, key, operation}`; references to shapes stay as they are."""
    if not _is_model(value):
        problem = f"{_file_beside(value)} of botocore, without operations: those are in service-2.json"
        yield Entry("", None, None, problem, found=value)
        return
    about = value.get("metadata")
    about = about if isinstance(about, dict) else {}
    operations = value["operations"]
    for key, operation in operations.items():
        pointer = f"/operations/{escape(key)}"
        if not isinstance(operation, dict):
            yield Entry(
                pointer,
                None,
                None,
                f"an operation is an object, found {type(operation).__name__}",
                found=operation,
            )
            continue
        found = {
            "service": about.get("serviceFullName") or about.get("serviceAbbreviation") or "",
            "version": about.get("apiVersion", ""),
            "protocol": about.get("protocol", ""),
            "key": key.strip(),
            "operation": operation,
        }
        yield Entry(pointer, name_in(operation) or key.strip() or None, found)


def shape_named(value: dict[str, Any], reference: str) -> Any:
    """The shape of a name; None where there is none."""
    shapes = value.get("shapes")
    return shapes.get(reference) if isinstance(shapes, dict) else None


def _is_model(value: dict[str, Any]) -> bool:
    kinds = {"operations": dict, "shapes": dict, "metadata": dict}
    return all(isinstance(value.get(key), kind) for key, kind in kinds.items())


def _file_beside(value: dict[str, Any]) -> str | None:
    keys = value.keys()
    if _MARKS.isdisjoint(keys):
        return None
    return next((file for file, known in _BESIDE.items() if keys <= known), None)


READER = Reader(
    CatalogForm.AWS, recognises, entries, References(re.compile(r'"shape":("(?:[^"\\]|\\.)*")'), shape_named)
)
