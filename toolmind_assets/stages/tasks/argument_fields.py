"""The arguments that a planned call of a function has to fill, and may fill."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.model.paths import child_path, parse_path
from toolmind_assets.model.schemas import MAX_DEPTH, SchemaField, fits, resolve, schema_fields

_IDENTIFIER = re.compile(r"(?:^|[_-]|[a-z](?=I))(?:ids?|uuid|key|arn|slug)$", re.IGNORECASE)
_SECRET = re.compile(r"password|secret|token|credential|api_?key|auth", re.IGNORECASE)
_SCALARS = frozenset({"boolean", "integer", "number", "string"})
_BARE = frozenset(
    {"id", "key", "name", "value", "text", "query", "title", "message", "content", "description"}
)
"""Names that mean another thing at each function."""


@dataclass(frozen=True, slots=True)
class ArgumentField:
    """One argument of a function.

    Attributes:
        path: Dotted path in the parameters; an array of scalars is one argument, named without its `[]`.
        name, owner: Its last key, and the object around it.
        schema: Its own schema, references into the function's `$defs` kept.
        is_required: A call without it is invalid.
        is_secret: A password, token or key, which no plan asks for unless it is required.
        is_whole: An object or a list of objects that would have to be stated as a whole: nothing is known of what is in
            it, or nothing in it is required though it is itself.
        is_scalar: A text, a number or a truth value, references followed.
        is_list: A list of such, which is stated as a whole.
        fixed: The one value that its schema leaves open, or its valid default, as `(value,)`; else `()`.
        format, description: Those of its schema, references followed; or empty.
    """

    path: str
    name: str
    owner: str
    schema: JsonObject
    is_required: bool
    is_secret: bool
    is_whole: bool = False
    is_scalar: bool = False
    is_list: bool = False
    fixed: tuple[Any, ...] = ()
    format: str = ""
    description: str = ""


@lru_cache(maxsize=20_000)
def argument_fields(function: FunctionSpec) -> tuple[ArgumentField, ...]:
    """The arguments of a function in the order of its schema; those inside optional objects left out.

    An optional object is left out because a part of it may require other parts.
    """
    parameters = function.parameters
    arguments = {
        field.path: field
        for field in all_fields(function)
        if field.is_required or len(parse_path(field.path)) == 1
    }
    for path in _required_paths(parameters, parameters, "", 0):
        if not any(known == path or known.startswith((f"{path}.", f"{path}[")) for known in arguments):
            schema = _schema_at(parameters, path)
            fixed = fixed_value(schema, parameters)
            arguments[path] = ArgumentField(path, path, "", schema, True, False, is_whole=True, fixed=fixed)
    return tuple(arguments.values())


@lru_cache(maxsize=20_000)
def all_fields(function: FunctionSpec) -> tuple[ArgumentField, ...]:
    """The leaves of a function's parameters in the order of its schema, those inside optional objects too."""
    fields: dict[str, ArgumentField] = {}
    for field in schema_fields(function.parameters):
        path = field.path.removesuffix("[]")
        if path:
            fields.setdefault(path, _argument_field(field, path, function.parameters))
    return tuple(fields.values())


def _argument_field(field: SchemaField, path: str, parameters: JsonObject) -> ArgumentField:
    schema = _schema_at(parameters, path)
    is_of_scalars = bool(field.types) and _SCALARS.issuperset(field.types)
    return ArgumentField(
        path=path,
        name=field.name,
        owner=field.owner,
        schema=schema,
        is_required=field.is_required,
        is_secret=bool(_SECRET.search(field.name)),
        is_whole=field.types == ("object",),
        is_scalar=is_of_scalars and path == field.path,
        is_list=is_of_scalars and path != field.path,
        fixed=fixed_value(schema, parameters),
        format=field.format,
        description=field.description,
    )


def _required_paths(node: Any, root: Mapping[str, Any], path: str, depth: int) -> Iterator[str]:
    """Every property that a valid call cannot do without, at the top and inside required objects."""
    node = resolve(node, root)
    properties = node.get("properties", {})
    for key in node.get("required", ()):
        if depth < MAX_DEPTH:
            inner = child_path(path, key)
            yield inner
            yield from _required_paths(properties.get(key, {}), root, inner, depth + 1)


def is_identifier(field: ArgumentField) -> bool:
    """Whether an argument says which thing is meant, rather than something about it."""
    return is_identifying(field.name)


def is_identifying(name: str) -> bool:
    """Whether what is called so says which thing is meant: an id, a key, a slug."""
    return bool(_IDENTIFIER.search(name))


@lru_cache(maxsize=20_000)
def naming_arguments(function: FunctionSpec) -> frozenset[str]:
    """Names of the arguments by which a function says which thing is meant, rather than something about it.

    Identifiers other than a bare `id`, and where nothing is made, whatever of plain type a call cannot do without.
    """
    is_made = function.effect is Effect.CREATE
    return frozenset(
        field.path
        for field in argument_fields(function)
        if is_plain(field)
        and field.name.lower() not in _BARE
        and (is_identifier(field) or (field.is_required and not is_made))
    )


def is_shapeless(field: ArgumentField) -> bool:
    """Whether an argument is an object, or a list of objects, of no settled shape: no person could state it."""
    return field.is_whole


def is_plain(field: ArgumentField) -> bool:
    """Whether a user could state an argument in passing: a scalar at the top, and no secret."""
    return field.is_scalar and len(parse_path(field.path)) == 1 and not field.is_secret


def _schema_at(parameters: Mapping[str, Any], path: str) -> JsonObject:
    """The schema that the parameters hold at a path."""
    node: Any = parameters
    for key in parse_path(path):
        node = resolve(node, parameters)
        node = node.get("items", {}) if key is None else node.get("properties", {}).get(str(key), {})
    return node if isinstance(node, dict) else {}


def fixed_value(schema: Mapping[str, Any], root: Mapping[str, Any]) -> tuple[Any, ...]:
    """The one value that a schema leaves open, or its valid default, as `(value,)`; `()` where there is a choice.

    Args:
        schema: A part of `root`.
        root: The schema that holds the `$defs` which the part may refer to.
    """
    if "const" in schema:
        return (schema["const"],)
    values = schema.get("enum")
    if isinstance(values, list) and len(values) == 1:
        return (values[0],)
    default = schema.get("default")
    if default is None:
        return ()
    whole = {**schema, "$defs": root["$defs"]} if "$defs" in root else schema
    return (default,) if fits(whole, default) else ()
