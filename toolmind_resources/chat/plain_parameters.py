"""Parameters that are a union, or hang on conditions, as a plain object that endpoints take. No I/O."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from toolmind_resources.chat.schema_walk import with_references

Schema = Mapping[str, Any]

_BRANCHES = ("allOf", "anyOf", "oneOf")
_CONDITIONS = ("not", "if", "then", "else", "enum", "const", "dependentSchemas")
_NOT_AT_THE_ROOT = frozenset((*_BRANCHES, *_CONDITIONS, "$ref", "$dynamicRef", "unevaluatedProperties"))
"""Keywords that endpoints refuse at the root of a schema."""
_SHOWN_CHARACTERS = 600
"""The longest condition that is repeated in words."""


def is_plain(schema: Schema) -> bool:
    """Whether a schema is an object at its root, and nothing else."""
    return schema.get("type") == "object" and _NOT_AT_THE_ROOT.isdisjoint(schema)


def as_plain(parameters: Schema) -> tuple[dict[str, Any], str]:
    """A plain object with the properties of all branches, and what the parameters ask beyond it, in words.

    A property is what the branches that name it say; others allow anything there, which nobody means.
    """
    merged, words = _merged(parameters, parameters, ())
    plain = {name: value for name, value in merged.items() if name not in _NOT_AT_THE_ROOT}
    plain = {**plain, "type": "object", "properties": plain.get("properties", {})}
    return _with_whole(plain, parameters), " ".join(dict.fromkeys(words))


def _merged(schema: Schema, root: Schema, seen: tuple[str, ...]) -> tuple[dict[str, Any], list[str]]:
    """An object's schema with the properties of its branches, and what it asks beyond that, in words."""
    merged, words = dict(schema), _conditions(schema)
    reference = schema.get("$ref")
    target = None
    if isinstance(reference, str) and reference not in seen:
        target, seen = _target(root, reference), (*seen, reference)
    for part in [*([target] if target is not None else []), *_schemas(schema.get("allOf"))]:
        branch, more = _merged(part, root, seen)
        _add(merged, branch, branch.get("required", ()))
        words += more
    for keyword in ("anyOf", "oneOf"):
        branches = [_merged(part, root, seen)[0] for part in _schemas(schema.get(keyword))]
        needed = [list(branch.get("required", ())) for branch in branches]
        in_all = [name for name in needed[0] if all(name in names for names in needed)] if needed else []
        for branch in branches:
            _add(merged, branch, in_all)
        words += _alternatives(keyword, [[name for name in names if name not in in_all] for names in needed])
    return merged, words


def _add(merged: dict[str, Any], branch: Schema, required: Sequence[str]) -> None:
    """Adds a branch's properties; one that is known otherwise may be either."""
    properties = dict(merged.get("properties", {}))
    for name, schema in branch.get("properties", {}).items():
        known = properties.setdefault(name, schema)
        either = known["anyOf"] if isinstance(known, Mapping) and [*known] == ["anyOf"] else [known]
        if schema not in (known, *either):
            properties[name] = {"anyOf": [*either, schema]}
    if properties:
        merged["properties"] = properties
    if names := list(dict.fromkeys([*merged.get("required", ()), *required])):
        merged["required"] = names


def _alternatives(keyword: str, needed: Sequence[Sequence[str]]) -> list[str]:
    """Which arguments the alternatives need, in words; nothing where one of them needs none."""
    if not needed or not all(needed):
        return []
    which = "exactly one" if keyword == "oneOf" else "at least one"
    ways = "; ".join(" and ".join(f"`{name}`" for name in names) for names in needed)
    return [f"Give {which} of these: {ways}."]


def _conditions(schema: Schema) -> list[str]:
    stated = {name: schema[name] for name in _CONDITIONS if name in schema}
    text = json.dumps(stated, ensure_ascii=False)
    if not stated or len(text) > _SHOWN_CHARACTERS:
        return []
    return [f"The arguments also have to fit this JSON Schema: {text}"]


def _schemas(value: Any) -> list[Schema]:
    return [part for part in value if isinstance(part, Mapping)] if isinstance(value, list) else []


def _target(root: Schema, reference: str) -> Schema | None:
    """The part of a schema that a reference leads to; None where it leads to none, or to the whole."""
    part: Any = root if reference.startswith("#/") else None
    for token in reference.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(part, list):
            part = part[int(name)] if name.isdecimal() and int(name) < len(part) else None
        else:
            part = part.get(name) if isinstance(part, Mapping) else None
    return part if isinstance(part, Mapping) else None


def _with_whole(plain: dict[str, Any], parameters: Schema) -> dict[str, Any]:
    """Keeps the whole as a definition where a reference leads to a part of it that was taken apart."""
    apart = tuple(f"#/{keyword}/" for keyword in (*_BRANCHES, *_CONDITIONS))
    seen: list[str] = []

    def moved(reference: str) -> str:
        if not reference.startswith(apart):
            return reference
        seen.append(reference)
        return f"#/$defs/whole{reference[1:]}"

    changed = with_references(plain, moved)
    if not seen:
        return changed
    whole = with_references(dict(parameters), moved)
    return {**changed, "$defs": {**changed.get("$defs", {}), "whole": whole}}
