"""Marks of all fields of a converted schema: what serves the transport, what pages, what names a resource."""

from collections.abc import Callable, Iterator
from typing import Any

from toolmind_assets.model.functions import MarkKind
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.model.pointers import escape
from toolmind_assets.specs.identifiers import identify
from toolmind_assets.specs.marks import marks_of
from toolmind_assets.specs.prose import recover

_NESTED = frozenset({"properties", "items", "additionalProperties", "allOf", "anyOf", "oneOf", "prefixItems"})
"""Keywords behind which there are fields."""

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
    return list(_walk(node, pointer, owner, resolve))


def mark(path: str, kind: MarkKind, resource: str = "", value: str = "") -> JsonObject:
    """One mark."""
    found: JsonObject = {"path": path, "kind": kind.value}
    if resource:
        found["resource"] = resource
    if value:
        found["value"] = value
    return found


def _walk(node: Any, pointer: str, owner: str, resolve: Resolve) -> Iterator[JsonObject]:
    if not isinstance(node, dict):
        return
    for name, member in node.get("properties", {}).items():
        here = f"{pointer}/properties/{escape(name)}"
        yield from _marks(name, member, here, owner, resolve)
        if not _NESTED.isdisjoint(member):
            yield from _walk(member, here, name if "properties" in member else owner, resolve)
    for key in sorted(_NESTED & node.keys() - {"properties"}):
        inner = node[key] if isinstance(node[key], list) else None
        if inner is None:
            yield from _walk(node[key], f"{pointer}/{key}", owner, resolve)
        for index, member in enumerate(inner or ()):
            yield from _walk(member, f"{pointer}/{key}/{index}", owner, resolve)


def _marks(
    name: str, member: JsonObject, pointer: str, owner: str, resolve: Resolve
) -> Iterator[JsonObject]:
    reference = member.get("$ref")
    if reference is not None:
        member = {**resolve(reference), **member}
    description = member.get("description", "")
    for kind in marks_of(name, member, description):
        yield mark(pointer, kind)
    if identified := identify(name, owner, description, member):
        yield mark(pointer, MarkKind.IDENTIFIER, identified.resource, identified.identifier)
    if description and member.get("type") in ("integer", "number") and (unit := recover(name, member, description).unit):
        yield mark(pointer, MarkKind.UNIT, value=unit)
