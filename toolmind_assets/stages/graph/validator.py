"""The validator: a chat model scores whether a candidate link carries a value and makes sense to a person.

Both scores run from 0 to 9 (ToolMind A.1). An answer that cannot be read is asked for again; where none can be had, the
rules decide, and the link has no scores.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, Field, ValidationError

from toolmind_assets.model.edges import EdgeKind, edge_id_of
from toolmind_assets.model.ids import digest, seed_from
from toolmind_assets.stages.graph import roles
from toolmind_assets.stages.graph.field import FunctionField, FunctionFields
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_resources.chat.asking import Unusable, Unused, ask_until_used
from toolmind_resources.chat.model import ChatMessage, ChatModel, ChatReply, ChatRequest, Sampling
from toolmind_resources.chat.prompt import Prompt, load_prompt
from toolmind_resources.errors import ChatError

REPLY_SCHEMA = {
    "type": "object",
    "properties": {
        "reason": {"type": "string"},
        "transitivity": {"type": "integer", "minimum": 0, "maximum": 9},
        "coherence": {"type": "integer", "minimum": 0, "maximum": 9},
    },
    "required": ["reason", "transitivity", "coherence"],
    "additionalProperties": False,
}
"""The reason stands first, so that it is thought before a number is said."""
MAX_REPLY_TOKENS = 256
MAX_DESCRIPTION_CHARS = 1_000
"""Characters of a function's description that the validator reads."""
MAX_FIELD_CHARS = 160
"""The same of a field's."""
MAX_FIELDS = 24
"""Parameters, and fields of the result, that are shown of a function."""
MAX_REASON_CHARS = 200
_KINDS = {
    EdgeKind.RESULT_TO_PARAMETER: "P-R: a field of the first result is handed on as a parameter of the second call",
    EdgeKind.SHARED_PARAMETER: "P-P: both calls take the same value, which the person knows",
}
UNREADABLE = "it is no JSON object with a reason and two whole numbers from 0 to 9"


@dataclass(frozen=True, slots=True)
class EdgeContext:
    """What the validator knows of a link, never the scores that found it.

    Attributes:
        source, target: Both ends.
        giver, taker: Their functions, whole.
        others: The other links of the two functions, a line each.
    """

    kind: EdgeKind
    source: FunctionField
    target: FunctionField
    giver: FunctionFields
    taker: FunctionFields
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a question.

    Attributes:
        transitivity, coherence: The scores; None where no usable answer was given.
        reason: Why the link is rejected, empty where it is not; None where the rules are to decide.
    """

    transitivity: int | None
    coherence: int | None
    reason: str | None
    model: str
    prompt_digest: str


class EdgeScores(BaseModel):
    """The validator's reply."""

    reason: str = ""
    transitivity: int = Field(ge=0, le=9, strict=True)
    coherence: int = Field(ge=0, le=9, strict=True)


@dataclass(frozen=True, slots=True)
class ValidatorPrompts:
    """The question of the role `edge_validator`, and what is added where it is asked again."""

    question: Prompt
    again: Prompt

    @property
    def digest(self) -> str:
        """Digest of both."""
        return digest(self.question.digest, self.again.digest)[:16]


def load_validator_prompts() -> ValidatorPrompts:
    """The prompts of the role `edge_validator`."""
    names = ("edge_validator", "edge_validator_again")
    return ValidatorPrompts(*(load_prompt("toolmind_assets.stages.graph", name) for name in names))


async def validate_link(
    context: EdgeContext, chat: ChatModel, prompts: ValidatorPrompts, params: GraphParams
) -> Judgement:
    """What the validator says of a link; without scores where no usable answer comes in `replies_max` tries."""
    model = chat.model_name(roles.EDGE_VALIDATOR)

    def request(rejected: Sequence[Unusable]) -> ChatRequest:
        return request_verdict(context, prompts, rejected)

    unanswered = Judgement(None, None, None, model, prompts.digest)
    try:
        found = await ask_until_used(chat, request, _read, params.replies_max)
    except ChatError:
        return unanswered
    if isinstance(found, Unused):
        chat.give_up(found.requests)
        return unanswered
    scores = found.value
    reason = _reason_to_reject(scores, params)
    return Judgement(scores.transitivity, scores.coherence, reason, model, prompts.digest)


def _read(reply: ChatReply) -> EdgeScores | Unusable:
    scores = parse_scores(reply.content)
    return Unusable(UNREADABLE, reply) if scores is None else scores


def request_verdict(
    context: EdgeContext, prompts: ValidatorPrompts, rejected: Sequence[Unusable] = ()
) -> ChatRequest:
    """The question that the validator is asked about a link, after answers that could not be used."""
    source, target = context.source, context.target
    text = prompts.question.render(
        kind=_KINDS[context.kind],
        source_end=f"from {_field_line(source)}",
        target_end=f"to {_field_line(target)}",
        others="\n".join(f"- {line}" for line in context.others) or "none",
        **_function_texts("source", context.giver),
        **_function_texts("target", context.taker),
    )
    if rejected:
        text += prompts.again.render(problem=rejected[-1].reason)
    edge_id = edge_id_of(
        context.kind, source.function.function_id, source.path, target.function.function_id, target.path
    )
    return ChatRequest(
        role=roles.EDGE_VALIDATOR,
        messages=(ChatMessage("user", text),),
        response_schema=REPLY_SCHEMA,
        sampling=Sampling(max_tokens=MAX_REPLY_TOKENS),
        seed=seed_from("edge validator", edge_id, len(rejected)),
        context=context,
    )


def _function_texts(end: str, fields: FunctionFields) -> dict[str, str]:
    function = fields.function
    return {
        f"{end}_name": function.name,
        f"{end}_namespace": function.namespace or "an API that is not stated",
        f"{end}_effect": function.effect.value,
        f"{end}_about": " ".join(function.resource) or "something that its name does not say",
        f"{end}_description": function.description[:MAX_DESCRIPTION_CHARS] or "It is not described.",
        f"{end}_parameters": _listed(fields.inputs),
        f"{end}_results": _listed(fields.outputs),
    }


def _listed(fields: Sequence[FunctionField]) -> str:
    """The fields line by line; what is said of several is said once."""
    said: set[str] = set()
    lines = []
    for field in fields[:MAX_FIELDS]:
        lines.append(f"- {_field_line(field, is_brief=field.description in said)}")
        said.add(field.description)
    more = [f"- and {len(fields) - MAX_FIELDS} more"] if len(fields) > MAX_FIELDS else []
    return "\n".join([*lines, *more]) or "- none is stated"


def _field_line(field: FunctionField, *, is_brief: bool = False) -> str:
    types = " or ".join(field.types) or "type not stated"
    stated = [types, *([field.format] if field.format else []), *(["required"] if field.is_required else [])]
    said = f": {field.description[:MAX_FIELD_CHARS]}" if field.is_described and not is_brief else ""
    return f"`{field.path or '(the whole result)'}` ({', '.join(stated)}){said}"


def parse_scores(content: str | None) -> EdgeScores | None:
    """The scores in a reply; None where they cannot be read."""
    try:
        return EdgeScores.model_validate_json(content or "")
    except ValidationError:
        return None


def _reason_to_reject(scores: EdgeScores, params: GraphParams) -> str:
    """Empty where both scores reach their least; else which axis is short, as the rules call it, and the reason."""
    short = [
        f"{axis}: {value} < {least}"
        for axis, value, least in (
            ("value", scores.transitivity, params.min_transitivity),
            ("coherence", scores.coherence, params.min_coherence),
        )
        if value < least
    ]
    return "; ".join([*short, scores.reason.strip()[:MAX_REASON_CHARS]]).strip("; ") if short else ""
