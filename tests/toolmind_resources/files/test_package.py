"""Files of installed packages, which are never imported."""

import sys
from pathlib import Path

import pytest

from toolmind_resources.errors import FileAccessError
from toolmind_resources.files.found import Breach
from toolmind_resources.files.package import find_package_files


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the package `planted`, of the distribution `planted-api` 1.2, that cannot be imported."""
    files = {
        "planted/__init__.py": "raise SystemExit('imported')",
        "planted/data/b/service.json": "{}",
        "planted/data/a/service.json.gz": "gz",
        "planted/readme.md": "",
        "planted_api-1.2.dist-info/METADATA": "Metadata-Version: 2.1\nName: planted-api\nVersion: 1.2\n",
        "planted_api-1.2.dist-info/top_level.txt": "planted\n",
        "planted_api-1.2.dist-info/RECORD": "planted/__init__.py,,\nplanted/data/b/service.json,,\n"
        "planted/data/a/service.json.gz,,\nplanted/readme.md,,\n../../bin/planted.py,,\n",
    }
    for name, text in files.items():
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.syspath_prepend(tmp_path / "site")
    return tmp_path / "site"


def test_a_glob_in_a_package_that_is_imported_by_its_name(installed: Path):
    found = list(find_package_files("planted/data/**/service.json*"))
    assert [(file.name, file.identity) for file in found] == [
        ("a/service.json.gz", "1.2:2"),
        ("b/service.json", "1.2:2"),
    ]
    assert found[1].path.read_text() == "{}"
    assert "planted" not in sys.modules


def test_a_glob_in_a_package_that_is_installed_by_its_name(installed: Path):
    found = find_package_files("planted-api/planted/data/*/service.json")
    assert [(file.name, file.identity) for file in found] == [("planted/data/b/service.json", "1.2:2")]


def test_a_whole_package_gives_the_files_whose_names_can_be_catalogs(installed: Path):
    wanted = ["data/a/service.json.gz", "data/b/service.json"]
    assert [file.name for file in find_package_files("planted")] == ["__init__.py", *wanted]
    assert [file.name for file in find_package_files("planted/data")] == [
        "a/service.json.gz",
        "b/service.json",
    ]
    assert [file.name for file in find_package_files("planted-api/planted/data")] == [
        f"planted/{n}" for n in wanted
    ]


def test_a_new_version_is_another_identity(installed: Path):
    before = [file.identity for file in find_package_files("planted/data")]
    metadata = installed / "planted_api-1.2.dist-info/METADATA"
    metadata.write_text(metadata.read_text().replace("1.2", "1.3"))
    assert [file.identity for file in find_package_files("planted/data")] != before


def test_a_link_out_of_a_package_is_not_followed(installed: Path):
    (installed / "secret.json").write_text("1")
    (installed / "planted/data/link.json").symlink_to(installed / "secret.json")
    assert {file.name: file.breach for file in find_package_files("planted/data/*.json")} == {
        "link.json": Breach.OUTSIDE
    }


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("absent", "no such package is installed"),
        ("absent.part/a.json", "no such package is installed"),
        ("", "no such package is installed"),
        ("planted/*.yaml", "has no such file"),
        ("planted/no/folder", "has no such file"),
        ("planted-api/*.yaml", "no file of the installed package"),
        ("planted/../secret.json", "leads out of the package"),
        ("planted//etc/passwd", "leads out of the package"),
    ],
)
def test_what_is_not_there_is_a_clear_error(installed: Path, path: str, message: str):
    with pytest.raises(FileAccessError, match=message):
        find_package_files(path)
    assert "planted" not in sys.modules
