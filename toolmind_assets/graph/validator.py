"""The validator: a chat model scores whether a candidate link carries a value and makes sense to a user.

Both scores run from 0 to 9 (ToolMind A.1). A reply that cannot be read rejects the link: no verdict is never
a pass.
"""

import re
from dataclasses import dataclass

from pydantic import BaseModel, Field, ValidationError

from toolmind_assets.graph.candidates import Candidate
from toolmind_assets.graph.fields import FunctionField
from toolmind_assets.graph.params import GraphParams
from toolmind_assets.model.edges import Edge, EdgeKind, EdgeVerdict
from toolmind_assets.model.ids import seed_from
from toolmind_resources.chat.model import ChatMessage, ChatModel, ChatRequest, Role, Sampling
from toolmind_resources.chat.prompt import Prompt, load_prompt
from toolmind_resources.errors import ChatError

REPLY_SCHEMA = {
    "type": "object",
    "properties": {
        "transitivity": {"type": "integer", "minimum": 0, "maximum": 9},
        "coherence": {"type": "integer", "minimum": 0, "maximum": 9},
        "reason": {"type": "string"},
    },
    "required": ["transitivity", "coherence", "reason"],
    "additionalProperties": False,
}
MAX_REPLY_TOKENS = 256
MAX_DESCRIPTION_CHARS = 600
"""Characters of a function's description that the validator reads."""
MAX_REASON_CHARS = 200
_JSON_OBJECT = re.compile(r"\{.*\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class EdgeContext:
    """What the validator knows of a link: its kind and both ends, never the scores that found it."""

    kind: EdgeKind
    source: FunctionField
    target: FunctionField


class EdgeScores(BaseModel):
    """The validator's reply."""

    transitivity: int = Field(ge=0, le=9, strict=True)
    coherence: int = Field(ge=0, le=9, strict=True)
    reason: str = ""


def load_validator_prompt() -> Prompt:
    """The prompt of the role `edge_validator`."""
    return load_prompt("toolmind_assets.graph", "edge_validator")


async def validate_candidate(
    candidate: Candidate, chat: ChatModel, prompt: Prompt, params: GraphParams
) -> Edge:
    """The candidate as an edge with its verdict; rejected where no reply could be had."""
    model, scores, reason = chat.model_name(Role.EDGE_VALIDATOR), None, ""
    try:
        reply = await chat.complete(request_verdict(candidate, prompt))
    except ChatError as error:
        reason = f"the validator gave no reply: {error}"[:MAX_REASON_CHARS]
    else:
        scores = parse_scores(reply.content)
        reason = _reason_to_reject(scores, params)
    source_id, target_id = candidate.ends
    return Edge(
        edge_id=candidate.edge_id,
        kind=candidate.kind,
        source_function_id=source_id,
        output_path=candidate.source.path,
        target_function_id=target_id,
        input_path=candidate.target.path,
        score=candidate.score,
        similarity=candidate.similarity,
        compatibility=round(candidate.compatibility.value, 4),
        transitivity=scores.transitivity if scores else None,
        coherence=scores.coherence if scores else None,
        is_random=candidate.is_random,
        verdict=EdgeVerdict.REJECTED if reason else EdgeVerdict.ACCEPTED,
        reason=reason,
        model=model,
        prompt_digest=prompt.digest,
    )


def request_verdict(candidate: Candidate, prompt: Prompt) -> ChatRequest:
    """The question that the validator is asked about a candidate."""
    ends = {"source": candidate.source, "target": candidate.target}
    fields = {name: text for end, field in ends.items() for name, text in _prompt_fields(end, field).items()}
    text = prompt.render(kind=candidate.kind.value, **fields)
    return ChatRequest(
        role=Role.EDGE_VALIDATOR,
        messages=(ChatMessage("user", text),),
        response_schema=REPLY_SCHEMA,
        sampling=Sampling(max_tokens=MAX_REPLY_TOKENS),
        seed=seed_from("edge validator", candidate.edge_id),
        context=EdgeContext(candidate.kind, candidate.source, candidate.target),
    )


def _prompt_fields(end: str, field: FunctionField) -> dict[str, str]:
    function = field.function
    types = " or ".join(field.types) or "type not stated"
    return {
        f"{end}_name": function.name,
        f"{end}_namespace": function.namespace or "not stated",
        f"{end}_description": function.description[:MAX_DESCRIPTION_CHARS] or "not described",
        f"{end}_effect": function.effect.value,
        f"{end}_path": field.path or "(the whole result)",
        f"{end}_type": f"{types}, {field.format}" if field.format else types,
        f"{end}_field": field.description,
    }


def parse_scores(content: str | None) -> EdgeScores | None:
    """The scores in a reply, text around the JSON object forgiven; None where they cannot be read."""
    found = _JSON_OBJECT.search(content or "")
    if found is None:
        return None
    try:
        return EdgeScores.model_validate_json(found.group())
    except ValidationError:
        return None


def _reason_to_reject(scores: EdgeScores | None, params: GraphParams) -> str:
    if scores is None:
        return "the validator's reply could not be read"
    short = [
        f"{name} {value} < {least}"
        for name, value, least in (
            ("transitivity", scores.transitivity, params.min_transitivity),
            ("coherence", scores.coherence, params.min_coherence),
        )
        if value < least
    ]
    return "; ".join([*short, scores.reason.strip()[:MAX_REASON_CHARS]]).strip("; ") if short else ""
