"""Which catalogs there are: those of the manifest, what else lies in the folder, and those of toolmind.yaml."""

import gzip
from pathlib import Path

import pytest

from toolmind_assets.errors import ConfigError
from toolmind_assets.settings.catalog_folder import find_catalogs
from toolmind_assets.settings.config import Settings, ToolMindConfig

LIMIT = 1000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "catalogs"
    folder.mkdir()
    (folder / "manifest.yaml").write_text("catalogs: [{name: named, path: a.json, licence: MIT}]\n")
    (folder / "a.json").write_text("[]")
    (folder / "b.json").write_text("[]")
    (tmp_path / "far.json").write_text("[]")
    return tmp_path


def _settings(root: Path, *sources: dict[str, str], folder: str = "catalogs") -> Settings:
    config = ToolMindConfig.model_validate({"catalogs": {"folder": folder, "sources": sources}})
    return Settings(config, root, root / "home")


def test_catalogs_come_from_manifest_folder_and_configuration(root: Path):
    found = find_catalogs(_settings(root, {"name": "far", "path": "far.json"}))
    assert list(found) == ["b", "far", "named"]
    assert [next(catalog.files(LIMIT)).name for catalog in found.values()] == ["b.json", "far.json", "a.json"]
    assert found["named"].source.licence == "MIT"


def test_a_folder_needs_no_manifest(root: Path):
    (root / "catalogs" / "manifest.yaml").unlink()
    assert list(find_catalogs(_settings(root))) == ["a", "b"]


def test_one_name_for_two_catalogs_is_refused(root: Path):
    with pytest.raises(ConfigError, match="two catalogs are called 'b'"):
        find_catalogs(_settings(root, {"name": "b", "path": "far.json"}))


def test_a_folder_that_is_absent_is_refused(root: Path):
    with pytest.raises(ConfigError, match="there is no folder"):
        find_catalogs(_settings(root, folder="absent"))


@pytest.mark.parametrize("content", [b"\xff\xfe", b"catalogs: [", b"catalogues: []\n"])
def test_a_manifest_that_is_none_is_refused_by_name(root: Path, content: bytes):
    (root / "catalogs" / "manifest.yaml").write_bytes(content)
    with pytest.raises(ConfigError, match=r"manifest\.yaml"):
        find_catalogs(_settings(root))


@pytest.mark.parametrize("path", ["link", "link/secret.json", "link/*.json"])
def test_a_link_out_of_the_folder_is_not_followed_whatever_the_manifest_names(root: Path, path: str):
    (root / "outside").mkdir()
    (root / "outside" / "secret.json").write_text("[]")
    (root / "catalogs" / "link").symlink_to(root / "outside")
    (root / "catalogs" / "manifest.yaml").write_text(f"catalogs: [{{name: linked, path: '{path}'}}]\n")
    (file,) = find_catalogs(_settings(root))["linked"].files(LIMIT)
    assert file.content is None and "leads out" in (file.problem or "")


def test_a_link_out_of_the_folder_that_nothing_names_is_not_followed_either(root: Path):
    (root / "outside").mkdir()
    (root / "outside" / "secret.json").write_text("[]")
    (root / "catalogs" / "link").symlink_to(root / "outside")
    (file,) = find_catalogs(_settings(root))["link"].files(LIMIT)
    assert (file.name, file.content) == ("link", None)


def test_a_manifest_names_no_file_outside_and_toolmind_yaml_may(root: Path):
    (root / "catalogs" / "manifest.yaml").write_text("catalogs:\n- {name: far,\n   path: ../far.json}\n")
    with pytest.raises(ConfigError, match=r"manifest\.yaml: line 3: catalogs\[0\]\.path: '\.\./far\.json'"):
        find_catalogs(_settings(root))
    (root / "catalogs" / "manifest.yaml").unlink()
    far = find_catalogs(_settings(root, {"name": "far", "path": "catalogs/../far.json"}))["far"]
    assert next(far.files(LIMIT)).content == b"[]"


def test_a_digest_changes_with_bytes_and_names_and_with_nothing_else(root: Path):
    def digest() -> str:
        return find_catalogs(_settings(root, {"name": "all", "path": "catalogs"}))["all"].digest(LIMIT)

    before = digest()
    assert digest() == before
    (root / "catalogs" / "b.json").write_text("[1]")
    changed = digest()
    (root / "catalogs" / "b.json").rename(root / "catalogs" / "c.json")
    assert len({before, changed, digest()}) == 3


def test_a_file_beyond_the_limit_is_in_the_digest_by_its_size(root: Path):
    before = find_catalogs(_settings(root))["b"].digest(1)
    (root / "catalogs" / "b.json").write_text("[   ]")
    assert find_catalogs(_settings(root))["b"].digest(1) != before


def test_archives_columns_packages_and_urls_are_catalogs_too(root: Path):
    (root / "catalogs" / "c.json.gz").write_bytes(gzip.compress(b"{}"))
    (root / "catalogs" / "rows.jsonl").write_text('{"tools": "[1]"}\n{"tools": "[1]"}\n')
    sources = {
        "column": "catalogs/rows.jsonl#tools",
        "package": "package:toolmind_resources/plausible/*.yaml",
        "refused": "https://127.0.0.1/openapi.json",
    }
    found = find_catalogs(_settings(root, *({"name": name, "path": path} for name, path in sources.items())))
    (column,) = found["column"].files(LIMIT)
    assert (column.name, column.content, column.n_seen) == ("rows.jsonl#tools/1.json", b"[1]", 2)
    assert [file.name for file in found["package"].files(LIMIT)] == ["traits.yaml", "vocabulary.yaml"]
    (refused,) = found["refused"].files(LIMIT)
    assert refused.breach == "refused_address"
    (packed,) = found["c.json"].files(LIMIT)
    assert packed.content == b"{}"
    assert all(catalog.digest(LIMIT) for catalog in found.values())
