"""What a description states about its field, recovered as keywords of JSON Schema.

A keyword is recovered only where the schema says nothing of it yet, where the type agrees, and where nothing
that the schema does say speaks against it: a default or an example outside of a recovered enum or range means
that the sentence spoke of something else. The rules prefer silence to a guess, because what is recovered as
`enum`, range or length becomes a constraint on calls.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from toolmind_assets.stages.specs.prose_examples import read_examples
from toolmind_assets.stages.specs.prose_formats import read_format
from toolmind_assets.stages.specs.prose_ranges import read_lengths, read_range
from toolmind_assets.stages.specs.prose_units import read_unit
from toolmind_assets.stages.specs.prose_values import read_default, read_enum

MAX_CHARS = 1500
"""What stands further back in a description is not read: it rarely speaks of the value itself."""

_SCALARS = frozenset({"string", "integer", "number", "boolean"})
_RANGE = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_LENGTH = ("minLength", "maxLength")
_REQUIRED = re.compile(
    r"(?i)\A\W{0,3}(?P<first>required|optional)(?:[.:;)\]]|,|\Z| - )(?! (?:if|when|unless|for|only|in)\b)"
    r"|[(\[](?P<marked>required|optional)[)\],]"
    r"|[.;)] (?P<last>required|optional)\.?\s*\Z"
)


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a description states.

    Attributes:
        keywords: Keywords of JSON Schema that can be added to the field's schema as they are.
        unit: Unit of a number, singular and in lower case (`second`), or a currency code (`USD`); else empty.
        requiredness: Whether the field must be given; None where the text does not say.
    """

    keywords: dict[str, Any]
    unit: str = ""
    requiredness: bool | None = None


NOTHING = Recovered({})


def recover(name: str, schema: dict[str, Any], description: str) -> Recovered:
    """What `description` states about the field `name` that its `schema` does not say; never raises."""
    if not isinstance(description, str) or len(description) < 4:
        return NOTHING
    json_type = _type_of(schema)
    found = _read(name, json_type, description[:MAX_CHARS])
    if found is NOTHING or not found.keywords:
        return found
    keywords = dict(found.keywords)
    if "$ref" in schema or "const" in schema:
        keywords.clear()
    _leave_out_what_is_said(keywords, schema)
    _leave_out_contradictions(keywords, schema)
    return Recovered(keywords, found.unit, found.requiredness)


@lru_cache(maxsize=100_000)
def _read(name: str, json_type: str, description: str) -> Recovered:
    """The same for a schema that says nothing but its type."""
    text = description.strip()
    lowered = text.lower()
    requiredness = _read_requiredness(text, lowered)
    keywords: dict[str, Any] = {}
    unit = ""
    if json_type in ("integer", "number"):
        unit = read_unit(text, lowered)
        keywords |= read_range(text, lowered, json_type, unit)
    elif json_type == "string":
        keywords |= read_lengths(text, lowered)
        keywords |= read_format(name, text, lowered)
    if json_type in _SCALARS:
        if json_type != "boolean":
            keywords |= read_enum(text, lowered, json_type)
        keywords |= read_default(text, lowered, json_type, unit)
        keywords |= read_examples(text, lowered, json_type)
    if not keywords and not unit and requiredness is None:
        return NOTHING
    return Recovered(keywords, unit, requiredness)


def _read_requiredness(text: str, lowered: str) -> bool | None:
    if "required" not in lowered and "optional" not in lowered:
        return None
    said = {next(filter(None, match.groups())).lower() for match in _REQUIRED.finditer(text)}
    return said == {"required"} if len(said) == 1 else None


def _type_of(schema: dict[str, Any]) -> str:
    """The one type besides null; empty where there are several or none."""
    types = schema.get("type")
    if isinstance(types, list):
        named = [member for member in types if member != "null"]
        types = named[0] if len(named) == 1 else ""
    return types if isinstance(types, str) else ""


def _leave_out_what_is_said(keywords: dict[str, Any], schema: dict[str, Any]) -> None:
    for key in tuple(keywords):
        if key in schema:
            del keywords[key]
    if "enum" in schema:
        _drop(keywords, ("format", "pattern", *_RANGE, *_LENGTH))
    if "format" in schema or "pattern" in schema:
        _drop(keywords, ("format", "pattern", "enum"))
    # Half a range in the schema means that its author thought of ranges, and left the other half open.
    for group in (_RANGE, _LENGTH):
        if any(key in schema for key in group):
            _drop(keywords, group)
    if "example" in schema:
        _drop(keywords, ("examples",))


def _leave_out_contradictions(keywords: dict[str, Any], schema: dict[str, Any]) -> None:
    stated = [schema[key] for key in ("default", "example") if schema.get(key) is not None]
    examples = schema.get("examples")
    stated += examples if isinstance(examples, list) else []
    _check_against(keywords, stated)
    if "default" in keywords:
        _check_against(keywords, [keywords["default"]])
        if not fits({**schema, **keywords}, keywords["default"]):
            del keywords["default"]
    if "examples" in keywords:
        whole = {**schema, **keywords}
        keywords["examples"] = [value for value in keywords["examples"] if fits(whole, value)]
        if not keywords["examples"]:
            del keywords["examples"]


def _check_against(keywords: dict[str, Any], values: Iterable[Any]) -> None:
    for value in values:
        if "enum" in keywords and value not in keywords["enum"]:
            _drop(keywords, ("enum",))
        if not _is_in_range(keywords, value):
            _drop(keywords, _RANGE)
        if isinstance(value, str) and not _is_in_length(keywords, value):
            _drop(keywords, _LENGTH)


def fits(schema: dict[str, Any], value: Any) -> bool:
    """Whether a scalar keeps the enum, range and length of a schema."""
    values = schema.get("enum")
    if isinstance(values, list) and value not in values:
        return False
    return _is_in_range(schema, value) and (not isinstance(value, str) or _is_in_length(schema, value))


def _is_in_range(schema: dict[str, Any], value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return True
    low, high, above, below = (schema.get(key) for key in _RANGE)
    return (
        not (isinstance(low, (int, float)) and value < low)
        and not (isinstance(high, (int, float)) and value > high)
        and not (isinstance(above, (int, float)) and value <= above)
        and not (isinstance(below, (int, float)) and value >= below)
    )


def _is_in_length(schema: dict[str, Any], value: str) -> bool:
    low, high = (schema.get(key) for key in _LENGTH)
    return not (isinstance(low, int) and len(value) < low) and not (
        isinstance(high, int) and len(value) > high
    )


def _drop(keywords: dict[str, Any], names: Iterable[str]) -> None:
    for name in names:
        keywords.pop(name, None)
