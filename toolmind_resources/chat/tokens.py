"""How many tokens a text is, before any endpoint has counted them. No I/O."""

from collections.abc import Mapping
from typing import Any

from toolmind_resources.chat.model import ChatReply
from toolmind_resources.chat.sent_json import sent_json

BYTES_PER_TOKEN = 4
"""UTF-8 bytes of a token of English and JSON, roughly (OpenAI's rule of thumb: four characters)."""
READ_FIELDS = ("messages", "tools")
"""Fields of a request's body that its model reads."""


def estimate_tokens(text: str) -> int:
    """Tokens of `text`, estimated from its UTF-8 bytes; 0 for an empty one."""
    return _tokens_of_bytes(len(text.encode("utf-8", "surrogatepass")))


def prompt_tokens_of(body: Mapping[str, Any]) -> int:
    """Tokens that an OpenAI request sends: of its messages and tools as compact JSON.

    `serve-model` counts by the same rule, so that an estimate can be held against what it counted.
    """
    read = [body[name] for name in READ_FIELDS if name in body]
    return sum(_tokens_of_bytes(len(sent_json(part))) for part in read)


def completion_tokens_of(reply: ChatReply) -> int:
    """Tokens that a reply comes to: of its thoughts, its text, and the names and arguments of its calls."""
    calls = "".join(call.name + call.arguments_json for call in reply.tool_calls)
    return estimate_tokens((reply.reasoning or "") + (reply.content or "") + calls)


def _tokens_of_bytes(n_bytes: int) -> int:
    return -(-n_bytes // BYTES_PER_TOKEN)
