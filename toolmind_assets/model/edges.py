"""Links of the function graph."""

from dataclasses import dataclass
from enum import StrEnum

from toolmind_assets.model.ids import JsonObject, digest_of_json, make_id


class EdgeKind(StrEnum):
    """What a link says."""

    RESULT_TO_PARAMETER = "P-R"
    """A field of the source's result can fill a parameter of the target."""
    SHARED_PARAMETER = "P-P"
    """Source and target take the same parameter."""


class EdgeVerdict(StrEnum):
    """Whether a link may be walked."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Edge:
    """One field-level link.

    Attributes:
        edge_id: Hashes kind, both functions and both paths.
        output_path: Dotted path in the source's result (P-R) or in its parameters (P-P), `[]` for the
            members of an array: `Reservations[].Instances[].InstanceId`.
        input_path: Dotted path in the target's parameters.
        score: Agreement times compatibility, 0 to 1, quantised to 4 places.
        agreement: What names and descriptions say for it, 0 to 1.
        compatibility: Whether the values fit, 0 to 1.
        coherence_score: Whether one person after one goal makes both calls in this order, 0 to 1, quantised to 4 places.
        evidence: What these three are made of, by name; what neither helps nor hinders is left out.
        transitivity, coherence: What the validator scored, 0 to 9; None where it was not asked, or
            gave no usable reply.
        is_random: The link was drawn at random rather than found (ToolMind section 3.1).
        verdict, reason: Whether it may be walked, and why not: `value: ...` or `coherence: ...`.
        model: Model that was asked about it; where it gave no usable reply, the rules decided.
        prompt_digest: Digest of the validator's prompt.
    """

    edge_id: str
    kind: EdgeKind
    source_function_id: str
    output_path: str
    target_function_id: str
    input_path: str
    score: float
    agreement: float
    compatibility: float
    coherence_score: float
    evidence: JsonObject
    transitivity: int | None
    coherence: int | None
    is_random: bool
    verdict: EdgeVerdict
    reason: str
    model: str
    prompt_digest: str


def edge_id_of(
    kind: EdgeKind | str, source_id: str, output_path: str, target_id: str, input_path: str
) -> str:
    """Hashes kind, functions and paths."""
    return make_id("edge", str(kind), source_id, output_path, target_id, input_path)


def edge_id_of_json(*parts: str) -> str:
    """What `edge_id_of` gives, of the parts as `canonical_json` has written them."""
    return "edge_" + digest_of_json('"edge"', *parts)[:20]
