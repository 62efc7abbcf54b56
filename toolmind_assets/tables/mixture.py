"""Tables of the stage `mixture`: the training set, by reference."""

import polars as pl

from toolmind_assets.tables.drops import dropped_table
from toolmind_resources.delta.table import Column, Frames, Law, Noun, Parent, Table


def _samples_are_mixed_or_dropped(frames: Frames) -> list[str]:
    samples = frames["trajectories/samples"].height
    kept, dropped = frames["mixture/samples"].height, frames["mixture/dropped"].height
    return [] if samples == kept + dropped else [f"{samples} samples, {kept} mixed + {dropped} dropped"]


MIXED_SAMPLES = Table(
    name="mixture/samples",
    row="one sample of the training set with its weight, by reference",
    columns=(
        Column("sample_id", pl.String, "hashes dialogue and message"),
        Column("shard", pl.String, "where the dialogue stands"),
        Column("dialogue_id", pl.String, "the dialogue"),
        Column("message_index", pl.Int64, "the anchor"),
        Column("loss_weights_json", pl.String, "one weight a message up to the anchor"),
        Column("source", pl.String, "simulated, or the name of the open set"),
        Column("scenario", pl.String, "the task's scenario; may be empty"),
        Column("domain", pl.String, "the task's domain; may be empty"),
        Column("n_turns", pl.Int64, "assistant messages up to the anchor"),
        Column("n_tokens", pl.Int64, "estimate, without reasoning", unit="tokens"),
        Column("weight", pl.Float64, "sampling weight of the source and scenario, 4 places"),
        Column(
            "n_reasoning_tokens",
            pl.Int64,
            "estimate of the anchor's reasoning; null where it has none",
            unit="tokens",
            is_nullable=True,
        ),
    ),
    key=("sample_id",),
    parents=(Parent("sample_id", "trajectories/samples", "sample_id"),),
    noun=Noun("sample", "sample_id", "in the mixture, weight {weight:g}", absent="not in the mixture"),
    laws=(
        Law(
            "samples_conserved",
            "samples = mixed samples + dropped",
            ("trajectories/samples", "mixture/samples", "mixture/dropped"),
            _samples_are_mixed_or_dropped,
        ),
    ),
)

MIXTURE_DROPPED = dropped_table("mixture")
