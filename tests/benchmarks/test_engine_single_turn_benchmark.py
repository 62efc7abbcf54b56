"""What `benchmarks/engine_single_turn.py` asks, writes and counts."""

import asyncio
import importlib
import io
import json
import pickle
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from toolmind_resources.chat.scripted import ScriptedChat

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
REPLY = {"choices": [{"message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}]}


@pytest.fixture
def single_turn(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("engine_single_turn")


@pytest.fixture
def port(single_turn: Any, tmp_path: Path) -> Iterator[int]:
    """Of an endpoint in a process of its own that answers the first three prompts."""
    digest_of = importlib.import_module("engine_endpoint").messages_digest
    raw = json.dumps(REPLY).encode()
    known = {digest_of([{"role": "user", "content": prompt}]): raw for prompt in single_turn.prompts(3)}
    (tmp_path / "replies.pickle").write_bytes(pickle.dumps(known))
    command = [BENCHMARKS / "engine_endpoint.py", tmp_path / "replies.pickle", "--latency", "0"]
    process = subprocess.Popen([sys.executable, *map(str, command)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield int(process.stdout.readline())
    process.terminate()
    process.communicate(timeout=10)


def test_a_prompt_whose_reply_has_no_words_is_no_row(single_turn: Any) -> None:
    replies = ["one", "", "three"]
    chat, file = ScriptedChat({single_turn.WRITER: replies}), io.StringIO()
    asked = single_turn.prompts(3)
    assert asyncio.run(single_turn.write_answers(chat, asked, 1, file)) == 2
    written = [json.loads(line) for line in file.getvalue().splitlines()]
    assert written == [
        {"prompt": asked[0], "answer": "one"},
        {"prompt": asked[2], "answer": "three"},
    ]


def test_each_prompt_is_asked_once_however_often_it_is_measured(port: int, tmp_path: Path) -> None:
    command = [sys.executable, str(BENCHMARKS / "engine_single_turn.py"), "--prompts", "3"]
    command += ["--base-url", f"http://127.0.0.1:{port}/v1", "--home", str(tmp_path)]
    for _ in range(2):
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        assert json.loads(done.stdout)["rows"] == 3
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/counts", timeout=10) as answer:
        assert json.load(answer)["n_asked"] == 3
