"""How servers are described: in toolmind.yaml and on the command line."""

import pickle
from typing import Any

import pytest
from pydantic import ValidationError

from toolmind_resources.mcp.configured_server import McpError, McpServer
from toolmind_resources.mcp.listing import digest_answer
from toolmind_resources.mcp.location import is_mcp_location, parse_mcp_location
from toolmind_resources.mcp.messages import RefusedError


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("mcp+pip:mcp-server-time==2026.10.19", {"pip": "mcp-server-time==2026.10.19"}),
        (
            'mcp+pip:server[a,b]>=1,<2,mcp<2 --db "my file.db"',
            {"pip": ["server[a,b]>=1,<2", "mcp<2"], "args": ["--db", "my file.db"]},
        ),
        ("mcp+npm:@scope/server-files@1.0 .", {"npm": "@scope/server-files@1.0", "args": ["."]}),
        ("mcp+https://example.com/mcp?a=1", {"url": "https://example.com/mcp?a=1"}),
        ("mcp+http://127.0.0.1:8000/mcp", {"url": "http://127.0.0.1:8000/mcp"}),
        ("mcp+stdio:./server.sh 'one word'", {"command": ["./server.sh", "one word"]}),
    ],
)
def test_the_short_form_says_what_the_long_one_does(text: str, fields: dict[str, Any]):
    assert is_mcp_location(text)
    assert parse_mcp_location(text) == McpServer.model_validate(fields)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mcp:time", "the forms are mcp+pip:PACKAGE"),
        ("mcp+uv:time", "the forms are mcp+pip:PACKAGE"),
        ("mcp+pip:", "wants one of command, pip, npm, url"),
        ("mcp+stdio:", "wants one of command, pip, npm, url"),
        ("mcp+stdio:a 'b", "close the quotation"),
        ("mcp+pip:--target=/", "this is no name of a package with versions"),
        ("mcp+pip:./folder", "this is no name of a package with versions"),
        ("mcp+pip:name@git+https://example.com/x", "this is no name of a package with versions"),
        ("mcp+npm:--prefix=/", "is no name of a package with a version"),
        ("mcp+npm:../folder", "is no name of a package with a version"),
        ("mcp+npm:user/repository", "is no name of a package with a version"),
        ("mcp+https:///mcp", "this is no http or https URL"),
        ("mcp+https://example.com:port/mcp", "this is no URL"),
    ],
)
def test_what_names_no_server_is_refused(text: str, said: str):
    with pytest.raises(McpError, match=said.replace("+", r"\+")):
        parse_mcp_location(text)


def test_a_password_in_a_url_is_refused_and_not_repeated():
    with pytest.raises(McpError, match="must not hold a user or password") as caught:
        parse_mcp_location("mcp+https://me:planted@example.com/mcp")
    assert "planted" not in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "wants one of command, pip, npm, url"),
        ({"pip": "a", "npm": "b"}, "wants one of command, pip, npm, url, not pip and npm"),
        ({"url": "https://example.com", "env": {"A": "b"}}, "is not started here"),
        ({"pip": "a", "token_env": "KEY"}, "token_env goes with url"),
        ({"command": ["a"], "script": "b"}, "script goes with pip and npm"),
        ({"pip": "a", "script": "../b"}, "no name of a script"),
        ({"pip": "a", "env": {"A=B": "c"}}, "want names of variables"),
        ({"pip": "a", "env_from": ["A B"]}, "want names of variables"),
        ({"pip": "a", "env": {"A": "\0"}}, "zero byte"),
        ({"command": ["a\0"]}, "zero byte"),
        ({"pip": "a", "shell": True}, "Extra inputs"),
        ({"url": "ftp://example.com"}, "no http or https URL"),
    ],
)
def test_what_does_not_go_together_is_refused(fields: dict[str, Any], said: str):
    with pytest.raises(ValidationError, match=said):
        McpServer.model_validate(fields)


@pytest.mark.parametrize(
    ("fields", "title", "package"),
    [
        ({"pip": "My.Server[x]>=1"}, "My.Server[x]>=1", "My.Server"),
        ({"npm": "@scope/server@1.0"}, "@scope/server@1.0", "@scope/server"),
        ({"npm": "@scope/server"}, "@scope/server", "@scope/server"),
        ({"npm": "server@1.0"}, "server@1.0", "server"),
        ({"url": "https://example.com/mcp?key=planted"}, "https://example.com/mcp", ""),
        ({"command": ["run", "--key=planted"]}, "run", ""),
    ],
)
def test_a_server_is_called_by_its_package_program_or_place(fields: dict[str, Any], title: str, package: str):
    server = McpServer.model_validate(fields)
    assert (server.title, server.package) == (title, package)


def test_a_digest_does_not_depend_on_order_but_on_content():
    first, second = {"name": "a", "inputSchema": {"type": "object"}}, {"name": "b"}
    answer = {"initialize": {"serverInfo": {"name": "s", "version": "1"}}, "tools": [first, second]}
    turned = {
        "tools": [second, dict(reversed(first.items()))],
        "initialize": {"serverInfo": {"version": "1", "name": "s"}},
    }
    assert digest_answer(answer) == digest_answer(turned)
    assert digest_answer(answer) != digest_answer(answer | {"tools": [first]})


def test_errors_survive_pickling():
    error = pickle.loads(pickle.dumps(RefusedError("no", -32601)))
    assert (str(error), error.code) == ("no", -32601)
