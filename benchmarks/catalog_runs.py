"""Child processes and what each of them cost: `toolmind normalize`, orjson, and the importers it is compared with."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BESIDE = Path(__file__).resolve().parent
ROOT = BESIDE.parent
PEERS = {"fastmcp": "fastmcp==4.2.3", "google-adk": "google-adk==2.13.0", "openapi-llm": "openapi-llm==0.4.3"}
"""Importers of OpenAPI on PyPI; each gets an environment of its own."""
PEER_SECONDS = 20
"""CPU seconds that they get for one spec."""
_PARSE = """
import sys, time, pathlib, orjson
spent = 0.0
for name in sys.stdin.read().split("\\n"):
    content = pathlib.Path(name).read_bytes()
    began = time.process_time()
    orjson.loads(content)
    spent += time.process_time() - began
print(spent)
"""


@dataclass(frozen=True)
class Spent:
    """What a process cost, those that it waited for included.

    Attributes:
        cpu_seconds: User and system.
        peak_mib: Most memory that it, or one of those, held at once.
    """

    cpu_seconds: float
    wall_seconds: float
    peak_mib: float
    printed: str


def measured(command: Sequence[str | Path], cwd: Path, variables: dict[str, str] | None = None) -> Spent:
    """Runs a command to its end.

    Raises:
        SystemExit: it failed.
    """
    log = cwd / f"output-{time.monotonic_ns()}.txt"
    began = time.monotonic()
    with log.open("wb") as file:
        environment = {**os.environ, **(variables or {})}
        process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=file, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - began
    printed = log.read_text(errors="replace")
    log.unlink()
    if process.returncode:
        raise SystemExit(f"{' '.join(map(str, command))[:300]} failed:\n{printed[-3000:]}")
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return Spent(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / unit, printed)


def normalize(location: str, out: Path, cwd: Path, home: Path) -> Spent:
    """`toolmind normalize` as a user runs it, of this checkout, with nothing configured."""
    program = "import sys; from toolmind_assets.cli import main; sys.argv[0] = 'toolmind'; sys.exit(main())"
    variables = {"TOOLMIND_HOME": str(home), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", program, "normalize", location, "--out", str(out), "--replace"]
    return measured(command, cwd, variables)


def parse_seconds(files: Sequence[Path]) -> float:
    """CPU seconds that orjson needs to parse files, one after the other; reading them is not counted."""
    names = "\n".join(map(str, files))
    command = [sys.executable, "-c", _PARSE]
    return float(subprocess.run(command, input=names, capture_output=True, text=True, check=True).stdout)


def peer_environment(name: str, folder: Path) -> Path | None:
    """The Python of an importer's environment, which is made where it is not there; None where it cannot be had."""
    home = folder / "peers" / PEERS[name].replace("==", "-")
    python = home / "bin" / "python"
    if (home / "installed").is_file():
        return python
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True, capture_output=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PEERS[name]]
        subprocess.run(install, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"{PEERS[name]} cannot be installed: {error}", file=sys.stderr)
        return None
    (home / "installed").touch()
    return python


def peer_specs(
    name: str, python: Path, files: Sequence[Path], cwd: Path
) -> tuple[list[dict[str, Any]], Spent]:
    """What an importer made of each spec: `{file, tools, seconds, error}`."""
    command = [python, BESIDE / "catalog_peer.py", name, str(PEER_SECONDS), *files]
    spent = measured([str(part) for part in command], cwd, {"PYTHONPATH": ""})
    lines = [line for line in spent.printed.splitlines() if line.startswith('{"file"')]
    return [json.loads(line) for line in lines], spent
