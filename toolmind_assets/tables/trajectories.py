"""Tables of the stage `trajectories`: verdicts, and the samples that pass."""

import polars as pl

from toolmind_assets.tables.drops import dropped_table
from toolmind_resources.delta.table import Column, Frames, Law, Noun, Parent, Table


def _turns_are_samples_or_dropped(frames: Frames) -> list[str]:
    turns = pl.concat(
        [frames["dialogues/dialogues"]["n_turns"], frames["opensets/dialogues"]["n_turns"]]
    ).sum()
    kept, dropped = frames["trajectories/samples"].height, frames["trajectories/dropped"].height
    return [] if turns == kept + dropped else [f"{turns} assistant turns, {kept} samples + {dropped} dropped"]


def _of_dialogues(is_part: bool) -> tuple[Parent, ...]:
    """The dialogue, simulated or of an open set, and the message of it that a row is about."""
    return tuple(
        Parent(
            "dialogue_id",
            f"{stage}/dialogues",
            "dialogue_id",
            is_checked=False,
            is_part=is_part,
            position="message_index",
        )
        for stage in ("dialogues", "opensets")
    )


VERDICTS = Table(
    name="trajectories/verdicts",
    row="one judgement of a dialogue, message, call or argument",
    columns=(
        Column("shard", pl.String, "unit of judging"),
        Column("verdict_id", pl.String, "hashes subject, rule, version and path"),
        Column("subject_kind", pl.String, "one of SubjectKind"),
        Column("subject_id", pl.String, "dialogue id, <dialogue id>#<message index>, or call id"),
        Column("dialogue_id", pl.String, "the dialogue"),
        Column("message_index", pl.Int64, "null for the dialogue", is_nullable=True),
        Column("call_index", pl.Int64, "null for dialogue and message", is_nullable=True),
        Column("rule", pl.String, "rule or judge; `outcome` for the combined outcome of a message"),
        Column("rule_version", pl.Int64, "raised when the rule changes what it finds"),
        Column("outcome", pl.String, "one of Outcome"),
        Column("severity", pl.String, "one of Severity"),
        Column("code", pl.String, "stable code of the finding; empty for a pass"),
        Column("path", pl.String, "RFC 6901 pointer into arguments or result"),
        Column("detail", pl.String, "what was found, in words"),
        Column(
            "votes_json", pl.String, "votes of a judge, each with its sampling and seed", is_nullable=True
        ),
        Column("model", pl.String, "model of a judge", is_nullable=True),
        Column("raw_reply_digest", pl.String, "SHA-256 of the judge's replies", is_nullable=True),
        Column("prompt_digest", pl.String, "digest of the judge's prompt; null for a rule", is_nullable=True),
    ),
    key=("shard", "verdict_id"),
    partition_by="shard",
    parents=_of_dialogues(is_part=True),
    noun=Noun("verdict", "verdict_id", "{rule}: {outcome} {code} {detail}"),
)

SAMPLES = Table(
    name="trajectories/samples",
    row="one training sample: a passing assistant turn with its prefix, by reference",
    columns=(
        Column("shard", pl.String, "unit of judging"),
        Column("sample_id", pl.String, "hashes dialogue and message"),
        Column("dialogue_id", pl.String, "the dialogue"),
        Column("message_index", pl.Int64, "the anchor: the assistant message that is trained on"),
        Column("loss_weights_json", pl.String, "one weight a message up to the anchor"),
        Column("source", pl.String, "simulated, or the name of the open set"),
        Column("scenario", pl.String, "the task's scenario; may be empty"),
        Column("domain", pl.String, "the task's domain; may be empty"),
        Column("n_turns", pl.Int64, "assistant messages up to the anchor"),
        Column(
            "n_tokens", pl.Int64, "estimate of prefix, tools and anchor, without reasoning", unit="tokens"
        ),
        Column("content_digest", pl.String, "hashes tools, prefix and anchor"),
        Column(
            "n_reasoning_tokens",
            pl.Int64,
            "estimate of the anchor's reasoning; null where it has none",
            unit="tokens",
            is_nullable=True,
        ),
    ),
    key=("shard", "sample_id"),
    partition_by="shard",
    parents=_of_dialogues(is_part=False),
    noun=Noun(
        "sample",
        "sample_id",
        "message {message_index} of {dialogue_id}; reasoning: some {n_reasoning_tokens} tokens",
    ),
    laws=(
        Law(
            "turns_conserved",
            "assistant turns = samples + failed + unverifiable + not trainable",
            (
                "dialogues/dialogues",
                "opensets/dialogues",
                "trajectories/samples",
                "trajectories/dropped",
            ),
            _turns_are_samples_or_dropped,
        ),
    ),
)

TRAJECTORIES_DROPPED = dropped_table("trajectories")
