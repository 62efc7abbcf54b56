"""Commands over what a run has made: `trace`, `export`, `preview`; and `run` where it cannot."""

import json

import networkx as nx
import polars as pl
import pytest

from toolmind_assets.tables.dialogues import CALLS
from toolmind_assets.tables.graph import EDGES
from toolmind_assets.tables.mixture import MIXED_SAMPLES
from toolmind_assets.tables.specs import FUNCTIONS
from toolmind_assets.tables.tasks import TASKS
from toolmind_resources.delta.store import DeltaStore


def _store(project) -> DeltaStore:
    return DeltaStore(project.home / "tables")


def test_a_sample_is_traced_to_catalog_entries_with_their_licences(made_project):
    samples = _store(made_project).read(MIXED_SAMPLES)
    simulated = samples.filter(samples["source"] == "simulated")["sample_id"][0]
    found = made_project.toolmind("trace", simulated)
    assert found.startswith(f"sample {simulated}")
    for words in ("dialogue_", "task_", "function fn_", "entry entry_", "catalog ", "source ", "licence MIT"):
        assert words in found


def test_a_sample_of_an_open_set_is_traced_to_the_set_with_its_licence(made_project):
    samples = _store(made_project).read(MIXED_SAMPLES)
    sample_id = samples.filter(samples["source"] == "glaive")["sample_id"][0]
    found = made_project.toolmind("trace", sample_id)
    assert "glaive, shard open-glaive-00" in found
    assert "licence Apache-2.0" in found


def test_a_function_is_traced_forward_to_samples(made_project):
    chain = _store(made_project).read(TASKS)["chain"].explode().value_counts(sort=True)
    found = made_project.toolmind("trace", chain["chain"][0])
    assert "went into:" in found
    assert "sample sample_" in found
    name = found.split("  ")[1].split(",")[0]
    assert made_project.toolmind("trace", name) == found


def test_an_id_that_nothing_has_is_one_message(made_project):
    assert "sample_0" in made_project.refusal("trace", "sample_0")


def test_every_function_is_counted_once_and_those_that_no_dialogue_called_are_named(made_project):
    store = _store(made_project)
    n_functions = store.read(FUNCTIONS).height
    called = store.read(CALLS)["function_id"].drop_nulls().n_unique()
    counts = made_project.toolmind("coverage").splitlines()[-1].split()
    assert counts[:2] == ["all", str(n_functions)] and counts[3] == str(called)
    names = made_project.toolmind("coverage", "--names").splitlines()
    assert len(names) == n_functions - called
    assert {"offered, never called", "never offered", "cannot be called"} >= {
        name.split("\t")[0] for name in names
    }


def test_the_graph_of_a_run_is_written_for_graph_programs(made_project, tmp_path):
    said = made_project.toolmind("link", "--gexf", tmp_path / "graph.gexf")
    store = _store(made_project)
    graph = nx.read_gexf(tmp_path / "graph.gexf")
    assert sorted(graph) == sorted(store.read(FUNCTIONS)["function_id"])
    accepted = store.read(EDGES).filter(pl.col("verdict") == "accepted")
    assert sum(n for _, _, n in graph.edges(data="n_field_links")) == accepted.height
    assert f"functions with a link: {len(graph) - nx.number_of_isolates(graph)} of {len(graph)}" in said


def test_export_writes_every_format_again_and_leaves_foreign_folders_alone(made_project, tmp_path):
    out = tmp_path / "out"
    made_project.toolmind("export", "--format", "trl", "--format", "openai", "--out", out)
    assert (out / "trl" / "train.jsonl").read_bytes() == made_project.exports["exports/trl/train.jsonl"]
    lines = next((out / "openai").glob("*.jsonl")).read_text().splitlines()
    assert {"messages", "tools"} <= json.loads(lines[0]).keys()
    assert "not empty" in made_project.refusal("export", "--format", "trl", "--out", out)
    assert (out / "openai").is_dir()
    made_project.toolmind("export", "--format", "trl", "--out", out, "--replace")
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("mine")
    assert "exists" in made_project.refusal("export", "--format", "trl", "--out", foreign)
    assert "holds the project" in made_project.refusal("export", "--format", "trl", "--out", ".", "--replace")
    said = made_project.toolmind("export", "--format", "trl", "--out", foreign, "--replace")
    assert "is now in" in said
    assert [path.read_text() for path in tmp_path.glob("foreign.before-*/thesis.txt")] == ["mine"]


def test_an_unknown_format_is_refused_with_those_that_there_are(made_project, tmp_path):
    refusal = made_project.refusal("export", "--format", "csv", "--out", tmp_path / "out")
    assert "csv" in refusal
    assert "llamafactory" in refusal


def test_a_preview_of_tasks_shows_each_with_its_plan_and_no_dialogue(project):
    shown = project.toolmind("preview", "--tasks", 3)
    assert shown.count("**task_") == 3 and "Functions offered: " in shown
    assert "dialogue_" not in shown
    assert (
        project.toolmind("preview", "--tasks", 3)
        == shown
        != project.toolmind("preview", "--tasks", 3, "--seed", 5)
    )


def test_a_preview_shows_dialogues_and_keeps_nothing(project):
    versions = _store(project).versions([TASKS, MIXED_SAMPLES])
    shown = project.toolmind("preview", "-n", 2)
    assert shown.count("\n# ") + shown.startswith("# ") >= 2
    assert _store(project).versions([TASKS, MIXED_SAMPLES]) == versions
    assert _store(project).partitions(TASKS) == ("sim-0000", "sim-0001")


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            "shards: {simulated: 2}\ntasks:\n  walk_mim: 5\n",
            "toolmind.yaml: line 3: tasks.walk_mim: there is no",
        ),
        ("catalogs: {folder: absent}\n", "there is no folder"),
        ("opensets: [{name: a, set: glaive, path: absent, licence: MIT}]\n", "absent"),
        ("catalogs: {sources: [{name: mcp-git, path: catalogs}]}\n", "two catalogs are called 'mcp-git'"),
    ],
)
def test_a_wrong_configuration_is_one_message_before_anything_is_made(empty_project, config, message):
    (empty_project.root / "toolmind.yaml").write_text(config)
    assert message in empty_project.refusal("run")
    assert not (empty_project.home / "tables").exists()


def test_a_configuration_that_is_named_and_absent_is_one_message(empty_project):
    (empty_project.root / "toolmind.yaml").unlink()
    assert "TOOLMIND_CONFIG names" in empty_project.refusal("run")


def test_a_home_that_cannot_be_written_is_one_message(empty_project):
    empty_project.home.write_text("a file where a folder should be")
    for command in (("run",), ("preview",)):
        refusal = empty_project.refusal(*command)
        assert "cannot be written" in refusal
        assert "TOOLMIND_HOME" in refusal


def test_commands_over_tables_say_what_to_do_where_there_are_none(empty_project, tmp_path):
    assert "toolmind run" in empty_project.refusal("export", "--format", "trl", "--out", tmp_path / "out")
    assert "nothing" in empty_project.refusal("trace", "fn_1") or "no " in empty_project.refusal(
        "trace", "fn_1"
    )
