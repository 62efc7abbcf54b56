"""What is sent to `POST chat/completions`, and by what a reply to it is found again. No I/O."""

import hashlib
import json
from collections import deque
from collections.abc import Mapping
from typing import Any

from toolmind_resources.chat.dialect import MAX_TOKENS_FIELDS
from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.model import ChatRequest, ChatToolCall
from toolmind_resources.chat.offered_form import offered_call, offered_schema, offered_tool

SEED_BITS = 63
"""Bits of a seed that every server takes: a signed 64-bit integer that is not negative."""


def request_body(request: ChatRequest, endpoint: Endpoint) -> dict[str, Any]:
    """The JSON body that asks `endpoint` for the reply to `request`.

    The endpoint's `extra_body` comes on top; a null in it removes the field, for models that refuse one
    (`{seed: null, temperature: null}`). Of the seed, the lowest 63 bits are sent. Schemas and tools stand in the
    form that endpoints take; what an endpoint wants otherwise by itself is the matter of its `Dialect`.
    """
    body: dict[str, Any] = {
        "model": endpoint.model,
        "messages": _messages(request, endpoint),
        "temperature": request.sampling.temperature,
        endpoint.max_tokens_field or MAX_TOKENS_FIELDS[0]: request.sampling.max_tokens
        + endpoint.reasoning_tokens,
        "seed": request.seed & ((1 << SEED_BITS) - 1),
    }
    if request.tools:
        body["tools"] = [offered_tool(tool) for tool in request.tools]
    if request.response_schema and endpoint.is_schema_sent is not False:
        schema = {"name": "reply", "strict": False, "schema": offered_schema(request.response_schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    body.update(endpoint.extra_body)
    return {name: value for name, value in body.items() if value is not None}


def reply_key(body: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of all that determines the reply: the body, as JSON with sorted keys.

    Neither URL nor key is part of it: the same model served elsewhere, or paid for by another account, is the
    same model, so that its replies need not be bought again.
    """
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _messages(request: ChatRequest, endpoint: Endpoint) -> list[dict[str, Any]]:
    """The messages in the OpenAI form.

    A call without an id is given one by its place, and a tool message without one answers the earliest call
    that has no answer.
    """
    unanswered: deque[str] = deque()
    sent = []
    for place, message in enumerate(request.messages):
        form: dict[str, Any] = {"role": message.role, "content": message.content}
        if message.tool_calls:
            calls = [
                _call_form(offered_call(call, request.tools), f"call_{place}_{index}")
                for index, call in enumerate(message.tool_calls)
            ]
            form["tool_calls"] = calls
            unanswered = deque(call["id"] for call in calls)
        if message.role == "tool":
            answered = message.tool_call_id or next(iter(unanswered), "")
            form["tool_call_id"] = answered
            if answered in unanswered:
                unanswered.remove(answered)
        if endpoint.sends_reasoning and message.role == "assistant" and message.reasoning:
            form["reasoning_content"] = message.reasoning
        sent.append(form)
    return sent


def _call_form(call: ChatToolCall, default_id: str) -> dict[str, Any]:
    function = {"name": call.name, "arguments": call.arguments_json}
    return {"id": call.call_id or default_id, "type": "function", "function": function}
