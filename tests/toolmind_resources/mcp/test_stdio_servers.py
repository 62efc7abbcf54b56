"""Servers that are started here: what is listed of them, and what they cannot do to us."""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from toolmind_resources.mcp.configured_server import McpError, McpLimits, McpServer
from toolmind_resources.mcp.listing import list_tools_now

Listed = Callable[..., dict[str, Any]]
TWO_TOOLS = 'greet()\nanswer(read(), {"tools": [tool("first"), tool("second")]})\n'


def _names(answer: dict[str, Any]) -> list[str]:
    return [tool["name"] for tool in answer["tools"]]


def test_the_answer_has_the_form_of_a_dump(tools_of: Listed):
    answer = tools_of(TWO_TOOLS)
    assert answer == {
        "initialize": {
            "protocolVersion": "2025-06-18",
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "scripted", "version": "1"},
        },
        "tools": [
            {"name": name, "description": "does it", "inputSchema": {"type": "object"}}
            for name in ("first", "second")
        ],
    }


def test_old_revisions_are_spoken_to(tools_of: Listed):
    answer = tools_of('greet("2024-11-05")\nanswer(read(), {"tools": []})\n')
    assert (answer["initialize"]["protocolVersion"], answer["tools"]) == ("2024-11-05", [])


def test_a_server_of_a_revision_without_handshake_is_discovered(tools_of: Listed):
    answer = tools_of("""
refused = read()
send({"jsonrpc": "2.0", "id": refused["id"], "error": {"code": -32022, "message": "no such revision"}})
request = read()
assert request["method"] == "server/discover", request
meta = request["params"]["_meta"]
assert meta["io.modelcontextprotocol/protocolVersion"] == "2026-07-28", meta
about = {"io.modelcontextprotocol/serverInfo": {"name": "modern"}}
answer(request, {"supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}}, "instructions": "Be kind.", "_meta": about})
request = read()
assert request["params"]["_meta"] == meta, request
answer(request, {"tools": [tool("first")]})
""")
    assert answer["initialize"] == {
        "protocolVersion": "2026-07-28",
        "serverInfo": {"name": "modern"},
        "capabilities": {"tools": {}},
        "instructions": "Be kind.",
    }
    assert _names(answer) == ["first"]


def test_pages_are_followed_to_the_end(tools_of: Listed):
    answer = tools_of("""
greet()
answer(read(), {"tools": [tool("first")], "nextCursor": "two"})
request = read()
assert request["params"]["cursor"] == "two", request
answer(request, {"tools": [tool("second")], "nextCursor": ""})
""")
    assert _names(answer) == ["first", "second"]


def test_a_server_without_tools_has_none(tools_of: Listed):
    answer = tools_of("""
greet(capabilities={"prompts": {}})
send({"jsonrpc": "2.0", "id": read()["id"], "error": {"code": -32601, "message": "Method not found"}})
""")
    assert answer["tools"] == []


def test_noise_on_stdout_is_skipped(tools_of: Listed):
    answer = tools_of("""
print("Welcome!\\n\\n{\\"jsonrpc\\": \\"2.0\\", \\"id\\": 1, \\n[1, 2]\\n{\\"level\\": \\"info\\"}\\nNaN", flush=True)
sys.stdout.buffer.write(b"\\xff\\xfe not text\\n" + b"[" * 100_000 + b"\\n")
greet()
request = read()
send({"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "listing"}})
print("DEBUG listing", flush=True)
answer(request, {"tools": [tool("first")]})
""")
    assert _names(answer) == ["first"]


def test_what_the_server_asks_is_answered(tools_of: Listed):
    answer = tools_of("""
greet()
request = read()
send({"jsonrpc": "2.0", "id": "a", "method": "ping"})
assert read() == {"jsonrpc": "2.0", "id": "a", "result": {}}
send({"jsonrpc": "2.0", "id": 7, "method": "roots/list"})
assert read()["error"]["code"] == -32601
answer(request, {"tools": [tool("first")]})
""")
    assert _names(answer) == ["first"]


def test_no_tool_is_called_and_the_end_is_told_by_a_closed_stdin(tools_of: Listed, tmp_path: Path):
    seen = tmp_path / "seen"
    tools_of(TWO_TOOLS + f"open({str(seen)!r}, 'w').write(repr(sys.stdin.readline()))\n")
    assert seen.read_text() == "''"


def test_the_server_sees_nothing_of_our_environment(tools_of: Listed, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_API_KEY", "planted-secret")
    monkeypatch.setenv("GIVEN_KEY", "given-value-1234")
    monkeypatch.chdir(os.sep)
    answer = tools_of(
        """
home = os.environ["HOME"]
seen = [sorted(os.environ), os.listdir(home), os.listdir(os.environ["TMPDIR"]), os.listdir(), os.environ["MODE"]]
greet()
answer(read(), {"tools": [tool("first", json.dumps(seen)), tool("second", str(len(os.environ["GIVEN_KEY"])))]})
""",
        env={"MODE": "test"},
        env_from=("GIVEN_KEY",),
    )
    names, *folders, mode = json.loads(answer["tools"][0]["description"])
    # The interpreter may set LC_CTYPE for itself.
    assert set(names) - {"LC_CTYPE"} == {"PATH", "HOME", "LANG", "TMPDIR", "MODE", "GIVEN_KEY"}
    assert (folders, mode) == ([[], [], []], "test")
    assert answer["tools"][1]["description"] == str(len("given-value-1234"))


def test_nothing_of_our_environment_reaches_the_server_by_value(
    tools_of: Listed, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OPENAI_API_KEY", "planted-secret")
    answer = tools_of("""
greet()
files = [open(f"/proc/self/{name}", "rb").read() for name in ("environ", "cmdline")] if os.path.isdir("/proc/self") else []
answer(read(), {"tools": [tool("first", str(any(b"planted-secret" in text for text in files)))]})
""")
    assert answer["tools"][0]["description"] == "False"


def test_keys_that_a_server_tells_are_blanked(tools_of: Listed, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GIVEN_KEY", "given-value-1234")
    answer = tools_of(
        'greet()\nanswer(read(), {"tools": [tool("first", "key " + os.environ["GIVEN_KEY"])]})\n',
        env_from=("GIVEN_KEY",),
    )
    assert answer["tools"][0]["description"] == "key ***"


def test_keys_in_stderr_errors_and_noise_are_blanked(tools_of: Listed, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GIVEN_KEY", "given-value-1234")
    with pytest.raises(McpError) as caught:
        tools_of(
            """
key = os.environ["GIVEN_KEY"]
print(f"started with {key} " * 20, flush=True)
print(f"{key} is refused " * 1000, file=sys.stderr, flush=True)
send({"jsonrpc": "2.0", "id": read()["id"], "error": {"code": 4, "message": f"bad key {key} " * 50}})
read()
""",
            env_from=("GIVEN_KEY",),
            limits={"tail_bytes": 150},
        )
    message = str(caught.value)
    assert "bad key ***" in message and "started with ***" in message and "*** is refused" in message
    assert "given" not in message.replace("given up", "") and "1234" not in message


FAILURES = {
    "it ends": (
        'read()\nprint("no database", file=sys.stderr)\nsys.exit(3)',
        {},
        "it ended with exit code 3 before it answered initialize\nIts stderr ended with:\nno database",
    ),
    "it is killed": (
        "read()\nos.kill(os.getpid(), 9)",
        {},
        "it ended with signal SIGKILL before it answered",
    ),
    "it ends while it lists": (
        "greet()\nread()",
        {},
        "it ended with exit code 0 before it answered tools/list",
    ),
    "it closes its output": (
        "read()\nos.close(1)\nread()",
        {"stop_seconds": 0.3},
        "it closed its output before it answered initialize",
    ),
    "it hangs at its start": (
        'print("loading", flush=True)\ntime.sleep(60)',
        {"start_seconds": 0.5, "stop_seconds": 0.2},
        "no answer to its start came within 0.5 seconds; raise start_seconds if it is slow; what it wrote "
        "beside MCP messages ended with: loading",
    ),
    "it hangs while it lists": (
        "greet()\nread()\ntime.sleep(60)",
        {"list_seconds": 0.5, "stop_seconds": 0.2},
        "no answer to tools/list came within 0.5 seconds; raise list_seconds",
    ),
    "it floods with noise": (
        'while True:\n    print("x" * 1000)',
        {"max_output_bytes": 500_000, "stop_seconds": 0.2},
        "it wrote more than 500,000 bytes; raise max_output_bytes",
    ),
    "it floods its stderr": (
        'read()\nfor _ in range(100):\n    print("x" * 99_999, file=sys.stderr)\nprint("end", file=sys.stderr)',
        {"tail_bytes": 10},
        "Its stderr ended with:\nxxxxx\nend",
    ),
    "it writes a giant line": (
        'read()\nsys.stdout.write("{" * 3_000_000)\nsys.stdout.flush()\nread()',
        {"max_message_bytes": 100_000},
        "it wrote a line of more than 100,000 bytes; raise max_message_bytes",
    ),
    "it answers an error": (
        'greet()\nsend({"jsonrpc": "2.0", "id": read()["id"], "error": {"code": -32603, "message": "no\\ndisk"}})',
        {},
        "it answered tools/list with error -32603: no disk",
    ),
    "it cannot read us": (
        'send({"jsonrpc": "2.0", "id": None, "error": {"code": -32700, "message": "what?"}})\nread()',
        {},
        "it answered a message that it could not read with error -32700: what?",
    ),
    "it answers with a wrong id": (
        'request = read()\nrequest["id"] = "1"\nanswer(request, {})\nread()',
        {},
        'it answered a request with the id "1", and none was sent',
    ),
    "its answer is no object": (
        "answer(read(), [])\nread()",
        {},
        "its answer to initialize is no object, but list",
    ),
    "it names no revision": (
        "answer(read(), {})\nread()",
        {},
        "its answer to initialize names no protocolVersion",
    ),
    "its list is no list": (
        'greet()\nanswer(read(), {"tools": {}})\nread()',
        {},
        "its answer to tools/list holds no list of tools, but dict",
    ),
    "its cursor is no text": (
        'greet()\nanswer(read(), {"tools": [], "nextCursor": 5})\nread()',
        {},
        "the nextCursor of its list of tools is no text, but int",
    ),
    "its cursors run in a circle": (
        'greet()\nfor cursor in "aba":\n    answer(read(), {"tools": [], "nextCursor": cursor})\nread()',
        {},
        "its list of tools has no end: page 3 leads back to an earlier one",
    ),
    "its pages never end": (
        'greet()\nfor number in range(99):\n    answer(read(), {"tools": [], "nextCursor": str(number)})',
        {"max_pages": 5},
        "its list has more than 5 pages; raise max_pages",
    ),
    "it has too many tools": (
        'greet()\nanswer(read(), {"tools": [tool(str(n)) for n in range(9)]})\nread()',
        {"max_tools": 8},
        "it lists more than 8 tools; raise max_tools",
    ),
    "its answer is nested too deep": (
        'text = "[" * 900 + "]" * 900\nprint(\'{"jsonrpc": "2.0", "id": 1, "result": {"a": %s}}\' % text, flush=True)\nread()',
        {},
        "its answer to initialize is nested deeper than 200 levels",
    ),
    "two tools have one name": (
        'greet()\nanswer(read(), {"tools": [tool("same"), tool("other"), tool("same")]})\nread()',
        {},
        "it lists two tools with the name 'same'; which one is called cannot be told",
    ),
}


@pytest.mark.parametrize(("body", "limits", "said"), FAILURES.values(), ids=FAILURES)
def test_a_failing_server_is_told_of_in_one_error(
    tools_of: Listed, body: str, limits: dict[str, Any], said: str
):
    with pytest.raises(McpError) as caught:
        tools_of(body, limits)
    message = str(caught.value)
    assert said in message
    assert message.startswith(f"MCP server {sys.executable}: ")
    assert caught.value.__cause__ is None


def test_a_variable_that_is_not_set_is_named(tools_of: Listed, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("ABSENT_KEY", raising=False)
    with pytest.raises(McpError, match="the environment variable ABSENT_KEY is not set"):
        tools_of(TWO_TOOLS, env_from=("ABSENT_KEY",))


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("no-such-program-here",), "there is no program 'no-such-program-here'; install it"),
        (("./data.txt",), "cannot be started: Permission denied"),
    ],
)
def test_what_cannot_be_started_is_told(command: tuple[str, ...], said: str, tmp_path: Path):
    (tmp_path / "data.txt").write_text("no program")
    with pytest.raises(McpError, match=said):
        list_tools_now(McpServer(command=command), McpLimits(), tmp_path / "environments", tmp_path)


def test_commands_and_root_are_relative_to_the_root(scripted: Callable[..., McpServer], tmp_path: Path):
    scripted(TWO_TOOLS)
    (tmp_path / "start.sh").write_text('#!/bin/sh\nexec "$@"\n')
    (tmp_path / "start.sh").chmod(0o755)
    server = McpServer(command=("./start.sh", sys.executable), args=("{root}/server.py",))
    assert _names(list_tools_now(server, McpLimits(), tmp_path, tmp_path)) == ["first", "second"]


def test_a_server_that_ignores_every_signal_but_one_is_killed_with_its_children(
    tools_of: Listed, tmp_path: Path
):
    pids = tmp_path / "pids"
    tools_of(
        f"""
import signal, subprocess
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)"])
open({str(pids)!r}, "w").write(f"{{os.getpid()}} {{child.pid}}")
{TWO_TOOLS}
while True:
    time.sleep(600)
""",
        {"stop_seconds": 0.3},
    )
    for pid in map(int, pids.read_text().split()):
        assert _is_gone(pid)


def test_children_of_a_server_that_has_ended_are_killed(tools_of: Listed, tmp_path: Path):
    pids = tmp_path / "pids"
    tools_of(f"""
import subprocess
child = subprocess.Popen([sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)"])
open({str(pids)!r}, "w").write(str(child.pid))
{TWO_TOOLS}
""")
    assert _is_gone(int(pids.read_text()))


def _is_gone(pid: int) -> bool:
    """Whether a process has ended within seconds; one that nobody has asked for its exit code has."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
            status = Path(f"/proc/{pid}/stat")
            if status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except ProcessLookupError:
            return True
    return False
