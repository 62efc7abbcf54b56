"""Table of the stage `graph`: field-level links between functions."""

import polars as pl

from toolmind_resources.delta.table import Column, Frames, Law, Noun, Parent, Table


def _every_edge_has_a_verdict(frames: Frames) -> list[str]:
    edges = frames["graph/edges"]
    counts = dict(edges["verdict"].value_counts().iter_rows())
    judged = counts.get("accepted", 0) + counts.get("rejected", 0)
    return [] if judged == edges.height else [f"{edges.height} edges, {judged} accepted or rejected"]


EDGES = Table(
    name="graph/edges",
    row="one field-level link: this output can fill that input, or both functions take this parameter",
    columns=(
        Column("edge_id", pl.String, "hashes kind, functions and paths"),
        Column("kind", pl.String, "P-R or P-P"),
        Column("source_function_id", pl.String, "function whose result (P-R) or parameter (P-P) it is"),
        Column("output_path", pl.String, "dotted path, [] for the members of an array"),
        Column("target_function_id", pl.String, "function whose parameter is filled"),
        Column("input_path", pl.String, "dotted path in the target's parameters"),
        Column("score", pl.Float64, "agreement times compatibility, 4 places", unit="0 to 1"),
        Column("agreement", pl.Float64, "what names and descriptions say for it, 4 places", unit="0 to 1"),
        Column("compatibility", pl.Float64, "whether the values fit, 4 places", unit="0 to 1"),
        Column(
            "coherence_score",
            pl.Float64,
            "whether one person after one goal makes both calls in this order, 4 places",
            unit="0 to 1",
        ),
        Column(
            "evidence_json",
            pl.String,
            "what these three are made of; what neither helps nor hinders is left out",
        ),
        Column(
            "transitivity", pl.Int64, "validator: can the value be passed on", unit="0 to 9", is_nullable=True
        ),
        Column("coherence", pl.Int64, "validator: would one user want both", unit="0 to 9", is_nullable=True),
        Column("is_random", pl.Boolean, "drawn at random rather than found"),
        Column("verdict", pl.String, "accepted or rejected"),
        Column("reason", pl.String, "why rejected, `value: ...` or `coherence: ...`; empty where accepted"),
        Column(
            "model",
            pl.String,
            "model that was asked; empty where none was; without its scores, the rules decided",
        ),
        Column("prompt_digest", pl.String, "digest of the validator's prompt"),
    ),
    key=("edge_id",),
    parents=(
        Parent("source_function_id", "specs/functions", "function_id"),
        Parent("target_function_id", "specs/functions", "function_id"),
    ),
    noun=Noun("edge", "edge_id", "{kind}: {output_path} -> {input_path}, {verdict}"),
    laws=(
        Law("edges_conserved", "edges = accepted + rejected", ("graph/edges",), _every_edge_has_a_verdict),
    ),
)
