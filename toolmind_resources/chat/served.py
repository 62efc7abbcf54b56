"""What a `serve-model` reads in a request, and how it writes a reply, both in the OpenAI form. No I/O."""

import json
import random
from collections.abc import Mapping
from typing import Any, NoReturn

import jsonschema_rs
from pydantic import BaseModel, ConfigDict, Field

from toolmind_resources.chat.context_json import EXTENSION, ContextCodec
from toolmind_resources.chat.model import ChatMessage, ChatReply, ChatRequest, ChatToolCall, Role, Sampling
from toolmind_resources.chat.request_form import reply_key
from toolmind_resources.chat.tokens import completion_tokens_of, prompt_tokens_of
from toolmind_resources.errors import ChatError
from toolmind_resources.plausible.field_values import plausible_string
from toolmind_resources.plausible.values import plausible

TRIES = 8
"""Values drawn for a schema until one fits."""


class _Function(BaseModel):
    name: str
    arguments: str = "{}"


class _Call(BaseModel):
    id: str | None = None
    function: _Function


class _Message(BaseModel):
    role: str
    content: str | list[dict[str, Any]] | None = None
    tool_calls: list[_Call] | None = None
    tool_call_id: str | None = None


class _Schema(BaseModel):
    body: dict[str, Any] = Field(default={}, alias="schema")


class _Format(BaseModel):
    type: str
    json_schema: _Schema | None = None


class _Known(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: Role
    context: Any


class CompletionBody(BaseModel):
    """The fields that are read of a request's body; other fields of the OpenAI form change nothing."""

    model: str
    messages: list[_Message] = Field(min_length=1)
    tools: list[dict[str, Any]] | None = None
    response_format: _Format | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    seed: int | None = None
    n: int | None = Field(default=None, ge=1, le=1)
    stream: bool | None = None
    known: _Known | None = Field(default=None, alias=EXTENSION)

    @property
    def role(self) -> Role | None:
        """Who is to speak, where the client is ours."""
        return None if self.known is None else self.known.role

    @property
    def response_schema(self) -> dict[str, Any] | None:
        """The JSON Schema that the reply is to fit."""
        if self.response_format is None or self.response_format.type == "text":
            return None
        stated = self.response_format.json_schema
        return {"type": "object"} if stated is None else stated.body


def digest_of(body: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of what determines the reply: the body without the extension, as JSON with sorted keys."""
    return reply_key({name: value for name, value in body.items() if name != EXTENSION})


def read_request(body: CompletionBody, codec: ContextCodec) -> ChatRequest | None:
    """The request of a client of ours; None for any other client.

    Raises:
        ChatError: the context cannot be read.
    """
    if body.known is None:
        return None
    try:
        context = codec.decode(body.known.context)
    except (ValueError, RecursionError) as error:
        raise ChatError(f"{EXTENSION}: {error}") from error
    sampling = Sampling()
    return ChatRequest(
        role=body.known.role,
        messages=tuple(_read_message(message) for message in body.messages),
        tools=tuple(body.tools or ()),
        response_schema=body.response_schema,
        sampling=Sampling(
            sampling.temperature if body.temperature is None else body.temperature,
            body.max_completion_tokens or body.max_tokens or sampling.max_tokens,
        ),
        seed=body.seed or 0,
        context=context,
    )


def _read_message(message: _Message) -> ChatMessage:
    content = message.content
    if isinstance(content, list):
        content = "".join(str(part.get("text", "")) for part in content)
    calls = tuple(
        ChatToolCall(call.function.name, call.function.arguments, call.id)
        for call in message.tool_calls or ()
    )
    return ChatMessage(message.role, content, calls, message.tool_call_id)


def plain_reply(body: CompletionBody, request_digest: str) -> ChatReply:
    """What any other client is answered: JSON that fits the schema asked for, a call, or words.

    A user who is offered functions gets a call of the first one.

    Raises:
        ChatError: a schema is none, or no value was found that fits it.
    """
    rng = random.Random(request_digest)
    if body.tools and body.messages[-1].role == "user":
        return _plausible_call(body.tools[0], rng)
    if body.response_schema is None:
        return ChatReply(plausible_string("description", "", rng))
    return ChatReply(_plausible_json("response_format", body.response_schema, rng))


def _plausible_call(tool: Mapping[str, Any], rng: random.Random) -> ChatReply:
    function = tool.get("function")
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise ChatError("tools holds what is no function")
    parameters = function.get("parameters") or {"type": "object"}
    arguments = _plausible_json(f"the parameters of {function['name']}", parameters, rng)
    return ChatReply(None, (ChatToolCall(function["name"], arguments),), finish_reason="tool_calls")


def _plausible_json(where: str, schema: dict[str, Any], rng: random.Random) -> str:
    """A value that fits the schema, as JSON.

    Raises:
        ChatError: the schema is none, or no value was found that fits it.
    """
    try:
        validator = jsonschema_rs.Draft202012Validator(schema, retriever=_refuse_reference)
    except ValueError as error:
        raise ChatError(f"{where} holds no JSON Schema: {error}") from error
    for _ in range(TRIES):
        value = plausible(schema, rng)
        if validator.is_valid(value):
            return json.dumps(value, ensure_ascii=False)
    raise ChatError(f"no value was found that fits the JSON Schema of {where}")


def _refuse_reference(uri: str) -> NoReturn:
    raise ValueError(f"the reference {uri} leads outside the schema")


def write_completion(
    reply: ChatReply, model: str, request_digest: str, body: Mapping[str, Any]
) -> dict[str, Any]:
    """The reply in the OpenAI form; the same request is answered with the same bytes, hence no time in it."""
    message: dict[str, Any] = {"role": "assistant", "content": reply.content}
    if reply.tool_calls:
        message["tool_calls"] = [
            {
                "id": call.call_id or f"call_{index}",
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments_json},
            }
            for index, call in enumerate(reply.tool_calls)
        ]
    prompt_tokens, completion_tokens = prompt_tokens_of(body), completion_tokens_of(reply)
    return {
        "id": f"chatcmpl-{request_digest[:24]}",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": reply.finish_reason, "logprobs": None}],
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "total_tokens": prompt_tokens + completion_tokens,
        },
    }
