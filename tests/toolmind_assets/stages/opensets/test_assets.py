"""The file of an open set: where it is found, and when it counts as changed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMIT = "4f1c" * 10
LOCAL = "{name: a, set: xlam, path: rows.jsonl, licence: MIT, n_shards: 2}"
PINNED = f"{{name: a, set: xlam, hub: someone/rows, hub_file: rows.jsonl, revision: {COMMIT}, licence: MIT, n_shards: 2}}"
PREPARE = """
import json, os
from pathlib import Path
from toolmind_assets.errors import ToolMindError
from toolmind_assets.settings.config import load_settings
from toolmind_assets.settings.open_sets import find_file as find
from toolmind_assets.settings.surroundings import work_of
from toolmind_assets.stages.opensets.stage import ADAPT_OPENSETS

SETTINGS = load_settings()
WORK = work_of(SETTINGS, ADAPT_OPENSETS)
(source,) = SETTINGS.config.opensets
rows = SETTINGS.root / "rows.jsonl"

def find_file(source):
    return find(SETTINGS, source)

shown = []
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the file of a set, and with what a hub's file looks like once it was fetched."""
    (tmp_path / "rows.jsonl").write_text('{"query": "one"}\n')
    fetched = tmp_path / "home" / "hub" / "datasets--someone--rows" / "snapshots" / COMMIT / "rows.jsonl"
    fetched.parent.mkdir(parents=True)
    fetched.write_text('{"query": "one"}\n')
    return tmp_path


def _run(project: Path, source: str, script: str) -> list:
    """What `script` adds to `shown`, in a process of the project."""
    (project / "toolmind.yaml").write_text(f"opensets:\n  - {source}\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DAGSTER", "HF_"))}
    own = {"TOOLMIND_CONFIG": str(project / "toolmind.yaml"), "TOOLMIND_HOME": str(project / "home")}
    done = subprocess.run(
        [sys.executable, "-c", f"{PREPARE}\n{script}\nprint(json.dumps(shown))"],
        env={**kept, **own, "HF_HOME": str(project / "hf"), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_file_is_hashed_again_only_when_its_time_or_size_changed(project: Path):
    first, unseen, later, longer = _run(
        project,
        LOCAL,
        """
def digest():
    shown.append(find_file(source).digest)

digest()
before = rows.stat()
rows.write_text(rows.read_text().replace("one", "two"))
os.utime(rows, ns=(before.st_atime_ns, before.st_mtime_ns))
digest()
os.utime(rows, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
digest()
rows.write_text("longer")
digest()
""",
    )
    assert first == unseen
    assert len({first, later, longer}) == 3


def test_the_same_file_makes_the_same_rows_wherever_it_lies(project: Path):
    show = "shown += [WORK.settings(shard) for shard in source.shards] + [find_file(source).version]"
    *local, local_version = _run(project, LOCAL, show)
    *pinned, pinned_version = _run(project, PINNED, show)
    assert local == pinned
    assert (local_version, pinned_version) == ("rows.jsonl", f"someone/rows@{COMMIT}/rows.jsonl")


def test_a_file_that_is_not_there_is_a_clear_error(project: Path):
    show = "try:\n    find_file(source)\nexcept ToolMindError as error:\n    shown.append(str(error))"
    (project / "rows.jsonl").unlink()
    assert "there is no file" in _run(project, LOCAL, show)[0]
    assert (
        "the hub cannot be reached"
        in _run(project, PINNED.replace(COMMIT, "main").replace(", n_shards: 2", ""), show)[0]
    )
