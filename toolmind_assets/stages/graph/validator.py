"""The validator: a chat model scores whether a candidate link carries a value and makes sense to a user.

Both scores run from 0 to 9 (ToolMind A.1). A reply that cannot be read rejects the link: no verdict is never
a pass.
"""

from dataclasses import dataclass

from pydantic import BaseModel, Field, ValidationError

from toolmind_assets.model.edges import EdgeKind, edge_id_of
from toolmind_assets.model.ids import seed_from
from toolmind_assets.stages.graph import roles
from toolmind_assets.stages.graph.field import FunctionField
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_resources.chat.asking import Unusable, Unused, ask
from toolmind_resources.chat.model import ChatMessage, ChatModel, ChatReply, ChatRequest, Sampling
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
UNREADABLE = "the validator's reply could not be read"


@dataclass(frozen=True, slots=True)
class EdgeContext:
    """What the validator knows of a link: its kind and both ends, never the scores that found it."""

    kind: EdgeKind
    source: FunctionField
    target: FunctionField


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a question: scores where there are any, and why the link is rejected, or an empty text."""

    transitivity: int | None
    coherence: int | None
    reason: str
    model: str
    prompt_digest: str


class EdgeScores(BaseModel):
    """The validator's reply."""

    transitivity: int = Field(ge=0, le=9, strict=True)
    coherence: int = Field(ge=0, le=9, strict=True)
    reason: str = ""


def load_validator_prompt() -> Prompt:
    """The prompt of the role `edge_validator`."""
    return load_prompt("toolmind_assets.stages.graph", "edge_validator")


async def validate_link(
    kind: EdgeKind,
    source: FunctionField,
    target: FunctionField,
    chat: ChatModel,
    prompt: Prompt,
    params: GraphParams,
) -> Judgement:
    """What the validator says of a link; a link of which no reply could be had is rejected."""
    model = chat.model_name(roles.EDGE_VALIDATOR)
    try:
        found = await ask(chat, request_verdict(kind, source, target, prompt), _read)
    except ChatError as error:
        reason = f"the validator gave no reply: {error}"[:MAX_REASON_CHARS]
        return Judgement(None, None, reason, model, prompt.digest)
    if isinstance(found, Unused):
        chat.give_up(found.requests)
        return Judgement(None, None, UNREADABLE, model, prompt.digest)
    scores = found.value
    return Judgement(
        scores.transitivity, scores.coherence, _reason_to_reject(scores, params), model, prompt.digest
    )


def _read(reply: ChatReply) -> EdgeScores | Unusable:
    scores = parse_scores(reply.content)
    return Unusable(UNREADABLE, reply) if scores is None else scores


def request_verdict(
    kind: EdgeKind, source: FunctionField, target: FunctionField, prompt: Prompt
) -> ChatRequest:
    """The question that the validator is asked about a link."""
    ends = {"source": source, "target": target}
    fields = {name: text for end, field in ends.items() for name, text in _prompt_fields(end, field).items()}
    text = prompt.render(kind=kind.value, **fields)
    edge_id = edge_id_of(
        kind, source.function.function_id, source.path, target.function.function_id, target.path
    )
    return ChatRequest(
        role=roles.EDGE_VALIDATOR,
        messages=(ChatMessage("user", text),),
        response_schema=REPLY_SCHEMA,
        sampling=Sampling(max_tokens=MAX_REPLY_TOKENS),
        seed=seed_from("edge validator", edge_id),
        context=EdgeContext(kind, source, target),
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
    """The scores in a reply; None where they cannot be read."""
    try:
        return EdgeScores.model_validate_json(content or "")
    except ValidationError:
        return None


def _reason_to_reject(scores: EdgeScores, params: GraphParams) -> str:
    short = [
        f"{name} {value} < {least}"
        for name, value, least in (
            ("transitivity", scores.transitivity, params.min_transitivity),
            ("coherence", scores.coherence, params.min_coherence),
        )
        if value < least
    ]
    return "; ".join([*short, scores.reason.strip()[:MAX_REASON_CHARS]]).strip("; ") if short else ""
