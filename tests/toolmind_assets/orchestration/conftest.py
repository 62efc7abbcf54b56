"""An endpoint in a process of its own, for commands that are processes of their own."""

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class ServedApart:
    """A `toolmind serve-model` at an address."""

    url: str

    @property
    def counts(self) -> dict[str, Any]:
        """What was asked and answered so far."""
        with urllib.request.urlopen(f"{self.url}/counts", timeout=10) as answer:
            return json.load(answer)


@contextmanager
def _served(folder: Path, *options: object) -> Iterator[ServedApart]:
    command = [Path(sys.executable).with_name("toolmind"), "serve-model", "--port", "0", *map(str, options)]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = (re.search(r"http://127\.0\.0\.1:\d+", line) for line in process.stdout)
        yield ServedApart(next(match.group() for match in found if match))
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.fixture(scope="session")
def serve_apart() -> Callable[..., AbstractContextManager[ServedApart]]:
    """Serves the embedded model in a `with`, from a folder and with options of the command."""
    return _served
