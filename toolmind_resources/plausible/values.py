"""A whole value that fits a JSON Schema and looks as if somebody meant it."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolmind_resources.plausible.documented_examples import (
    in_the_form_of,
    is_id,
    is_self_explaining,
    is_somebodys,
    named_examples,
    named_ids,
    stated_examples,
)
from toolmind_resources.plausible.field_values import fill, plausible_number, plausible_string, vocabulary
from toolmind_resources.plausible.legible_strings import PROJECTS, filled
from toolmind_resources.plausible.pattern_values import matches, matching

JsonObject = dict[str, Any]

MAX_DEPTH = 8
"""Levels of nesting below which only what is required is made."""
MAX_MEMBERS = 64
"""Members of an array that are made, whatever the schema demands: a catalog is not to be obeyed at any cost."""
MAX_CHARACTERS = 10_000
"""Characters of a string that are made, likewise."""
_UNIONS = ("anyOf", "oneOf")
_COMBINING = frozenset({"$ref", "allOf", *_UNIONS})
"""Keywords that make one schema of several."""


def plausible(
    schema: Mapping[str, Any],
    rng: random.Random,
    *,
    name: str = "",
    owner: str = "",
    root: Mapping[str, Any] | None = None,
    optional_share: float = 0.6,
    avoid: re.Pattern[str] | None = None,
) -> Any:
    """A value that should fit `schema`; whether it does is for the caller to check.

    Args:
        schema: JSON Schema 2020-12.
        rng: Where every draw comes from.
        name: Name of the field that the value is for.
        owner: Name of the object around it.
        root: The schema that holds `$defs`; `schema` itself where not given.
        optional_share: Share of the optional properties of an object that are made.
        avoid: Members of an enum that are taken only where there is no other.
    """
    return _Maker(rng, schema if root is None else root, optional_share, avoid).make(schema, name, owner, 0)


@dataclass(frozen=True, slots=True)
class _Maker:
    rng: random.Random
    root: Mapping[str, Any]
    optional_share: float
    avoid: re.Pattern[str] | None

    def make(self, schema: Any, name: str, owner: str, depth: int) -> Any:
        node = self._settle(schema if isinstance(schema, dict) else {})
        if "const" in node:
            return node["const"]
        if isinstance(node.get("enum"), list) and node["enum"]:
            return self._member(node["enum"])
        match self._kind(node):
            case "object":
                return self._object(node, name, depth)
            case "array":
                return self._array(node, name, owner, depth)
            case "boolean":
                return self.rng.random() < 0.5
            case "integer" | "number" as kind:
                return self._number(node, name, kind == "integer")
            case "null":
                return None
            case _:
                return self._string(node, name, owner)

    def _member(self, values: list[Any]) -> Any:
        stated = [value for value in values if value is not None] or values
        if self.avoid is not None:
            stated = [value for value in stated if not self.avoid.search(str(value))] or stated
        stated = [value for value in stated if not is_somebodys(str(value))] or stated
        return self.rng.choice(stated)

    def _settle(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """The schema with references followed, `allOf` merged and one branch of each union chosen."""
        if _COMBINING.isdisjoint(schema):
            return schema
        node: JsonObject = dict(schema)
        for _ in range(MAX_DEPTH):
            reference = node.pop("$ref", None)
            if isinstance(reference, str):
                key = reference.rsplit("/", 1)[-1].replace("~1", "/").replace("~0", "~")
                target = self.root.get("$defs", {}).get(key)
                node = {**target, **node} if isinstance(target, dict) else node
            for part in node.pop("allOf", []):
                node = _merged(self._settle(part) if isinstance(part, dict) else {}, node)
            options = [
                option for union in _UNIONS for option in node.pop(union, ()) if isinstance(option, dict)
            ]
            options = [option for option in options if option.get("type") != "null"] or options
            if options:
                node = {**node, **self.rng.choice(options)}
            if _COMBINING.isdisjoint(node):
                break
        return node

    def _kind(self, node: Mapping[str, Any]) -> str:
        stated = node.get("type")
        if isinstance(stated, list):
            kinds = [kind for kind in stated if kind != "null"]
            return self.rng.choice(kinds) if kinds else "null"
        if isinstance(stated, str):
            return stated
        if "properties" in node or "additionalProperties" in node:
            return "object"
        return "array" if "items" in node else "string"

    def _object(self, node: Mapping[str, Any], name: str, depth: int) -> JsonObject:
        required = set(node.get("required", []))
        value: JsonObject = {}
        for key, member in node.get("properties", {}).items():
            is_wanted = depth < MAX_DEPTH - 3 and self.rng.random() < self.optional_share
            if (key in required or is_wanted) and depth < 2 * MAX_DEPTH:
                value[key] = self.make(member, key, name, depth + 1)
        extra = node.get("additionalProperties")
        if len(value) < int(node.get("minProperties", 0)):
            spare = [key for key in node.get("properties", {}) if key not in value]
            value |= {key: self.make(node["properties"][key], key, name, depth + 1) for key in spare[:1]}
        is_short = len(value) < int(node.get("minProperties", 0)) and extra is not False
        if is_short or (not value and isinstance(extra, dict) and extra and depth < MAX_DEPTH - 3):
            value["primary"] = self.make(extra if isinstance(extra, dict) else {}, name, "", depth + 1)
        return value

    def _array(self, node: Mapping[str, Any], name: str, owner: str, depth: int) -> list[Any]:
        low = int(node.get("minItems", 0))
        high = int(node.get("maxItems", max(low, 3)))
        wanted = max(low, min(high, self.rng.randint(1, 2 if depth > 2 else 3)))
        wanted = min(low if depth >= MAX_DEPTH else wanted, MAX_MEMBERS)
        items = node.get("items")
        members: list[Any] = []
        for _ in range(4 * wanted):
            member = self.make(
                items if isinstance(items, dict) else {"type": "string"}, name, owner, depth + 1
            )
            if member not in members:
                members.append(member)
            if len(members) == wanted:
                break
        return members

    def _number(self, node: Mapping[str, Any], name: str, is_integer: bool) -> float | int:
        wanted = int if is_integer else int | float
        examples = [
            value
            for value in stated_examples(node)
            if isinstance(value, wanted) and not isinstance(value, bool)
        ]
        if examples:
            return self.rng.choice(examples)
        low, high = float(node.get("minimum", "-inf")), float(node.get("maximum", "inf"))
        step = 1 if is_integer else 0.1
        if "exclusiveMinimum" in node:
            low = max(low, float(node["exclusiveMinimum"]) + step)
        if "exclusiveMaximum" in node:
            high = min(high, float(node["exclusiveMaximum"]) - step)
        value = plausible_number(name, low, high, is_integer, self.rng)
        multiple = node.get("multipleOf")
        return type(value)(value // multiple * multiple) if multiple else value

    def _string(self, node: Mapping[str, Any], name: str, owner: str) -> str:
        examples = [text for text in stated_examples(node) if isinstance(text, str)]
        pattern, form, formats = node.get("pattern"), node.get("format"), vocabulary().formats
        if examples:
            text = self._example(self.rng.choice(examples), str(pattern or ""), name)
        elif form in formats:
            text = fill(formats[form], self.rng)
        elif pattern:
            text = matching(str(pattern), name, owner, self.rng)
        elif is_id(name) and (ids := named_ids(str(node.get("description", "")))):
            text = in_the_form_of(self.rng.choice(ids), self.rng)
        else:
            named = () if is_self_explaining(name) else self._named(node)
            text = self.rng.choice(named) if named else plausible_string(name, owner, self.rng)
        low, high = min(int(node.get("minLength", 0)), MAX_CHARACTERS), node.get("maxLength")
        text = filled(text, f"-{'-'.join(PROJECTS)}", low)
        return text[: int(high)] if high is not None else text

    def _example(self, example: str, pattern: str, name: str) -> str:
        """The example; where it is an id, which tells one thing from others, another one of its form."""
        another = in_the_form_of(example, self.rng) if is_id(name) else example
        return another if not pattern or matches(pattern, another) else example

    def _named(self, node: Mapping[str, Any]) -> Sequence[str]:
        """What the description names and is not to be avoided."""
        named = named_examples(str(node.get("description", "")))
        return named if self.avoid is None else [text for text in named if not self.avoid.search(text)]


def _merged(part: Mapping[str, Any], node: JsonObject) -> JsonObject:
    properties = {**part.get("properties", {}), **node.get("properties", {})}
    required = [*part.get("required", []), *node.get("required", [])]
    merged = {**part, **node, "required": required}
    return {**merged, "properties": properties} if properties else merged
