"""Annotations of Python as JSON Schema, read from the syntax tree alone."""

import ast
from typing import Any

from toolmind_assets.stages.catalogs.python_code.class_fields import INJECTED, add_metadata
from toolmind_assets.stages.catalogs.python_code.literals import (
    MISSING,
    SourceProblemError,
    json_literal,
    last_name,
    parse_expression,
    text_of,
    word_set,
)

Schema = dict[str, Any]
MAX_NODES = 5000
"""Annotations of one function may unfold to as many parts: aliases of aliases double with every step."""
MAX_DEPTH = 60

_PLAIN: dict[str, Schema] = {
    name: schema
    for names, schema in (
        ("str AnyStr LiteralString SecretStr StrictStr constr Text", {"type": "string"}),
        ("int StrictInt conint", {"type": "integer"}),
        ("float Decimal StrictFloat confloat condecimal Number Real Fraction", {"type": "number"}),
        ("bool StrictBool", {"type": "boolean"}),
        ("None NoneType NoReturn Never", {"type": "null"}),
        ("bytes bytearray memoryview", {"type": "string", "contentEncoding": "base64"}),
        ("PositiveInt", {"type": "integer", "exclusiveMinimum": 0}),
        ("NonNegativeInt", {"type": "integer", "minimum": 0}),
        ("PositiveFloat", {"type": "number", "exclusiveMinimum": 0}),
        ("NonNegativeFloat", {"type": "number", "minimum": 0}),
        ("datetime AwareDatetime NaiveDatetime", {"type": "string", "format": "date-time"}),
        ("date", {"type": "string", "format": "date"}),
        ("time", {"type": "string", "format": "time"}),
        ("timedelta", {"type": "string", "format": "duration"}),
        ("UUID UUID1 UUID4 UUID5", {"type": "string", "format": "uuid"}),
        ("Path PurePath FilePath DirectoryPath PathLike", {"type": "string", "format": "path"}),
        ("AnyUrl HttpUrl AnyHttpUrl FileUrl", {"type": "string", "format": "uri"}),
        ("EmailStr", {"type": "string", "format": "email"}),
        ("IPv4Address", {"type": "string", "format": "ipv4"}),
        ("IPv6Address", {"type": "string", "format": "ipv6"}),
        ("Pattern", {"type": "string", "format": "regex"}),
        ("Any object Hashable TypeVar Callable Type type", {}),
    )
    for name in names.split()
}
_ARRAYS = word_set(
    "list List Sequence MutableSequence Iterable Iterator Collection AsyncIterable AsyncIterator Generator AsyncGenerator deque Deque conlist"
)
_SETS = word_set("set Set frozenset FrozenSet AbstractSet MutableSet conset")
_OBJECTS = word_set("dict Dict Mapping MutableMapping OrderedDict defaultdict DefaultDict Counter")
_WRAPPERS = word_set("Final ClassVar Required NotRequired ReadOnly InitVar SkipValidation Awaitable Unpack")
_WORDS = {
    "string": "str", "strings": "str", "text": "str", "integer": "int", "integers": "int", "number": "float",
    "boolean": "bool", "array": "list", "object": "dict", "dictionary": "dict", "double": "float", "map": "dict",
}  # fmt: skip


class Annotations:
    """Turns the annotations of one function into schemas; what they use of the module gathers in `used`.

    Args:
        aliases: Name -> what the module defines it as (`NewType`, `TypeAlias`, plain aliases).
        constants: Name -> the literal that the module gives it.
        classes: What reads a class of the module; None for a name that is none.
    """

    def __init__(self, aliases: dict[str, ast.expr], constants: dict[str, ast.expr], classes: Any) -> None:
        self._aliases = aliases
        self._classes = classes
        self._open: list[str] = []
        self._depth = 0
        self._n_nodes = 0
        self.constants = constants
        self.used: dict[str, Schema] = {}

    def schema(self, node: ast.expr | None) -> Schema:
        """The schema of an annotation; `{}` where it says nothing that JSON can hold.

        Raises:
            SourceProblemError: It unfolds to more than can be used.
        """
        self._n_nodes += 1
        if self._n_nodes > MAX_NODES or self._depth > MAX_DEPTH:
            raise SourceProblemError("the annotations unfold to more than can be read")
        self._depth += 1
        try:
            return self._schema(node)
        finally:
            self._depth -= 1

    def documented(self, text: str) -> Schema:
        """The schema of a type that a docstring writes: `int, optional`, `list of str`, `{'a', 'b'}`."""
        text = text.strip().removesuffix("optional").rstrip(" ,;").split(", default", 1)[0]
        node = parse_expression(text) if text else None
        if isinstance(node, ast.Set):
            return self._literal(node.elts)
        if node is not None and not isinstance(node, ast.Tuple):
            if isinstance(node, ast.Name):
                node.id = _WORDS.get(node.id.lower(), node.id)
            schema = self.schema(node)
            return {} if schema.keys() == {"title"} else schema
        outer, _, inner = text.lower().partition(" of ")
        if inner and outer in ("list", "array", "sequence", "set", "tuple"):
            return {
                "type": "array",
                "items": self.documented(inner.rstrip("s") if inner not in _PLAIN else inner),
            }
        return {}

    def _schema(self, node: ast.expr | None) -> Schema:
        if node is None:
            return {}
        if isinstance(node, ast.Constant):
            if node.value is None:
                return {"type": "null"}
            return self.schema(parse_expression(node.value)) if isinstance(node.value, str) else {}
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self._union(_operands(node))
        if isinstance(node, ast.Subscript):
            return self._generic(last_name(node), node)
        schema = self._named(last_name(node))
        if isinstance(node, ast.Call):
            if last_name(node) in ("conlist", "conset") and node.args:
                schema["items"] = self.schema(node.args[0])
            add_metadata(schema, node, self.constants)
        return schema

    def _named(self, name: str) -> Schema:
        if name in self._aliases and name not in self._open:
            self._open.append(name)
            try:
                return self.schema(self._aliases[name])
            finally:
                self._open.pop()
        if (reference := self._classes.reference(name, self)) is not None:
            return reference
        if name in _PLAIN:
            return dict(_PLAIN[name])
        if name in _ARRAYS or name in ("tuple", "Tuple"):
            return {"type": "array"}
        if name in _SETS:
            return {"type": "array", "uniqueItems": True}
        if name in _OBJECTS:
            return {"type": "object"}
        # A type of another module: its name is all that is known.
        return {"title": name} if name and name not in self._aliases else {}

    def _generic(self, name: str, node: ast.Subscript) -> Schema:
        parts = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
        if name == "Optional":
            return self._union([*parts, ast.Constant(None)])
        if name == "Union":
            return self._union([operand for part in parts for operand in _operands(part)])
        if name == "Literal":
            return self._literal(parts)
        if name == "Annotated":
            schema = self.schema(parts[0])
            for part in parts[1:]:
                add_metadata(schema, part, self.constants)
            return schema
        if name in ("tuple", "Tuple"):
            return self._tuple(parts)
        if name in _WRAPPERS:
            return self.schema(parts[0])
        if name == "Coroutine":
            return self.schema(parts[-1])
        return self._container(name, parts)

    def _container(self, name: str, parts: list[ast.expr]) -> Schema:
        schema = self._named(name)
        if name in _ARRAYS or name in _SETS:
            schema["items"] = self.schema(parts[0])
        elif name in _OBJECTS and name != "Counter" and len(parts) > 1 and (values := self.schema(parts[1])):
            schema["additionalProperties"] = values
            keys = self.schema(parts[0])
            if "enum" in keys:
                schema["propertyNames"] = keys
        return schema

    def _tuple(self, parts: list[ast.expr]) -> Schema:
        if len(parts) == 2 and isinstance(parts[1], ast.Constant) and parts[1].value is Ellipsis:
            return {"type": "array", "items": self.schema(parts[0])}
        members = [self.schema(part) for part in parts if not (isinstance(part, ast.Tuple) and not part.elts)]
        size = {"minItems": len(members), "maxItems": len(members)}
        return {"type": "array", **({"prefixItems": members} if members else {}), **size}

    def _literal(self, parts: list[ast.expr]) -> Schema:
        values = [value for part in parts for value in self._literal_values(part)]
        if not values or any(value is MISSING or isinstance(value, (list, dict)) for value in values):
            return {}
        unique = [
            value
            for place, value in enumerate(values)
            if not any(value is v or (value == v and type(value) is type(v)) for v in values[:place])
        ]
        kinds = {type(value) for value in unique}
        names = {str: "string", bool: "boolean", int: "integer", float: "number"}
        kind = names.get(next(iter(kinds))) if len(kinds) == 1 else None
        return {**({"type": kind} if kind else {}), "enum": unique}

    def _literal_values(self, part: ast.expr) -> list[Any]:
        if isinstance(part, ast.Subscript) and last_name(part) == "Literal":
            inner = part.slice.elts if isinstance(part.slice, ast.Tuple) else [part.slice]
            return [value for member in inner for value in [json_literal(member)]]
        if isinstance(part, ast.Attribute):
            return [self._classes.member(last_name(part.value), part.attr)]
        return [json_literal(part, self.constants)]

    def _union(self, parts: list[ast.expr]) -> Schema:
        schemas: list[Schema] = []
        for part in parts:
            schema = self.schema(part)
            if not schema:
                return {}
            if schema not in schemas:
                schemas.append(schema)
        if len(schemas) == 1:
            return schemas[0]
        if all(schema.keys() == {"type"} and isinstance(schema["type"], str) for schema in schemas):
            return {"type": [schema["type"] for schema in schemas]}
        if len(schemas) == 2 and {"type": "null"} in schemas:
            return _nullable(next(schema for schema in schemas if schema != {"type": "null"}))
        return {"anyOf": schemas}


def _nullable(schema: Schema) -> Schema:
    """The same schema, that also takes null."""
    if schema.get("type") == "null" or "null" in schema.get("type", ()):
        return schema
    if isinstance(schema.get("type"), str):
        schema = {**schema, "type": [schema["type"], "null"]}
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
        return schema
    described = {"description": schema["description"]} if "description" in schema else {}
    return {"anyOf": [schema, {"type": "null"}], **described}


def _operands(node: ast.expr) -> list[ast.expr]:
    """The members of `A | B | C`, without recursion: a chain may be as long as a file."""
    found: list[ast.expr] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        found.append(node.right)
        node = node.left
    found.append(node)
    return found[::-1]


def is_injected(node: ast.expr | None) -> bool:
    """Whether an annotation or a default says that the framework gives the value."""
    if (
        isinstance(node, ast.Subscript)
        and last_name(node) == "Annotated"
        and isinstance(node.slice, ast.Tuple)
    ):
        return any(last_name(part) in INJECTED for part in node.slice.elts[1:])
    return last_name(node) in INJECTED or (isinstance(node, ast.Constant) and text_of(node) in INJECTED)
