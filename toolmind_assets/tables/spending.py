"""Table of the stage `spending`: what calls of paid models came to."""

import polars as pl

from toolmind_resources.delta.table import Column, Table

USAGE = Table(
    name="spending/usage",
    row="the calls of one role for one shard, within one budget period",
    columns=(
        Column(
            "period", pl.String, "what one budget is for: a `toolmind run`, a backfill, or a run of the UI"
        ),
        Column("stage", pl.String, "what the calls were for"),
        Column("partition", pl.String, "its shard; empty for a table that is written whole"),
        Column("role", pl.String, "who was speaking through the model"),
        Column("model", pl.String, "who answered"),
        Column("n_calls", pl.Int64, "calls that were answered; a reply that was already kept is none"),
        Column("prompt_tokens", pl.Int64, "what was sent", unit="tokens"),
        Column("completion_tokens", pl.Int64, "what came back", unit="tokens"),
        Column("usd", pl.Float64, "its price; 0 where the configuration states none", unit="USD"),
        Column("first_at", pl.Float64, "when the first reply was stored", unit="seconds since 1970"),
        Column("last_at", pl.Float64, "when the last reply was stored", unit="seconds since 1970"),
    ),
    key=("period", "stage", "partition", "role", "model"),
)
