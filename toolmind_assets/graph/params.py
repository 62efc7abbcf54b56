"""Parameters of the function graph. Why the defaults are what they are: docs/adr/0003-graph-thresholds.md."""

from pydantic import BaseModel, ConfigDict, Field


class GraphParams(BaseModel):
    """How links are found and which of them are kept."""

    model_config = ConfigDict(extra="forbid")

    min_score: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="least similarity times compatibility of a link (ToolMind's tau, which is not disclosed)",
    )
    label_weight: float = Field(
        default=0.7,
        ge=0,
        le=1,
        description="share of the name in the similarity, the rest is the description; 0 is ToolMind 3.1, "
        "whose text leaves the name out",
    )
    max_sources: int = Field(
        default=10,
        ge=1,
        description="source functions kept of each target parameter (IBM fms-dgt `dataflow`: 10)",
    )
    max_partners: int = Field(
        default=5, ge=0, description="functions that one parameter is linked to as shared (P-P)"
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
        default=0.6,
        gt=0,
        le=1,
        description="similarity of two functions of different namespaces from which they are near duplicates "
        "and share no P-P link; 0.6 was read off TF-IDF, for dense vectors take 0.9 (IBM fms-dgt)",
    )
    random_ratio: float = Field(
        default=0.02,
        ge=0,
        le=1,
        description="share of the functions for which one link is drawn instead of found (ToolMind 3.1 draws "
        "some, the rate is not disclosed)",
    )
    min_transitivity: int = Field(
        default=6, ge=0, le=9, description="least score of the validator for passing the value on"
    )
    min_coherence: int = Field(
        default=4, ge=0, le=9, description="least score of the validator for one user wanting both calls"
    )
