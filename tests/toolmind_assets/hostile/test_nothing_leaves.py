"""No reference reaches a host or a file outside, no code of a catalog runs, and no command line shows a traceback."""

import http.server
import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from hostile_cases import CASES, GOOD
from hostile_cases.case import openapi

from toolmind_assets.cli import main
from toolmind_assets.commands.normalize import normalized_catalogs
from toolmind_assets.settings.config import load_settings

SECRET = "sesame-5f3c"
RUN = (
    "an alias to itself",
    "a lone surrogate in a description",
    "a body of allOf that doubles 40 times",
    "zip: names that lead out",
    "a crawl: words of a description",
    "python: a deep expression",
)
"""Cases that go through the command itself; the others go through the function that it calls."""


@pytest.fixture
def requests() -> Iterator[tuple[str, list[str]]]:
    """The address of a server on loopback, and the requests that it got."""
    seen: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"type": "string"}')

        def log_message(self, *_: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    server.server_close()
    thread.join()


def normalized(folder: Path) -> str:
    """All that comes out of a folder, as text."""
    out = folder.parent / "out.parquet"
    said = ""
    with normalized_catalogs(load_settings(), [str(folder)], None, "", "unknown", folder.parent) as parts:
        for write in (parts.write_functions, parts.write_dropped):
            with out.open("wb") as file:
                write(file)
            said += pl.read_parquet(out).write_json()
    return said


def test_no_reference_asks_a_host(tmp_path: Path, requests: tuple[str, list[str]]) -> None:
    address, seen = requests
    folder = tmp_path / "in"
    folder.mkdir()
    references = (f"{address}/a.json", f"{address}/a.json#/b", address.removeprefix("http:") + "/c.json")
    for number, reference in enumerate(references):
        schema = {"$ref": reference, "$id": f"{address}/id", "$schema": f"{address}/meta"}
        schema |= {"externalDocs": {"url": address}, "example": {"$ref": reference}}
        path = {"paths": {"/a": {"$ref": reference}}}
        bare = {
            "name": "f",
            "description": "d",
            "parameters": {"type": "object", "properties": {"p": schema}},
        }
        for kind, content in (("a", openapi(schema)), ("b", {"openapi": "3.0.0", **path}), ("c", bare)):
            (folder / f"{kind}{number}.json").write_text(json.dumps(content))
    (folder / "d.yaml").write_text(f"<<: !include {address}/x\na: !!python/name:os.system ''\n")
    (folder / "e.json").write_text(json.dumps({"type": "object", "$schema": f"{address}/meta"}))
    said = normalized(folder)
    assert seen == [] and said.count("unresolved_ref") == 9


def test_no_reference_reads_a_file_outside(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text(json.dumps({"type": "string", "description": SECRET}))
    folder = tmp_path / "in"
    (folder / "inner").mkdir(parents=True)
    (folder / "link.json").symlink_to(tmp_path / "secret.json")
    (folder / "up").symlink_to(tmp_path)
    outside = tmp_path / "secret.json"
    references = (
        *(
            "../secret.json",
            "link.json",
            "up/secret.json",
            str(outside),
            outside.as_uri(),
            "..%2fsecret.json",
        ),
        *("inner/../../secret.json", "./../secret.json#/description", "inner%2F..%2F..%2Fsecret.json"),
    )
    for number, reference in enumerate(references):
        (folder / f"a{number}.json").write_text(json.dumps(openapi({"$ref": reference})))
    said = normalized(folder)
    assert SECRET not in said and said.count("unresolved_ref") == len(references)


def test_no_code_of_a_catalog_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sentinel = tmp_path / "ran"
    folder = tmp_path / "in"
    folder.mkdir()
    run = f"open({str(sentinel)!r}, 'w').write('x')"
    source = f"""
import hostile_neighbour
{run}
class Meta(type):
    def __new__(*a): {run}
class A(metaclass=Meta):
    '''A'''
    x: int = {run}
@(lambda f: {run})
def f(a: int = {run}, b: "{run}" = None, c: [{run}] = 1) -> A:
    '''d'''
"""
    (folder / "module.py").write_text(source)
    (folder / "hostile_neighbour.py").write_text(run)
    (folder / "conftest.py").write_text(run)
    (folder / "sitecustomize.py").write_text(run)
    (folder / "a.yaml").write_text(f"!!python/object/apply:builtins.eval [{run!r}]")
    monkeypatch.chdir(folder)
    before = set(sys.modules)
    said = normalized(folder)
    assert not sentinel.exists() and '"source_name":"f"' in said
    assert not {name for name in set(sys.modules) - before if "hostile_neighbour" in name or name == "module"}
    assert list(folder.rglob("*.pyc")) == []


@pytest.mark.parametrize("name", RUN)
def test_the_command_ends_well_and_shows_no_traceback(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (case,) = (case for case in CASES if case.name == name)
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.json").write_text(json.dumps(GOOD))
    case.write(folder)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["toolmind", "normalize", "in", "--out", "out"])
    try:
        code = main()
    except SystemExit as ended:
        code = ended.code
    said = "".join(capfd.readouterr())
    assert not code and "Traceback" not in said
    functions = pl.read_parquet(tmp_path / "out" / "functions.parquet")
    assert GOOD["name"] in functions["name"]
    assert all(f"dropped, {reason}: {n}" in said for reason, n in case.dropped.items() if n)
