"""Each form is recognised by its content alone, by its own reader and by no other before it; no entry is lost."""

import json
from typing import Any

import pytest

from toolmind_assets.model.drops import DropReason
from toolmind_assets.stages.catalogs.read import CatalogRead, read_catalog
from toolmind_assets.stages.catalogs.readers import READERS
from toolmind_assets.stages.catalogs.sources import CatalogParams, CatalogSource
from toolmind_resources.files.folder import FoundFile

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}
F = {"name": " f ", "description": "d", "parameters": SCHEMA}
WRAPPED = {"type": "function", "function": F}
API = {"tool_name": "Vimeo", "api_name": "f", "required_parameters": [], "optional_parameters": []}
AWS = {"metadata": {"serviceFullName": "S"}, "operations": {"f": {"name": "f"}, "g": 1}, "shapes": {}}
DISCOVERY = {
    "kind": "discovery#restDescription",
    "methods": {"top": {"id": "top"}},
    "resources": {
        "a": {"methods": {"get": {"id": "s.a.get"}}, "resources": {"b": {"methods": {"put": {}, "bad": 3}}}},
        "broken": 1,
    },
}
HERMES = (
    'You may call functions <tools>\n{"type": "function", "function": {"name": "f"}}\n{"name": "g"}\n</tools>'
)
GLAIVE = 'SYSTEM: You have access to the following functions -\n{"name": "f"}\n\n{"name": "g"}'
TOOLACE = 'Here is a list of functions in JSON format that you can invoke:\n[{"name": "f"}, {"name": "g"}]. Should you'
TOOLRL = (
    "You can use:\n1. Name: f\nDescription: d\nParameters: {}\n2. Name: g\nDescription: e\nParameters: {}\n"
)

SAMPLES: list[tuple[Any, str, list[str | None]]] = [
    (F, "openai", [""]),
    (WRAPPED, "openai", ["/function"]),
    ({"type": "function", "function": WRAPPED}, "openai", ["/function/function"]),
    ({"type": "function", **F}, "openai", [""]),
    ({"model": "m", "messages": [], "functions": [F]}, "openai", ["/functions/0"]),
    ({"model": "m", "messages": [], "tools": [WRAPPED]}, "openai", ["/tools/0/function"]),
    ({"f": {**F, "name": "f"}}, "openai", ["/f"]),
    ({"name": "f", "query_parameters": {}, "output_parameters": {}}, "openai", [""]),
    ({"name": "f", "input_parameters": {"a": {"type": "str"}}}, "openai", [""]),
    ({"name": "f", "description": "d", "parameter_definitions": {}}, "openai", [""]),
    ({"name": "f", "description": "d", "arguments": {"a": {"type": "str"}}}, "openai", [""]),
    ({"api_name": "f", "api_description": "d", "parameters": {}, "responses": {}}, "openai", [""]),
    (
        {"tools": [{"toolSpec": {"name": "f", "inputSchema": {"json": SCHEMA}}}]},
        "openai",
        ["/tools/0/toolSpec"],
    ),
    ({"name": "f", "description": "d", "input_schema": SCHEMA}, "anthropic", [""]),
    ({"model": "m", "tools": [{"name": "f", "input_schema": SCHEMA}]}, "anthropic", ["/tools/0"]),
    ({"functionDeclarations": [F]}, "gemini", ["/functionDeclarations/0"]),
    ({"tools": [{"function_declarations": [F, F]}]}, "gemini", ["/tools/0/function_declarations/0", None]),
    ({"contents": [], "tools": {"function_declarations": [F]}}, "gemini", ["/tools/function_declarations/0"]),
    ({"name": "f", "parameters": {"type": "OBJECT"}}, "gemini", [""]),
    ({"name": "f", "parameters": {"type": "dict"}}, "bfcl", [""]),
    ({"id": "x", "question": [], "function": [F]}, "bfcl", ["/function/0"]),
    ({"tools": [{"name": "f", "inputSchema": SCHEMA}]}, "mcp", ["/tools/0"]),
    ({"name": "f", "inputSchema": SCHEMA}, "mcp", [""]),
    (
        {"jsonrpc": "2.0", "id": 1, "result": {"tools": [{"name": "f", "inputSchema": {}}]}},
        "mcp",
        ["/result/tools/0"],
    ),
    ({"result": {"tools": [{"name": "f", "input_schema": {}}]}}, "mcp", ["/result/tools/0"]),
    ({"initialize": {}, "tools": [{"name": "f"}]}, "mcp", ["/tools/0"]),
    ({"name": "f", "description": "d", "arguments": [{"name": "a", "type": "string"}]}, "mcp", [""]),
    ({"api_list": [{**API, "api_name": "f"}], "query": "q", "query_id": 1}, "rapidapi", ["/api_list/0"]),
    ({"tool_name": "t", "api_list": [{"name": "f"}]}, "rapidapi", ["/api_list/0"]),
    (API, "rapidapi", [""]),
    ({"query": "q", "tools": json.dumps([F]), "answers": "[]"}, "rows", ["/tools/0"]),
    ({"conversations": [], "tools": [WRAPPED]}, "rows", ["/tools/0/function"]),
    ({"question": "q", "available_tools": [F]}, "rows", ["/available_tools/0"]),
    ({"messages": [], "tools": json.dumps([{"functionDeclarations": [F]}])}, "rows", [None]),
    ({"conversations": [{"from": "system", "value": HERMES}]}, "rows", [None, None]),
    ({"messages": [{"role": "system", "content": GLAIVE}]}, "rows", [None, None]),
    ({"system": GLAIVE, "chat": "USER: x"}, "rows", ["/system/0", "/system/1"]),
    ({"system": TOOLACE, "conversations": []}, "rows", ["/system/0", "/system/1"]),
    ({"instruction": TOOLRL, "input": "", "output": ""}, "rows", ["/instruction/0", "/instruction/1"]),
    (AWS, "aws", ["/operations/f"]),
    (
        DISCOVERY,
        "discovery",
        ["/methods/top", "/resources/a/methods/get", "/resources/a/resources/b/methods/put"],
    ),
    ({"openapi": "3.0.0", "paths": {"/a": {"get": {}}}}, "openapi", ["/paths/~1a/get"]),
    ({"swagger": "2.0", "paths": {"/a": {"get": {}}}}, "swagger", ["/paths/~1a/get"]),
]


def read(content: Any, name: str = "a.json") -> CatalogRead:
    text = content if isinstance(content, str) else json.dumps(content)
    raw = text.encode()
    result = read_catalog(
        CatalogSource(name="cat", path="."), [FoundFile(name, len(raw), raw)], CatalogParams()
    )
    assert sum(file.n_entries for file in result.files) == len(result.functions) + len(result.drops)
    ids = [found.entry_id for found in result.functions] + [drop.subject_id for drop in result.drops]
    assert len(set(ids)) == len(ids)
    return result


@pytest.mark.parametrize(("content", "form", "pointers"), SAMPLES)
def test_a_form_is_recognised_by_its_content(content: Any, form: str, pointers: list[str | None]) -> None:
    result = read(content)
    assert {function.form for function in result.functions} == {form}
    found = [function.location.removeprefix("a.json#") for function in result.functions]
    assert len(found) == len(pointers)
    assert all(
        expected in (None, pointer.replace("a.json", ""))
        for pointer, expected in zip(found, pointers, strict=True)
    )


@pytest.mark.parametrize(("content", "form", "_"), SAMPLES)
def test_the_readers_of_forms_that_name_themselves_take_no_other(content: Any, form: str, _: Any) -> None:
    for reader in READERS:
        if reader.form in ("openapi", "swagger", "aws", "discovery", "rapidapi", "gemini"):
            assert reader.recognises(content) is (reader.form == form), reader.form


@pytest.mark.parametrize(
    "content",
    [
        {"name": "f", "arguments": {"a": 1}},
        {"name": "f", "arguments": {}},
        {"role": "tool", "name": "f", "content": "x"},
        {"role": "User", "text": "hello"},
        {"messages": [{"role": "system", "content": "be kind, and write {} as JSON"}]},
        {"conversations": [{"from": "human", "value": "hello"}]},
        {"id": "x", "ground_truth": [{"f": {"a": [1]}}]},
        {"input": "q", "output": [{"name": "f", "arguments": {"a": 1}}]},
        {"query": "q", "calling": [{"api": "f", "parameters": {"a": 1}}]},
        {"pagination": {"List": {"input_token": "a"}}},
        {"version": 2, "waiters": {}},
        {"version": "1.0", "parameters": {"Region": {}}, "rules": []},
        {"version": "1.0", "examples": {}},
        {"version": 3, "partitions": []},
        {"version": 1.0, "merge": {"operations": {}}},
        {"kind": "discovery#directoryList", "items": []},
        {"protocolVersion": "2025-06-18", "serverInfo": {"name": "s"}},
    ],
)
def test_what_is_no_catalog_is_dropped_and_says_what_it_is(content: Any) -> None:
    result = read(content)
    assert result.functions == ()
    assert [drop.reason for drop in result.drops] == [DropReason.UNKNOWN_FORM]
    assert result.drops[0].raw == json.dumps(content, separators=(",", ":"))


@pytest.mark.parametrize(
    ("content", "n_kept", "reasons"),
    [
        (AWS, 1, ["unknown_form"]),
        (DISCOVERY, 3, ["unknown_form", "unknown_form"]),
        (
            {"tools": [{"name": "f", "input_schema": {}}, 3, {"input_schema": {}}]},
            1,
            ["unknown_form", "missing_name"],
        ),
        ({"functionDeclarations": [F, None, {"name": " "}]}, 1, ["unknown_form", "missing_name"]),
        ({"api_list": [API, "x", {"api_name": 3}]}, 1, ["unknown_form", "missing_name"]),
        ({"query": "q", "tools": json.dumps([F, 3])}, 1, ["unknown_form"]),
        ({"query": "q", "tools": '[{"name": "f"'}, 0, ["malformed_json"]),
        ({"query": "q", "tools": [F, '{"name": ']}, 1, ["malformed_json"]),
        ({"system": GLAIVE + '{"name": ', "chat": "x"}, 2, ["malformed_json"]),
        ({"tools": [{"name": "f", "inputSchema": {}}, "x"]}, 1, ["unknown_form"]),
        (
            {"model": "m", "tools": [WRAPPED, {"type": "web_search"}, "g"]},
            1,
            ["missing_name", "unknown_form"],
        ),
    ],
)
def test_a_broken_entry_is_dropped_with_its_reason_and_its_neighbours_stay(
    content: Any, n_kept: int, reasons: list[str]
) -> None:
    result = read(content)
    assert len(result.functions) == n_kept
    assert [drop.reason for drop in result.drops] == reasons
    assert all(drop.raw for drop in result.drops)


def test_a_row_whose_list_of_tools_is_empty_is_no_loss() -> None:
    for row in ({"conversations": [], "tools": "[]"}, {"messages": [], "tools": []}):
        result = read(row)
        assert result.functions == result.drops == ()


def test_pages_of_a_listing_are_read_one_after_the_other() -> None:
    pages = [{"result": {"tools": [{"name": name, "inputSchema": {}}], "nextCursor": "x"}} for name in "ab"]
    assert [function.location for function in read(pages).functions] == [
        "a.json#/0/result/tools/0",
        "a.json#/1/result/tools/0",
    ]


def test_a_server_that_was_asked_live_is_not_read_from_its_page_again() -> None:
    live = {"tools": [{"name": "f", "input_schema": SCHEMA}]}
    page = {"tools": [{"name": "f", "input_schema": SCHEMA}, {"name": "g", "parameters": []}]}
    result = read(
        {"metadata": {"server_name": "S", "remote_server_response": live, "server_info_crawled": page}}
    )
    entries = [json.loads(function.raw_json) for function in result.functions]
    assert [(entry["server"], entry["tool"]["name"], entry.get("page")) for entry in entries] == [
        ("S", "f", None),
        ("S", "g", ["f", "g"]),
    ]


def test_shapes_and_schemas_that_entries_share_are_kept_once() -> None:
    aws = {
        "metadata": {"serviceFullName": "S"},
        "operations": {name: {"name": name, "input": {"shape": "In"}} for name in ("a", "b")},
        "shapes": {
            "In": {"type": "structure", "members": {"x": {"shape": "Str"}}},
            "Str": {"type": "string"},
            "No": {},
        },
    }
    google = {
        "kind": "discovery#restDescription",
        "parameters": {"alt": {"type": "string"}},
        "methods": {"m": {"id": "m", "response": {"$ref": "R"}}, "n": {"id": "n", "response": {"$ref": "R"}}},
        "schemas": {"R": {"type": "object"}, "No": {}},
    }
    assert sorted(part.reference for part in read(aws).components) == ["In", "Str"]
    assert sorted(part.reference for part in read(google).components) == ["#/parameters", "R"]
