"""Rules of the source text that no linter knows."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from toolmind_assets.model.drops import DropReason
from toolmind_resources.files.found import Breach

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*(ROOT / "toolmind_assets").rglob("*.py"), *(ROOT / "toolmind_resources").rglob("*.py")])
MAX_LINES = 400
CATCHES_ALL: dict[str, int] = {"toolmind_assets/stages/specs/normalize.py": 1}
"""Where everything may be caught, and how often: where it becomes the dropped row of one entry."""

_HOSTS = ("pypi." + "org", "pythonhosted." + "org", "npmjs." + "org", "crates." + "io")
_OTHER_INDEX = re.compile(
    r"(?i)\b(artifactory|nexus|" + "devpi" + r")[\w-]*\.\w|" + "--(extra-)?" + "index-url"
)
_MACHINE_PATHS = re.compile(r"(?<![\w./~-])/(work|home|root|Users)/" + r"\w")
_FOREIGN = ("catalogs/", "LICENSE")
"""Texts of other publishers, kept as found."""


def _tracked_texts() -> list[tuple[str, str]]:
    """Path and text of every tracked file that is ours."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    names = [name for name in listed.stdout.splitlines() if not name.startswith(_FOREIGN)]
    files = [(name, ROOT / name) for name in names]
    return [(name, path.read_text("utf-8", "replace")) for name, path in files if path.is_file()]


def _handlers_of_everything(source: str) -> int:
    """Handlers that catch `Exception`, `BaseException`, or all there is."""
    caught = [node.type for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ExceptHandler)]
    names = [{n.id for n in ast.walk(kind) if isinstance(n, ast.Name)} if kind else None for kind in caught]
    return sum(found is None or bool(found & {"Exception", "BaseException"}) for found in names)


def test_everything_is_caught_only_in_the_places_that_are_named():
    found = {
        str(path.relative_to(ROOT)): count
        for path in SOURCES
        if (count := _handlers_of_everything(path.read_text(encoding="utf-8")))
    }
    assert found == CATCHES_ALL


@pytest.mark.parametrize("handler", ["except:", "except Exception:", "except (OSError, BaseException) as e:"])
def test_a_handler_of_everything_is_seen(handler: str):
    assert _handlers_of_everything(f"try:\n    pass\n{handler}\n    pass") == 1


def test_annotations_are_never_postponed_for_dagster_reads_them():
    assert [path for path in SOURCES if "from __future__ import annotations" in path.read_text("utf-8")] == []


def test_no_file_grows_beyond_what_one_reads_at_once():
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length > MAX_LINES} == {}


def test_no_module_is_named_for_nothing():
    empty = re.compile(r"(utils?|helpers?|common|misc|manager|legacy)")
    allowed = "io_manager"
    assert [path for path in SOURCES if empty.search(path.stem.replace(allowed, ""))] == []


def test_every_drop_reason_is_used():
    texts = "\n".join(path.read_text("utf-8") for path in SOURCES if path.name != "drops.py")
    used = {reason.name for reason in DropReason if f"DropReason.{reason.name}" in texts}
    # What a file breaks becomes the reason of that name.
    assert {reason.name for reason in DropReason} == used | {breach.name for breach in Breach} - {
        "UNREADABLE"
    }


def test_no_tracked_file_names_a_package_registry():
    found = [
        name
        for name, text in _tracked_texts()
        if any(host in text for host in _HOSTS) or _OTHER_INDEX.search(text)
    ]
    assert found == []


def test_no_tracked_file_holds_a_path_of_somebodys_machine():
    found = [
        (name, match.group()) for name, text in _tracked_texts() for match in _MACHINE_PATHS.finditer(text)
    ]
    assert found == []
