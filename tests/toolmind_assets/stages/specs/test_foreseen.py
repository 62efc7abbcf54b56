"""No catalog that we have gives an entry whose shape nobody foresaw."""

import json
from pathlib import Path
from typing import Any

import pytest

from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.functions import CatalogForm, NormalizedSpec
from toolmind_assets.stages.catalogs.read import read_catalog_files
from toolmind_assets.stages.catalogs.sources import CatalogParams, CatalogSource
from toolmind_assets.stages.specs.normalize import normalize_each
from toolmind_assets.stages.specs.params import SpecParams
from toolmind_resources.files.locate import locate

CHECKOUT = Path(__file__).parents[4]
SHARED = CHECKOUT.parent / "shared" / "data"
NEEDS_SHARED = pytest.mark.skipif(not SHARED.is_dir(), reason=f"there is no third-party data in {SHARED}")


def outcome(folder: Path, path: str = ".") -> tuple[dict[str, int], list[str], int]:
    """Reasons with how many rows were dropped for each, details of the unforeseen ones, functions that were kept."""
    located, params = locate(folder, path), CatalogParams()
    reasons: dict[str, int] = {}
    unforeseen: list[str] = []
    n_kept = n_entries = 0
    for read in read_catalog_files(
        CatalogSource(name="c", path="."), located.files(), params, located.file_named
    ):
        n_entries += sum(file.n_entries for file in read.files)
        results = [*read.drops, *normalize_each(read.functions, read.components, SpecParams())]
        for result in results:
            if isinstance(result, NormalizedSpec):
                n_kept += 1
                continue
            reasons[result.reason.value] = reasons.get(result.reason.value, 0) + 1
            if result.reason is DropReason.UNFORESEEN:
                unforeseen.append(result.detail)
    assert n_entries == n_kept + sum(reasons.values())
    return reasons, unforeseen, n_kept


def test_no_starter_catalog_is_unforeseen() -> None:
    reasons, unforeseen, n_kept = outcome(CHECKOUT / "catalogs")
    assert unforeseen == [] and n_kept == 3576
    assert set(reasons) <= {"unknown_form", "malformed_json", "unreadable_file"}  # read-mes and licences


@NEEDS_SHARED
@pytest.mark.shared_data
@pytest.mark.parametrize("part", ["redistributable", "test_only"])
def test_no_file_of_the_shared_data_is_unforeseen(part: str) -> None:
    _, unforeseen, n_kept = outcome(SHARED, part)
    assert unforeseen == [] and n_kept > 1_000


@NEEDS_SHARED
@pytest.mark.shared_data
def test_servers_of_toucan_that_were_only_crawled_are_dropped_or_left_without_types() -> None:
    n_crawled = n_kept = 0
    located = locate(SHARED / "test_only", "toucan")
    for read in read_catalog_files(CatalogSource(name="c", path="."), located.files(), CatalogParams()):
        assert all(raw.form is CatalogForm.MCP for raw in read.functions)
        crawled = {raw.entry_id: _words(raw.raw_json) for raw in read.functions if '"page":' in raw.raw_json}
        n_crawled += len(crawled)
        for result in normalize_each(read.functions, read.components, SpecParams()):
            if isinstance(result, NormalizedSpec):
                if result.entry_id in crawled:
                    n_kept += 1
                    properties = result.parameters["properties"]
                    assert properties and properties.keys() <= crawled[result.entry_id]
            else:
                assert result.reason is DropReason.INVALID_SCHEMA or result.subject_id not in crawled
    assert n_crawled > 100 and n_kept < n_crawled


def _words(raw_json: str) -> set[Any]:
    listed = json.loads(raw_json)["tool"].get("parameters") or []
    return {member.get("name") for member in listed if isinstance(member, dict)}
