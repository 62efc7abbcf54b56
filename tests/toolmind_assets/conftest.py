"""A tiny project of its own: few catalogs, two simulated shards, one open set, run by the command line.

Commands are called in the process of the tests, with the environment and the folder of the project; what is about
processes starts them, with `InProcesses`.
"""

import asyncio
import fcntl
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

import dagster as dg
import pytest
from aiohttp import web
from click.testing import CliRunner

from toolmind_assets.cli import main
from toolmind_assets.orchestration.code_location import build_defs
from toolmind_assets.settings.chat_models import embedded_chat
from toolmind_assets.settings.config import Settings, ToolMindConfig, load_settings
from toolmind_assets.settings.context_types import context_codec
from toolmind_resources.chat.faults import Faults
from toolmind_resources.chat.server import ModelServer, ServerOptions

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
    """A folder with toolmind.yaml, catalogs and a home of its own.

    Attributes:
        root: The folder.
        instance: What commands take for their Dagster instance; None for one in files, as users have.
    """

    root: Path
    instance: dg.DagsterInstance | None = None

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

    @property
    def settings(self) -> Settings:
        """What commands of the project work by."""
        with self.entered():
            return load_settings()

    @contextmanager
    def entered(self) -> Iterator[None]:
        """This process as one that was started for the project."""
        with pytest.MonkeyPatch.context() as patch, chdir(self.root):
            for name in os.environ.keys() - self.environment.keys():
                patch.delenv(name)
            for name, value in self.environment.items():
                patch.setenv(name, value)
            if self.instance is not None:
                patch.setattr(dg.DagsterInstance, "from_config", lambda _: nullcontext(self.instance))
            yield

    def call(self, *arguments: object) -> tuple[int, str, str]:
        """Exit code, output and messages of the command line; no command ever ends in a traceback.

        Shards are made one at a time, which wants no processes.
        """
        defaults = {"run": {"workers": 1}}
        with self.entered():
            result = CliRunner().invoke(main, list(map(str, arguments)), default_map=defaults)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout, result.stderr

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


P = TypeVar("P", bound=Project)


class InProcesses(Project):
    """A project whose commands are processes, and whose shards are."""

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
        process = self.start(*arguments)
        output, messages = process.communicate(timeout=300)
        assert "Traceback" not in output + messages, output + messages
        return process.returncode, output, messages


def _make_project(project: P) -> P:
    root = project.root
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
def instance() -> Iterator[dg.DagsterInstance]:
    """An instance that is gone after the test, and costs half of one in files."""
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


@pytest.fixture
def empty_project(tmp_path: Path, instance: dg.DagsterInstance) -> Project:
    """A project in which nothing was made yet."""
    return _make_project(Project(tmp_path / "project", instance))


def _shared(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that `make` fills once for all tests and all workers."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = base / name
    with (base / f"{name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").is_file():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            (folder / "done").touch()
    return folder


def _make_all(folder: Path) -> None:
    """A project after its first run, and beside it what the run said, and what its instance knows."""
    with dg.DagsterInstance.ephemeral() as instance:
        project = _make_project(Project(folder / "project", instance))
        (folder / "output.txt").write_text(project.toolmind("run"))
        graph = build_defs(project.settings).resolve_asset_graph()
        latest = instance.event_log_storage.get_latest_asset_check_execution_by_key(
            list(graph.asset_check_keys)
        )
        told = {
            "checks": sorted(key.to_user_string() for key in graph.asset_check_keys),
            "evaluated": {key.to_user_string(): record.status.value for key, record in latest.items()},
            "runs": [run.status.value for run in instance.get_runs()],
        }
        (folder / "instance.json").write_text(json.dumps(told))


@pytest.fixture
def odd_project(tmp_path: Path) -> Project:
    """The same in a folder whose name holds what has a meaning in URLs, globs and paths of partitions."""
    return _make_project(Project(tmp_path / "größe 100% a#b?c" / "partition=mine *"))


@pytest.fixture(scope="session")
def made_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project after its first run, shared by all tests and by all workers: look, do not touch."""
    return Project(_shared(tmp_path_factory, "made", _make_all) / "project")


@pytest.fixture
def project(made_project: Project, tmp_path: Path, instance: dg.DagsterInstance) -> Project:
    """A copy of the project after its first run, to do with as a test likes."""
    shutil.copytree(made_project.root, tmp_path / "project")
    return Project(tmp_path / "project", instance)


@pytest.fixture(scope="session")
def in_processes() -> type[InProcesses]:
    """The project in a folder, whose commands are processes: `in_processes(project.root)`."""
    return InProcesses


def _kill_and_take_up(folder: Path) -> None:
    """A project whose first run was killed with one shard made, and taken up by two processes in reverse order."""
    project = _make_project(InProcesses(folder / "project"))
    process = project.start("run", "--workers", 1)
    assert process.stdout is not None
    assert any("shards: 1 of 3" in line for line in process.stdout)
    process.kill()
    process.communicate()
    shutil.copytree(project.root, folder / "killed")
    (folder / "output.txt").write_text(project.toolmind("run", "--reverse", "--workers", 2))


@pytest.fixture(scope="session")
def resumed_project(tmp_path_factory: pytest.TempPathFactory) -> InProcesses:
    """A project that was made by processes, one of them killed, shared by all tests: look, do not touch.

    Beside it lies "killed", as it was before it was taken up.
    """
    return InProcesses(_shared(tmp_path_factory, "resumed", _kill_and_take_up) / "project")


class Served:
    """The embedded model behind a port of loopback, in a thread of this process."""

    def __init__(self, options: ServerOptions) -> None:
        settings = Settings(ToolMindConfig(), Path("nowhere"), Path("nowhere"))
        codec = context_codec(settings.pipeline)
        self._server = ModelServer(embedded_chat(settings), codec, options)
        self._listens, self._loop = threading.Event(), asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))
        self.url = ""

    @property
    def counts(self) -> dict[str, Any]:
        """What was asked and answered so far."""
        return self._server.counts

    async def _serve(self) -> None:
        self._ended = asyncio.Event()
        runner = web.AppRunner(self._server.application(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            self._listens.set()
            await self._ended.wait()
        finally:
            await runner.cleanup()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._listens.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(30)
        self._loop.close()


def _serve(*faults: str, **options: Any) -> Served:
    return Served(ServerOptions(faults=Faults.parse(*faults), **options))


@pytest.fixture(scope="session")
def serve() -> Callable[..., Served]:
    """Serves the embedded model in a `with`: `serve("rate_limit=0.1", key_env=...)`."""
    return _serve
