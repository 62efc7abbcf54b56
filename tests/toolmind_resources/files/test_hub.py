"""Files of the Hugging Face hub: the official library, in a process of its own, against a hub on loopback."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote

import pytest

COMMIT = "4f1c" * 10
TOKEN = "hf_planted0secret"
FETCH = """
import json, sys
from pathlib import Path
from toolmind_resources.files.hub import HubError, fetch_file
try:
    found = fetch_file(*sys.argv[1:4], Path(sys.argv[4]))
    print(json.dumps({"path": str(found.path), "commit": found.commit, "text": found.path.read_text()}))
except HubError as error:
    print(json.dumps({"error": str(error)}))
"""
REFUSALS = {
    "someone/absent": (401, {"X-Error-Code": "RepoNotFound"}),
    "someone/gated": (403, {"X-Error-Code": "GatedRepo"}),
    "someone/closed": (403, {}),
    "someone/refused": (401, {"X-Error-Message": "Invalid credentials in Authorization header"}),
    "someone/nothing": (404, {}),
    "someone/page": (200, {}),
}


@dataclass
class Hub:
    """A hub with one data set: `someone/rows` with the file `data/rows.jsonl` at `main` and its commit."""

    folder: Path
    url: str = ""
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        repository, _, place = unquote(path).removeprefix("/datasets/").partition("/resolve/")
        if repository in REFUSALS:
            status, headers = REFUSALS[repository]
            return status, headers, b"<html>not a hub</html>"
        revision, _, file = place.partition("/")
        if revision not in ("main", COMMIT):
            return 404, {"X-Error-Code": "RevisionNotFound"}, b""
        if file != "data/rows.jsonl":
            return 404, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT}, b""
        return 200, {"X-Repo-Commit": COMMIT, "ETag": '"rows-1"'}, b'{"query": "one"}\n'

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("HF_")}
        own = {"HF_ENDPOINT": self.url, "HF_HOME": str(self.folder / "hf_home"), "NO_PROXY": "127.0.0.1"}
        return subprocess.run(
            [sys.executable, "-c", FETCH, *arguments, str(self.folder / "kept")],
            env={**kept, **own, **environment},
            capture_output=True,
            text=True,
            timeout=120,
        )

    def fetch(
        self,
        repository: str = "someone/rows",
        file: str = "data/rows.jsonl",
        revision: str = "main",
        **environment: str,
    ) -> dict[str, str]:
        done = self.run(repository, file, revision, **environment)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    served = Hub(tmp_path)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/datasets/"):  # The library asks for other things of its own.
                served.asked.append((f"{self.command} {self.path}", self.headers.get("Authorization")))
            status, headers, content = served.answer(self.path)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield served
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_is_fetched_into_the_folder_and_says_its_commit(hub: Hub):
    found = hub.fetch()
    assert (found["commit"], found["text"]) == (COMMIT, '{"query": "one"}\n')
    assert Path(found["path"]).is_relative_to(hub.folder / "kept")
    assert any(asked.startswith("GET /datasets/someone/rows/resolve/") for asked, _ in hub.asked)


def test_a_pinned_commit_that_is_there_is_not_asked_for_again(hub: Hub):
    hub.fetch(revision=COMMIT)
    n_asked = len(hub.asked)
    assert n_asked
    assert hub.fetch(revision=COMMIT)["commit"] == COMMIT
    assert len(hub.asked) == n_asked


def test_a_copy_serves_where_the_hub_may_not_be_asked_or_is_away(hub: Hub):
    found = hub.fetch()
    assert hub.fetch(HF_HUB_OFFLINE="1") == found
    # Nobody listens at the discard port.
    assert hub.fetch(HF_ENDPOINT="http://127.0.0.1:9") == found


def test_without_a_copy_the_hub_is_wanted(hub: Hub):
    assert "the hub cannot be reached" in hub.fetch(HF_HUB_OFFLINE="1")["error"]
    assert hub.asked == []


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ({"repository": "someone/absent"}, "knows no such data set"),
        ({"repository": "someone/gated"}, "gated; accept its terms"),
        ({"repository": "someone/closed"}, "refuses it with status 403; set HF_TOKEN"),
        ({"repository": "someone/refused"}, "refuses it with status 401; set HF_TOKEN"),
        ({"repository": "someone/nothing"}, "holds nothing there"),
        ({"repository": "someone/page"}, "what answers is no hub"),
        ({"repository": "no id at all"}, "this is no id of a data set"),
        ({"revision": "next"}, "there is no such revision"),
        ({"file": "data/absent.jsonl"}, "there is no such file"),
    ],
)
def test_what_cannot_be_had_says_why_without_the_token(hub: Hub, place: dict[str, str], message: str):
    named = {"repository": "someone/rows", "file": "data/rows.jsonl", "revision": "main", **place}
    done = hub.run(*named.values(), HF_TOKEN=TOKEN)
    assert message in json.loads(done.stdout)["error"]
    assert TOKEN not in done.stdout + done.stderr


def test_the_token_of_the_environment_is_sent_and_one_kept_in_a_file_is_not(hub: Hub):
    (hub.folder / "hf_home").mkdir()
    (hub.folder / "hf_home" / "token").write_text("hf_from0a0file")
    hub.fetch(revision=COMMIT)
    assert {token for _, token in hub.asked} == {None}
    hub.asked.clear()
    hub.fetch(HF_TOKEN=TOKEN)
    assert {token for _, token in hub.asked} == {f"Bearer {TOKEN}"}


def test_a_token_that_is_no_text_for_a_header_is_refused_and_not_shown(hub: Hub):
    done = hub.run("someone/rows", "data/rows.jsonl", "main", HF_TOKEN="hf_sécret")
    assert "the value of HF_TOKEN is no token" in json.loads(done.stdout)["error"]
    assert "cret" not in done.stdout + done.stderr


def test_without_the_library_the_message_says_what_to_install(tmp_path: Path):
    blocked = "import sys; sys.modules['huggingface_hub'] = None\n" + FETCH
    done = subprocess.run(
        [sys.executable, "-c", blocked, "someone/rows", "rows.jsonl", "main", str(tmp_path)],
        capture_output=True,
        text=True,
    )
    assert 'pip install "toolmind-assets[hub]"' in json.loads(done.stdout)["error"]
