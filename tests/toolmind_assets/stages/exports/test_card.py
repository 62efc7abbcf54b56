"""The dataset card says what is in the set, where it comes from and who made it."""

from dataclasses import replace

import yaml

from toolmind_assets.model.exports import ExportedFile
from toolmind_assets.stages.exports.card import CardFacts, CatalogFact, OpenSetFact, render_card
from toolmind_assets.stages.exports.params import ExportParams
from toolmind_assets.stages.exports.write import FORMATS

FACTS = CardFacts(
    title="Travel tools",
    n_samples=3210,
    n_dialogues=1001,
    n_tokens=5_000_000,
    n_thinking=0,
    n_reasoning_tokens=0,
    languages=("en",),
    counts={"source": {"simulated": 3000, "glaive": 210}, "scenario": {"chained": 3000}, "domain": {}},
    catalogs=(
        CatalogFact("mcp", "MCP servers", "2026-06", "MIT", 14, 12, 5),
        CatalogFact("bfcl", "bfcl-eval", "2026.3.23", "Apache-2.0", 900, 300, 120),
    ),
    open_sets=(OpenSetFact("glaive", "Glaive | terms", 90),),
    models=("user_agent=embedded", "assistant_agent=qwen", "assistant_agent=qwen"),
    funnel=(("entries", 3576), ("functions", 2917), ("mixture", 3210)),
    drops=(("trajectories", "turn_failed", 120), ("mixture", "duplicate", 7)),
    seed=7,
    parameters_digest="abc123",
)
FILES = (ExportedFile("trl", "trl/train.jsonl", 3210, 123456, "d" * 64),)
CARD = render_card(FACTS, FORMATS, FILES, ExportParams())


def test_the_head_is_yaml_that_the_hub_reads():
    _, head, _ = CARD.split("---\n", 2)
    read = yaml.safe_load(head)
    assert read["license"] == ["apache-2.0", "mit", "other"]
    assert read["size_categories"] == ["1K<n<10K"]
    assert {entry["config_name"]: entry["data_files"] for entry in read["configs"]}[
        "trl"
    ] == "trl/train.jsonl"


def test_counts_funnel_drops_files_and_origins_stand_in_tables():
    for row in (
        "| simulated | 3,000 |",
        "| chained | 3,000 |",
        "| functions | 2,917 |",
        "| mixture | duplicate | 7 |",
        "| bfcl | bfcl-eval | 2026.3.23 | Apache-2.0 | 900 | 300 | 120 |",
        "| glaive | Glaive \\| terms | 90 |",
        "| assistant_agent | `qwen` |",
        f"| `trl/train.jsonl` | 3,210 | 123,456 | `{'d' * 64}` |",
    ):
        assert row in CARD.splitlines()
    assert "Samples by domain" not in CARD


def test_the_embedded_model_is_said_to_be_none_and_only_where_it_was_used():
    assert "is no language model" in CARD
    real = render_card(replace(FACTS, models=("user_agent=qwen",)), FORMATS, FILES, ExportParams())
    assert "is no language model" not in real


def test_it_says_how_to_read_each_format_and_how_to_rebuild():
    for export_format in FORMATS:
        assert export_format.usage in CARD
    assert "toolmind run" in CARD
    assert "Run seed `7`, parameters `abc123`" in CARD


def test_the_order_of_facts_changes_nothing():
    shuffled = replace(
        FACTS, catalogs=FACTS.catalogs[::-1], models=FACTS.models[::-1], drops=FACTS.drops[::-1]
    )
    assert render_card(shuffled, FORMATS, FILES, ExportParams()) == CARD


def test_where_no_model_said_what_it_thought_nothing_is_said_of_reasoning():
    assert "## Reasoning" not in CARD


def test_it_says_how_much_reasoning_there_is_and_where_each_format_has_it():
    thinking = replace(FACTS, n_thinking=1200, n_reasoning_tokens=34_567)
    card = render_card(thinking, FORMATS, FILES, ExportParams())
    assert "In 1,200 of the samples" in card and "34,567 tokens" in card
    assert "earlier turns is left out" in card
    for export_format in FORMATS:
        assert f"- {export_format.title}: {' '.join(export_format.reasoning.split())}" in card.splitlines()
    since = render_card(thinking, FORMATS, FILES, ExportParams(earlier_reasoning="since_user"))
    assert "since the last message of the user" in since
    left_out = render_card(thinking, FORMATS, FILES, ExportParams(reasoning="left_out"))
    assert "The files leave it out" in left_out and "reasoning_content" not in left_out
