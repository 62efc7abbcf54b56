"""The home: who may write there, and what it is called."""

import shutil
from pathlib import Path

import pytest

from toolmind_assets.errors import ConfigError
from toolmind_assets.settings.home import home_id, locked_home


def test_a_home_keeps_its_id_when_it_is_moved_and_no_copy_shares_it(tmp_path: Path):
    first = home_id(tmp_path / "one")
    assert home_id(tmp_path / "one") == first
    (tmp_path / "one").rename(tmp_path / "moved")
    assert home_id(tmp_path / "moved") == first
    shutil.copytree(tmp_path / "moved", tmp_path / "copy")
    copied = home_id(tmp_path / "copy")
    assert len({first, copied, home_id(tmp_path / "other")}) == 3
    assert home_id(tmp_path / "copy") == copied


@pytest.mark.parametrize("text", [b"", b"\xff\n", b"name\n", b"name 1 2\n"])
def test_an_id_that_is_none_is_replaced(tmp_path: Path, text: bytes):
    (tmp_path / "id").write_bytes(text)
    made = home_id(tmp_path)
    assert len(made) == 32
    assert home_id(tmp_path) == made


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").touch()
    for ask in (lambda home: home_id(home), lambda home: locked_home(home).__enter__()):
        with pytest.raises(ConfigError, match="TOOLMIND_HOME"):
            ask(tmp_path / "file" / "home")


def test_a_home_is_one_runs_at_a_time(tmp_path: Path):
    with locked_home(tmp_path), pytest.raises(ConfigError, match="at work"), locked_home(tmp_path):
        pass
