"""A key that is planted everywhere a server can put one is found nowhere that a run leaves behind."""

import json
import sqlite3
import threading
import zlib
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import polars as pl
import pytest

KEY = 'sk-PLANTED/7f3a"9b2c+4e1d'
CONFIG = """\
shards: {{simulated: 1}}
tasks: {{tasks_per_shard: 4, walk_min: 2}}
chat:
  models:
    - {{name: leaky, base_url: "http://127.0.0.1:{port}/v1", model: leaky, api_key_env: PLANTED_KEY, retries: 1,
       is_checked: false}}
    - {{name: closed, base_url: "http://127.0.0.1:{port}/v1", model: closed, api_key_env: PLANTED_KEY, retries: 1}}
  roles: {roles}
"""


class _Leaky(BaseHTTPRequestHandler):
    """Sends the key back wherever a server can: in replies, in refusals, in headers."""

    protocol_version = "HTTP/1.1"
    n_answered = 0

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key = self.headers["Authorization"].removeprefix("Bearer ")
        _Leaky.n_answered += 1
        if body["model"] == "closed":
            self._send(401, {"error": {"message": f"Incorrect API key provided: {key}"}})
        elif _Leaky.n_answered % 5 == 0:
            self._send(
                400, {"error": {"message": f"no request with Authorization: Bearer {key} is understood"}}
            )
        else:
            message = {"role": "assistant", "content": f"Your key is {key}, keep it."}
            self._send(
                200, {"model": f"leaky-{key}", "choices": [{"message": message, "finish_reason": "stop"}]}
            )

    def _send(self, status: int, value: Any) -> None:
        raw = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("x-request-id", self.headers["Authorization"])
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Leaky)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def _leaves(home: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a home; of tables and journal also the rows and replies, which are compressed."""
    for path in home.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes()
        if path.suffix == ".parquet":
            rows = pl.read_parquet(path).to_dicts()
            yield f"rows of {path}", json.dumps(rows, default=str, ensure_ascii=False).encode()
    with sqlite3.connect(home / "chat" / "journal.sqlite") as journal:
        for (packed,) in journal.execute("SELECT raw FROM replies"):
            yield "a reply", zlib.decompress(packed)


def _traces_of_the_key(home: Path) -> list[str]:
    forms = [KEY.encode(), json.dumps(KEY)[1:-1].encode(), b"PLANTED/7f3a"]
    return [name for name, content in _leaves(home) if any(form in content for form in forms)]


def test_no_key_stands_in_any_table_log_event_reply_or_message(empty_project, port, monkeypatch):
    monkeypatch.setenv("PLANTED_KEY", KEY)
    empty_project = replace(empty_project, instance=None)  # one in files, which are looked through
    config = empty_project.root / "toolmind.yaml"
    config.write_text(CONFIG.format(port=port, roles="{assistant_agent: leaky}"))
    printed = empty_project.toolmind("run")
    assert "leaky" in printed
    config.write_text(CONFIG.format(port=port, roles="{assistant_agent: leaky, dialogue_judge: closed}"))
    refused = empty_project.refusal("run")
    assert "the key in PLANTED_KEY is not accepted" in refused
    assert "PLANTED/" not in printed + refused
    replies = [content for name, content in _leaves(empty_project.home) if name == "a reply"]
    assert any(b"Your key is ***, keep it." in reply for reply in replies), "nothing was planted"
    assert _traces_of_the_key(empty_project.home) == []
