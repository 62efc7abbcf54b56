"""Folders by a path that can stand in a URL or a glob."""

import os
import tempfile
from pathlib import Path

import pytest

from toolmind_resources.errors import FileAccessError
from toolmind_resources.files.plain_path import plain_path


@pytest.fixture(autouse=True)
def links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of links, of this test alone."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return tmp_path / "tmp" / f"toolmind-{os.getuid()}"


@pytest.mark.parametrize("name", ["plain", "a b", "größe", "a=b"])
def test_a_path_without_marks_is_its_own_and_nothing_is_made(tmp_path: Path, links: Path, name: str) -> None:
    assert plain_path(tmp_path / name) == tmp_path / name
    assert not (tmp_path / name).exists()
    assert not links.exists()


@pytest.mark.parametrize("name", ["a?b", "a#b", "100%", "x%20y", "a[1]", "a*"])
def test_a_path_with_marks_is_reached_by_a_link_that_stays_the_same(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name / "inner"
    link = plain_path(folder)
    assert plain_path(folder) == link
    assert not set("?#%*[]") & set(str(link))
    (link / "file").write_text("seen")
    assert (folder / "file").read_text() == "seen"
    assert plain_path(tmp_path / "b?" / "inner") != link


def test_a_folder_of_links_that_is_another_users_is_refused(tmp_path: Path, links: Path) -> None:
    links.symlink_to(tmp_path)
    with pytest.raises(FileAccessError, match="TMPDIR"):
        plain_path(tmp_path / "a?b")
