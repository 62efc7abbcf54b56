"""Where thoughts stand in replies, where a server does not part them from what is said, or does so in its own way."""

import json
from collections.abc import Callable
from typing import Any

from toolmind_resources.chat.quirks.quirk import (
    Asked,
    Quirk,
    QuirkKind,
    QuirkOutcome,
    Rewrite,
    end_by,
    message_of,
)

THOUGHT = "The user has said what is wanted. I look at what is known, then I answer."
"""What a model thinks here."""
_BRACES = 'The answer might be {"values": []} or [1, 2]; ```json {} ``` is no answer. So I look again.'


def _before(thoughts: str) -> Rewrite:
    """Thoughts stand before all that is said."""

    def rewrite(_: Asked, completion: dict[str, Any]) -> None:
        message = message_of(completion)
        message["content"] = thoughts + (message.get("content") or "")

    return rewrite


def _in_parts(_: Asked, completion: dict[str, Any]) -> None:
    message = message_of(completion)
    parts: list[dict[str, Any]] = [{"type": "thinking", "thinking": [{"type": "text", "text": THOUGHT}]}]
    if message.get("content"):
        parts.append({"type": "text", "text": message["content"]})
    message["content"] = parts


def _never_closed(_: Asked, completion: dict[str, Any]) -> None:
    message = message_of(completion)
    message.pop("tool_calls", None)
    message["content"] = f"<think>\n{THOUGHT} {message.get('content') or ''}"
    end_by(completion, "stop")


def _in_channels(_: Asked, completion: dict[str, Any]) -> None:
    message = message_of(completion)
    said = [f"<|channel|>analysis<|message|>{THOUGHT}<|end|>"]
    for call in message.pop("tool_calls", []):
        to, arguments = call["function"]["name"], call["function"]["arguments"]
        said.append(
            f"<|start|>assistant<|channel|>commentary to=functions.{to} <|constrain|>json<|message|>{arguments}<|call|>"
        )
    if message.get("content"):
        said.append(f"<|start|>assistant<|channel|>final<|message|>{message['content']}")
    message["content"] = "".join(said)
    end_by(completion, "stop")


def _quirk(
    name: str, does: str, seen: str, rewrite: Rewrite, outcome: QuirkOutcome = QuirkOutcome.MENDED
) -> Quirk:
    return Quirk(name, QuirkKind.THOUGHTS, does, seen, outcome, rewrite=rewrite)


def _detail(_: Asked, completion: dict[str, Any]) -> None:
    message = message_of(completion)
    message["reasoning"] = THOUGHT
    message["reasoning_details"] = [{"type": "reasoning.text", "text": THOUGHT}]


def _reported(_: Asked, completion: dict[str, Any]) -> None:
    message_of(completion)["reasoning_content"] = THOUGHT
    n_tokens = len(json.dumps(THOUGHT)) // 4
    completion["usage"]["completion_tokens_details"] = {"reasoning_tokens": n_tokens}


_TAGS: tuple[tuple[str, str, str, Callable[[str], str]], ...] = (
    (
        "think_tags",
        "thoughts stand in `<think>` before what is said",
        "vLLM without a reasoning parser, DeepSeek R1, Qwen 3: vllm-project/vllm issue 13375",
        lambda thought: f"<think>\n{thought}\n</think>\n\n",
    ),
    (
        "thinking_tags",
        "thoughts stand in `<thinking>`",
        "models taught by prompts of Anthropic's style",
        lambda thought: f"<thinking>{thought}</thinking>\n",
    ),
    (
        "think_brackets",
        "thoughts stand in `[THINK]`",
        "Magistral on Ollama: RooCodeInc/Roo-Code issue 8522",
        lambda thought: f"[THINK]{thought}[/THINK]",
    ),
    (
        "think_without_open",
        "thoughts end by `</think>` and have no beginning, which stood in the template",
        "DeepSeek R1 and QwQ on vLLM: vllm-project/vllm issue 34625",
        lambda thought: f"{thought}\n</think>\n\n",
    ),
    (
        "thoughts_with_braces",
        "thoughts in `<think>` hold braces, brackets and fences",
        "reasoning models asked for JSON",
        lambda _: f"<think>{_BRACES}</think>",
    ),
)

THOUGHT_QUIRKS = (
    *(_quirk(name, does, seen, _before(write(THOUGHT))) for name, does, seen, write in _TAGS),
    _quirk(
        "think_without_close",
        "thoughts begin by `<think>` and never end",
        "small reasoning models that go round in circles: jundot/omlx issue 3796",
        _never_closed,
        QuirkOutcome.STOPPED,
    ),
    _quirk(
        "reasoning_content",
        "thoughts stand in `reasoning_content`, and their tokens in the usage",
        "DeepSeek's API, SGLang, llama.cpp: charmbracelet/crush issue 1590",
        _reported,
    ),
    _quirk("reasoning_field", "thoughts stand in `reasoning`", "OpenRouter, Ollama, newer vLLM", _detail),
    _quirk(
        "thinking_parts",
        "the content is a list whose first part is what the model thinks",
        "Mistral's API: vercel/ai PR 8072, BerriAI/litellm issue 16272",
        _in_parts,
    ),
    _quirk(
        "harmony_channels",
        "thoughts, calls and answer stand in channels of one text",
        "gpt-oss on llama.cpp, mlx-lm: ggml-org/llama.cpp PR 15181, ml-explore/mlx-lm PR 1867",
        _in_channels,
    ),
)
"""Quirks of thoughts."""
