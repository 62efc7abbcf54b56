"""What counts as a catalog: manifest entries, and what lies beside them."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.catalogs.manifest import parse_manifest
from toolmind_assets.catalogs.sources import CatalogSource, discover
from toolmind_assets.errors import ConfigError


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
        ("catalogs:\n  - name: a\n", ["line 2", "catalogs[0].path"]),
        ("catalogs:\n  - name: Not A Slug\n    path: x\n", ["line 2", "catalogs[0].name", "Not A Slug"]),
        ("catalogs:\n- {name: a, path: x}\n- {name: a, path: y}\n", ["line 3", "catalogs[1].name", "twice"]),
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


def test_a_folder_without_covered_files_is_one_catalog() -> None:
    assert found(["mine/a.json", "mine/sub/b.json", "mcp/a.json"], "mcp/a.json") == {"mine": "mine"}


def test_in_a_folder_covered_in_part_each_file_left_over_is_a_catalog() -> None:
    files = ["mcp/a.json", "mcp/b.json", "mcp/more/c.json", "mcp/more/d.json"]
    assert found(files, "mcp/a.json") == {"b": "mcp/b.json", "more": "mcp/more"}


@pytest.mark.parametrize("path", ["mcp", "mcp/", "./mcp", "mcp/*.json", "**/*.json", "mcp/**/*.json", "."])
def test_files_and_globs_of_the_manifest_are_covered(path: str) -> None:
    assert found(["mcp/a.json"], path) == {}


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
