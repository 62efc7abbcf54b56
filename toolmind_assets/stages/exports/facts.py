"""What the dataset card says, counted from the tables."""

from collections.abc import Callable, Iterable, Sequence

import polars as pl

from toolmind_assets.stages.exports.card import CardFacts, CatalogFact, OpenSetFact
from toolmind_assets.tables.catalogs import FILES, RAW_FUNCTIONS
from toolmind_assets.tables.dialogues import CALLS, DIALOGUES
from toolmind_assets.tables.graph import EDGES
from toolmind_assets.tables.mixture import MIXED_SAMPLES
from toolmind_assets.tables.opensets import OPEN_DIALOGUES
from toolmind_assets.tables.specs import FUNCTIONS, NORMALIZED
from toolmind_assets.tables.tasks import TASKS
from toolmind_assets.tables.trajectories import SAMPLES, VERDICTS
from toolmind_resources.delta.table import Table

ReadColumns = Callable[[Table, Sequence[str]], pl.DataFrame]
"""From a table and names of columns to these columns of all its rows."""


def gather_facts(
    read: ReadColumns, dropped: Iterable[Table], title: str, seed: int, parameters_digest: str
) -> CardFacts:
    """The facts about the mixture that the tables hold, and how much the tables `dropped` count."""
    samples = read(
        MIXED_SAMPLES, ["dialogue_id", "source", "scenario", "domain", "n_tokens", "n_reasoning_tokens"]
    )
    mixed_ids = samples["dialogue_id"].unique().implode()
    dialogues = pl.concat(
        [
            read(table, ["dialogue_id", "source", "licence", "language", "function_ids", "models", "n_turns"])
            for table in (DIALOGUES, OPEN_DIALOGUES)
        ]
    )
    mixed = dialogues.filter(pl.col("dialogue_id").is_in(mixed_ids))
    return CardFacts(
        title=title,
        n_samples=samples.height,
        n_dialogues=mixed.height,
        n_tokens=int(samples["n_tokens"].sum()),
        n_thinking=samples["n_reasoning_tokens"].count(),
        n_reasoning_tokens=int(samples["n_reasoning_tokens"].sum()),
        languages=sorted(mixed["language"].unique()),
        counts={axis: _counts(samples, axis) for axis in ("source", "scenario", "domain")},
        catalogs=_catalogs(read, mixed),
        open_sets=_open_sets(mixed),
        models=_models(read, mixed),
        funnel=_funnel(read, dialogues, samples.height),
        drops=_drops(read, dropped),
        seed=seed,
        parameters_digest=parameters_digest,
    )


def _counts(samples: pl.DataFrame, axis: str) -> dict[str, int]:
    counted = samples.group_by(axis).len().sort("len", axis, descending=[True, False])
    return dict(counted.iter_rows())


def _catalogs(read: ReadColumns, dialogues: pl.DataFrame) -> list[CatalogFact]:
    """Catalogs with functions that a dialogue of the mixture offers, by name."""
    offered = dialogues["function_ids"].explode().drop_nulls().unique().implode()
    calls = read(CALLS, ["dialogue_id", "function_id"])
    mixed_ids = dialogues["dialogue_id"].implode()
    called = (
        calls.filter(pl.col("dialogue_id").is_in(mixed_ids))["function_id"].drop_nulls().unique().implode()
    )
    sources = read(FUNCTIONS, ["function_id", "sources"]).explode("sources").unnest("sources")
    keys, one = ["catalog", "source", "source_version", "licence"], pl.col("function_id")
    counted = sources.group_by(keys).agg(
        one.n_unique().alias("n_functions"),
        one.filter(one.is_in(offered)).n_unique().alias("n_offered"),
        one.filter(one.is_in(called)).n_unique().alias("n_called"),
    )
    counted = counted.filter(pl.col("n_offered") > 0).sort(keys)
    return [CatalogFact(*row) for row in counted.iter_rows()]


def _open_sets(dialogues: pl.DataFrame) -> list[OpenSetFact]:
    opened = dialogues.filter(pl.col("licence") != "").group_by("source", "licence").len().sort("source")
    return [OpenSetFact(*row) for row in opened.iter_rows()]


def _models(read: ReadColumns, dialogues: pl.DataFrame) -> list[str]:
    """`role=model` of every role that wrote or judged something."""
    named = set(dialogues["models"].explode().drop_nulls())
    named |= {model for text in read(TASKS, ["model"])["model"].unique() for model in text.split(",")}
    named |= {f"edge_validator={model}" for model in read(EDGES, ["model"])["model"].unique() if model}
    judged = read(VERDICTS, ["rule", "model"]).drop_nulls("model").unique()
    named |= {f"{judge}={model}" for judge, model in judged.iter_rows()}
    return sorted(named)


def _funnel(read: ReadColumns, dialogues: pl.DataFrame, n_mixed: int) -> list[tuple[str, int]]:
    verdicts = read(EDGES, ["verdict"])["verdict"]
    return [
        ("catalog entries", int(read(FILES, ["n_entries"])["n_entries"].sum())),
        ("entries read", read(RAW_FUNCTIONS, ["entry_id"]).height),
        ("normalised specs", read(NORMALIZED, ["entry_id"]).height),
        ("distinct functions", read(FUNCTIONS, ["function_id"]).height),
        ("candidate edges", verdicts.len()),
        ("accepted edges", int((verdicts == "accepted").sum())),
        ("tasks", read(TASKS, ["task_id"]).height),
        ("dialogues", dialogues.height),
        ("assistant turns", int(dialogues["n_turns"].sum())),
        ("passing turns", read(SAMPLES, ["sample_id"]).height),
        ("samples", n_mixed),
    ]


def _drops(read: ReadColumns, tables: Iterable[Table]) -> list[tuple[str, str, int]]:
    dropped = pl.concat([read(table, ["stage", "reason"]) for table in tables])
    return list(dropped.group_by("stage", "reason").len().sort("stage", "reason").iter_rows())
