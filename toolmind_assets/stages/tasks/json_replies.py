"""Requests of planner and intent writer, which want a JSON object of a given schema, and how it is read."""

from typing import Any

from toolmind_assets.model.schemas import fits
from toolmind_assets.model.strict_json import parse_strict
from toolmind_resources.chat.model import ChatMessage, ChatReply, ChatRequest, Role, Sampling


def ask_for_json(
    role: Role, prompt: str, schema: dict[str, Any], sampling: Sampling, seed: int, context: object
) -> ChatRequest:
    """The request of a prompt for a JSON object of a schema."""
    return ChatRequest(
        role,
        (ChatMessage("user", prompt),),
        response_schema=schema,
        sampling=sampling,
        seed=seed,
        context=context,
    )


def read_json(reply: ChatReply, schema: dict[str, Any]) -> dict[str, Any] | None:
    """The JSON object of a reply, or None where it is none of this schema."""
    try:
        value = parse_strict(reply.content)
    except ValueError:
        return None
    return value if fits(schema, value) else None
