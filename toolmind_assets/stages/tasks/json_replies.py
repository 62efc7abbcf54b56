"""Requests of planner and intent writer, which want a JSON object of a given schema, and how it is read."""

from typing import Any

from toolmind_assets.model.schemas import violations
from toolmind_assets.model.strict_json import parse_strict
from toolmind_resources.chat.asking import Unusable
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


def read_json(reply: ChatReply, schema: dict[str, Any]) -> dict[str, Any] | Unusable:
    """The JSON object of a reply, or what is wrong with it."""
    try:
        value = parse_strict(reply.content)
    except ValueError as error:
        return Unusable(f"the reply is no JSON: {error}", reply)
    found = violations(schema, value)
    return (
        Unusable(f"the reply is not the JSON asked for: {found[0].message[:200]}", reply) if found else value
    )
