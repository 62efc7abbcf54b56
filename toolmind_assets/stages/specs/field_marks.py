"""Marks of all fields of a converted schema: what serves the transport, what pages, what names a resource."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from toolmind_assets.model.functions import MarkKind
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.model.pointers import escape
from toolmind_assets.stages.specs.identifiers import identify, names_no_identifier
from toolmind_assets.stages.specs.marks import marks_of, names_no_mark
from toolmind_assets.stages.specs.prose import recover
from toolmind_assets.stages.specs.resources import resource_of

_NESTED = frozenset({"properties", "items", "additionalProperties", "allOf", "anyOf", "oneOf", "prefixItems"})
"""Keywords behind which there are fields."""
_UNMEASURED = ("string", "boolean", "object", "array", "null")
"""Types that have no unit."""

Resolve = Callable[[str], JsonObject]
"""Pointer of a definition (`#/$defs/<name>`) -> the definition, or an empty schema."""


def mark_fields(node: JsonObject, pointer: str, owner: str, resolve: Resolve) -> list[JsonObject]:
    """The marks of every field in a converted schema, without those of the definitions that it refers to.

    Args:
        node: JSON Schema 2020-12.
        pointer: Where it stands in its function (RFC 6901).
        owner: What it is about: the name of its type, or the path or name of its function.
        resolve: What a reference leads to.

    Returns:
        `{path, kind, resource, value}`: the field's pointer; a `MarkKind`; of an identifier its resource and which
        of its identifiers it is; of a unit the unit. What does not apply is left out.
    """
    found: list[JsonObject] = []
    _walk(node, pointer, owner, resolve, found)
    return found


def mark(path: str, kind: MarkKind, resource: str = "", value: str = "") -> JsonObject:
    """One mark."""
    found: JsonObject = {"path": path, "kind": kind.value}
    if resource:
        found["resource"] = resource
    if value:
        found["value"] = value
    return found


def _walk(node: Any, pointer: str, owner: str, resolve: Resolve, found: list[JsonObject]) -> None:
    if not isinstance(node, dict):
        return
    for name, member in node.get("properties", {}).items():
        if not _is_plain(name, member):
            _mark(name, member, f"{pointer}/properties/{escape(name)}", owner, resolve, found)
        if not _NESTED.isdisjoint(member):
            inner = name if _holds_properties(member) and resource_of(name) else owner
            _walk(member, f"{pointer}/properties/{escape(name)}", inner, resolve, found)
    for key in sorted(_NESTED & node.keys() - {"properties"}):
        if isinstance(node[key], list):
            for index, member in enumerate(node[key]):
                _walk(member, f"{pointer}/{key}/{index}", owner, resolve, found)
        else:
            _walk(node[key], f"{pointer}/{key}", owner, resolve, found)


def _holds_properties(member: JsonObject) -> bool:
    """Whether a field is an object written out in place, or a list of such: its name is that of what it holds."""
    items = member.get("items")
    return "properties" in member or (isinstance(items, dict) and "properties" in items)


def _is_plain(name: str, member: JsonObject) -> bool:
    """Whether nothing can be said of a field: neither its name nor its type nor its description gives cause to."""
    if not _is_plain_name(name) or "deprecated" in member or member.get("type") not in _UNMEASURED:
        return False
    description = member.get("description", "")
    return "eprecated" not in description and "EPRECATED" not in description and "dempoten" not in description


@lru_cache(maxsize=100_000)
def _is_plain_name(name: str) -> bool:
    """Whether no rule on names, whatever the rest of a field, has anything to say of this one."""
    return names_no_mark(name) and names_no_identifier(name)


def _mark(
    name: str, member: JsonObject, pointer: str, owner: str, resolve: Resolve, found: list[JsonObject]
) -> None:
    reference = member.get("$ref")
    if reference is not None:
        member = {**resolve(reference), **member}
    description = member.get("description", "")
    found += [mark(pointer, kind) for kind in marks_of(name, member, description)]
    if identified := identify(name, owner, description, member):
        found.append(mark(pointer, MarkKind.IDENTIFIER, identified.resource, identified.identifier))
    if (
        description
        and member.get("type") in ("integer", "number")
        and (unit := recover(name, member, description).unit)
    ):
        found.append(mark(pointer, MarkKind.UNIT, value=unit))
