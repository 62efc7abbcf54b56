"""The leaves of a schema with all that a link may go by: path, pointer, name, owner. Fast: catalogs hold millions."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from toolmind_assets.model.ids import JsonObject
from toolmind_assets.model.paths import child_path
from toolmind_assets.model.pointers import escape

MAX_DEPTH = 6
"""Levels of nesting below which fields are not listed."""
MAX_PARTS = 8
"""Parts of parts of an `allOf` that are looked into: they hold members of one object, however deep a type inherits."""
MAX_LEAVES = 256
"""Leaves that are listed of one schema, breadth first."""
MAX_STEPS = 1024
"""Nodes that are looked at for them: some types have more members than anybody could link."""
_DEFINITIONS = "#/$defs/"
_SHAPES = frozenset(("$ref", "type", "properties", "items", "enum", "anyOf", "oneOf", "allOf"))
"""Keywords of which one says what a value looks like; other keywords annotate it."""


class Leaf(NamedTuple):
    """A scalar, the scalar members of an array, or an object or array about whose members nothing is known.

    Attributes:
        path: Dotted path, `[]` for the members of an array.
        pointer: Where the property stands that it is, or is a member of (RFC 6901), as its marks have it: before
            references and unions are followed.
        name: Last key of the path (of the array, for its members); empty for a bare result.
        owner: The key above it, or empty.
        owner_type: Name of the definition that holds it, or empty.
        whole_type: Name of the definition that takes that one in by `allOf`, the outermost one, or empty.
        schema: Its own schema, references resolved.
        description: Its own, else of the array that it is a member of.
        is_required: It and everything above it must be there.
    """

    path: str
    pointer: str
    name: str
    owner: str
    owner_type: str
    whole_type: str
    schema: JsonObject
    description: str
    is_required: bool


class _Node(NamedTuple):
    schema: Any
    pointer: str
    property_pointer: str
    path: str
    name: str
    owner: str
    owner_type: str
    whole_type: str
    description: str
    is_required: bool
    depth: int
    n_parts: int = 0


def leaves_of(schema: Mapping[str, Any] | None, pointer: str) -> list[Leaf]:
    """The leaves of a schema that stands at `pointer` in its function, breadth first; none where it is None."""
    if schema is None:
        return []
    leaves: dict[str, Leaf] = {}  # parts of an `allOf` may state the same member twice
    level = [_Node(schema, pointer, pointer, "", "", "", "", "", "", True, 0)]
    n_steps = 0
    root = pointer
    while level and len(leaves) < MAX_LEAVES and n_steps < MAX_STEPS:
        following: list[_Node] = []
        for node in level:
            n_steps += 1
            node = _resolved(node, schema, root)
            members = list(_members(node, schema, root)) if node.depth < MAX_DEPTH else []
            if members:
                following += members
            elif node.path or node.schema.get("type") not in (None, "object", "array"):
                leaves.setdefault(node.path, _leaf(node))
        level = following
    return list(leaves.values())[:MAX_LEAVES]


def _leaf(node: _Node) -> Leaf:
    schema, own = node.schema, node.schema.get("description")
    if "type" not in schema and ("properties" in schema or "allOf" in schema):
        schema = {**schema, "type": "object"}  # too deep to be looked into, and no scalar
    description = own if isinstance(own, str) and own else node.description
    return Leaf(
        node.path,
        node.property_pointer,
        node.name,
        node.owner,
        node.owner_type,
        node.whole_type,
        schema,
        description,
        node.is_required,
    )


def _resolved(node: _Node, root: Mapping[str, Any], root_pointer: str) -> _Node:
    """The node with its reference followed, and where it is a union the first branch that is no `null`."""
    seen: set[str] = set()
    schema, pointer, owner_type = node.schema, node.pointer, node.owner_type
    while isinstance(schema, dict):
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference.startswith(_DEFINITIONS) and reference not in seen:
            seen.add(reference)
            name = reference[len(_DEFINITIONS) :]
            target = root.get("$defs", {}).get(name.replace("~1", "/").replace("~0", "~"))
            rest = {key: value for key, value in schema.items() if key != "$ref"}
            schema = {**target, **rest} if isinstance(target, dict) else rest
            pointer, owner_type = f"{root_pointer}/$defs/{name}", name
            continue
        if (only := _only_part(schema, pointer)) is not None:
            schema, pointer = only
            continue
        key = "anyOf" if "anyOf" in schema else "oneOf"
        branch = _first_branch(schema.get(key))
        if branch is None:
            break
        place, chosen = branch
        pointer = f"{pointer}/{key}/{place}"
        schema = {**chosen, **{name: value for name, value in schema.items() if name != key}}
    found = schema if isinstance(schema, dict) else {}
    whole_type = node.whole_type if owner_type == node.owner_type else ""
    return node._replace(schema=found, pointer=pointer, owner_type=owner_type, whole_type=whole_type)


def _only_part(schema: JsonObject, pointer: str) -> tuple[JsonObject, str] | None:
    """A schema whose `allOf` has one part with a shape, and else annotations: that part, with the annotations."""
    parts = schema.get("allOf")
    if not isinstance(parts, list) or "properties" in schema or "type" in schema:
        return None
    shaped = [place for place, part in enumerate(parts) if isinstance(part, dict) and _SHAPES & part.keys()]
    if len(shaped) != 1:
        return None
    place = shaped[0]
    notes = {
        k: v for i, part in enumerate(parts) if i != place and isinstance(part, dict) for k, v in part.items()
    }
    own = {key: value for key, value in schema.items() if key != "allOf"}
    return {**parts[place], **notes, **own}, f"{pointer}/allOf/{place}"


def _first_branch(branches: Any) -> tuple[int, JsonObject] | None:
    if not isinstance(branches, list):
        return None
    options = ((place, option) for place, option in enumerate(branches) if isinstance(option, dict))
    return next(((place, option) for place, option in options if option.get("type") != "null"), None)


def _members(node: _Node, root: Mapping[str, Any], root_pointer: str) -> Iterator[_Node]:
    properties, required = node.schema.get("properties"), node.schema.get("required", ())
    if isinstance(properties, dict):
        for name, member in properties.items():
            pointer = f"{node.pointer}/properties/{escape(name)}"
            yield _Node(
                schema=member,
                pointer=pointer,
                property_pointer=pointer,
                path=child_path(node.path, name),
                name=name,
                owner=node.name or node.owner,
                owner_type=node.owner_type,
                whole_type=node.whole_type,
                description="",
                is_required=node.is_required and name in required,
                depth=node.depth + 1,
            )
    for place, part in enumerate(node.schema.get("allOf", ())):
        inner = node._replace(schema=part, pointer=f"{node.pointer}/allOf/{place}", n_parts=node.n_parts + 1)
        if inner.n_parts < MAX_PARTS:
            part = _resolved(inner, root, root_pointer)._replace(
                whole_type=node.whole_type or node.owner_type
            )
            yield from _members(part, root, root_pointer)
    items = node.schema.get("items")
    if isinstance(items, dict) and items:
        yield node._replace(
            schema=items,
            pointer=f"{node.pointer}/items",
            path=f"{node.path}[]",
            description=node.schema.get("description") or node.description,
            depth=node.depth + 1,
        )
