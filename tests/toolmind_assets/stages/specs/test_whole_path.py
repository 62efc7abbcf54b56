"""The whole path, read -> normalise -> fold, on generated catalogs: laws that hold for each of them."""

import json
import re
from collections.abc import Iterable
from typing import Any

import jsonschema_rs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolmind_assets.model.drops import Drop, DropReason
from toolmind_assets.model.functions import FunctionSpec, NormalizedSpec
from toolmind_assets.stages.catalogs.read import CatalogRead, read_catalog
from toolmind_assets.stages.catalogs.sources import CatalogParams, CatalogSource
from toolmind_assets.stages.specs.duplicates import fold_frame
from toolmind_assets.stages.specs.normalize import normalize_all
from toolmind_assets.stages.specs.params import SpecParams
from toolmind_assets.tables.rows import decode_rows, encode_rows
from toolmind_assets.tables.specs import NORMALIZED
from toolmind_resources.files.found import FoundFile

SOURCE = CatalogSource(name="cat", path=".", source="pub")
QUICK = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])

NAMES = st.sampled_from(
    [
        "id",
        "user_id",
        "name",
        "limit",
        "page",
        "status",
        "tags",
        "date",
        "properties",
        "required",
        "type",
        "$ref",
    ]
)
PROSE = st.sampled_from(
    [
        "The city, e.g. 'Berlin'. Defaults to 'Paris'.",
        "One of 'open', 'closed' or 'all'.",
        "Maximum number of results (1-100, default 20).",
        "Optional. ISO 8601 date, such as 2024-01-31.",
        "Time in seconds. Required.",
        "Comma-separated list of <b>tags</b>&nbsp;to   keep",
        "Deprecated: use `name` instead.",
        "(required) An email address",
        "Must be between 0 and 1, for example 0.5",
        "A URL.\n\n  Example: https://example.com\n",
        "",
    ]
)
LITERALS = st.none() | st.booleans() | st.integers(-5, 100) | st.sampled_from([0.5, 1.0, 1e20]) | PROSE
SCALARS = st.fixed_dictionaries(
    {"type": st.sampled_from(["string", "integer", "number", "boolean"])},
    optional={
        "description": PROSE,
        "nullable": st.booleans(),
        "enum": st.lists(LITERALS, max_size=4),
        "default": LITERALS,
        "example": LITERALS,
        "minimum": st.integers(0, 5),
        "maxLength": st.integers(0, 50),
        "pattern": st.sampled_from(["^a+$", "[0-9]{3}", "("]),
        "format": st.sampled_from(["date-time", "int64", "uuid"]),
        "deprecated": st.booleans(),
        "readOnly": st.booleans(),
        "title": PROSE,
    },
)
ODD = st.sampled_from(
    [
        {"type": "str"}, {"type": "List[int]"}, {"type": "dict"}, {"type": ["string", "null"]}, {"type": "any"},
        {"type": "OBJECT"}, {"enum": ["a", 1, None]}, {"const": 3}, {}, True, False, "string", None, {"x-a": 1},
        {"minimum": 1, "exclusiveMinimum": True, "type": "integer"}, {"type": "array"}, {"type": "file"},
    ]
)  # fmt: skip
TARGETS = ("Pet", "Owner", "Node")


def schemas_with(prefix: str) -> st.SearchStrategy[Any]:
    references = st.sampled_from([{"$ref": prefix + name} for name in TARGETS])

    def wider(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        objects = st.fixed_dictionaries(
            {"type": st.just("object"), "properties": st.dictionaries(NAMES, inner, max_size=3)},
            optional={
                "required": st.lists(NAMES, max_size=2, unique=True),
                "description": PROSE,
                "additionalProperties": st.booleans() | inner,
                "nullable": st.booleans(),
            },
        )
        arrays = st.fixed_dictionaries(
            {"type": st.just("array"), "items": inner}, optional={"description": PROSE}
        )
        unions = st.sampled_from(["allOf", "anyOf", "oneOf"]).flatmap(
            lambda key: st.fixed_dictionaries(
                {key: st.lists(inner, min_size=1, max_size=3)}, optional={"description": PROSE}
            )
        )
        return objects | arrays | unions

    return st.recursive(SCALARS | ODD | references, wider, max_leaves=8)


def objects_with(prefix: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"type": st.just("object"), "properties": st.dictionaries(NAMES, schemas_with(prefix), max_size=4)},
        optional={"required": st.lists(NAMES, max_size=3, unique=True)},
    )


@st.composite
def functions(draw: st.DrawFn) -> dict[str, Any]:
    """A function definition that holds what it refers to."""
    definitions = {name: draw(schemas_with("#/$defs/")) for name in TARGETS}
    parameters = draw(objects_with("#/$defs/")) | {"$defs": definitions}
    found: dict[str, Any] = {
        "name": draw(st.sampled_from(["get_pet", "pets.list", "Create Pet", "π"])),
        "description": draw(PROSE),
    }
    found["parameters"] = parameters
    if draw(st.booleans()):
        found["returns"] = draw(objects_with("#/$defs/")) | {"$defs": definitions}
    return found


def contents_with(schemas: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    media_types = st.sampled_from(["application/json", "application/geo+json", "text/plain", "text/csv"])
    return st.dictionaries(media_types, st.fixed_dictionaries({"schema": schemas}), min_size=1, max_size=2)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """An OpenAPI document whose operations share components."""
    at = "#/components/schemas/"
    paths: dict[str, Any] = {}
    for number in range(draw(st.integers(1, 3))):
        listed = [
            {
                "name": name,
                "in": "query",
                "required": draw(st.booleans()),
                "schema": draw(schemas_with(at)),
                "description": draw(PROSE),
            }
            for name in draw(st.lists(NAMES, max_size=2, unique=True))
        ]
        body = {"content": draw(contents_with(objects_with(at) | schemas_with(at)))}
        answer = {"description": "d", "content": draw(contents_with(schemas_with(at)))}
        operation = {
            "operationId": f"op{number}",
            "parameters": listed,
            "requestBody": body,
            "responses": {"200": answer},
        }
        paths[f"/a{number}"] = {"post": operation}
    components = {name: draw(schemas_with(at)) for name in TARGETS}
    return {"openapi": "3.0.3", "info": {"title": "T"}, "paths": paths, "components": {"schemas": components}}


CATALOGS = documents() | st.lists(functions(), min_size=1, max_size=3)


def read(*contents: Any, names: Iterable[str] = ("a.json", "b.json", "c.json")) -> CatalogRead:
    files = [
        FoundFile(name, 1, json.dumps(content).encode("utf-8", "surrogatepass"))
        for name, content in zip(names, contents, strict=False)
    ]
    return read_catalog(SOURCE, files, CatalogParams())


def normalized(made: CatalogRead) -> tuple[tuple[NormalizedSpec, ...], tuple[Drop, ...]]:
    specs, drops = normalize_all(made.functions, made.components, SpecParams())
    assert len(specs) + len(drops) == len(made.functions)
    assert [drop for drop in drops if drop.reason is DropReason.UNFORESEEN] == []
    return specs, (*made.drops, *drops)


def folded(specs: Iterable[NormalizedSpec]) -> list[FunctionSpec]:
    return list(decode_rows(FunctionSpec, fold_frame(encode_rows(NORMALIZED, specs))))


def shuffled(value: Any, draw: st.DataObject) -> Any:
    if isinstance(value, list):
        return [shuffled(member, draw) for member in value]
    if not isinstance(value, dict):
        return value
    keys = draw.draw(st.permutations(list(value)))
    return {key: shuffled(value[key], draw) for key in keys}


@QUICK
@given(CATALOGS)
def test_entries_are_kept_or_dropped_and_schemas_are_valid(content: Any) -> None:
    made = read(content)
    specs, drops = normalized(made)
    assert sum(file.n_entries for file in made.files) == len(specs) + len(drops)
    for function in folded(specs):
        for schema in (function.parameters, function.returns or {}):
            jsonschema_rs.meta.validate(schema)
            wanted = set(re.findall(r'"\$ref": "#/\$defs/([^"]+)"', json.dumps(schema)))
            assert wanted == set(schema.get("$defs", ()))
        assert function.parameters.get("properties") is not None or "$ref" in function.parameters


@QUICK
@given(CATALOGS)
def test_a_function_as_a_tool_is_the_same_function(content: Any) -> None:
    for function in folded(normalized(read(content))[0]):
        tool = function.as_tool()["function"]
        tool |= {"returns": function.returns} if function.returns is not None else {}
        (again,), drops = normalized(read([tool]))
        assert drops == ()
        assert again.source_name == function.name
        assert again.description == function.description
        assert again.parameters == function.parameters
        assert again.returns == (function.returns or None)
        (twice,), _ = normalized(read([{**tool, "parameters": again.parameters}]))
        assert twice.function_digest == again.function_digest


@QUICK
@given(st.lists(functions(), min_size=1, max_size=3), st.data())
def test_the_order_of_entries_files_and_keys_changes_no_row(contents: list[Any], data: st.DataObject) -> None:
    names = ["a.json", "b.json", "c.json"][: len(contents)]
    first = normalized(read(*contents, names=names))[0]
    pairs = data.draw(st.permutations(list(zip(names, contents, strict=True))))
    moved = [shuffled(content, data) for _, content in pairs]
    second = normalized(read(*moved, names=[name for name, _ in pairs]))[0]

    def rows(specs: Iterable[NormalizedSpec]) -> list[Any]:
        return [
            (f.function_id, f.name, f.function_digest, f.parameters, f.returns, f.sources)
            for f in folded(specs)
        ]

    assert rows(first) == rows(second)


@QUICK
@given(documents(), st.data())
def test_the_order_of_keys_of_a_document_changes_no_row(document: Any, data: st.DataObject) -> None:
    first, second = (normalized(read(one))[0] for one in (document, shuffled(document, data)))
    rows = [
        sorted((s.entry_id, s.function_key, s.function_digest, s.parameters == s.parameters) for s in specs)
        for specs in (first, second)
    ]
    assert rows[0] == rows[1]
    assert {s.entry_id: (s.parameters, s.returns) for s in first} == {
        s.entry_id: (s.parameters, s.returns) for s in second
    }


@QUICK
@given(documents())
def test_an_operation_among_others_is_what_it_is_alone(document: dict[str, Any]) -> None:
    together = {spec.source_name: spec for spec in normalized(read(document))[0]}
    for path, members in document["paths"].items():
        alone, _ = normalized(read({**document, "paths": {path: members}}))
        name = members["post"]["operationId"]
        assert [together[name]] == list(alone) if name in together else alone == ()
