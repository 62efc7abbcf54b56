"""Finding files, and reading them with a limit."""

import os
from pathlib import Path

import pytest

from toolmind_resources.errors import FileAccessError, StoreError
from toolmind_resources.files.folder import FoundFile, list_files, read_files


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def names(folder: Path, path: str) -> list[str]:
    return [file.name for file in read_files(folder, path, 100)]


def test_a_folder_gives_its_files_sorted_and_without_hidden_ones(tmp_path: Path) -> None:
    write(tmp_path, mine__b_dot_json="{}", mine__a__z_dot_json="{}", mine___dot_hidden="{}")
    assert names(tmp_path, "mine") == ["a/z.json", "b.json"]
    assert list_files(tmp_path) == ("mine/a/z.json", "mine/b.json")


def test_a_file_and_a_glob_give_what_they_name(tmp_path: Path) -> None:
    write(tmp_path, mine__b_dot_json="{}", mine__a_dot_json="[]", mine__a_dot_txt="")
    assert list(read_files(tmp_path, "mine/a.json", 100)) == [FoundFile("a.json", 2, b"[]")]
    assert names(tmp_path, "mine/*.json") == ["a.json", "b.json"]
    assert names(tmp_path, "**/a.*") == ["mine/a.json", "mine/a.txt"]


def test_a_name_with_brackets_is_a_file_before_it_is_a_glob(tmp_path: Path) -> None:
    (tmp_path / "a[1].json").write_text("{}")
    assert names(tmp_path, "a[1].json") == ["a[1].json"]


@pytest.mark.parametrize("name", ["a[b]c", "what?", "all*", "100%", "a#b"])
def test_no_character_of_the_folder_itself_is_a_wildcard(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, mine__b_dot_json="{}", mine__a_dot_json="[]")
    for path in ("mine/*.json", "**/*.json", str(tmp_path / name / "mine")):
        assert [found.rpartition("/")[2] for found in names(tmp_path / name, path)] == ["a.json", "b.json"]
    assert list_files(tmp_path / name) == ("mine/a.json", "mine/b.json")


@pytest.mark.parametrize("path", ["missing", "missing/*.json", "*.json", "missing.json"])
def test_what_is_not_there_is_a_clear_error(tmp_path: Path, path: str) -> None:
    with pytest.raises(FileAccessError, match=r"catalog's path") as caught:
        read_files(tmp_path, path, 100)
    assert isinstance(caught.value, StoreError)


def test_a_missing_folder_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(FileAccessError, match="does not exist"):
        list_files(tmp_path / "catalogs")


def test_an_empty_folder_gives_nothing(tmp_path: Path) -> None:
    assert names(tmp_path, ".") == []


def test_a_file_of_200_mb_is_reported_and_not_read(tmp_path: Path) -> None:
    path = tmp_path / "big.json"
    path.touch()
    os.truncate(path, 200_000_000)
    (found,) = read_files(tmp_path, "big.json", 64_000_000)
    assert (found.n_bytes, found.content) == (200_000_000, None)
    assert found.problem is not None and "200,000,000 bytes, the limit is 64,000,000" in found.problem


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path, secret__key_dot_json="1", mine__ok_dot_json="{}")
    (tmp_path / "mine/file.json").symlink_to(tmp_path / "secret/key.json")
    (tmp_path / "mine/folder").symlink_to(tmp_path / "secret")
    (tmp_path / "mine/nowhere.json").symlink_to(tmp_path / "mine/gone.json")
    (tmp_path / "mine/same.json").symlink_to("ok.json")
    found = {file.name: file for file in read_files(tmp_path, "mine", 100)}
    assert {name for name, file in found.items() if file.content is None} == {
        "file.json",
        "folder",
        "nowhere.json",
    }
    assert found["same.json"].content == b"{}"
    assert all(file.problem for file in found.values() if file.content is None)


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    (found,) = read_files(tmp_path, ".", 100)
    assert found.problem == "no regular file"


def test_a_name_that_is_not_utf8_becomes_text_that_a_table_can_hold(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"\xff.json")).write_text("{}")
    except OSError:
        pytest.skip("the file system takes UTF-8 names only")
    (found,) = read_files(tmp_path, ".", 100)
    assert found.name.encode("utf-8") and found.content == b"{}"
