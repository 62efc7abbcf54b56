"""The arguments that a planned call of a function has to fill, and may fill."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.model.paths import parse_path
from toolmind_assets.model.schemas import fits, resolve, schema_fields

_IDENTIFIER = re.compile(r"(?:^|_|[a-z](?=I))(?:ids?|uuid|key|arn|slug)$", re.IGNORECASE)
_SECRET = re.compile(r"password|secret|token|credential|api_?key|auth", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ArgumentField:
    """One argument of a function.

    Attributes:
        path: Dotted path in the parameters; an array of scalars is one argument, named without its `[]`.
        name, owner: Its last key, and the object around it.
        schema: Its own schema, references into the function's `$defs` kept.
        is_required: A call without it is invalid.
        is_secret: A password, token or key, which no plan asks for unless it is required.
    """

    path: str
    name: str
    owner: str
    schema: JsonObject
    is_required: bool
    is_secret: bool


def argument_fields(function: FunctionSpec) -> list[ArgumentField]:
    """The arguments of a function in the order of its schema; those inside optional objects left out.

    An optional object is left out because a part of it may require other parts.
    """
    arguments: dict[str, ArgumentField] = {}
    for field in schema_fields(function.parameters):
        path = field.path.removesuffix("[]")
        if not path or (not field.is_required and len(parse_path(path)) > 1):
            continue
        arguments.setdefault(
            path,
            ArgumentField(
                path=path,
                name=field.name,
                owner=field.owner,
                schema=_schema_at(function.parameters, path),
                is_required=field.is_required,
                is_secret=bool(_SECRET.search(field.name)),
            ),
        )
    return list(arguments.values())


def is_identifier(field: ArgumentField) -> bool:
    """Whether an argument says which thing is meant, rather than something about it."""
    return bool(_IDENTIFIER.search(field.name))


def is_shapeless(field: ArgumentField) -> bool:
    """Whether an argument is an object about whose members nothing is known: no person could state it."""
    return field.schema.get("type") == "object" and not field.schema.get("properties")


def _schema_at(parameters: Mapping[str, Any], path: str) -> JsonObject:
    """The schema that the parameters hold at a path."""
    node: Any = parameters
    for key in parse_path(path):
        node = resolve(node, parameters)
        node = node.get("items", {}) if key is None else node.get("properties", {}).get(str(key), {})
    return node if isinstance(node, dict) else {}


def fixed_value(schema: Mapping[str, Any]) -> tuple[Any, ...]:
    """The one value that a schema leaves open, or its valid default, as `(value,)`; `()` where there is a choice."""
    if "const" in schema:
        return (schema["const"],)
    values = schema.get("enum")
    if isinstance(values, list) and len(values) == 1:
        return (values[0],)
    default = schema.get("default")
    return (default,) if default is not None and fits(schema, default) else ()
