"""The catalogs that come with the project: complete, licensed, and valid to the last function."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from toolmind_assets.model.functions import FunctionSpec, NormalizedSpec
from toolmind_assets.model.ids import canonical_json
from toolmind_assets.stages.catalogs.manifest import parse_manifest
from toolmind_assets.stages.catalogs.read import CatalogRead, read_catalog
from toolmind_assets.stages.catalogs.sources import CatalogParams, CatalogSource, discover
from toolmind_assets.stages.specs.duplicates import fold_frame
from toolmind_assets.stages.specs.names import MAX_CHARS
from toolmind_assets.stages.specs.normalize import normalize_all
from toolmind_assets.stages.specs.params import SpecParams
from toolmind_assets.tables.rows import decode_rows, encode_rows
from toolmind_assets.tables.specs import NORMALIZED
from toolmind_resources.files.folder import list_files, read_files

FOLDER = Path(__file__).parents[4] / "catalogs"
LICENCES = {"Apache-2.0", "BSD-3-Clause", "CC-BY-3.0", "CC0-1.0", "MIT"}


@pytest.fixture(scope="module")
def sources() -> tuple[CatalogSource, ...]:
    return parse_manifest((FOLDER / "manifest.yaml").read_text(encoding="utf-8"), "manifest.yaml")


@pytest.fixture(scope="module")
def reads(sources: tuple[CatalogSource, ...]) -> dict[str, CatalogRead]:
    params = CatalogParams()
    return {
        source.name: read_catalog(source, read_files(FOLDER, source.path, params.max_file_bytes), params)
        for source in sources
    }


@pytest.fixture(scope="module")
def specs(reads: dict[str, CatalogRead]) -> tuple[NormalizedSpec, ...]:
    raws = [raw for read in reads.values() for raw in read.functions]
    components = [component for read in reads.values() for component in read.components]
    kept, drops = normalize_all(raws, components, SpecParams())
    assert drops == ()
    return kept


@pytest.fixture(scope="module")
def functions(specs: tuple[NormalizedSpec, ...]) -> tuple[FunctionSpec, ...]:
    return tuple(decode_rows(FunctionSpec, fold_frame(encode_rows(NORMALIZED, specs))))


def test_every_file_is_named_with_its_source_and_a_permissive_licence(
    sources: tuple[CatalogSource, ...],
) -> None:
    assert discover(sources, list_files(FOLDER)) == ()
    assert {source.licence for source in sources} == LICENCES
    assert [source.name for source in sources if not (source.source and source.source_version)] == []


def test_every_entry_is_read(sources: tuple[CatalogSource, ...], reads: dict[str, CatalogRead]) -> None:
    assert sum(len(read.functions) for read in reads.values()) == 3576
    assert sum(file.n_entries for read in reads.values() for file in read.files) == 3576
    assert all(read.drops == () for read in reads.values())
    for source in sources:
        assert {file.form for file in reads[source.name].files} == {source.form}


def test_no_question_of_the_benchmark_is_among_the_catalogs() -> None:
    for path in (FOLDER / "bfcl/single_turn").iterdir():
        for line in path.read_text(encoding="utf-8").splitlines():
            assert json.loads(line).keys() == {"id", "function"}


def test_nothing_is_lost_on_the_way_to_distinct_functions(
    specs: tuple[NormalizedSpec, ...], functions: tuple[FunctionSpec, ...]
) -> None:
    assert len(specs) == 3576
    assert len(functions) >= 2850
    assert sorted(s.entry_id for f in functions for s in f.sources) == sorted(s.entry_id for s in specs)


def test_every_schema_is_valid_and_every_name_legal(functions: tuple[FunctionSpec, ...]) -> None:
    for function in functions:
        for schema in (function.parameters, function.returns or {}):
            jsonschema_rs.meta.validate(schema)
            jsonschema_rs.Draft202012Validator(schema)
        assert function.parameters["type"] == "object" and "properties" in function.parameters
        assert function.description and len(function.name) <= MAX_CHARS
    assert len({function.name for function in functions}) == len(functions)


def test_the_order_of_the_specs_does_not_matter(
    specs: tuple[NormalizedSpec, ...], functions: tuple[FunctionSpec, ...]
) -> None:
    folded = fold_frame(encode_rows(NORMALIZED, reversed(specs)))
    assert tuple(decode_rows(FunctionSpec, folded)) == functions


def test_definitions_are_all_needed(functions: tuple[FunctionSpec, ...]) -> None:
    for function in functions:
        for schema in (function.parameters, function.returns or {}):
            text = canonical_json(schema)
            unused = [name for name in schema.get("$defs", ()) if f'"#/$defs/{name}"' not in text]
            assert unused == [], function.name
