"""References of one schema: followed, converted, and gathered under `$defs`, no more of them than needed.

Recursive schemas stay recursive by reference. Small definitions stand where they are used; the others are
shared. What lies farther than `max_definitions` allows, and references that turn in a circle without
descending into the instance (`A = allOf[B]`, `B = anyOf[A]`), become schemas that admit anything.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.functions import Repair
from toolmind_assets.model.ids import JsonObject, compact_json, digest
from toolmind_assets.specs.dialects import ANNOTATIONS
from toolmind_assets.specs.json_schema import Lookup, SchemaConverter
from toolmind_assets.specs.keywords import NAMED_SCHEMAS
from toolmind_assets.specs.params import SpecParams
from toolmind_assets.specs.rejection import RejectedError

_ILLEGAL = re.compile(r"[^A-Za-z0-9._-]+")
_INSTANCES = frozenset({"const", "default", "enum", "examples"})
_IN_PLACE = frozenset({"allOf", "anyOf", "oneOf", "not", "if", "then", "else"})
_ROOT = ""
_SMALL_CHARS = 400
"""Characters up to which a definition without properties stands wherever it is used."""
_ONCE_CHARS = 2000
"""Characters up to which a definition that is used once stands where it is used."""


def convert_with_definitions(
    schema: Any, lookup: Lookup, params: SpecParams, hidden: str = ""
) -> tuple[JsonObject, tuple[Repair, ...]]:
    """JSON Schema 2020-12 with all that it refers to under its `$defs`, and the repairs that it took.

    Args:
        schema: A schema of any dialect.
        lookup: What a reference leads to.
        params: Limits.
        hidden: Properties that carry this flag are left out: `readOnly` of parameters, `writeOnly` of results.

    Raises:
        RejectedError: a reference leads nowhere, or there is too much of it.
    """
    converter = SchemaConverter(hidden, lookup, params.max_schema_nodes)
    bodies = {_ROOT: converter.convert(_follow(schema, lookup), "")}
    waiting = sorted(converter.references)
    # Level by level, each sorted: what is kept must not hang on the order of keys.
    while waiting and len(bodies) <= params.max_definitions:
        for reference in waiting[: params.max_definitions + 1 - len(bodies)]:
            bodies[reference] = converter.convert(_target(reference, lookup), reference)
        waiting = sorted(converter.references - bodies.keys())
    for reference in waiting:
        converter.repairs.append(Repair("definition_cut", reference, "beyond max_definitions"))
    for source, target in sorted(_circles(bodies)):
        converter.repairs.append(Repair("circle_cut", source, target))
        bodies[source] = _without(bodies[source], target)
    return _Linker(bodies).linked(), tuple(converter.repairs)


def _target(reference: str, lookup: Lookup) -> Any:
    target = lookup(reference)
    if target is None:
        raise RejectedError(DropReason.UNRESOLVED_REF, f"{reference:.120} leads to nothing")
    return target


def _follow(schema: Any, lookup: Lookup) -> Any:
    """A schema that is nothing but a reference, as what the reference leads to."""
    seen: set[str] = set()
    while isinstance(schema, dict) and isinstance(reference := schema.get("$ref"), str):
        if reference in seen or not reference.startswith("#/"):
            return schema
        seen.add(reference)
        target = _target(reference, lookup)
        if not isinstance(target, dict):
            return target
        schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
    return schema


def _references(node: Any, in_place_only: bool = False) -> Iterator[str]:
    """References in a converted schema; with `in_place_only` those that apply to the very same instance."""
    if isinstance(node, list):
        for member in node:
            yield from _references(member, in_place_only)
    elif isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for key, value in node.items():
            if key in NAMED_SCHEMAS:
                # Its keys are names, which may well be `default` or `enum`.
                yield from () if in_place_only else _references(list(value.values()))
            elif key not in _INSTANCES and (not in_place_only or key in _IN_PLACE):
                yield from _references(value, in_place_only)


def _circles(bodies: Mapping[str, JsonObject]) -> set[tuple[str, str]]:
    """References (from, to) without which no definition applies itself to the same instance again."""
    edges = {name: sorted(set(_references(body, True)) & bodies.keys()) for name, body in bodies.items()}
    cut: set[tuple[str, str]] = set()
    done: set[str] = set()
    for start in sorted(edges):
        path: list[str] = []
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            name, is_left = stack.pop()
            if is_left:
                done.add(path.pop())
                continue
            if name in done or name in path:
                continue
            path.append(name)
            stack.append((name, True))
            for target in edges[name]:
                if target in path:
                    cut.add((name, target))
                elif target not in done:
                    stack.append((target, False))
    return cut


def _without(node: Any, reference: str) -> Any:
    """A converted schema without the references to `reference` that apply to the very same instance."""
    if isinstance(node, list):
        return [_without(member, reference) for member in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _without(value, reference) if key in _IN_PLACE else value
        for key, value in node.items()
        if key != "$ref" or value != reference
    }


class _Linker:
    """Puts converted bodies together: inlines what is small, names what is shared, drops what is unused."""

    def __init__(self, bodies: Mapping[str, JsonObject]) -> None:
        self._bodies = bodies
        self._inlined: dict[str, JsonObject] = {}
        self._names: dict[str, str] = {}
        self._names = _definition_names(self._inline_small())

    def _inline_small(self) -> list[str]:
        """Fills `_inlined` from the leaves up; returns the references that stay shared, sorted."""
        uses = Counter(reference for body in self._bodies.values() for reference in _references(body))
        shared = sorted(self._bodies.keys() - {_ROOT})
        while True:
            small = {name: body for name in shared if (body := self._if_small(name, uses[name])) is not None}
            if not small:
                return shared
            self._inlined |= small
            shared = [name for name in shared if name not in small]

    def _if_small(self, reference: str, n_uses: int) -> JsonObject | None:
        """The linked body where it stands well in the place of its references, else None."""
        targets = self._bodies.keys() & set(_references(self._bodies[reference]))
        if not targets <= self._inlined.keys():
            return None
        body = self._link(self._bodies[reference])
        n_chars = len(compact_json(body))
        is_small = n_chars <= (_SMALL_CHARS if "properties" not in body else 0)
        return body if is_small or (n_uses == 1 and n_chars <= _ONCE_CHARS) else None

    def linked(self) -> JsonObject:
        """The root with its `$defs`."""
        root = self._link(self._bodies[_ROOT])
        definitions: JsonObject = {}
        waiting = set(_references(root))
        by_pointer = {f"#/$defs/{name}": reference for reference, name in self._names.items()}
        while waiting:
            pointer = waiting.pop()
            reference = by_pointer[pointer]
            name = self._names[reference]
            if name not in definitions:
                definitions[name] = self._link(self._bodies[reference])
                waiting |= set(_references(definitions[name]))
        if definitions:
            root["$defs"] = dict(sorted(definitions.items()))
        return root

    def _link(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self._link(member) for member in node]
        if not isinstance(node, dict):
            return node
        linked = {key: self._link_keyword(key, value) for key, value in node.items()}
        reference = node.get("$ref")
        if not isinstance(reference, str):
            return linked
        del linked["$ref"]
        body = self._inlined.get(reference)
        if body is None:
            name = self._names.get(reference)
            return {"$ref": f"#/$defs/{name}", **linked} if name else linked
        if linked.keys() <= ANNOTATIONS:
            return {**body, **linked}
        return {**linked, "allOf": [*linked.get("allOf", []), body]}

    def _link_keyword(self, key: str, value: Any) -> Any:
        if key in NAMED_SCHEMAS:
            return {name: self._link(member) for name, member in value.items()}
        return value if key in _INSTANCES else self._link(value)


def _definition_names(references: list[str]) -> dict[str, str]:
    """Reference -> a legal name that is its last part, with a digest where several share it."""
    stems = {
        ref: _ILLEGAL.sub("_", ref.rsplit("/", 1)[-1].replace("~1", "_"))[:80] or "root" for ref in references
    }
    counts = Counter(stems.values())
    return {ref: stem if counts[stem] == 1 else f"{stem}_{digest(ref)[:8]}" for ref, stem in stems.items()}
