"""Commands from file to file: `normalize`, `link`, `import`, `check`; and what they say to bad input."""

import json
import os

import networkx as nx
import polars as pl
import pytest

from toolmind_assets.tables.graph import EDGES
from toolmind_assets.tables.rows import encode_rows
from toolmind_assets.tables.specs import FUNCTIONS, SPECS_DROPPED
from toolmind_resources.delta.table import BUILD_TOKEN, Table

PING = {"name": "ping", "description": "Ping a host", "parameters": {"type": "object", "properties": {}}}


def _columns(table: Table) -> dict[str, object]:
    return {name: kind for name, kind in table.schema.items() if name != BUILD_TOKEN}


def _normalize(project, *catalogs: object) -> pl.DataFrame:
    project.toolmind("normalize", *catalogs, "--out", project.root / "specs")
    return pl.read_parquet(project.root / "specs" / "functions.parquet")


def test_normalize_and_link_write_the_columns_of_the_tables(empty_project):
    functions = _normalize(empty_project, *sorted(empty_project.catalogs.glob("*.json")))
    dropped = pl.read_parquet(empty_project.root / "specs" / "dropped.parquet")
    assert (dict(functions.schema), dict(dropped.schema)) == (_columns(FUNCTIONS), _columns(SPECS_DROPPED))
    assert functions.height == 17
    edges, drawn = empty_project.root / "edges.parquet", empty_project.root / "graph.graphml"
    said = empty_project.toolmind(
        "link", empty_project.root / "specs" / "functions.parquet", "--out", edges, "--graphml", drawn
    )
    assert dict(pl.read_parquet_schema(edges)) == _columns(EDGES)
    accepted = pl.read_parquet(edges).filter(pl.col("verdict") == "accepted")
    n_flows = accepted.filter(pl.col("kind") == "P-R").height
    assert f"P-R {n_flows} accepted" in said
    graph = nx.read_graphml(drawn)
    assert len(graph) == 17
    assert sum(n for _, _, n in graph.edges(data="n_field_links")) == accepted.height


def test_the_texts_of_a_paid_embedder_are_paid_for_once(empty_project, embedding_server, make, monkeypatch):
    monkeypatch.setenv("PLANTED_KEY", "sk-planted")
    section = {"kind": "openai", "base_url": embedding_server.url, "model": "m", "api_key_env": "PLANTED_KEY"}
    (empty_project.root / "toolmind.yaml").write_text(json.dumps({"embedder": section}))
    functions = encode_rows(FUNCTIONS, make.functions().values()).drop(BUILD_TOKEN)
    functions.write_parquet(empty_project.root / "functions.parquet")
    arguments = ("link", "functions.parquet", "--replace", "--out", "edges.parquet")
    first = empty_project.toolmind(*arguments)
    asked = [text for request in embedding_server.asked for text in request["input"]]
    assert len(asked) == len(set(asked)) > 0
    assert set(embedding_server.keys) == {"Bearer sk-planted"}
    n_requests = len(embedding_server.asked)
    assert empty_project.toolmind(*arguments) == first
    assert len(embedding_server.asked) == n_requests
    kept = [path.read_bytes() for path in (empty_project.home / "embed").iterdir()]
    assert kept and not any(b"sk-planted" in content for content in kept)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("truncated.json", b'{"openapi": "3.0.3", "paths": {', "malformed_json"),
        ("no-openapi.yaml", b"kind: Deployment\nmetadata: {name: web}\n", "unknown_form"),
        ("latin.json", '[{"name": "caf\u00e9"}]'.encode("latin-1"), "unreadable_file"),
        ("long-name.json", json.dumps([{**PING, "name": "n" * 10_000}]).encode(), "name_too_long"),
    ],
)
def test_a_bad_catalog_is_a_dropped_row_and_its_neighbour_stays(empty_project, name, content, reason):
    (empty_project.root / name).write_bytes(content)
    (empty_project.root / "good.json").write_text(json.dumps([PING]))
    functions = _normalize(empty_project, name, "good.json")
    dropped = pl.read_parquet(empty_project.root / "specs" / "dropped.parquet")
    assert functions["name"].to_list() == ["ping"]
    assert dropped["reason"].to_list() == [reason]
    assert dropped["detail"][0]


def test_catalogs_of_one_file_name_stay_apart(empty_project):
    for number in (1, 2):
        folder = empty_project.root / f".h{number}"
        folder.mkdir()
        (folder / "tools.json").write_text(json.dumps([{**PING, "name": f"ping_{number}"}]))
    functions = _normalize(empty_project, ".h1/tools.json", ".h2/tools.json")
    sources = [source for row in functions["sources"].to_list() for source in row]
    assert sorted(source["catalog"] for source in sources) == ["tools", "tools-2"]
    assert len({source["entry_id"] for source in sources}) == 2


def test_the_working_directory_is_a_catalog(empty_project):
    functions = _normalize(empty_project, ".")
    names = {source["catalog"] for row in functions["sources"].to_list() for source in row}
    assert functions.height and len(names) == 1 and "" not in names


def test_an_imported_open_set_can_be_checked(empty_project):
    root = empty_project.root
    dialogues, verdicts = root / "dialogues.jsonl", root / "verdicts.jsonl"
    said = empty_project.toolmind("import", "--set", "glaive", root / "glaive.jsonl", "--out", dialogues)
    assert "3 dialogues, 1 rows dropped" in said
    said = empty_project.toolmind("check", dialogues, "--out", verdicts)
    assert "dialogue" in said
    lines = [json.loads(line) for line in verdicts.read_text().splitlines()]
    ids = [json.loads(line)["id"] for line in dialogues.read_text().splitlines()]
    assert [line["id"] for line in lines if line["message_index"] is None] == ids
    assert sum(line["call_index"] is not None for line in lines) == 3
    assert all(line["outcome"] in ("pass", "fail", "unverifiable") for line in lines)
    assert all(
        {"code", "severity", "path", "detail"} == reason.keys() for x in lines for reason in x["reasons"]
    )


def test_hostile_dialogues_are_verdicts_not_tracebacks(empty_project):
    dialogues, verdicts = empty_project.root / "in.jsonl", empty_project.root / "out.jsonl"
    deep = b"[" * 20_000
    good = {"id": "good", "tools": [], "messages": [{"role": "user", "content": "Hi"}]}
    dialogues.write_bytes(
        b'{"cut": \n' + deep + b'\n{"id": "\xff"}\n[]\n' + json.dumps(good).encode() + b"\n"
    )
    empty_project.toolmind("check", dialogues, "--out", verdicts)
    assert '"good"' in verdicts.read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("normalize", "absent.json", "--out", "o"), "absent.json"),
        (("link", "absent.parquet", "--out", "o"), "absent.parquet"),
        (("link", "glaive.jsonl", "--out", "o"), "no readable Parquet file"),
        (("link", "glaive.jsonl"), "--graphml"),
        (("link", "--gexf", "o"), "there is no graph in"),
        (("check", "absent.jsonl", "--out", "o"), "absent.jsonl cannot be read"),
        (("check", "catalogs", "--out", "o"), "catalogs cannot be read"),
        (("import", "--set", "glaive", "absent.jsonl", "--out", "o"), "absent.jsonl cannot be read"),
        (("import", "--set", "unheard-of", "glaive.jsonl", "--out", "o"), "unheard-of"),
        (("check", "glaive.jsonl", "--out", "toolmind.yaml"), "toolmind.yaml exists"),
        (("normalize", "catalogs", "--out", "catalogs"), "--replace"),
    ],
)
def test_a_wrong_argument_is_one_message_that_names_it(empty_project, arguments, message):
    refusal = empty_project.refusal(*arguments)
    assert message in refusal
    assert not (empty_project.root / "o").exists()


def test_a_file_of_200_megabytes_is_refused_unread(empty_project):
    with (empty_project.root / "large.json").open("wb") as file:
        os.truncate(file.fileno(), 200 * 1024**2)
    assert _normalize(empty_project, "large.json").height == 0
    dropped = pl.read_parquet(empty_project.root / "specs" / "dropped.parquet")
    assert dropped["reason"].to_list() == ["file_too_large"]


def test_a_refused_command_leaves_no_file_behind(empty_project):
    before = sorted(path.name for path in empty_project.root.iterdir())
    empty_project.refusal("normalize", "absent.json", "--out", empty_project.root / "specs")
    assert sorted(path.name for path in empty_project.root.iterdir()) == before


def test_every_command_explains_itself(empty_project):
    listed = empty_project.toolmind("--help")
    for command in ["run", "ui", "preview", "normalize", "link", "check", "import", "export", "trace"]:
        assert command in listed
