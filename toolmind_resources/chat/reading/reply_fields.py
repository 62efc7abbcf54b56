"""Where servers put what they send: thoughts, why a reply ended, the call of 2023. No I/O."""

from collections.abc import Mapping
from typing import Any

_THOUGHTS = ("reasoning_content", "reasoning", "thinking", "reasoning_details", "thinking_blocks", "thoughts")
"""DeepSeek, vLLM and SGLang; OpenRouter, Groq and newer vLLM; Ollama; OpenRouter and LiteLLM in pieces."""
_TEXTS = ("text", "thinking", "reasoning", "content", "summary")
THINKING_PARTS = ("thinking", "reasoning", "thought")
"""Types of those parts of a content that are thoughts: Mistral, Anthropic."""
_REASONS = {
    "length": (
        "max_tokens",
        "max_output_tokens",
        "max_length",
        "model_length",
        "model_context_window_exceeded",
    ),
    "stop": (
        "eos",
        "eos_token",
        "end_turn",
        "stop_sequence",
        "complete",
        "completed",
        "done",
        "finished",
        "normal",
    ),
    "tool_calls": ("function_call", "tool_call", "tool_use"),
    "content_filter": (
        *("safety", "recitation", "blocklist", "prohibited_content", "spii", "sensitive", "refusal"),
        *("content_filtered", "guardrail_intervened"),
    ),
}
"""What Anthropic, Gemini, Cohere, Mistral, GLM, Bedrock, Ollama and TGI call it, by the word of OpenAI."""
_BROKEN_OFF = (
    "error",
    "network_error",
    "insufficient_system_resource",
    "abort",
    "aborted",
    "cancelled",
    "timeout",
)
"""What OpenRouter, GLM, DeepSeek, vLLM and others call it where the server gave up amid a reply."""
_REASON_OF = {theirs: word for word, spellings in _REASONS.items() for theirs in (word, *spellings)}


def finish_reason_of(stated: object, has_calls: bool) -> str:
    """Why a reply ended, in the words of the OpenAI form; a word that nobody knows as it is."""
    if not isinstance(stated, str) or not stated:
        return "tool_calls" if has_calls else "stop"
    return _REASON_OF.get(stated.lower().rpartition(".")[2], stated)


def broke_off(stated: object) -> bool:
    """Whether the server gave up amid the reply, so that what is there of it is no reply."""
    return isinstance(stated, str) and stated.lower() in _BROKEN_OFF


def thoughts_in(message: Mapping[str, Any]) -> str:
    """The thoughts that a message holds in a field of their own; empty where it has none.

    The first field that says something counts: servers that fill two say the same in both.
    """
    texts = [text for key in _THOUGHTS if message.get(key) and (text := thought_text(message[key])).strip()]
    parts = message.get("content")
    if isinstance(parts, list):
        thoughts = [part for part in parts if isinstance(part, dict) and part.get("type") in THINKING_PARTS]
        texts += [text for text in [thought_text(thoughts)] if text.strip()]
    return texts[0] if texts else ""


def thought_text(value: Any) -> str:
    """The text of thoughts: itself, the text in an object, or all texts of a list."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(map(thought_text, value))
    if isinstance(value, dict):
        return next((text for key in _TEXTS if value.get(key) and (text := thought_text(value[key]))), "")
    return ""
