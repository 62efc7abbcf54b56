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


SAME_MEANING = {
    "__init__": "says what a package is",
    "errors": "the errors of a package",
    "stage": "what a stage is, a file a stage",
    "params": "what can be set in a stage",
    "roles": "whom a stage asks",
    "stand_in": "how a stage's roles are played without weights",
    "model": "the Protocol of chat models, and that of embedders",
    "openai": "what has the form of OpenAI: entries of catalogs, exports, endpoints",
    "sources": "what is configured of catalogs, and of open sets",
}
"""Names that several modules have, and what they mean wherever they stand."""
MIRRORED = (
    ("toolmind_assets/model", "toolmind_assets/tables"),
    ("toolmind_assets/stages/catalogs/readers", "toolmind_assets/stages/specs/forms"),
)
"""Rooms whose modules of one name are about one thing: nouns and their tables, forms read and normalised."""
COMMANDS = "toolmind_assets/commands"
"""A command has the name of what it does, wherever that is done."""


def _mirrored(paths: set[str]) -> bool:
    rooms = {path.rpartition("/")[0] for path in paths}
    return any(rooms <= {*pair, *pair[:1]} for pair in MIRRORED)


def test_no_two_modules_of_one_name_mean_different_things():
    places: dict[str, set[str]] = {}
    for path in SOURCES:
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(f"{COMMANDS}/"):
            places.setdefault(path.stem, set()).add(name)
    nouns = {"functions"}  # of the model and its table, and the form of catalogs that list functions
    found = {
        name: sorted(paths)
        for name, paths in places.items()
        if len(paths) > 1 and name not in SAME_MEANING and name not in nouns and not _mirrored(paths)
    }
    assert found == {}
