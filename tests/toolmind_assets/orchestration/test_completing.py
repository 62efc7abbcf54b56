"""Specs completed in a run: by the embedded model, and by an endpoint that is paid for each function once."""

import json
from typing import Any

import polars as pl
import pytest

from toolmind_assets.tables.specs import COMPLETIONS, COMPLETIONS_DROPPED, FUNCTIONS
from toolmind_assets.tables.spending import USAGE
from toolmind_resources.delta.store import DeltaStore

CONFIG = "shards: {simulated: 0}\nembedded: {spec_unparseable: 0}\n"
ON = "specs: {complete: [descriptions, types, returns]}\n"
IDENTITY = ("function_id", "function_key", "function_digest", "name")
STATED = {
    "name": "fully_stated",
    "description": "Says all.",
    "parameters": {"type": "object", "properties": {"a": {"type": "string", "description": "An a."}}},
    "returns": {"type": "boolean"},
}


@pytest.fixture
def small(empty_project) -> Any:
    """A project without shards: three bare functions and one that lacks nothing."""
    for path in empty_project.catalogs.iterdir():
        path.unlink()
    write(empty_project, "bare", "get_order", "list_orders", "delete_order", stated=True)
    return empty_project


def write(project: Any, catalog: str, *names: str, stated: bool = False) -> None:
    entries: list[Any] = [
        {"name": name, "parameters": {"type": "object", "properties": {"id": {}}}} for name in names
    ]
    (project.catalogs / f"{catalog}.json").write_text(json.dumps([*entries, *([STATED] if stated else [])]))


def configure(project: Any, *parts: str) -> None:
    (project.root / "toolmind.yaml").write_text(CONFIG + "".join(parts))


def functions_of(project: Any) -> pl.DataFrame:
    return DeltaStore(project.home / "tables").read(FUNCTIONS).sort("source_name")


def test_functions_are_completed_where_it_is_asked_for_and_keep_their_ids(small) -> None:
    configure(small)
    small.toolmind("run")
    bare = functions_of(small)
    store = DeltaStore(small.home / "tables")
    assert store.row_count(COMPLETIONS) == 0
    assert bare["inferred"].list.len().sum() == 0
    configure(small, ON)
    small.toolmind("run")
    completed = functions_of(small)
    assert completed.select(IDENTITY).equals(bare.select(IDENTITY))
    by_name = {row["source_name"]: row for row in completed.iter_rows(named=True)}
    assert by_name["get_order"]["description"] == "Gets the order."
    parameter = {"description": "Identifier of the order.", "type": "string"}
    assert json.loads(by_name["get_order"]["parameters_json"])["properties"]["id"] == parameter
    assert set(json.loads(by_name["list_orders"]["returns_json"])["properties"]) == {"orders", "total"}
    where = "/parameters/properties/id"
    assert by_name["delete_order"]["inferred"] == [
        "/description",
        f"{where}/description",
        f"{where}/type",
        "/returns",
    ]
    assert by_name["fully_stated"]["inferred"] == []
    assert store.read(COMPLETIONS)["model"].to_list() == ["embedded"] * 3
    assert "Nothing to do" in small.toolmind("run")
    configure(small)
    small.toolmind("run")
    assert functions_of(small).drop("build_token").equals(bare.drop("build_token"))
    assert store.row_count(COMPLETIONS) == 0


def n_replies(served: Any) -> int:
    assert served.counts["n_repeated"] == 0
    return served.counts["n_replies"]


def estimated(project: Any) -> int:
    lines = project.toolmind("run", "--dry-run").splitlines()
    return int(next(line for line in lines if line.startswith("spec_completer")).split()[2])


def test_an_endpoint_is_estimated_stopped_at_its_budget_and_never_asked_the_same_again(small, serve) -> None:
    with serve() as served:
        model = f'{{name: served, base_url: "{served.url}/v1", model: embedded, is_served_here: true}}'
        chat = f"chat: {{models: [{model}], roles: {{spec_completer: served}}}}\n"
        configure(small, ON, chat, "budget: {calls: 2}\n")
        assert estimated(small) == 3
        assert n_replies(served) == 0
        assert "the budget of 2 calls is used up" in small.refusal("run")
        assert n_replies(served) == 2
        assert estimated(small) == 1
        small.toolmind("run")
        assert n_replies(served) == 3
        assert estimated(small) == 0
        write(small, "another", "get_order", "find_invoices")
        assert estimated(small) == 1
        small.toolmind("run")
        assert n_replies(served) == 4
        (small.catalogs / "another.json").unlink()
        small.toolmind("run")
        assert n_replies(served) == 4
    store = DeltaStore(small.home / "tables")
    assert store.row_count(COMPLETIONS) == 3
    assert store.row_count(COMPLETIONS_DROPPED) == 0
    usage = store.read(USAGE)
    assert usage.filter(pl.col("role") == "spec_completer")["n_calls"].sum() == 4


def test_a_reply_that_cannot_be_used_costs_no_function(small) -> None:
    configure(small, ON)
    path = small.root / "toolmind.yaml"
    path.write_text(path.read_text().replace("spec_unparseable: 0", "spec_unparseable: 1"))
    told = small.toolmind("run")
    assert "functions left as they are: 3  (table specs/completions_dropped" in told
    store = DeltaStore(small.home / "tables")
    assert functions_of(small).height == 4
    assert functions_of(small)["inferred"].list.len().sum() == 0
    assert store.read(COMPLETIONS_DROPPED)["reason"].to_list() == ["unusable_reply"] * 3
    version = store.version(COMPLETIONS_DROPPED)
    assert "Nothing to do" in small.toolmind("run")
    assert store.version(COMPLETIONS_DROPPED) == version
    small.toolmind("run", "--retry-failed")
    assert (store.version(COMPLETIONS_DROPPED) or 0) > (version or 0), "asked once more"
