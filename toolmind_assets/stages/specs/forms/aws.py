"""What an operation of an AWS service model declares; shapes as JSON Schema.

Structures are definitions, shared and maybe recursive; lists, maps and plain values stand where they are used,
unless they are long. Times and blobs are written as JSON writes them, whatever the protocol of the service does.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from toolmind_assets.model.functions import MarkKind
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.stages.specs.declared import Declared, stated_text
from toolmind_assets.stages.specs.describe import clean, is_clean
from toolmind_assets.stages.specs.forms.parameters import ParameterList
from toolmind_assets.stages.specs.json_schema import Lookup

_SHAPES = "#/shapes/"
_MAX_VALUES = 40
"""A list of values that is longer is a definition: it would stand at every use of its shape."""
_MAX_INLINED = 6
"""Lists and maps that stand in each other; what they hold is a definition, or it would multiply at each level."""
_CREDENTIALS = re.compile(r"(?i)authorization|x-amz-security-token|x-amz-(sso_)?bearer[_-]token")
_CONTENT_HEADERS = re.compile(r"(?i)accept(-.*)?|content-.*|user-agent|host")


def declare_operation(entry: JsonObject, lookup: Lookup) -> Declared:
    """What one operation declares; `entry` is what the AWS reader makes of it."""
    operation = _as_object(entry.get("operation"))
    shapes = _shapes_of(lookup)
    http = _as_object(operation.get("http"))
    # Where the protocol is not REST every operation is a POST, which says nothing of what it does.
    is_rest = stated_text(entry.get("protocol")).startswith("rest")
    taken = _parameters(shapes, operation.get("input"))
    return Declared(
        source_name=stated_text(operation.get("name")).strip() or stated_text(entry.get("key")),
        namespace=clean(entry.get("service")),
        description=_described(operation),
        parameters=taken.schema(),
        returns=shapes.structure(operation["output"]) if isinstance(operation.get("output"), dict) else None,
        is_self_contained=False,
        repairs=tuple(taken.repairs),
        marks=tuple(taken.marks),
        http_method=stated_text(http.get("method")).lower() if is_rest else "",
        is_read_only=True if operation.get("readonly") is True else None,
        is_idempotent=True if operation.get("idempotent") is True else None,
        is_deprecated=operation.get("deprecated") is True,
    )


def lookup_shapes(components: Lookup) -> Lookup:
    """Follows `#/shapes/<name>`, the way in which translated shapes refer to each other."""
    return _shapes_of(components).target


@lru_cache(maxsize=2)
def _shapes_of(components: Lookup) -> "_Shapes":
    """The shapes of a document, which all of its operations share."""
    return _Shapes(components)


def _parameters(shapes: "_Shapes", stated: Any) -> ParameterList:
    taken = ParameterList(shapes.target)
    if not isinstance(stated, dict):
        return taken
    shape = shapes.find(stated.get("shape"))
    if shape is None:
        # A structure that is not there: the schema refers to it, and that is what will be said of it.
        taken.add("input", "body", shapes.use(stated), is_required=True)
        return taken
    found, members = shapes.structure(stated), _as_object(shape.get("members"))
    if found.get("type", "object") != "object":
        taken.add("input", "body", found, is_required=True)
    in_path = sorted(
        name for name, use in members.items() if isinstance(use, dict) and use.get("location") == "uri"
    )
    properties = found.get("properties", {})
    taken.add_members(properties, [*found.get("required", ()), *in_path])
    taken.marks += [(name, mark) for name in properties if (mark := _mark_of(members[name]))]
    return taken


def _mark_of(member: Any) -> str:
    """What a member of an input serves where it serves not the caller."""
    if not isinstance(member, dict):
        return ""
    if member.get("idempotencyToken") is True:
        return MarkKind.IDEMPOTENCY.value
    header = stated_text(member.get("locationName")) if member.get("location") == "header" else ""
    if _CREDENTIALS.fullmatch(header):
        return MarkKind.AUTH.value
    return MarkKind.TRANSPORT.value if _CONTENT_HEADERS.fullmatch(header) else ""


class _Shapes:
    """Shapes of one document as schemas, translated when they are asked for.

    Args:
        components: Name -> shape.
    """

    def __init__(self, components: Lookup) -> None:
        self._components = components
        self._inlined: dict[str, JsonObject | None] = {}
        self._targets: dict[str, JsonObject | None] = {}

    def find(self, name: Any) -> JsonObject | None:
        """The shape of a name."""
        shape = self._components(name) if isinstance(name, str) else None
        return shape if isinstance(shape, dict) else None

    def target(self, reference: str) -> JsonObject | None:
        """What a reference of a translated schema leads to."""
        if reference not in self._targets:
            shape = self.find(reference[len(_SHAPES) :]) if reference.startswith(_SHAPES) else None
            self._targets[reference] = None if shape is None else self._translate(shape, ())
        return self._targets[reference]

    def structure(self, use: JsonObject) -> JsonObject:
        """The shape of an input or an output, in its place."""
        shape = self.find(use.get("shape"))
        return self.use(use) if shape is None else {**self._translate(shape, ()), **_beside(use)}

    def use(self, use: Any, seen: tuple[str, ...] = ()) -> JsonObject:
        """A use of a shape, with what it says beside.

        Args:
            use: `{"shape": name, ...}`.
            seen: Names of the lists and maps that the use stands in.
        """
        if not isinstance(use, dict):
            return {}
        name = stated_text(use.get("shape"))
        schema = self._inline(name, seen)
        return {**({"$ref": _SHAPES + name} if schema is None else schema), **_beside(use)}

    def _inline(self, name: str, seen: tuple[str, ...]) -> JsonObject | None:
        """The schema of a shape that stands where it is used; None for one that is a definition."""
        if name in self._inlined:
            return self._inlined[name]
        shape = self.find(name)
        if shape is None or name in seen or len(seen) >= _MAX_INLINED or _is_definition(shape):
            return None
        schema = self._translate(shape, (*seen, name))
        if not seen:
            self._inlined[name] = schema
        return schema

    def _translate(self, shape: JsonObject, seen: tuple[str, ...]) -> JsonObject:
        kind = stated_text(shape.get("type"))
        if kind == "structure":
            node = self._structure(shape)
        elif kind == "list":
            node = {"type": "array", "items": self._sparse(shape, self.use(shape.get("member"), seen))}
            _bound(node, shape, "minItems", "maxItems")
        elif kind == "map":
            node = self._map(shape, seen)
        else:
            node = _PLAIN.get(kind, _any)(shape)
        return {**node, **_beside(shape)}

    def _structure(self, shape: JsonObject) -> JsonObject:
        members = _as_object(shape.get("members"))
        if shape.get("document") is True and not members:
            return {}
        node: JsonObject = {
            "type": "object",
            "properties": {name: self.use(m) for name, m in members.items()},
        }
        if isinstance(shape.get("required"), list) and shape["required"]:
            node["required"] = shape["required"]
        if shape.get("union") is True or shape.get("eventstream") is True:
            node |= {"minProperties": 1, "maxProperties": 1}
        if shape.get("eventstream") is True:
            return {"type": "array", "items": node}
        return node

    def _map(self, shape: JsonObject, seen: tuple[str, ...]) -> JsonObject:
        keys = self.use(shape.get("key"), seen)
        values = self._sparse(shape, self.use(shape.get("value"), seen))
        node: JsonObject = {"type": "object", "additionalProperties": values}
        if keys != {"type": "string"}:
            node["propertyNames"] = keys
        _bound(node, shape, "minProperties", "maxProperties")
        return node

    @staticmethod
    def _sparse(shape: JsonObject, member: JsonObject) -> JsonObject:
        return {"anyOf": [member, {"type": "null"}]} if shape.get("sparse") is True else member


def _as_object(value: Any) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _is_definition(shape: JsonObject) -> bool:
    values = shape.get("enum")
    is_long = isinstance(values, list) and len(values) > _MAX_VALUES
    return is_long or (shape.get("type") == "structure" and bool(shape.get("members")))


def _beside(found: JsonObject) -> JsonObject:
    """What a shape, or a use of one, says beside its type."""
    beside: JsonObject = {}
    if description := _described(found):
        beside["description"] = description
    if found.get("deprecated") is True:
        beside["deprecated"] = True
    if found.get("jsonvalue") is True:
        beside["contentMediaType"] = "application/json"
    if found.get("streaming") is True:
        beside["format"] = "binary"
    if "shape" in found and isinstance(found.get("enum"), list):
        beside["enum"] = found["enum"]
    return beside


def _described(found: JsonObject) -> str:
    """The documentation, and why its publisher advises against it."""
    texts = [_plain(found.get("documentation"))]
    if message := clean(found.get("deprecatedMessage")):
        texts.append(message if message.lower().startswith("deprecated") else f"Deprecated: {message}")
    return "\n".join(filter(None, texts))


def _plain(documentation: Any) -> str:
    """The text of a documentation. Most are one paragraph of HTML, which takes no search for tags."""
    if isinstance(documentation, str) and documentation.startswith("<p>") and documentation.endswith("</p>"):
        paragraph = documentation[3:-4]
        if is_clean(paragraph):
            return paragraph
    return clean(documentation)


def _bound(node: JsonObject, shape: JsonObject, least: str, most: str) -> None:
    for key, keyword in (("min", least), ("max", most)):
        if shape.get(key) is not None:
            node[keyword] = shape[key]


def _string(shape: JsonObject) -> JsonObject:
    node: JsonObject = {"type": "string"}
    for key in ("enum", "pattern"):
        if key in shape:
            node[key] = shape[key]
    _bound(node, shape, "minLength", "maxLength")
    if shape.get("sensitive") is True:
        node["format"] = "password"
    return node


def _number(kind: str, form: str = "") -> Callable[[JsonObject], JsonObject]:
    def translate(shape: JsonObject) -> JsonObject:
        node: JsonObject = {"type": kind, "format": form} if form else {"type": kind}
        _bound(node, shape, "minimum", "maximum")
        return node

    return translate


def _blob(shape: JsonObject) -> JsonObject:
    # Its bounds count bytes, and not the letters that write them: the larger one still holds a third more letters.
    node: JsonObject = {"type": "string", "format": "byte"}
    if isinstance(shape.get("max"), int):
        node["description"] = f"At most {shape['max']:,} bytes."
    return node


def _any(_: JsonObject) -> JsonObject:
    return {}


_PLAIN: dict[str, Callable[[JsonObject], JsonObject]] = {
    **dict.fromkeys(("string", "character", "char"), _string),
    **dict.fromkeys(("integer", "short", "byte"), _number("integer")),
    **dict.fromkeys(("long", "biginteger", "bigInteger"), _number("integer", "int64")),
    "float": _number("number", "float"),
    "double": _number("number", "double"),
    **dict.fromkeys(("bigdecimal", "bigDecimal"), _number("number")),
    "boolean": lambda _: {"type": "boolean"},
    "timestamp": lambda _: {"type": "string", "format": "date-time"},
    "blob": _blob,
}
"""Type of a shape that refers to no other -> how it is translated."""
