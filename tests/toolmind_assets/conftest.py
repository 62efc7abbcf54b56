"""A tiny project of its own: few catalogs, two simulated shards, one open set, run by the real command line."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
CATALOGS = ("mcp/mcp-server-git.json", "openapi/groundhog-day.com.json")
CONFIG = """\
shards: {simulated: 2}
tasks: {tasks_per_shard: 6, walk_min: 2}
opensets:
  - {name: glaive, set: glaive, path: glaive.jsonl, licence: Apache-2.0}
"""
MANIFEST = """\
catalogs:
  - {name: mcp-git, path: mcp-server-git.json, form: mcp, source: mcp-server-git, source_version: "1", licence: MIT}
  - {name: groundhogs, path: groundhog-day.com.json, form: openapi, source: groundhog-day.com, licence: MIT}
"""


def _glaive_row(base: str, rate: float) -> dict[str, str]:
    function = {
        "name": "get_rate",
        "description": "Get the rate of a currency",
        "parameters": {"type": "object", "properties": {"base": {"type": "string"}}, "required": ["base"]},
    }
    system = (
        "SYSTEM: You are a helpful assistant with access to the following functions. Use them if required -\n"
    )
    call = f"""{{"name": "get_rate", "arguments": '{{"base": "{base}"}}'}}"""
    parts = [
        f"USER: What is one {base} worth today?",
        f"ASSISTANT: <functioncall> {call} <|endoftext|>",
        f'FUNCTION RESPONSE: {{"rate": {rate}}}',
        f"ASSISTANT: One {base} is worth {rate} euros today. <|endoftext|>",
    ]
    return {"system": system + json.dumps(function, indent=4), "chat": "\n\n\n".join(parts)}


@dataclass(frozen=True)
class Project:
    """A folder with toolmind.yaml, catalogs and a home of its own."""

    root: Path

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def catalogs(self) -> Path:
        return self.root / "catalogs"

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("DAGSTER", "TOOLMIND"))
        }
        own = {"TOOLMIND_CONFIG": str(self.root / "toolmind.yaml"), "TOOLMIND_HOME": str(self.home)}
        return {**kept, **own, "COLUMNS": "200"}

    @property
    def exports(self) -> dict[str, bytes]:
        """Every exported file by its path."""
        files = [path for path in (self.home / "exports").rglob("*") if path.is_file()]
        return {path.relative_to(self.home).as_posix(): path.read_bytes() for path in files}

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        """The command line as a process of its own."""
        return subprocess.Popen(
            [Path(sys.executable).with_name("toolmind"), *map(str, arguments)],
            cwd=self.root,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def call(self, *arguments: object) -> tuple[int, str, str]:
        """Exit code, output and messages of the command line; no command ever ends in a traceback."""
        process = self.start(*arguments)
        output, messages = process.communicate(timeout=300)
        assert "Traceback" not in output + messages, output + messages
        return process.returncode, output, messages

    def toolmind(self, *arguments: object) -> str:
        """What a command that succeeds prints."""
        code, output, messages = self.call(*arguments)
        assert code == 0, output + messages
        return output

    def refusal(self, *arguments: object) -> str:
        """The message of a command that does not succeed."""
        code, output, messages = self.call(*arguments)
        assert code == 1, output + messages
        assert messages.startswith("toolmind: ")
        return messages


def _make_project(root: Path) -> Project:
    project = Project(root)
    project.catalogs.mkdir(parents=True)
    for name in CATALOGS:
        shutil.copy(CHECKOUT / "catalogs" / name, project.catalogs)
    (project.catalogs / "manifest.yaml").write_text(MANIFEST)
    (root / "toolmind.yaml").write_text(CONFIG)
    rows = [_glaive_row(base, rate) for base, rate in (("dollar", 0.9), ("pound", 1.2), ("krona", 0.1))]
    lines = [json.dumps(row) for row in rows]
    (root / "glaive.jsonl").write_text("\n".join([*lines[:2], '{"cut": ', lines[2]]) + "\n")
    return project


@pytest.fixture
def empty_project(tmp_path: Path) -> Project:
    """A project in which nothing was made yet."""
    return _make_project(tmp_path / "project")


@pytest.fixture
def odd_project(tmp_path: Path) -> Project:
    """The same in a folder whose name holds what has a meaning in URLs, globs and paths of partitions."""
    return _make_project(tmp_path / "größe 100% a#b?c" / "partition=mine *")


@pytest.fixture(scope="session")
def made_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project after its first run, shared by all tests and by all workers: look, do not touch."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with (base / "made.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = base / "made" / "done"
        if done.is_file():
            return Project(done.parent / "project")
        shutil.rmtree(done.parent, ignore_errors=True)
        project = _make_project(done.parent / "project")
        (done.parent / "output.txt").write_text(project.toolmind("run", "--workers", 2))
        done.touch()
        return project


@pytest.fixture
def project(made_project: Project, tmp_path: Path) -> Project:
    """A copy of the project after its first run, to do with as a test likes."""
    shutil.copytree(made_project.root, tmp_path / "project")
    return Project(tmp_path / "project")
