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
        Column(
            "n_lost",
            pl.Int64,
            "calls whose process ended before their replies came, beside `n_calls`: they may have been billed, "
            "and count as spent",
        ),
        Column("lost_tokens", pl.Int64, "the most that these took, sent and received", unit="tokens"),
        Column("lost_usd", pl.Float64, "the price of that", unit="USD"),
    ),
    key=("period", "stage", "partition", "role", "model"),
)

ROLES = Table(
    name="spending/roles",
    row="how one role was served by one model, within one budget period",
    columns=(
        Column("period", pl.String, "as in `spending/usage`"),
        Column("role", pl.String, "who was speaking through the model"),
        Column("model", pl.String, "who answered"),
        Column("n_calls", pl.Int64, "calls that were answered"),
        Column("prompt_tokens", pl.Int64, "what was sent", unit="tokens"),
        Column("completion_tokens", pl.Int64, "what came back", unit="tokens"),
        Column("usd", pl.Float64, "its price; 0 where the configuration states none", unit="USD"),
        Column(
            "seconds_p50", pl.Float64, "what half of the calls took at most, retries included", unit="seconds"
        ),
        Column("seconds_p95", pl.Float64, "what 95 of 100 calls took at most", unit="seconds"),
        Column("seconds_max", pl.Float64, "what the longest call took", unit="seconds"),
        Column("n_retries", pl.Int64, "times that a request was sent again"),
        Column("n_kept", pl.Int64, "replies that were kept from before, and cost nothing"),
        Column("n_mended", pl.Int64, "replies that could be read after something in them was put right"),
        Column("n_unusable", pl.Int64, "replies that the role could make nothing of"),
        Column("n_lost", pl.Int64, "calls whose process ended before their replies came"),
    ),
    key=("period", "role", "model"),
)
