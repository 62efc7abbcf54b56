"""What other dialects say by several keywords of one schema, said as JSON Schema 2020-12 says it."""

from collections.abc import Callable
from typing import Any

from toolmind_assets.model.ids import JsonObject, sorted_json
from toolmind_assets.stages.specs import keywords

Note = Callable[[str, str], None]
"""Takes the code and the detail of a repair."""

KEYWORDS = frozenset(
    {
        "enum",
        "example",
        "examples",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "nullable",
        "required",
        "x-example",
        "x-nullable",
    }
)
"""Keywords that are dealt with here (`required`: by the walk over a schema's properties)."""
ANNOTATIONS = frozenset(
    {"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"}
)
"""Keywords that constrain nothing."""
_COMPOSITIONS = ("$ref", "allOf", "anyOf", "oneOf")
_PLAIN_TYPES = frozenset({"object", "string", "number", "integer", "boolean", "null"})


def settle(found: JsonObject, node: JsonObject, note: Note) -> JsonObject:
    """`node` with the dialects' ways of `found` put right; the order of the steps matters.

    Args:
        found: The schema as found.
        node: The same with its single keywords converted; changed in place.
        note: Called for each change.
    """
    if not _EXCLUSIVE.isdisjoint(found):
        _bound_exclusively(found, node, note)
    _infer_type(node, note)
    if "enum" in found:
        _keep_enum(found, node, note)
    if "default" in node:
        _cast_default(node, note)
    if not _EXAMPLES.isdisjoint(found):
        _gather_examples(found, node, note)
    for key in ("nullable", "x-nullable"):
        if found.get(key) is True:
            return _admit_null(node, note)
        if key in found:
            note("keywords_dropped", f"{key}: {found[key]!r:.80}")
    return node


_EXCLUSIVE = frozenset({"exclusiveMinimum", "exclusiveMaximum"})
_EXAMPLES = frozenset({"example", "examples", "x-example"})
_UNSETTLED = KEYWORDS - {"required"} | {"default"}


def is_settled(found: JsonObject, node: JsonObject) -> bool:
    """Whether `settle` surely leaves `node` as it is: it has a plain type, or composes, and no word of a dialect."""
    if not _UNSETTLED.isdisjoint(found):
        return False
    kind = node.get("type")
    if not isinstance(kind, str):
        return kind is None and "$ref" in node
    return kind in _PLAIN_TYPES or (kind == "array" and "items" in node)


def types_of(node: JsonObject) -> tuple[str, ...]:
    """The JSON types that a converted schema states; none for any."""
    stated = node.get("type", ())
    return (stated,) if isinstance(stated, str) else tuple(stated)


def _bound_exclusively(found: JsonObject, node: JsonObject, note: Note) -> None:
    """`minimum: 0, exclusiveMinimum: true` (draft 4) -> `exclusiveMinimum: 0`."""
    for plain, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(found.get(exclusive), bool):
            note("exclusive_bound", f"{exclusive}: {str(found[exclusive]).lower()}")
            if found[exclusive] and plain in node:
                node[exclusive] = node.pop(plain)


def _infer_type(node: JsonObject, note: Note) -> None:
    if "type" not in node and not any(key in node for key in (*_COMPOSITIONS, "enum", "const")):
        if "properties" in node or "additionalProperties" in node:
            node["type"] = "object"
        elif "items" in node or "prefixItems" in node:
            node["type"] = "array"
        if "type" in node:
            note("type_inferred", node["type"])
    if "array" in types_of(node) and not {"items", "prefixItems", *_COMPOSITIONS} & node.keys():
        # Legal without, but chat endpoints refuse an array that does not say what its members are.
        node["items"] = {}
        note("items_opened", "an array without `items`")


def _keep_enum(found: JsonObject, node: JsonObject, note: Note) -> None:
    """Keeps the listed values, each once, and makes them agree with the type."""
    values = found["enum"]
    if not isinstance(values, list) or not values:
        note("keyword_invalid", f"enum: {values!r:.80}")
        return
    types = types_of(node)
    members = node.get("items")
    if types == ("array",) and isinstance(members, dict) and not any(isinstance(v, list) for v in values):
        note("enum_moved", f"{values!r:.80} lists members of the array, not arrays")
        members["enum"] = values
        _keep_enum(members, members, note)
        return
    casts = [(True, value) if value is None else keywords.cast_to(value, types) for value in values]
    if all(is_cast for is_cast, _ in casts):
        kept = [value for _, value in casts]
    else:
        kept = values
        note("type_open", f"{node.pop('type')} disagrees with enum {values!r:.80}")
        types = ()
    unique = unique_values(kept)
    if len(unique) != len(values) or sorted_json(unique) != sorted_json(values):
        note("enum_mended", f"{values!r:.80} -> {unique!r:.80}")
    node["enum"] = unique
    if types and None in unique and "null" not in types:
        node["type"] = [*types, "null"]
        note("null_admitted", "null is one of the values")


def _cast_default(node: JsonObject, note: Note) -> None:
    """Casts a default to the type where nothing is lost; one that cannot be cast is kept as found."""
    _, value = keywords.cast_to(node["default"], types_of(node))
    if type(value) is not type(node["default"]):
        note("default_cast", f"{node['default']!r:.80} -> {value!r:.80}")
        node["default"] = value


def _gather_examples(found: JsonObject, node: JsonObject, note: Note) -> None:
    """`example`, `x-example` and OpenAPI's named `examples` -> the list `examples`."""
    stated = found.get("examples")
    if isinstance(stated, dict):
        values = [
            member["value"] if isinstance(member, dict) and "value" in member else member
            for _, member in sorted(stated.items())
        ]
    else:
        values = stated if isinstance(stated, list) else [] if stated is None else [stated]
    values = [*values, *(found[key] for key in ("example", "x-example") if found.get(key) is not None)]
    if values:
        node["examples"] = unique_values(values)
    if "example" in found or "x-example" in found or (stated is not None and not isinstance(stated, list)):
        note("examples_listed", f"{values!r:.80}")


def unique_values(values: list[Any]) -> list[Any]:
    """Each JSON value once, in the order of their first places."""
    if len(values) < 2:
        return values
    if all(isinstance(value, str) for value in values):
        return list(dict.fromkeys(values))
    return list({sorted_json(value): value for value in values}.values())


def _admit_null(node: JsonObject, note: Note) -> JsonObject:
    """A schema that also admits null, for `nullable: true` of OpenAPI 3.0."""
    note("null_admitted", "nullable: true")
    types = types_of(node)
    if types:
        node["type"] = list(types) if "null" in types else [*types, "null"]
    if "enum" in node and None not in node["enum"]:
        node["enum"] = [*node["enum"], None]
    if types or not any(key in node for key in _COMPOSITIONS):
        return node
    outside = {key: node[key] for key in sorted(ANNOTATIONS & node.keys())}
    inside = {key: value for key, value in node.items() if key not in ANNOTATIONS}
    return {"anyOf": [inside, {"type": "null"}], **outside}


def is_schema(value: Any) -> bool:
    """Whether an object is a schema of type object, and not a plain map of names to schemas."""
    if not isinstance(value, dict) or not value:
        return True
    has_type = isinstance(value.get("type"), (str, list))
    has_members = isinstance(value.get("properties"), (dict, list))
    return has_type or has_members or any(key in value for key in (*_COMPOSITIONS, "$schema"))
