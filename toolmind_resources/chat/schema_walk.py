"""Walks through JSON Schemas: their parts changed, the names of their properties. No I/O."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Node = dict[str, Any]

DATA = frozenset(("enum", "const", "default", "examples", "example", "required", "dependentRequired"))
"""Keywords whose value holds no schema."""
NAMED = frozenset(("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"))
"""Keywords that hold schemas by name."""


def walked(schema: Any, change: Callable[[Node], Node]) -> Any:
    """The schema with each schema in it, itself included, changed; the innermost first."""
    if isinstance(schema, list):
        return [walked(part, change) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    return change({keyword: _walked_value(keyword, value, change) for keyword, value in schema.items()})


def with_references(schema: Any, moved: Callable[[str], str]) -> Any:
    """The schema with each of its references moved."""

    def change(node: Node) -> Node:
        reference = node.get("$ref")
        return {**node, "$ref": moved(reference)} if isinstance(reference, str) else node

    return walked(schema, change)


def property_names(schema: Any) -> Iterator[str]:
    """The names of properties in the schema, at any depth, as often as they stand there."""
    if isinstance(schema, list):
        for part in schema:
            yield from property_names(part)
    if not isinstance(schema, Mapping):
        return
    for keyword, value in schema.items():
        if keyword in NAMED and isinstance(value, Mapping):
            if keyword == "properties":
                yield from value
            for part in value.values():
                yield from property_names(part)
        elif isinstance(value, (Mapping, list)) and keyword not in DATA:
            yield from property_names(value)


def _walked_value(keyword: str, value: Any, change: Callable[[Node], Node]) -> Any:
    if keyword in NAMED and isinstance(value, Mapping):
        return {name: walked(part, change) for name, part in value.items()}
    return value if keyword in DATA else walked(value, change)
