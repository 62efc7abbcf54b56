"""An environment a server: installed once, without running code of the package, and told apart by its packages."""

import asyncio
import json
import os
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from toolmind_resources.mcp.configured_server import McpError, McpLimits, McpServer
from toolmind_resources.mcp.environment import environment_name
from toolmind_resources.mcp.listing import list_tools, list_tools_now

LIMITS = McpLimits(install_seconds=120, stop_seconds=5)
MODULE = """
import json, sys

def main():
    for line in sys.stdin:
        request = json.loads(line)
        if "id" in request:
            about = {"protocolVersion": "2025-06-18", "serverInfo": {"name": "wheel", "version": "1"}}
            result = about if request["method"] == "initialize" else {"tools": [{"name": sys.argv[1]}]}
            print(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}), flush=True)
"""
NPM = """#!{python}
import json, os, sys
from pathlib import Path
place = Path(sys.argv[sys.argv.index("--prefix") + 1])
with open(place.parent.parent / "calls.jsonl", "a") as calls:
    print(json.dumps([sys.argv[1:], dict(os.environ)]), file=calls)
if sys.argv[-1].endswith("@9"):
    sys.exit("npm error 404 no such version at https://user:planted@registry.example/x")
package = place / "node_modules" / "@scope" / "server"
package.mkdir(parents=True)
(package / "package.json").write_text(json.dumps({{"version": "1.2.3", "bin": {{"server": "x", "other": "y"}}}}))
programs = place / "node_modules" / ".bin"
programs.mkdir()
for name in ("server", "other"):
    (programs / name).write_text("#!{python}\\n" + {module!r} + "\\nmain()\\n")
    (programs / name).chmod(0o755)
"""


@pytest.fixture
def npm_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """File of the calls to an npm that knows one package."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "npm").write_text(NPM.format(python=sys.executable, module=MODULE))
    (programs / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    return tmp_path / "calls.jsonl"


def _write_wheel(folder: Path) -> None:
    about = "small_server-1.0.dist-info"
    with zipfile.ZipFile(folder / "small_server-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("small_server.py", MODULE)
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: small-server\nVersion: 1.0\n")
        wheel.writestr(
            f"{about}/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr(f"{about}/entry_points.txt", "[console_scripts]\nsmall-server = small_server:main\n")
        wheel.writestr(f"{about}/RECORD", "")


def test_a_python_package_gets_an_environment_that_is_used_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    _write_wheel(tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    folder = tmp_path / "environments"
    server = McpServer.model_validate({"pip": "small-server==1.0", "args": ["listed"]})
    answer = list_tools_now(server, LIMITS, folder)
    assert answer["tools"] == [{"name": "listed"}]

    (tmp_path / "small_server-1.0-py3-none-any.whl").unlink()
    assert list_tools_now(server, LIMITS, folder) == answer
    with pytest.raises(
        McpError, match=r"small-server==2.0: it cannot be installed: python ended with exit code 1"
    ):
        list_tools_now(McpServer.model_validate({"pip": "small-server==2.0"}), LIMITS, folder)


def test_an_npm_package_is_installed_without_its_scripts_and_without_our_keys(
    npm_calls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OPENAI_API_KEY", "planted-secret")
    monkeypatch.setenv("npm_config_registry", "https://registry.example")
    server = McpServer(npm="@scope/server@1.2.3", args=("listed",))
    for _ in range(2):
        assert list_tools_now(server, LIMITS, tmp_path / "environments")["tools"] == [{"name": "listed"}]
    calls = [json.loads(line) for line in npm_calls.read_text().splitlines()]
    assert len(calls) == 1
    arguments, environment = calls[0]
    assert arguments[0] == "install" and "--ignore-scripts" in arguments
    assert arguments[-2:] == ["--", "@scope/server@1.2.3"]
    assert environment["npm_config_registry"] == "https://registry.example"
    assert "planted-secret" not in environment.values()


def test_a_failed_installation_shows_its_end_without_passwords_and_is_tried_again(
    npm_calls: Path, tmp_path: Path
):
    server = McpServer(npm="@scope/server@9")
    for _ in range(2):
        with pytest.raises(McpError, match="it cannot be installed: npm ended with exit code 1") as caught:
            list_tools_now(server, LIMITS, tmp_path / "environments")
        assert "404 no such version" in str(caught.value) and "planted" not in str(caught.value)
    assert len(npm_calls.read_text().splitlines()) == 2


def test_two_at_once_install_once(npm_calls: Path, tmp_path: Path):
    server = McpServer(npm="@scope/server@1.2.3", args=("listed",))

    async def both() -> list[dict[str, Any]]:
        return await asyncio.gather(*(list_tools(server, LIMITS, tmp_path / "environments") for _ in "ab"))

    first, second = asyncio.run(both())
    assert first == second
    assert len(npm_calls.read_text().splitlines()) == 1


def test_the_script_is_chosen_by_name(npm_calls: Path, tmp_path: Path):
    folder = tmp_path / "environments"
    chosen = McpServer(npm="@scope/server@1.2.3", script="other", args=("listed",))
    assert list_tools_now(chosen, LIMITS, folder)["tools"] == [{"name": "listed"}]
    with pytest.raises(McpError, match="has no script 'absent'; its scripts: other, server"):
        list_tools_now(McpServer(npm="@scope/server@1.2.3", script="absent"), LIMITS, folder)


def test_an_installation_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "npm").write_text("#!/bin/sh\nexec sleep 600\n")
    (tmp_path / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    limits = McpLimits(install_seconds=0.3, stop_seconds=0.2)
    with pytest.raises(McpError, match=r"could not be installed within 0.3 seconds; raise install_seconds"):
        list_tools_now(McpServer(npm="server"), limits, tmp_path / "environments")


def test_an_environment_is_of_its_packages_alone():
    servers = [
        {"pip": "server"},
        {"pip": "server==1"},
        {"pip": ["server", "mcp<2"]},
        {"npm": "server"},
        {"npm": "@scope/server"},
    ]
    names = {environment_name(McpServer.model_validate(server)) for server in servers}
    assert len(names) == len(servers)
    args = McpServer.model_validate({"pip": "server", "args": ["a"], "script": "b", "env": {"A": "b"}})
    assert environment_name(args) in names
