"""Whether a value can flow from one call to another, judged by the schemas of the two functions alone."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.model.schemas import alternatives, schemas_at, types_of
from toolmind_assets.model.tasks import Members
from toolmind_assets.stages.tasks.value_checks import form_of

MAX_DEPTH = 4
"""Levels of objects and arrays that are compared; what lies deeper is not known to fit."""


@lru_cache(maxsize=50_000)
def flow_problem(
    source: FunctionSpec, output_path: str, target: FunctionSpec, input_path: str, members: Members
) -> str:
    """Why the value at a path of a result cannot fill an argument, in words; empty if it can.

    The path must stand in the schema of the result letter by letter, and every type that the value may have
    must be one that the argument takes: an integer is a number, and nothing else is something else.
    """
    if source.returns is None:
        return f"{source.name} states no result"
    given = schemas_at(source.returns, output_path)
    if not given:
        return f"the result of {source.name} has no {output_path or 'value'}"
    wanted = schemas_at(target.parameters, input_path)
    if not wanted:
        return f"{target.name} takes no {input_path}"
    if members is not Members.ONE and "[]" not in output_path:
        return f"{output_path} of {source.name} leads through no list"
    if members is Members.ALL:
        given = [{"type": "array", "items": one} for one in given]
    roots = (source.returns, target.parameters)
    if not all(any(_fills(one, other, roots, MAX_DEPTH) for other in wanted) for one in given):
        return f"{output_path} of {source.name} is {_named(given)}, {input_path} of {target.name} {_named(wanted)}"
    return ""


@lru_cache(maxsize=50_000)
def can_share(earlier: FunctionSpec, earlier_path: str, later: FunctionSpec, later_path: str) -> bool:
    """Whether every value that one argument takes is one that the other takes too, as far as types tell.

    Nor may the later one be documented to have a form that the earlier one is not.
    """
    given = schemas_at(earlier.parameters, earlier_path)
    wanted = schemas_at(later.parameters, later_path)
    roots = (earlier.parameters, later.parameters)
    if not all(_form(one) in {_form(other) for other in given} for one in wanted if _form(one)):
        return False
    return bool(given) and all(any(_fills(one, other, roots, MAX_DEPTH) for other in wanted) for one in given)


def _form(schema: JsonObject) -> str:
    return form_of(str(schema.get("description", "")))


def _fills(
    given: JsonObject, wanted: JsonObject, roots: tuple[Mapping[str, Any], Mapping[str, Any]], depth: int
) -> bool:
    """Whether any value of one schema is right for the other; `roots` hold the definitions of the two."""
    if depth < 0 or not _is_in_closed_set(given, wanted):
        return False
    admitted = types_of(wanted)
    if not admitted:
        return True
    types = types_of(given)
    if not types or not all(_is_admitted(one, admitted) for one in types):
        return False
    if types == ("array",):
        return _members_fill(given.get("items"), wanted.get("items"), roots, depth)
    return types != ("object",) or all(
        _members_fill(
            given.get("properties", {}).get(key), wanted.get("properties", {}).get(key), roots, depth
        )
        for key in wanted.get("required", ())
    )


def _members_fill(
    given: Any, wanted: Any, roots: tuple[Mapping[str, Any], Mapping[str, Any]], depth: int
) -> bool:
    if not isinstance(wanted, dict) or not wanted:
        return True
    theirs, ours = alternatives(given, roots[0]), alternatives(wanted, roots[1])
    return bool(theirs) and all(any(_fills(one, other, roots, depth - 1) for other in ours) for one in theirs)


def _is_admitted(name: str, admitted: Sequence[str]) -> bool:
    return name in admitted or (name == "integer" and "number" in admitted)


def _is_in_closed_set(given: JsonObject, wanted: JsonObject) -> bool:
    """Whether, where only certain values are right, the other schema has none but these."""
    allowed = _closed_set(wanted)
    if allowed is None:
        return True
    possible = _closed_set(given)
    return possible is not None and all(value in allowed for value in possible)


def _closed_set(schema: JsonObject) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    values = schema.get("enum")
    return [value for value in values if value is not None] if isinstance(values, list) else None


def _named(schemas: Sequence[JsonObject]) -> str:
    """The types of schemas in words."""
    closed = any(_closed_set(schema) is not None for schema in schemas)
    names = sorted({name for schema in schemas for name in types_of(schema)})
    return (" or ".join(names) or "of no stated type") + (", one of a closed set" if closed else "")
