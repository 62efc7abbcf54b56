"""A folder is written whole or not at all, and what is not ours is never deleted."""

from pathlib import Path

import pytest

from toolmind_resources.files.output import OutputError, OutputFolder


def _write(path: Path, text: str = "new", replace: bool = False) -> OutputFolder:
    with OutputFolder(path, replace) as folder, folder.open_file("deep/file.txt") as file:
        file.write(text.encode())
    return folder


def _visible(path: Path) -> list[str]:
    return sorted(
        str(file.relative_to(path)) for file in path.rglob("*") if file.is_file() and file.name[0] != "."
    )


def test_files_appear_when_the_block_ends(tmp_path: Path):
    target = tmp_path / "parent" / "out"
    with OutputFolder(target) as folder:
        with folder.open_file("a.txt") as file:
            file.write(b"a")
        assert not target.exists()
    assert (target / "a.txt").read_bytes() == b"a"
    assert [entry.name for entry in target.parent.iterdir()] == ["out"]


def test_an_exception_leaves_the_old_folder_and_nothing_beside_it(tmp_path: Path):
    _write(tmp_path / "out", "old")
    with pytest.raises(RuntimeError), OutputFolder(tmp_path / "out") as folder:
        with folder.open_file("deep/file.txt") as file:
            file.write(b"half")
        raise RuntimeError
    assert (tmp_path / "out/deep/file.txt").read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_was_written_here_is_replaced_whole(tmp_path: Path):
    _write(tmp_path / "out", "old")
    (tmp_path / "out/stale.txt").write_text("stale")
    _write(tmp_path / "out", "new")
    assert _visible(tmp_path) == ["out/deep/file.txt"]
    assert (tmp_path / "out/deep/file.txt").read_text() == "new"


def test_an_empty_folder_is_taken(tmp_path: Path):
    (tmp_path / "out").mkdir()
    _write(tmp_path / "out")
    assert _visible(tmp_path) == ["out/deep/file.txt"]


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/thesis.txt").write_text("mine")
    with pytest.raises(OutputError, match="--replace"):
        _write(tmp_path / "out")
    assert _visible(tmp_path) == ["out/thesis.txt"]


def test_with_replace_a_folder_of_somebody_else_is_moved_aside(tmp_path: Path):
    for text in ("first", "second"):
        (tmp_path / "out").mkdir()
        (tmp_path / "out/thesis.txt").write_text(text)
        moved = _write(tmp_path / "out", replace=True).moved_to
        assert moved is not None
        assert (moved / "thesis.txt").read_text() == text
        (tmp_path / "out").rename(tmp_path / f"done-{text}")
    assert {"out.before-1", "out.before-2"} <= {entry.name for entry in tmp_path.iterdir()}


def test_a_file_in_the_way_is_refused_even_with_replace(tmp_path: Path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OutputError, match="is no folder"):
        _write(tmp_path / "out", replace=True)


def test_what_a_killed_run_left_is_cleared(tmp_path: Path):
    _write(tmp_path / "out", "old")
    (tmp_path / ".out.partial/deep").mkdir(parents=True)
    (tmp_path / ".out.partial/deep/file.txt").write_text("half")
    (tmp_path / "out").rename(tmp_path / ".out.former")
    with pytest.raises(RuntimeError), OutputFolder(tmp_path / "out"):
        assert (tmp_path / "out/deep/file.txt").read_text() == "old"
        raise RuntimeError
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("path", ["/", "/proc/none/out", "/dev/null/out"])
def test_a_place_that_cannot_be_written_is_a_clear_error(path: str):
    with pytest.raises(OutputError, match=path.rsplit("/", 1)[0] or "/"):
        _write(Path(path))


def test_a_file_is_written_once(tmp_path: Path):
    with pytest.raises(OutputError, match=r"deep/file\.txt"), OutputFolder(tmp_path / "out") as folder:
        for _ in range(2):
            with folder.open_file("deep/file.txt"):
                pass
