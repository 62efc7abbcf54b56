"""What fields answers have beyond the OpenAI form, or lack, how they end, and how they are sent."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from toolmind_resources.chat.quirks.quirk import (
    Asked,
    Quirk,
    QuirkKind,
    QuirkOutcome,
    Rewrite,
    Sent,
    end_by,
    message_of,
)

ROOMY_TOKENS = 4096
"""From so many tokens of room on a reply is whole that is cut off in less."""
DECLINED = "I'm sorry, but I can't help with that."
_PIECE_CHARACTERS = 7
_NO_CALL = "I would look that up for you, but I have no function to do it with."


def _content_parts(_: Asked, completion: dict[str, Any]) -> None:
    message = message_of(completion)
    if message.get("content"):
        message["content"] = [{"type": "text", "text": message["content"]}]


def _no_content_key(_: Asked, completion: dict[str, Any]) -> None:
    message = message_of(completion)
    if message.get("tool_calls") and not message.get("content"):
        message.pop("content", None)


def _empty_content_beside_calls(_: Asked, completion: dict[str, Any]) -> None:
    message = message_of(completion)
    if message.get("tool_calls"):
        message["content"] = message.get("content") or ""


def _empty_tool_calls(_: Asked, completion: dict[str, Any]) -> None:
    message_of(completion).setdefault("tool_calls", [])


def _no_usage(_: Asked, completion: dict[str, Any]) -> None:
    completion.pop("usage", None)


def _stop_beside_calls(_: Asked, completion: dict[str, Any]) -> None:
    end_by(completion, "stop")


def _odd_reason(_: Asked, completion: dict[str, Any]) -> None:
    end_by(completion, "eos_token" if completion["choices"][0]["finish_reason"] == "stop" else None)


def _more_fields(_: Asked, completion: dict[str, Any]) -> None:
    message = message_of(completion)
    message.update(refusal=None, function_call=None, audio=None, annotations=[])
    completion.update(system_fingerprint=None, service_tier="default", provider="somewhere")


def _special_token(_: Asked, completion: dict[str, Any]) -> None:
    message = message_of(completion)
    if message.get("content"):
        message["content"] += "<|im_end|>"


def _cut(_: Asked, completion: dict[str, Any]) -> None:
    """Half of the text; beside calls half of the last one's arguments."""
    message = message_of(completion)
    if message.get("tool_calls"):
        function = message["tool_calls"][-1]["function"]
        function["arguments"] = function["arguments"][: len(function["arguments"]) // 2]
    else:
        text = message.get("content") or ""
        message["content"] = text[: len(text) // 2]
    end_by(completion, "length")


def _cut_in_little_room(asked: Asked, completion: dict[str, Any]) -> None:
    if asked.tokens_max < ROOMY_TOKENS:
        _cut(asked, completion)


def _says(text: str | None, finish_reason: str, **fields: Any) -> Rewrite:
    """Nothing but a text is said."""

    def rewrite(_: Asked, completion: dict[str, Any]) -> None:
        completion["choices"][0]["message"] = {"role": "assistant", "content": text, **fields}
        end_by(completion, finish_reason)

    return rewrite


def _ignores_tools(asked: Asked, completion: dict[str, Any]) -> None:
    if asked.tools and message_of(completion).get("tool_calls"):
        _says(_NO_CALL, "stop")(asked, completion)


def _stream(completion: Mapping[str, Any]) -> Sent:
    events = [f"data: {json.dumps(chunk)}\n\n" for chunk in _chunks(completion)]
    return Sent("".join([*events, "data: [DONE]\n\n"]).encode(), "text/event-stream")


def _chunks(completion: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The completion in pieces: the role, the text, the calls, why it ends, and what it cost."""
    frame = {"id": completion["id"], "object": "chat.completion.chunk", "model": completion["model"]}
    message, choice = message_of(completion), completion["choices"][0]

    def chunk(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
        return {**frame, "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}]}

    yield chunk({"role": "assistant", "content": ""})
    text = message.get("content") or ""
    for start in range(0, len(text), _PIECE_CHARACTERS):
        yield chunk({"content": text[start : start + _PIECE_CHARACTERS]})
    for index, call in enumerate(message.get("tool_calls") or []):
        arguments, half = call["function"]["arguments"], len(call["function"]["arguments"]) // 2
        begun = {**call, "index": index, "function": {**call["function"], "arguments": arguments[:half]}}
        yield chunk({"tool_calls": [begun]})
        yield chunk({"tool_calls": [{"index": index, "function": {"arguments": arguments[half:]}}]})
    yield chunk({}, choice["finish_reason"])
    yield {**frame, "choices": [], "usage": completion.get("usage")}


def _error_in_body(_: Mapping[str, Any]) -> Sent:
    error = {"message": "Provider returned error", "code": 502, "metadata": {"provider_name": "somewhere"}}
    return Sent(json.dumps({"error": error}).encode())


def _message(name: str, does: str, seen: str, rewrite: Rewrite) -> Quirk:
    return Quirk(name, QuirkKind.MESSAGE, does, seen, rewrite=rewrite)


def _ending(name: str, does: str, seen: str, rewrite: Rewrite, outcome: QuirkOutcome) -> Quirk:
    return Quirk(name, QuirkKind.ENDING, does, seen, outcome, rewrite=rewrite)


ANSWER_QUIRKS = (
    _message("content_parts", "the content is a list of parts", "jekalmin/extended_openai_conversation PR 361", _content_parts),
    _message("no_content_beside_calls", "a message with calls and no words has no `content` at all", "lmstudio-ai/lmstudio-bug-tracker issue 1602", _no_content_key),
    _message("empty_content_beside_calls", "a message with calls has an empty `content`", "vLLM's tool parsers: vllm-project/vllm PR 37386", _empty_content_beside_calls),
    _message("empty_tool_calls", "a message without calls has an empty list of them", "vLLM, TabbyAPI", _empty_tool_calls),
    _message("no_usage", "the answer does not tell what it cost", "older llama-cpp-python, proxies", _no_usage),
    _message("stop_beside_calls", "`finish_reason` is stop beside calls", "SGLang, OpenAI itself: sgl-project/sglang issue 2877, ENTERPILOT/GoModel PR 124", _stop_beside_calls),
    _message("odd_finish_reason", "`finish_reason` is a word of the server's own, or null", "text-generation-inference: spring-projects/spring-ai PR 4900", _odd_reason),
    _message("more_fields", "message and answer have further fields, most of them null", "OpenRouter, Azure, vLLM", _more_fields),
    _message("special_token_at_end", "the text ends by a token that ends turns", "llama.cpp and MLX with a wrong template", _special_token),
    Quirk("streams_anyway", QuirkKind.MESSAGE, "a stream of events comes where none was asked for", "karthink/gptel issue 798", encode=_stream),
    Quirk("error_in_body", QuirkKind.MESSAGE, "status 200, and an error in the body", "OpenRouter", QuirkOutcome.STOPPED, encode=_error_in_body),
    _ending("cut_off", "every reply is cut off in the middle, however much room it has", "reasoning models whose thoughts take all tokens: elizaOS/eliza issue 24835", _cut, QuirkOutcome.STOPPED),
    _ending("cut_off_in_little_room", f"a reply is cut off that has less room than {ROOMY_TOKENS} tokens", "reasoning models: garrytan/gbrain issue 3883, jeffdafoe/llm-memory-api PR 283", _cut_in_little_room, QuirkOutcome.ASKED_ANEW),
    _ending("content_filter", "every reply is held back by a filter", "Azure OpenAI, Gemini's endpoint", _says("", "content_filter"), QuirkOutcome.STOPPED),
    _ending("refusal_field", "every reply is a refusal in the field `refusal`", "OpenAI with a schema", _says(None, "stop", refusal=DECLINED), QuirkOutcome.STOPPED),
    _ending("refusal_in_text", "every reply is a refusal in words", "models taught to be careful", _says(DECLINED, "stop"), QuirkOutcome.STOPPED),
    _ending("empty_content", "every reply is empty", "servers that drop what a model thinks, where it says nothing else", _says("", "stop"), QuirkOutcome.STOPPED),
    _ending("ignores_tools", "functions that are offered are passed over in silence", "servers without tools that take the field", _ignores_tools, QuirkOutcome.STOPPED),
)  # fmt: skip
"""Quirks of whole answers."""
