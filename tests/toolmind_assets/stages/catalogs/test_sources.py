"""What counts as a catalog: manifest entries, and what lies beside them."""

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.errors import ConfigError
from toolmind_assets.stages.catalogs.manifest import parse_manifest
from toolmind_assets.stages.catalogs.sources import CatalogSource, catalog_names, discover
from toolmind_resources.errors import FileAccessError
from toolmind_resources.files.folder import list_files, read_files


def found(files: list[str], *paths: str) -> dict[str, str]:
    configured = [CatalogSource(name=f"c{index}", path=path) for index, path in enumerate(paths)]
    return {source.name: source.path for source in discover(configured, files)}


def test_a_manifest_gives_its_sources_in_order() -> None:
    text = 'catalogs:\n  - {name: b, path: b.json, licence: MIT}\n  - {name: a, path: "a/*", form: mcp}\n'
    first, second = parse_manifest(text, "manifest.yaml")
    assert (first.name, first.licence, first.form) == ("b", "MIT", None)
    assert (second.path, second.form, second.licence) == ("a/*", "mcp", "unknown")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("catalogs:\n  - name: a\n    path: x\n    licens: MIT\n", ["line 4", "catalogs[0].licens"]),
        ("catalogs:\n  - name: a\n", ["line 2", "catalogs[0]", "one of path, mcp"]),
        ("catalogs:\n  - name: a\n    mcp: {pip: x}\n", ["line 3", "catalogs[0].mcp", "toolmind.yaml"]),
        ("catalogs:\n  - name: Not A Slug\n    path: x\n", ["line 2", "catalogs[0].name", "Not A Slug"]),
        ("catalogs:\n- {name: a, path: x}\n- {name: a, path: y}\n", ["line 3", "catalogs[1].name", "twice"]),
        ("catalogs:\n- name: a\n  path: /etc/passwd\n", ["line 3", "catalogs[0].path", "/etc/passwd"]),
        ("catalogs:\n- {name: a, path: a}\n- {name: b, path: x/../../y}\n", ["line 3", "catalogs[1].path"]),
        ("catalogs: [\n", ["line 2", "YAML"]),
        ("catalogs: &a [*a]\n", ["deeper"]),
        ("", ["catalogs"]),
        ("- a\n", ["line 1"]),
    ],
)
def test_a_wrong_manifest_names_file_line_and_key(text: str, words: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_manifest(text, "manifest.yaml")
    message = str(caught.value)
    assert [word for word in ["manifest.yaml", *words] if word not in message] == []


def test_a_dropped_file_becomes_a_catalog_of_unknown_licence() -> None:
    (source,) = discover([], ["My Tools (v2).json"])
    assert (source.name, source.path, source.licence) == ("my-tools-v2", "My Tools (v2).json", "unknown")


def test_a_file_is_covered_where_its_members_or_its_column_alone_are_read() -> None:
    files = ["a.tgz", "b.parquet", "d/c.jsonl", "d/e.jsonl", "f.json", "g#h.json"]
    assert found(files, "a.tgz!/p/*.json", "b.parquet#tools", "d/c.*#tools", "f.json", "g#h.json") == {
        "e": "d/e.jsonl"
    }
    assert list(found(files[:1], "https://h/a.tgz", "package:a.tgz").values()) == ["a.tgz"]


def test_a_folder_without_covered_files_is_one_catalog() -> None:
    assert found(["mine/a.json", "mine/sub/b.json", "mcp/a.json"], "mcp/a.json") == {"mine": "mine"}


def test_in_a_folder_covered_in_part_each_file_left_over_is_a_catalog() -> None:
    files = ["mcp/a.json", "mcp/b.json", "mcp/more/c.json", "mcp/more/d.json"]
    assert found(files, "mcp/a.json") == {"b": "mcp/b.json", "more": "mcp/more"}


@pytest.mark.parametrize("path", ["mcp", "mcp/", "./mcp", "mcp/*.json", "**/*.json", "mcp/**/*.json", "."])
def test_files_and_globs_of_the_manifest_are_covered(path: str) -> None:
    assert found(["mcp/a.json"], path) == {}


def test_what_lies_deeper_than_a_glob_reaches_is_a_catalog_of_its_own() -> None:
    files = ["openapi/a.json", "openapi/sub/lost.json"]
    assert found(files, "openapi/*.json") == {"sub": "openapi/sub"}


def test_a_path_inside_the_folder_may_go_up_and_down() -> None:
    (source,) = parse_manifest("catalogs: [{name: a, path: sub/../a.json}]", "manifest.yaml")
    assert found(["a.json"], source.path) == {}


SEGMENTS = st.sampled_from(["*", "**", "a", "b.json", "?", "[ab]*", "*.json", "a*", ".", "[a].json"])
FILES = st.from_regex(r"\A(a|b|ab)(/[ab]){0,2}/(a|b|\[a\])\.json\Z")


@given(st.sets(FILES, min_size=1, max_size=6), st.lists(SEGMENTS, min_size=1, max_size=4))
def test_covered_is_exactly_what_reading_finds(files: set[str], segments: list[str]) -> None:
    path = "/".join(segments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in files:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).touch()
        try:
            read = {file for file in files if (folder / file) in _read_by(folder, path)}
        except FileAccessError:
            read = set()
        left_over = discover([CatalogSource(name="x", path=path)], list_files(folder))
        uncovered = {
            file for source in left_over for file in files if (file + "/").startswith(source.path + "/")
        }
    assert uncovered == files - read


def _read_by(folder: Path, path: str) -> set[Path]:
    """The files that reading opens; their names are relative to the part of the path without wildcards."""
    bases = [folder, *(folder / path).parents, folder / path]
    names = {file.name for file in read_files(folder, path, 0)}
    base = next(
        base for base in bases[::-1] if base.is_dir() and all((base / name).exists() for name in names)
    )
    return {base / name for name in names}


def test_each_path_of_a_command_gives_a_name_of_its_own() -> None:
    paths = ["/w/.h1/tools.json", "/w/.h2/tools.json", "/w/x", "/x", "/w/api/*.json", "/", "/w/tools-2.json"]
    assert catalog_names(paths) == ("tools", "tools-2", "x", "x-2", "api", "catalog", "tools-2-2")


def test_what_is_no_catalog_is_left_alone() -> None:
    files = ["manifest.yaml", "README.md", "LICENCES/MIT.txt", "LICENSE", "NOTICE.txt", ".git/x", "a/.b.json"]
    assert found(files) == {}


def test_names_stay_unique_where_slugs_are_the_same() -> None:
    names = found(["a.json", "a.yaml", "c0.json", "каталог.json"], "elsewhere")
    assert len(names) == 4 and "c0" not in names and all(name.isascii() for name in names)


@given(st.lists(st.from_regex(r"\A[a-c]{1,2}(/[a-c]){0,2}\.(json|yaml)\Z"), max_size=8), st.randoms())
def test_the_order_of_files_does_not_matter_and_each_is_covered_once(
    files: list[str], rng: random.Random
) -> None:
    shuffled = list(files)
    rng.shuffle(shuffled)
    sources = discover([], files)
    assert discover([], shuffled) == sources
    for file in files:
        assert sum(file == source.path or file.startswith(source.path + "/") for source in sources) == 1
    assert discover(sources, files) == ()
