"""What a function's source leaves out: descriptions, types, and the schema of the result."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from toolmind_assets.model.functions import Effect
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.model.pointers import escape
from toolmind_assets.model.schemas import resolve
from toolmind_assets.stages.specs.params import CompletionParams
from toolmind_resources.language.word_sets import word_set

Keys = tuple[str | int, ...]
"""Where a schema stands: the keys that lead to it from the function."""

_SAYS_TYPE = word_set(
    """
    $ref additionalProperties allOf anyOf const enum if items not oneOf patternProperties prefixItems properties type
    """
)
"""Keywords each of which says something of the type of a value."""


class Missing(StrEnum):
    """What can be missing; the values are those of `specs.complete`."""

    DESCRIPTION = "descriptions"
    """Of the function, a parameter or a field of the result."""
    TYPE = "types"
    """Of a parameter, a field of the result, or the members of an array."""
    RETURNS = "returns"
    """The whole schema of the result."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that a function's source leaves out.

    Attributes:
        missing: What it is.
        keys: Where it is missing: the schema that wants it; empty for the function's own description.
    """

    missing: Missing
    keys: Keys

    @property
    def field(self) -> str:
        """RFC 6901 pointer to the schema that wants it, or the empty string."""
        return "".join(f"/{escape(key)}" for key in self.keys)


@dataclass(frozen=True, slots=True)
class SpecContent:
    """A normalised spec, as far as completing looks at it."""

    function_digest: str
    entry_id: str
    source_name: str
    namespace: str
    effect: Effect
    description: str
    parameters: JsonObject
    returns: JsonObject | None


def find_gaps(content: SpecContent, params: CompletionParams) -> tuple[Gap, ...]:
    """What is missing and wanted, the outermost fields first, parameters before results, the whole result last."""
    gaps = [Gap(Missing.DESCRIPTION, ())] if not content.description.strip() else []
    fields: dict[Keys, list[Gap]] = {}
    for name, root in (("parameters", content.parameters), ("returns", content.returns)):
        for keys, node, is_field in _walk(root or {}, (name,)):
            found = [
                gap for gap in _gaps_at(keys, node, is_field, root or {}) if gap.missing in params.complete
            ]
            if found and len(fields) < params.complete_max_fields:
                fields[keys] = found
    gaps += [gap for found in fields.values() for gap in found]
    gaps += [Gap(Missing.RETURNS, ("returns",))] if content.returns is None else []
    return tuple(gap for gap in gaps if gap.missing in params.complete)


def _gaps_at(keys: Keys, node: JsonObject, is_field: bool, root: Mapping[str, Any]) -> Iterator[Gap]:
    if is_field and not str(resolve(node, root).get("description", "")).strip():
        yield Gap(Missing.DESCRIPTION, keys)
    if _SAYS_TYPE.isdisjoint(node):
        yield Gap(Missing.TYPE, keys)


def _walk(root: JsonObject, keys: Keys) -> Iterator[tuple[Keys, JsonObject, bool]]:
    """The fields and the members of arrays in a schema, level by level, and whether it is a field."""
    level: deque[tuple[Keys, Any, bool | None]] = deque([(keys, root, None)])
    while level:
        keys, node, is_field = level.popleft()
        if not isinstance(node, dict):
            continue
        if is_field is not None:
            yield keys, node, is_field
        for name, member in node.get("properties", {}).items():
            level.append(((*keys, "properties", name), member, True))
        if "items" in node:
            level.append(((*keys, "items"), node["items"], False))
        for keyword in ("allOf", "anyOf", "oneOf"):
            for place, member in enumerate(node.get(keyword, ())):
                level.append(((*keys, keyword, place), member, None))
        for name in sorted(node.get("$defs", {})):
            level.append(((*keys, "$defs", name), node["$defs"][name], None))
