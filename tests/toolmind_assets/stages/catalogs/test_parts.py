"""Documents in several files: references into other files of a folder or archive, and nowhere else."""

import io
import json
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from toolmind_assets.model.functions import NormalizedSpec
from toolmind_assets.stages.catalogs.read import CatalogRead, read_catalog
from toolmind_assets.stages.catalogs.sources import CatalogParams, CatalogSource
from toolmind_assets.stages.specs.normalize import normalize_all
from toolmind_assets.stages.specs.params import SpecParams
from toolmind_resources.files.locate import locate

OPENAPI = """
openapi: 3.0.3
info: {title: Pets, version: 1}
paths:
  /pets/{id}:
    get:
      operationId: get_pet
      parameters: [{$ref: "./params.yaml#/id"}]
      responses: {200: {content: {application/json: {schema: {$ref: "schemas/pet.yaml#/Pet"}}}}}
  /owners: {$ref: paths/owners.yaml}
  /toys:
    post: {$ref: "paths/toys.yaml#/post"}
components: {schemas: {Toy: {type: object, properties: {name: {type: string}, owner: {$ref: "schemas/owner.yaml"}}}}}
"""
FILES = {
    "api/openapi.yaml": OPENAPI,
    "api/params.yaml": "id: {name: id, in: path, required: true, schema: {type: integer}}",
    "api/schemas/pet.yaml": """
Pet: {type: object, properties: {id: {$ref: "../../common/types.json#/Id"}, owner: {$ref: owner.yaml}}}
""",
    "api/schemas/owner.yaml": """
type: object
properties: {name: {type: string}, pets: {type: array, items: {$ref: "pet.yaml#/Pet"}}}
""",
    "api/paths/owners.yaml": """
post:
  operationId: add_owner
  requestBody: {content: {application/json: {schema: {$ref: ../schemas/owner.yaml}}}}
  responses: {201: {content: {application/json: {schema: {$ref: "../schemas/owner.yaml"}}}}}
""",
    "api/paths/toys.yaml": """
post:
  operationId: add_toy
  parameters: [{name: toy, in: query, schema: {$ref: "../openapi.yaml#/components/schemas/Toy"}}]
""",
    "common/types.json": '{"Id": {"type": "integer", "minimum": 1}}',
    "good.json": '{"name": "good", "description": "d", "parameters": {"type": "object", "properties": {}}}',
    "stray.yaml": "type: object",
}


def put(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def read(folder: Path, path: str = ".") -> CatalogRead:
    located = locate(folder, path)
    made = read_catalog(
        CatalogSource(name="c", path="."), located.files(), CatalogParams(), located.file_named
    )
    assert sum(file.n_entries for file in made.files) == len(made.functions) + len(made.drops)
    return made


def normalized(made: CatalogRead) -> tuple[dict[str, NormalizedSpec], dict[str, str]]:
    specs, drops = normalize_all(made.functions, made.components, SpecParams())
    by_reason = {drop.reason.value: drop.detail for drop in (*made.drops, *drops)}
    return {spec.source_name: spec for spec in specs}, by_reason


def assert_pets(specs: dict[str, NormalizedSpec]) -> None:
    pet = specs["get_pet"]
    assert pet.parameters["properties"] == {"id": {"type": "integer"}}
    assert pet.returns is not None
    text = json.dumps(pet.returns)
    assert '"minimum": 1' in text and '"pets"' in text
    assert list(specs["add_owner"].parameters["properties"]) == ["name", "pets"]
    assert specs["add_owner"].returns is not None
    toy = specs["add_toy"].parameters
    assert '"owner"' in json.dumps(toy) and '"pets"' in json.dumps(toy)


def test_a_document_in_several_files_is_one(tmp_path: Path) -> None:
    made = read(put(tmp_path, FILES))
    specs, dropped = normalized(made)
    assert specs.keys() == {"get_pet", "add_owner", "add_toy", "good"}
    assert_pets(specs)
    assert list(dropped) == ["unknown_form"] and dropped["unknown_form"].startswith("stray.yaml")
    entries = {file.file: (file.form, file.n_entries) for file in made.files}
    assert entries["api/schemas/pet.yaml"] == entries["common/types.json"] == ("", 0)
    assert (entries["api/openapi.yaml"], entries["stray.yaml"]) == (("openapi", 3), ("", 1))


@pytest.mark.parametrize("path", ["api/openapi.yaml", "api/*.yaml"])
def test_a_catalog_of_some_files_may_refer_to_their_neighbours_but_not_above_them(
    tmp_path: Path, path: str
) -> None:
    specs, dropped = normalized(read(put(tmp_path, FILES), path))
    assert {"get_pet", "add_owner", "add_toy"} >= specs.keys() and "add_toy" not in dropped
    assert specs["get_pet"].returns is not None  # what is above it is left open in a result
    assert [detail for reason, detail in dropped.items() if reason == "unresolved_ref"]


def test_what_a_catalog_of_one_file_refers_to_changes_its_digest(tmp_path: Path) -> None:
    located = locate(put(tmp_path, FILES), "api/openapi.yaml")
    before = located.digest()
    (tmp_path / "api/stray.yaml").write_text("type: object")
    assert located.digest() == before
    (tmp_path / "api/schemas/owner.yaml").write_text("type: string")
    assert located.digest() != before


@pytest.mark.parametrize("ending", ["tgz", "zip"])
def test_members_of_an_archive_refer_to_each_other(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"apis.{ending}"
    if ending == "zip":
        with zipfile.ZipFile(path, "w") as packed:
            for name, text in FILES.items():
                packed.writestr(name, text)
    else:
        with tarfile.open(path, "w:gz") as archive:
            for name, text in FILES.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(text.encode())
                archive.addfile(entry, io.BytesIO(text.encode()))
    made = read(tmp_path, path.name)
    specs, dropped = normalized(made)
    assert_pets(specs)
    assert list(dropped) == ["unknown_form"]
    inner, _ = normalized(read(tmp_path, f"{path.name}!/api/openapi.yaml"))
    assert_pets(inner)


def _document(reference: str) -> dict[str, Any]:
    schema = {"type": "object", "properties": {"p": {"$ref": reference}}}
    body = {"content": {"application/json": {"schema": schema}}}
    return {"openapi": "3.0.0", "paths": {"/a": {"post": {"operationId": "a", "requestBody": body}}}}


SECRET = '{"type": "string", "description": "sesame"}'
OUTSIDE = [
    "../secret.json",
    "..%2Fsecret.json",
    "sub/../../secret.json",
    "/etc/passwd",
    "file:///etc/passwd",
    "http://169.254.169.254/latest/meta-data",
    "https://example.com/pet.yaml#/Pet",
    "//example.com/pet.yaml",
    "..\\secret.json",
    "link.json",
    "missing.yaml#/Pet",
    ".hidden.json",
    "pet.yaml#/Missing",
    "notes.txt",
    "code.py",
    "lines.jsonl",
    "broken.json",
    "a.zip!/a.json",
    "sub",
    "pet.yaml\0",
    "a.json#/paths/~1a/post/nothing",
    "loop.json",
]


@pytest.mark.parametrize("reference", OUTSIDE)
def test_a_reference_that_leads_out_or_nowhere_is_named(tmp_path: Path, reference: str) -> None:
    folder = tmp_path / "in"
    inside = {"sub/x.json": "{}", ".hidden.json": SECRET, "pet.yaml": "Pet: {type: string}"}
    inside |= {"notes.txt": SECRET, "code.py": "", "lines.jsonl": f"{SECRET}\n", "broken.json": "{"}
    put(folder, {**inside, "a.json": json.dumps(_document(reference))})
    put(tmp_path, {"secret.json": SECRET})
    (folder / "link.json").symlink_to(tmp_path / "secret.json")
    (folder / "loop.json").symlink_to("loop.json")
    made = read(folder)
    specs, drops = normalize_all(made.functions, made.components, SpecParams())
    assert specs == () and [drop.reason.value for drop in drops] == ["unresolved_ref"]
    assert json.dumps(reference)[1:-1] in drops[0].detail or reference in drops[0].detail
    assert "sesame" not in json.dumps([component.raw_json for component in made.components])


def test_a_part_cannot_lead_where_its_document_could_not(tmp_path: Path) -> None:
    files = {"api/a.json": json.dumps(_document("x.json")), "api/x.json": '{"$ref": "../../secret.json"}'}
    put(tmp_path / "in", files)
    put(tmp_path, {"secret.json": SECRET})
    specs, dropped = normalized(read(tmp_path / "in"))
    assert specs == {} and "secret.json" in dropped["unresolved_ref"]


def test_a_parameter_of_openapi_in_a_file_of_its_own_is_no_function(tmp_path: Path) -> None:
    parameter = {"name": "limit", "in": "query", "description": "At most", "schema": {"type": "integer"}}
    document = {"openapi": "3.0.0", "paths": {"/a": {"get": {"parameters": [{"$ref": "limit.json"}]}}}}
    files = {"a.json": json.dumps(document), "limit.json": json.dumps(parameter)}
    specs, dropped = normalized(read(put(tmp_path, files)))
    assert dropped == {} and list(specs["GET /a"].parameters["properties"]) == ["limit"]


@pytest.mark.parametrize(
    "paths", [{"/a": {"$ref": "gone.yaml"}}, {"$ref": "gone.yaml"}, {"/a": {"get": {"$ref": "gone.yaml"}}}]
)
def test_a_path_or_operation_that_leads_nowhere_is_dropped_and_not_lost(
    tmp_path: Path, paths: dict[str, Any]
) -> None:
    put(tmp_path, {"a.json": json.dumps({"openapi": "3.0.0", "paths": paths})})
    _, dropped = normalized(read(tmp_path))
    assert list(dropped) == ["unresolved_ref"] and "gone.yaml" in dropped["unresolved_ref"]


def test_parts_are_the_same_functions_as_one_document(tmp_path: Path) -> None:
    pet = {"type": "object", "properties": {"name": {"type": "string"}, "mate": {"$ref": "#/Pet"}}}
    whole = _document("#/Pet") | {"Pet": pet}
    split = _document("pet.json#/Pet")
    one, _ = normalized(read(put(tmp_path / "1", {"a.json": json.dumps(whole)})))
    files = {"a.json": json.dumps(split), "pet.json": json.dumps({"Pet": pet})}
    two, _ = normalized(read(put(tmp_path / "2", files)))

    def shapes(spec: NormalizedSpec) -> list[str]:
        text = json.dumps(spec.parameters)
        for name in spec.parameters["$defs"]:
            text = text.replace(name, "DEF")
        return [text]

    assert shapes(one["a"]) == shapes(two["a"])
