"""One environment a server: its package alone, installed once and kept while the package stays the same.

No code of a package runs while it is installed: pip takes wheels only, npm runs no scripts.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from toolmind_resources.mcp.child import ChildProcess, clean_environment
from toolmind_resources.mcp.configured_server import McpError, McpLimits, McpServer
from toolmind_resources.mcp.redaction import Secrets, Tail

_MARKER = "installed"
"""A file that stands in an environment when it is whole."""
_LOCK_POLL_SECONDS = 0.2
_INSTALLER_VARIABLES = re.compile(
    r"(?i)(PIP|NPM_CONFIG)_\w+|(HTTPS?|ALL|NO)_PROXY|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|NODE_EXTRA_CA_CERTS"
)
"""What installers are told of their indexes, proxies and certificates."""
_MISPLACING = frozenset(
    {"PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_REQUIREMENT", "NPM_CONFIG_PREFIX"}
)
_CREDENTIALS = re.compile(r"//[^/\s@]+@")


@dataclass(frozen=True, slots=True)
class Program:
    """How the server of an installed package is started.

    Attributes:
        script: What is to be run.
        path: Folder of programs that it needs to find.
        version: Version of the package that was installed.
    """

    script: Path
    path: Path
    version: str


async def find_program(server: McpServer, limits: McpLimits, folder: Path) -> Program:
    """The program of a server's package, which is installed below `folder` where it is not yet.

    Args:
        server: A server with `pip` or `npm`.
        limits: `install_seconds` also bounds the wait for another process that installs the same.
        folder: Where environments are kept.

    Raises:
        McpError: the package cannot be installed in time, or holds no such script.
    """
    place = folder.absolute() / environment_name(server)
    try:
        async with asyncio.timeout(limits.install_seconds), _locked(place):
            if not (place / _MARKER).is_file():
                await _install(server, place, limits)
    except TimeoutError as error:
        raise McpError(
            f"it could not be installed within {limits.install_seconds:g} seconds; raise install_seconds, or install "
            "it yourself and start it by `command`"
        ) from error
    except OSError as error:
        raise McpError(f"its environment {place} cannot be written: {error.strerror}") from error
    return _npm_program(server, place) if server.npm else _pip_program(server, place)


def environment_name(server: McpServer) -> str:
    """Name of the folder of a server's environment: of its packages, and of the Python that runs them."""
    parts = ("npm", server.npm) if server.npm else ("pip", *server.pip, sys.version, sys.base_prefix)
    content = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    return f"{parts[0]}-{re.sub('[^a-z0-9]+', '-', server.package.lower()).strip('-')}-{content[:12]}"


@asynccontextmanager
async def _locked(place: Path) -> AsyncIterator[None]:
    """Holds the environment for this process alone."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.with_name(f"{place.name}.lock").open("wb") as lock:
        while True:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            await asyncio.sleep(_LOCK_POLL_SECONDS)
        yield


async def _install(server: McpServer, place: Path, limits: McpLimits) -> None:
    shutil.rmtree(place, ignore_errors=True)  # what a killed installation left
    place.mkdir()
    if server.npm:
        flags = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
        await _run(("npm", "install", *flags, "--prefix", str(place), "--", server.npm), place, limits)
    else:
        python = str(place / "bin" / "python")
        await _run((sys.executable, "-m", "venv", str(place)), place, limits)
        flags = ("--only-binary=:all:", "--disable-pip-version-check", "--no-input", "--quiet")
        await _run((python, "-m", "pip", "install", *flags, "--", *server.pip), place, limits)
    (place / _MARKER).write_text("\n".join(server.pip or (server.npm,)) + "\n", encoding="utf-8")


async def _run(command: Sequence[str], place: Path, limits: McpLimits) -> None:
    """Runs a step of an installation to its end."""
    tail = Tail(max(limits.tail_bytes, 1), Secrets())
    child = ChildProcess(tail.add, tail.add)
    try:
        await child.start(command, _installer_environment(place), place)
        await child.has_ended.wait()
    finally:
        await child.stop(limits.stop_seconds)
    if child.exit_code != 0:
        said = _CREDENTIALS.sub("//***@", tail.text)
        raise McpError(
            f"it cannot be installed: {Path(command[0]).name} ended with {child.how_it_ended}; correct the package "
            f"and its version\n{said}"
        )


def _installer_environment(place: Path) -> dict[str, str]:
    """As clean as a server's, save that installers find their own configuration."""
    told = {
        name: value
        for name, value in os.environ.items()
        if _INSTALLER_VARIABLES.fullmatch(name) and name.upper() not in _MISPLACING
    }
    environment = clean_environment(place / ".installation") | told
    return environment | {"HOME": os.environ.get("HOME", environment["HOME"])}


def _pip_program(server: McpServer, place: Path) -> Program:
    found = _distribution(server.package, place)
    scripts = {point.name for point in found.entry_points if point.group == "console_scripts"}
    programs = place / "bin"
    return Program(programs / _choose(server, scripts), programs, found.version)


def _distribution(name: str, place: Path) -> Distribution:
    folders = [str(path) for path in sorted(place.glob("lib/python*/site-packages"))]
    found = next(iter(distributions(name=name, path=folders)), None)
    if found is None:
        raise McpError(f"its environment {place} does not hold {name} any more; remove that folder")
    return found


def _npm_program(server: McpServer, place: Path) -> Program:
    described = place / "node_modules" / server.package / "package.json"
    try:
        package: dict[str, Any] = json.loads(described.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise McpError(
            f"its environment {place} does not hold {server.package} any more; remove that folder"
        ) from error
    scripts = package.get("bin") or {}
    # A single script is named for the package, without its scope.
    names = set(scripts) if isinstance(scripts, dict) else {server.package.rpartition("/")[2]}
    programs = place / "node_modules" / ".bin"
    return Program(programs / _choose(server, names), programs, str(package.get("version", "")))


def _choose(server: McpServer, scripts: set[str]) -> str:
    """The script that starts the server: the one that is asked for, the only one, or the package's namesake."""
    shown = ", ".join(sorted(scripts)) or "none"
    if server.script:
        if server.script not in scripts:
            raise McpError(f"the package has no script {server.script!r}; its scripts: {shown}")
        return server.script
    if len(scripts) == 1:
        return next(iter(scripts))
    namesake = server.package.rpartition("/")[2]
    if namesake in scripts:
        return namesake
    raise McpError(f"which script of the package starts the server? Set `script`; its scripts: {shown}")
