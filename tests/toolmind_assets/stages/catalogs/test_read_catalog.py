"""Every form is read, every bad entry dropped with its reason, and nothing is lost."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.functions import CatalogForm
from toolmind_assets.stages.catalogs.read import CatalogRead, read_catalog
from toolmind_assets.stages.catalogs.readers import READERS
from toolmind_assets.stages.catalogs.sources import CatalogParams, CatalogSource
from toolmind_resources.files.found import Breach, FoundFile

SOURCE = CatalogSource(name="cat", path=".", source="pub", source_version="1", licence="MIT")
F = {"name": "f", "description": "d", "parameters": {"type": "object", "properties": {}}}


def read(content: Any, name: str = "a.json", source: CatalogSource = SOURCE, **limits: int) -> CatalogRead:
    raw = (
        content
        if isinstance(content, bytes)
        else content
        if isinstance(content, str)
        else json.dumps(content)
    )
    raw = raw if isinstance(raw, bytes) else raw.encode("utf-8", "surrogatepass")
    result = read_catalog(source, [FoundFile(name, len(raw), raw)], CatalogParams(**limits))
    assert_conserved(result)
    return result


def assert_conserved(result: CatalogRead) -> None:
    assert sum(file.n_entries for file in result.files) == len(result.functions) + len(result.drops)
    ids = [f.entry_id for f in result.functions] + [d.subject_id for d in result.drops]
    assert len(set(ids)) == len(ids)


def only_reason(result: CatalogRead) -> DropReason:
    assert result.functions == () and len(result.drops) == 1
    return result.drops[0].reason


def test_there_is_a_reader_for_each_form() -> None:
    assert {reader.form for reader in READERS} == set(CatalogForm)


@pytest.mark.parametrize(
    ("content", "form", "locations"),
    [
        (F, "openai", ["a.json#"]),
        ([F, {"type": "function", "function": F}], "openai", ["a.json#/0", "a.json#/1/function"]),
        (
            {"type": "function", "function": {"type": "function", "function": F}},
            "openai",
            ["a.json#/function/function"],
        ),
        ({"functions": [F, F]}, "openai", ["a.json#/functions/0", "a.json#/functions/1"]),
        (
            {"messages": [], "tools": [{"type": "function", "function": F}]},
            "openai",
            ["a.json#/tools/0/function"],
        ),
        ({"f": F, "g/h": {**F, "name": "g/h"}}, "openai", ["a.json#/f", "a.json#/g~1h"]),
        ({"id": "x_0", "function": [F]}, "bfcl", ["a.json#/function/0"]),
        ({**F, "parameters": {"type": "dict"}}, "bfcl", ["a.json#"]),
        ({**F, "response": {"type": "dict"}}, "bfcl", ["a.json#"]),
        ({"tools": [{"name": "f", "inputSchema": {}}]}, "mcp", ["a.json#/tools/0"]),
        ({"result": {"tools": [{"name": "f", "inputSchema": {}}]}}, "mcp", ["a.json#/result/tools/0"]),
        ({"initialize": {}, "tools": [{"name": "f"}]}, "mcp", ["a.json#/tools/0"]),
        ({"openapi": "3.0.0", "paths": {"/a": {"get": {}}}}, "openapi", ["a.json#/paths/~1a/get"]),
    ],
)
def test_the_form_is_detected_from_the_content(content: Any, form: str, locations: list[str]) -> None:
    result = read(content)
    assert [f.location for f in result.functions] == locations
    assert result.drops == ()
    assert result.files[0].form == form and {f.form for f in result.functions} == {form}


def test_an_entry_carries_its_own_json_and_where_it_came_from() -> None:
    (function,) = read([F]).functions
    assert json.loads(function.raw_json) == F
    assert (function.source, function.source_version, function.licence) == ("pub", "1", "MIT")
    assert len(function.entry_digest) == 64


def test_a_catalog_without_a_source_is_its_own() -> None:
    bare = CatalogSource(name="mine", path=".")
    assert read(F, source=bare).functions[0].source == "mine"


def test_jsonl_is_read_line_by_line_whatever_its_name() -> None:
    lines = json.dumps(F) + "\n\n" + json.dumps({"id": "1", "function": [F, F]}) + "\n"
    for name in ("a.jsonl", "a.json"):
        assert [f.location for f in read(lines, name).functions] == [
            f"{name}:1#",
            f"{name}:3#/function/0",
            f"{name}:3#/function/1",
        ]


def test_a_line_separator_inside_a_string_does_not_end_a_line() -> None:
    assert len(read('{"name": "f", "description": "a\u2028b"}\n', "a.jsonl").functions) == 1


def test_one_broken_line_drops_that_line_only() -> None:
    result = read(json.dumps(F) + '\n{"name": "g", \n' + json.dumps(F), "a.jsonl")
    assert [f.location for f in result.functions] == ["a.jsonl:1#", "a.jsonl:3#"]
    assert [d.reason for d in result.drops] == [DropReason.MALFORMED_JSON]
    assert "a.jsonl:2" in result.drops[0].detail and result.drops[0].raw.startswith('{"name": "g"')


def test_a_configured_form_is_not_guessed() -> None:
    source = CatalogSource(name="cat", path=".", form=CatalogForm.MCP)
    assert only_reason(read(F, source=source)) is DropReason.UNKNOWN_FORM


OPENAPI_YAML = """
openapi: 3.0.3
info: {title: Pets, version: 1.0}
paths:
  /pets/{id}:
    parameters: [{$ref: '#/components/parameters/id'}]
    get:
      operationId: getPet
      responses: {200: {content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}}
    delete: {}
  x-internal: {}
components:
  parameters: {id: {name: id, in: path, schema: {type: string, example: 2020-01-01}}}
  schemas:
    Pet: {properties: {owner: {$ref: '#/components/schemas/Owner'}}}
    Owner: {properties: {pets: {items: {$ref: '#/components/schemas/Pet'}}}}
    Unused: {}
"""
PETS = """{"openapi": "3.0.3", "paths": {"/": {"get": {"parameters": [{"$ref": "#/p"}]}}}, "p": {"type": "integer"}}"""


def test_what_entries_refer_to_stands_once_beside_them() -> None:
    result = read(OPENAPI_YAML, "a.yaml")
    get, delete = (json.loads(raw.raw_json) for raw in result.functions)
    assert (get["method"], get["path"], get["title"]) == ("get", "/pets/{id}", "Pets")
    assert get["parameters"] == delete["parameters"] == [{"$ref": "#/components/parameters/id"}]
    assert {component.reference for component in result.components} == {
        "#/components/parameters/id",
        "#/components/schemas/Owner",
        "#/components/schemas/Pet",
    }
    assert len(result.components) == 3
    assert {(c.catalog, c.document) for c in result.components} == {("cat", "a.yaml")}
    assert {raw.document for raw in result.functions} == {"a.yaml"}


def test_documents_of_one_file_keep_their_components_apart() -> None:
    result = read([json.loads(text) for text in (PETS, PETS.replace("integer", "string"))])
    assert [raw.document for raw in result.functions] == ["a.json#/0", "a.json#/1"]
    assert [(c.document, json.loads(c.raw_json)["type"]) for c in result.components] == [
        ("a.json#/0", "integer"),
        ("a.json#/1", "string"),
    ]


def test_a_reference_into_a_list_at_an_absurd_place_leads_nowhere() -> None:
    reference = "#/tags/" + "9" * 5_000
    result = read({"openapi": "3.0.3", "tags": [], "paths": {"/": {"get": {"x": {"$ref": reference}}}}})
    assert len(result.functions) == 1 and result.components == ()


def test_swagger_is_a_form_of_its_own() -> None:
    result = read({"swagger": "2.0", "paths": {"/a": {"get": {"operationId": "a"}}}})
    assert [raw.form.value for raw in result.functions] == ["swagger"]


def test_dates_and_status_codes_of_yaml_are_text() -> None:
    result = read(OPENAPI_YAML, "a.yaml")
    entry = json.loads(result.functions[0].raw_json)
    (parameter,) = (json.loads(c.raw_json) for c in result.components if c.reference.endswith("/id"))
    assert parameter["schema"]["example"] == "2020-01-01"
    assert list(entry["operation"]["responses"]) == ["200"]


def test_broken_operations_are_dropped_and_their_neighbours_kept() -> None:
    result = read({"openapi": "3.1.0", "paths": {"/a": [], "/b": {"get": 1, "put": {}}}})
    assert [f.location for f in result.functions] == ["a.json#/paths/~1b/put"]
    assert [d.reason for d in result.drops] == [DropReason.UNKNOWN_FORM] * 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"name": "f", "description": "trunc', DropReason.MALFORMED_JSON),
        ("", DropReason.MALFORMED_JSON),
        ('{"name": "f", "description": "", "x": NaN}', DropReason.MALFORMED_JSON),
        ('{"name": "f", "description": "", "x": 1e999}', DropReason.MALFORMED_JSON),
        ('{"name": "f", "description": "", "x": ' + "9" * 5000 + "}", DropReason.MALFORMED_JSON),
        ("a: [1\nb: 2", DropReason.MALFORMED_JSON),
        ("a: !!python/object:os.system x", DropReason.MALFORMED_JSON),
        ("swagger: '1.2'\npaths: {}\n", DropReason.UNKNOWN_FORM),
        ("title: a list\nentries: [1, 2]\n", DropReason.UNKNOWN_FORM),
        ("just some words", DropReason.UNKNOWN_FORM),
        ("[]", DropReason.UNKNOWN_FORM),
        ("7", DropReason.UNKNOWN_FORM),
        ('{"functions": [7]}', DropReason.UNKNOWN_FORM),
        ('{"tools": [7], "initialize": {}}', DropReason.UNKNOWN_FORM),
        ('{"openapi": "3.0.0", "paths": 7}', DropReason.UNKNOWN_FORM),
        (b'{"name": "\xff"}', DropReason.UNREADABLE_FILE),
        ("{}".encode("utf-16"), DropReason.UNREADABLE_FILE),
        ("[" * 100_000, DropReason.TOO_DEEP),
        ('{"a":' * 100_000, DropReason.TOO_DEEP),
        ("- " * 3000 + "a", DropReason.TOO_DEEP),
        ({**F, "parameters": json.loads('{"a":' * 80 + "1" + "}" * 80)}, DropReason.TOO_DEEP),
        ('{"name": "f", "description": "\\ud800"}', DropReason.INVALID_TEXT),
        ({**F, "name": None}, DropReason.MISSING_NAME),
        ({**F, "name": "  "}, DropReason.MISSING_NAME),
        ({"type": "function", "function": {"description": "d"}}, DropReason.MISSING_NAME),
        ({**F, "name": "n" * 10_000}, DropReason.NAME_TOO_LONG),
    ],
)
def test_a_bad_input_is_one_dropped_row_with_its_reason(content: Any, reason: DropReason) -> None:
    result = read(content)
    assert only_reason(result) is reason
    drop = result.drops[0]
    assert drop.detail.startswith("a.json") and len(drop.raw) <= 4 * CatalogParams().raw_chars
    assert (drop.detail + drop.raw).encode("utf-8")


def test_a_yaml_file_whose_aliases_explode_is_dropped() -> None:
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 10)]
    assert only_reason(read("l0: &l0 [x]\n" + "\n".join(levels), "a.yaml")) is DropReason.MALFORMED_JSON
    merges = [f"l{n}: &l{n} {{<<: [{', '.join([f'*l{n - 1}'] * 9)}]}}" for n in range(1, 10)]
    assert only_reason(read("l0: &l0 {a: 1}\n" + "\n".join(merges), "a.yaml")) is DropReason.MALFORMED_JSON


def test_an_entry_too_deep_costs_no_neighbour() -> None:
    deep = {**F, "parameters": {"a": {"b": {"c": {"d": 1}}}}}
    result = read([F, deep], max_depth=4)
    assert len(result.functions) == 1 and result.drops[0].reason is DropReason.TOO_DEEP


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (
            FoundFile("a.json", 200_000_000, None, "200,000,000 bytes", Breach.FILE_TOO_LARGE),
            DropReason.FILE_TOO_LARGE,
        ),
        (FoundFile("a.json", 0, None, "cannot be opened"), DropReason.UNREADABLE_FILE),
        (FoundFile("a.tgz", 9, None, "expands", Breach.COMPRESSION_BOMB), DropReason.COMPRESSION_BOMB),
    ],
)
def test_a_file_that_was_not_read_is_one_dropped_entry(file: FoundFile, reason: DropReason) -> None:
    result = read_catalog(SOURCE, [file, FoundFile("b.json", 2, json.dumps(F).encode())], CatalogParams())
    assert_conserved(result)
    assert [d.reason for d in result.drops] == [reason]
    assert (result.files[0].n_entries, result.files[0].file_digest, len(result.functions)) == (1, "", 1)


KEYS = [
    "name",
    "description",
    "function",
    "functions",
    "tools",
    "result",
    "initialize",
    "inputSchema",
    "openapi",
    "paths",
    "/p",
    "get",
    "parameters",
    "type",
    "$ref",
    "serverInfo",
    "info",
    "response",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS), inner | st.sampled_from(["3.0.0", "f", "#/paths", "dict"]), max_size=4
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_whatever_is_read_nothing_is_lost_and_nothing_raised(value: Any) -> None:
    read(value)


@given(st.binary(max_size=60) | st.text(alphabet="{}[]:,-&*!<\n \"'ab01", max_size=40).map(str.encode))
def test_bytes_of_any_kind_are_read_without_an_exception(content: bytes) -> None:
    for name in ("a", "a.jsonl", "a.yaml"):
        read(content, name)
