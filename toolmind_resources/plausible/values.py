"""A whole value that fits a JSON Schema and looks as if somebody meant it."""

import random
import re
import string
from collections.abc import Mapping
from typing import Any

import rstr

from toolmind_resources.plausible.fields import FORMATS, examples_of, fill, plausible_number, plausible_string

JsonObject = dict[str, Any]

MAX_DEPTH = 8
"""Levels of nesting below which only what is required is made."""


def plausible(
    schema: Mapping[str, Any],
    rng: random.Random,
    *,
    name: str = "",
    owner: str = "",
    root: Mapping[str, Any] | None = None,
    optional_share: float = 0.6,
    depth: int = 0,
) -> Any:
    """A value that should fit `schema`; whether it does is for the caller to check.

    Args:
        schema: JSON Schema 2020-12.
        rng: Where every draw comes from.
        name: Name of the field that the value is for.
        owner: Name of the object around it.
        root: The schema that holds `$defs`; `schema` itself where not given.
        optional_share: Share of the optional properties of an object that are made.
        depth: Levels above.
    """
    root = schema if root is None else root
    node = _settle(dict(schema), root, rng)
    if "const" in node:
        return node["const"]
    if isinstance(node.get("enum"), list) and node["enum"]:
        return rng.choice([value for value in node["enum"] if value is not None] or node["enum"])
    kind = _kind(node, rng)
    if kind == "object":
        return _object(node, rng, name, root, optional_share, depth)
    if kind == "array":
        return _array(node, rng, name, owner, root, optional_share, depth)
    if kind == "boolean":
        return rng.random() < 0.5
    if kind in ("integer", "number"):
        return _number(node, rng, name, kind == "integer")
    if kind == "null":
        return None
    return _string(node, rng, name, owner)


def _settle(node: JsonObject, root: Mapping[str, Any], rng: random.Random) -> JsonObject:
    """The node with references followed, `allOf` merged and one branch of each union chosen."""
    for _ in range(MAX_DEPTH):
        reference = node.pop("$ref", None)
        if isinstance(reference, str):
            key = reference.rsplit("/", 1)[-1].replace("~1", "/").replace("~0", "~")
            target = root.get("$defs", {}).get(key)
            node = {**target, **node} if isinstance(target, dict) else node
        for part in node.pop("allOf", []):
            part = _settle(dict(part), root, rng) if isinstance(part, dict) else {}
            properties = {**part.get("properties", {}), **node.get("properties", {})}
            required = [*part.get("required", []), *node.get("required", [])]
            node = {
                **part,
                **node,
                **({"properties": properties} if properties else {}),
                "required": required,
            }
        options = [
            option
            for option in node.pop("anyOf", None) or node.pop("oneOf", None) or []
            if isinstance(option, dict)
        ]
        options = [option for option in options if option.get("type") != "null"] or options
        if options:
            node = {**node, **rng.choice(options)}
        if not {"$ref", "allOf", "anyOf", "oneOf"} & node.keys():
            break
    return node


def _kind(node: JsonObject, rng: random.Random) -> str:
    stated = node.get("type")
    if isinstance(stated, list):
        kinds = [kind for kind in stated if kind != "null"]
        return rng.choice(kinds) if kinds else "null"
    if isinstance(stated, str):
        return stated
    if "properties" in node or "additionalProperties" in node:
        return "object"
    return "array" if "items" in node else "string"


def _object(
    node: JsonObject, rng: random.Random, name: str, root: Mapping[str, Any], share: float, depth: int
) -> JsonObject:
    required = set(node.get("required", []))
    value: JsonObject = {}
    for key, member in node.get("properties", {}).items():
        is_wanted = key in required or (depth < MAX_DEPTH - 3 and rng.random() < share)
        if is_wanted and depth < 2 * MAX_DEPTH:
            schema = member if isinstance(member, dict) else {}
            value[key] = plausible(
                schema, rng, name=key, owner=name, root=root, optional_share=share, depth=depth + 1
            )
    extra = node.get("additionalProperties")
    if not value and isinstance(extra, dict) and depth < MAX_DEPTH - 3:
        value["primary"] = plausible(
            extra, rng, name=name, owner="", root=root, optional_share=share, depth=depth + 1
        )
    return value


def _array(
    node: JsonObject,
    rng: random.Random,
    name: str,
    owner: str,
    root: Mapping[str, Any],
    share: float,
    depth: int,
) -> list[Any]:
    items = node.get("items")
    low = int(node.get("minItems", 0))
    high = int(node.get("maxItems", max(low, 3)))
    wanted = max(low, min(high, rng.randint(1, 2 if depth > 2 else 3)))
    if depth >= MAX_DEPTH:
        wanted = low
    schema = items if isinstance(items, dict) else {"type": "string"}
    members: list[Any] = []
    for _ in range(4 * wanted):
        member = plausible(
            schema, rng, name=name, owner=owner, root=root, optional_share=share, depth=depth + 1
        )
        if member not in members:
            members.append(member)
        if len(members) == wanted:
            break
    return members


def _number(node: JsonObject, rng: random.Random, name: str, is_integer: bool) -> float | int:
    examples = [
        value for value in examples_of(node) if isinstance(value, int | float) and not isinstance(value, bool)
    ]
    if examples and (not is_integer or isinstance(examples[0], int)):
        return rng.choice(examples[:1] if is_integer else examples)
    low, high = float(node.get("minimum", "-inf")), float(node.get("maximum", "inf"))
    if "exclusiveMinimum" in node:
        low = max(low, float(node["exclusiveMinimum"]) + (1 if is_integer else 0.1))
    if "exclusiveMaximum" in node:
        high = min(high, float(node["exclusiveMaximum"]) - (1 if is_integer else 0.1))
    value = plausible_number(name, low, high, is_integer, rng)
    step = node.get("multipleOf")
    return value if not step else type(value)(value // step * step)


def _string(node: JsonObject, rng: random.Random, name: str, owner: str) -> str:
    texts = [text for text in examples_of(node) if isinstance(text, str) and text]
    pattern, form = node.get("pattern"), node.get("format")
    if texts:
        text = rng.choice(texts)
    elif form in FORMATS:
        text = fill(FORMATS[form], rng)
    elif pattern:
        text = _matching(str(pattern), name, owner, rng)
    else:
        text = plausible_string(name, owner, rng)
    low, high = int(node.get("minLength", 0)), node.get("maxLength")
    text = text + "x" * (low - len(text)) if len(text) < low else text
    return text[: int(high)] if high is not None else text


def _matching(pattern: str, name: str, owner: str, rng: random.Random) -> str:
    """A string that matches: what the name suggests where that does, else one made from the pattern.

    Empty where the pattern is beyond Python's `re`.
    """
    try:
        for _ in range(3):
            text = plausible_string(name, owner, rng)
            if re.search(pattern, text):
                return text
        return rstr.Rstr(rng, printable=string.ascii_letters + string.digits).xeger(pattern)[:200]
    except (re.error, ValueError, KeyError, IndexError, OverflowError, RecursionError):
        return ""
