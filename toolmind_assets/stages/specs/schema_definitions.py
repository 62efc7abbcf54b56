"""The definitions of one document, each converted once, and the schemas put together from them.

A schema that refers to definitions keeps them under its `$defs`, nearest first, no more of them than the limits
allow; what lies farther is left open. Recursive schemas stay recursive by reference. References that turn in a
circle without descending into the instance (`A = allOf[B]`, `B = anyOf[A]`) are cut.

Many operations of a document share its definitions, so that conversion, digest and size of a definition are
worked out once a document and direction, whatever the number of operations.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.functions import Repair
from toolmind_assets.model.ids import JsonObject, digest, sorted_json
from toolmind_assets.stages.specs.field_marks import mark_fields
from toolmind_assets.stages.specs.json_schema import Lookup, SchemaConverter
from toolmind_assets.stages.specs.keywords import NAMED_SCHEMAS, check_schema
from toolmind_assets.stages.specs.params import SpecParams
from toolmind_assets.stages.specs.rejection import RejectedError

_LEGAL_NAME = re.compile(r"[A-Za-z0-9._-]{1,80}")
_ILLEGAL = re.compile(r"[^A-Za-z0-9._-]+")
_SECTIONS = ("#/components/schemas/", "#/schemas/", "#/shapes/", "#/definitions/", "#/$defs/")
"""Where documents keep their definitions; of two that share a name the one whose section comes last has it."""
_INSTANCES = frozenset({"const", "default", "enum", "examples"})
_IN_PLACE = frozenset({"allOf", "anyOf", "oneOf", "not", "if", "then", "else"})
_POINTER = "#/$defs/"
_OF_SCALARS = ("type", "format", "description")
MAX_REPAIRS = 50
"""Repairs of one schema that are listed one by one; the others are counted by their code."""


@dataclass(frozen=True, slots=True)
class Body:
    """One converted definition, or the root of a schema.

    Attributes:
        node: JSON Schema 2020-12; its references lead to `#/$defs/<name>`.
        references: The references of the source that it holds, sorted.
        in_place: Those of them that apply to the very same instance.
        n_nodes: Sub-schemas that it consists of.
        content_digest: Hashes the node, whatever the order of its keys.
        repairs: Every change that a root took.
        repair_counts: Code of a change -> how often a definition took it.
        marks: What its fields are, see `toolmind_assets.stages.specs.field_marks`.
    """

    node: JsonObject
    references: tuple[str, ...]
    in_place: tuple[str, ...]
    n_nodes: int
    content_digest: str
    repairs: tuple[Repair, ...]
    repair_counts: Mapping[str, int]
    marks: tuple[JsonObject, ...]


@dataclass(frozen=True, slots=True)
class Assembled:
    """A schema with all that it refers to under `$defs`.

    Attributes:
        schema: JSON Schema 2020-12, valid under its metaschema.
        content_digest: Hashes root and definitions, whatever the order of keys.
        repairs: The changes that it took: those of the root one by one, those of definitions by their code.
        marks: What its fields are, those of definitions included.
    """

    schema: JsonObject
    content_digest: str
    repairs: tuple[Repair, ...]
    marks: tuple[JsonObject, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """What schemas are for.

    Attributes:
        pointer: Where they stand in a function.
        hidden: Properties that carry this flag are left out.
        opens_dangling: A reference that leads nowhere admits anything, rather than giving the schema up.
        reads_prose: What descriptions state of a field becomes part of its schema.
    """

    pointer: str
    hidden: str
    opens_dangling: bool
    reads_prose: bool


PARAMETERS = Side("/parameters", "readOnly", opens_dangling=False, reads_prose=True)
RETURNS = Side("/returns", "writeOnly", opens_dangling=True, reads_prose=False)


class Definitions:
    """Converts the schemas of one document; keeps each definition that it has met.

    Args:
        lookup: What a reference of the document leads to.
        params: Limits.
        side: Whether the schemas are of parameters or of results.
    """

    def __init__(self, lookup: Lookup, params: SpecParams, side: Side = PARAMETERS) -> None:
        self._lookup = lookup
        self._params = params
        self._side = side
        self._bodies: dict[str, Body] = {}
        self._rejected: dict[str, RejectedError] = {}
        self._names: dict[str, str] = {}
        self._references: dict[str, str] = {}
        self._pruned_bodies: dict[tuple[str, frozenset[str], frozenset[str]], Body] = {}

    def assemble(self, schema: Any, owner: str = "") -> Assembled:
        """A schema of any dialect as JSON Schema 2020-12, with the definitions that it needs.

        Args:
            schema: The schema.
            owner: What it is about: the path or name of its function.

        Raises:
            RejectedError: a reference leads nowhere or out of the document, or there is too much of it.
        """
        root = self._convert(self.follow(schema), "", owner)
        kept, cut = self._reach(root)
        repairs = _counted(kept.values())
        if cut:
            shown = ", ".join(sorted(cut)[:8])
            repairs.append(Repair("definition_cut", "/$defs", f"{len(cut)} beyond the limits: {shown}"[:200]))
        circles = _circles({"": root, **kept})
        repairs += [Repair("circle_cut", source, target) for source, target in sorted(circles)]
        root = self._pruned("", root, cut, circles)
        bodies = {self._name(key): self._pruned(key, body, cut, circles) for key, body in kept.items()}
        if circles:
            # What only a reference that was cut led to is needed no more.
            reached = _reached(root, bodies)
            kept = {key: body for key, body in kept.items() if self._name(key) in reached}
            bodies = {name: bodies[name] for name in map(self._name, kept)}
        node = (
            {**root.node, "$defs": {name: bodies[name].node for name in sorted(bodies)}}
            if bodies
            else root.node
        )
        content = _digest(
            [root.content_digest, sorted((name, body.content_digest) for name, body in bodies.items())]
        )
        marks = (*root.marks, *(mark for body in kept.values() for mark in body.marks))
        return Assembled(node, content, (*_listed(root.repairs), *repairs), marks)

    def _reach(self, root: Body) -> tuple[dict[str, Body], frozenset[str]]:
        """The definitions that the root needs, nearest first, and the references that the limits cut."""
        kept: dict[str, Body] = {}
        cut: set[str] = set()
        n_nodes = root.n_nodes
        level = list(root.references)
        # Level by level, each sorted: what is kept must not hang on the order of keys.
        while level:
            following: set[str] = set()
            for reference in level:
                body = self._body(reference) if len(kept) < self._params.max_definitions else None
                if body is None or n_nodes + body.n_nodes > self._params.max_schema_nodes:
                    cut.add(reference)
                    continue
                kept[reference] = body
                n_nodes += body.n_nodes
                following.update(body.references)
            level = sorted(following - kept.keys() - cut)
        return kept, frozenset(cut)

    def _body(self, reference: str) -> Body:
        body = self._bodies.get(reference)
        if body is None:
            target = self._lookup(reference)
            if target is None:
                if not self._side.opens_dangling:
                    raise RejectedError(DropReason.UNRESOLVED_REF, f"{reference:.120} leads to nothing")
                body = Body({}, (), (), 1, _digest({}), (), {"reference_open": 1}, ())
            else:
                body = self._converted(target, reference)
            self._bodies[reference] = body
        return body

    def _converted(self, target: Any, reference: str) -> Body:
        """A definition, converted; one that is refused is refused at once the next time."""
        if reference in self._rejected:
            raise self._rejected[reference]
        try:
            return self._convert(target, reference, reference)
        except RejectedError as rejection:
            self._rejected[reference] = rejection
            raise

    def _resolve(self, pointer: str) -> JsonObject:
        """What a scalar definition states of its values, by its pointer; empty for any other."""
        # Of the source, and not of what was converted: that would hang on what was asked for before.
        reference = self._references.get(pointer.removeprefix(_POINTER))
        target = self._lookup(reference) if reference else None
        if not isinstance(target, dict) or not isinstance(target.get("type"), str) or "properties" in target:
            return {}
        return {key: target[key] for key in _OF_SCALARS if key in target}

    def _convert(self, schema: Any, path: str, owner: str) -> Body:
        """A schema, converted and held to be valid.

        Raises:
            RejectedError: there is too much of it, it leads out of the document, or it is no schema at all.
        """
        side, params = self._side, self._params
        is_root = not path
        converter = SchemaConverter(side.hidden, side.reads_prose, self._lookup, self._name, params, is_root)
        node = converter.convert(schema, path)
        check_schema(node)
        references = tuple(sorted(converter.references))
        pointer = side.pointer if is_root else f"{side.pointer}/$defs/{self._name(path)}"
        return Body(
            node=node,
            references=references,
            in_place=self._applied_in_place(node, references) if references else (),
            n_nodes=converter.n_nodes,
            content_digest=_digest(node),
            repairs=tuple(converter.repairs),
            repair_counts=converter.repair_counts,
            marks=tuple(mark_fields(node, pointer, owner, self._resolve)),
        )

    def _applied_in_place(self, node: JsonObject, references: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the references in a converted schema that apply to the very same instance."""
        here = {pointer.removeprefix(_POINTER) for pointer in _in_place(node)}
        return tuple(reference for reference in references if self._name(reference) in here) if here else ()

    def follow(self, schema: Any) -> Any:
        """A schema that is nothing but a reference, as what the reference leads to."""
        seen: set[str] = set()
        while isinstance(schema, dict) and isinstance(reference := schema.get("$ref"), str):
            target = self._lookup(reference) if reference not in seen else None
            if target is None or reference == "#":
                return schema
            seen.add(reference)
            if not isinstance(target, dict):
                return target
            schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
        return schema

    def _name(self, reference: str) -> str:
        """The key under `$defs`: the last part of the reference, with a digest where that is no legal or own name."""
        name = self._names.get(reference)
        if name is None:
            section = next((section for section in _SECTIONS if reference.startswith(section)), "")
            stem = reference[len(section) :]
            later = _SECTIONS[_SECTIONS.index(section) + 1 :] if section else ()
            if (
                not section
                or not _LEGAL_NAME.fullmatch(stem)
                or any(self._lookup(other + stem) for other in later)
            ):
                plain = _ILLEGAL.sub("_", reference.rsplit("/", 1)[-1].replace("~1", "_")).strip("_")[:70]
                stem = f"{plain or 'root'}_{digest(reference)[:8]}"
            name = self._names[reference] = stem
            self._references[name] = reference
        return name

    def _pruned(self, key: str, body: Body, cut: frozenset[str], circles: set[tuple[str, str]]) -> Body:
        """The body without the references that the limits or a circle cut."""
        gone = cut.intersection(body.references) if cut else cut
        turning = frozenset(target for source, target in circles if source == key)
        if not gone and not turning:
            return body
        known = self._pruned_bodies.get((key, gone, turning)) if key else None
        if known is None:
            node = _without(body.node, {self._name(reference) for reference in gone})
            node = _without(node, {self._name(reference) for reference in turning}, in_place_only=True)
            known = replace(body, node=node, content_digest=_digest(node))
            if key:
                self._pruned_bodies[key, gone, turning] = known
        return known


def _digest(node: Any) -> str:
    return hashlib.sha256(sorted_json(node)).hexdigest()


def _listed(repairs: tuple[Repair, ...]) -> list[Repair]:
    """The first of a schema's repairs one by one, the others counted by code."""
    rest = Counter(repair.code for repair in repairs[MAX_REPAIRS:])
    return [*repairs[:MAX_REPAIRS], *(Repair(code, "", f"{n} more") for code, n in sorted(rest.items()))]


def _counted(bodies: Iterable[Body]) -> list[Repair]:
    """The repairs of definitions, counted by code."""
    counts: Counter[str] = Counter()
    for body in bodies:
        if body.repair_counts:
            counts.update(body.repair_counts)
    return [Repair(code, "/$defs", f"{n} in definitions") for code, n in sorted(counts.items())]


def _in_place(node: Any) -> Iterator[str]:
    """Pointers in a converted schema that apply to the very same instance."""
    if isinstance(node, list):
        for member in node:
            yield from _in_place(member)
    elif isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for key in _IN_PLACE & node.keys():
            yield from _in_place(node[key])


def _reached(root: Body, bodies: Mapping[str, Body]) -> set[str]:
    """Names of the definitions that the root leads to."""
    reached: set[str] = set()
    waiting = [root]
    while waiting:
        found = {pointer.removeprefix(_POINTER) for pointer in _pointers(waiting.pop().node)}
        waiting += [bodies[name] for name in found - reached if name in bodies]
        reached |= found
    return reached


def _pointers(node: Any) -> Iterator[str]:
    """Every reference in a converted schema."""
    if isinstance(node, list):
        for member in node:
            yield from _pointers(member)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref" and isinstance(value, str):
                yield value
            elif key in NAMED_SCHEMAS:
                for member in value.values():
                    yield from _pointers(member)
            elif key not in _INSTANCES:
                yield from _pointers(value)


def _circles(bodies: Mapping[str, Body]) -> set[tuple[str, str]]:
    """References (from, to) without which no definition applies itself to the same instance again."""
    edges = {
        name: [to for to in body.in_place if to in bodies] for name, body in bodies.items() if body.in_place
    }
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
            for target in edges.get(name, ()):
                if target in path:
                    cut.add((name, target))
                elif target not in done:
                    stack.append((target, False))
    return cut


def _without(node: Any, names: set[str], in_place_only: bool = False) -> Any:
    """A converted schema without its references to some definitions."""
    if not names:
        return node
    if isinstance(node, list):
        return [_without(member, names, in_place_only) for member in node]
    if not isinstance(node, dict):
        return node
    kept: JsonObject = {}
    for key, value in node.items():
        if key == "$ref" and isinstance(value, str) and value.removeprefix(_POINTER) in names:
            continue
        if isinstance(value, dict) and key in NAMED_SCHEMAS and not in_place_only:
            # Its keys are names, which may well be `default` or `$ref`.
            kept[key] = {name: _without(inner, names) for name, inner in value.items()}
        elif key in _INSTANCES or (in_place_only and key not in _IN_PLACE):
            kept[key] = value
        else:
            kept[key] = _without(value, names, in_place_only)
    return kept
