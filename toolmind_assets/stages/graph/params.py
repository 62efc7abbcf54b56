"""Parameters of the function graph. Why the defaults are what they are: docs/adr/0003-graph-thresholds.md."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class GraphParams(BaseModel):
    """How links are found and which of them are kept."""

    model_config = ConfigDict(extra="forbid")

    formula: Literal["evidence", "toolmind", "dataflow"] = Field(
        default="evidence",
        description="how links are scored: `evidence` is this project's; `toolmind` the cosine of `DESC desc TYPE "
        "type` (ToolMind 3.1); `dataflow` name, type and description times a type multiplier (IBM fms-dgt)",
    )
    min_score: float = Field(
        default=0.85,
        gt=0,
        le=1,
        description="least score of a link from a result (P-R) that is accepted without a question (ToolMind's tau, not "
        "disclosed)",
    )
    min_shared_score: float = Field(
        default=0.65, gt=0, le=1, description="least score of a link between shared parameters (P-P)"
    )
    accept_score: float = Field(
        default=0.85, gt=0, le=1, description="score from which a link is accepted and nobody is asked"
    )
    reject_score: float = Field(
        default=0.55, gt=0, le=1, description="score below which a link is rejected and nobody is asked"
    )
    min_coherence_score: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="least coherence of a link of either kind that is accepted without a question: whether one person "
        "after one goal makes both calls",
    )
    accept_coherence_score: float = Field(
        default=0.5, ge=0, le=1, description="coherence from which nobody is asked about it"
    )
    reject_coherence_score: float = Field(
        default=0.4, ge=0, le=1, description="coherence below which a link is rejected and nobody is asked"
    )
    min_kept_score: float = Field(
        default=0.1, gt=0, le=1, description="least score of a link that is kept at all, rejected"
    )
    max_questions: int = Field(
        default=2_000,
        ge=0,
        description="links about which the validator is asked at most, the likeliest first; `min_score` and "
        "`min_coherence_score` decide about the rest",
    )
    max_sources: int = Field(
        default=12,
        ge=1,
        description="source functions kept of each target parameter (IBM fms-dgt `dataflow`: 10)",
    )
    max_partners: int = Field(
        default=3, ge=0, description="functions that one parameter is linked to as shared (P-P)"
    )
    max_pair_links: int = Field(
        default=3, ge=1, description="links kept of one kind from one function to another, the best first"
    )
    max_inputs: int = Field(
        default=24, ge=1, description="parameters of a function that are looked at, required ones first"
    )
    max_outputs: int = Field(
        default=32, ge=1, description="result fields of a function that are looked at, identifiers first"
    )
    duplicate_similarity: float = Field(
        default=0.8,
        gt=0,
        le=1,
        description="likeness of the names of two functions of different namespaces from which they are near "
        "duplicates and share no P-P link",
    )
    random_ratio: float = Field(
        default=0.02,
        ge=0,
        le=1,
        description="share of the functions for which one link is drawn instead of found (ToolMind 3.1 draws "
        "some, the rate is not disclosed)",
    )
    replies_max: int = Field(
        default=3,
        ge=1,
        le=20,
        description="replies asked of the validator about a link until one can be read; then the rules decide",
    )
    min_transitivity: int = Field(
        default=6, ge=0, le=9, description="least score of the validator for passing the value on"
    )
    min_coherence: int = Field(
        default=5,
        ge=0,
        le=9,
        description="least score of the validator for one person after one goal wanting both calls",
    )
