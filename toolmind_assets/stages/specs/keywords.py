"""Keywords of JSON Schema 2020-12 that are kept, and what their values must be.

What a keyword means in another dialect is the affair of `toolmind_assets.stages.specs.json_schema`.
"""

import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jsonschema_rs

from toolmind_assets.model.drops import DropReason
from toolmind_assets.stages.specs.rejection import RejectedError
from toolmind_assets.stages.specs.type_names import JSON_TYPES

ONE_SCHEMA = frozenset(
    {
        "additionalProperties",
        "contains",
        "else",
        "if",
        "items",
        "not",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
    }
)
"""Keywords whose value is a schema."""
MANY_SCHEMAS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
"""Keywords whose value is a list of schemas."""
NAMED_SCHEMAS = frozenset({"dependentSchemas", "patternProperties", "properties"})
"""Keywords whose value maps names to schemas."""


def _as_count(value: Any) -> int | None:
    number = as_number(value)
    return int(number) if number is not None and number >= 0 and number == int(number) else None


def as_number(value: Any) -> int | float | None:
    """The number that a value is, or that a text writes; None where it is neither."""
    if isinstance(value, str) and len(value) < 40:
        try:
            value = float(value) if any(mark in value for mark in ".eE") else int(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if isinstance(value, int) or math.isfinite(value) else None


def _as_positive(value: Any) -> int | float | None:
    number = as_number(value)
    return number if number is not None and number > 0 else None


def _as_flag(value: Any) -> bool | None:
    words = {"true": True, "false": False}
    return words.get(value.lower()) if isinstance(value, str) else value if isinstance(value, bool) else None


def _as_text(value: Any) -> str | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else None


def _as_names_of_lists(value: Any) -> dict[str, Any] | None:
    is_right = isinstance(value, dict) and all(
        isinstance(names, list)
        and all(isinstance(name, str) for name in names)
        and len(set(names)) == len(names)
        for names in value.values()
    )
    return value if is_right else None


_LITERAL = re.compile(r"/(\^.*\$)/([dgimsuvy]*)", re.DOTALL)
"""An anchored pattern between slashes; what is not anchored may be meant as a path."""


def as_pattern(value: Any) -> str | None:
    """A pattern that a validator can compile; None where `value` is none.

    A JavaScript literal (`/^[a-z]+$/`) is freed of its slashes, within which no text could match. One with a
    flag that changes what matches (`/[a-z]/i`) says something that a pattern cannot, and is none.
    """
    if not isinstance(value, str):
        return None
    literal = _LITERAL.fullmatch(value)
    if literal is None:
        return value if _compiles(value) else None
    body, flags = literal.groups()
    is_same = not set(flags) & set("ims") or not re.search(r"[A-Za-z]", re.sub(r"\\.", "", body))
    return body if is_same and _compiles(body) else None


@lru_cache(maxsize=4096)
def _compiles(pattern: str) -> bool:
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except ValueError:
        return False
    return True


VALUES: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("title", "description", "format", "contentEncoding", "contentMediaType"), _as_text),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), as_number),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), _as_count),
    **dict.fromkeys(("minProperties", "maxProperties", "minContains", "maxContains"), _as_count),
    **dict.fromkeys(("uniqueItems", "deprecated", "readOnly", "writeOnly"), _as_flag),
    "multipleOf": _as_positive,
    "dependentRequired": _as_names_of_lists,
}
"""Keyword -> what makes its value right, or gives None where that cannot be. `pattern` is apart."""


def cast_to(value: Any, types: tuple[str, ...]) -> tuple[bool, Any]:
    """Whether `value` fits one of the JSON types, and the value, cast where nothing is lost by it."""
    if not types or any(is_of_type(value, json_type) for json_type in types):
        return True, value
    for json_type in types:
        if json_type == "string" and isinstance(value, (int, float)) and not isinstance(value, bool):
            return True, str(value)
        if json_type == "boolean" and _as_flag(value) is not None:
            return True, _as_flag(value)
        if json_type in ("integer", "number") and isinstance(value, str):
            number = as_number(value)
            if number is not None and is_of_type(number, json_type):
                return True, number
    return False, value


def is_of_type(value: Any, json_type: str) -> bool:
    """Whether a JSON value is of a JSON type; 1.0 is an integer."""
    if json_type not in JSON_TYPES:
        return False
    if isinstance(value, bool):
        return json_type == "boolean"
    if isinstance(value, (int, float)):
        return json_type == "number" or (json_type == "integer" and value == int(value))
    kinds: dict[str, type] = {"object": dict, "array": list, "string": str, "null": type(None)}
    return json_type in kinds and isinstance(value, kinds[json_type])


def check_schema(schema: Any) -> None:
    """Holds that a schema is valid under the 2020-12 metaschema.

    Raises:
        RejectedError: it is not.
    """
    try:
        jsonschema_rs.meta.validate(schema)
    except ValueError as error:
        message = str(error).strip().splitlines()[0]
        raise RejectedError(
            DropReason.INVALID_SCHEMA, f"no valid JSON Schema 2020-12: {message:.200}"
        ) from error
