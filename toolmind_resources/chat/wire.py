"""What is read from an answer of `POST chat/completions`. No I/O."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from toolmind_resources.chat.model import ChatReply, ChatToolCall, ReplyProblem
from toolmind_resources.chat.reading.event_stream import assembled, is_event_stream
from toolmind_resources.chat.reading.mending import Mending
from toolmind_resources.chat.reading.reply_fields import (
    THINKING_PARTS,
    broke_off,
    finish_reason_of,
    thoughts_in,
)

SHOWN_CHARACTERS = 300
"""Most of a server's own words that a message repeats."""


class WireError(ValueError):
    """An answer that is no chat completion; the message says what came instead."""


class BrokenJsonError(WireError):
    """An answer that ends before its end, as a lost connection leaves it."""


class PageError(WireError):
    """A web page, such as a server's front page or a login form: the address is not that of an API."""


def parse_reply(raw: bytes) -> ChatReply:
    """The reply in the body of an answer with status 200.

    Arguments of a tool call are kept as the text that was sent; an object in their place becomes compact JSON,
    and none at all `{}`. A stream of events is put together. Half a surrogate pair, which no file can hold,
    becomes U+FFFD.

    Raises:
        BrokenJsonError: it is no JSON, or a stream or a reply that breaks off.
        PageError: it is a web page.
        WireError: it is no completion, or none with a reply in it.
    """
    is_stream = is_event_stream(raw)
    answer = _stream(raw) if is_stream else _load(raw)
    if not isinstance(answer, dict):
        raise WireError(f"JSON that is no completion but {_kind(answer)}")
    choices = answer.get("choices")
    if not isinstance(choices, list):
        if answer.get("error"):
            raise WireError(f"an error: {_error_text(answer)}")
        raise WireError(f"JSON that is no completion: {_shown(json.dumps(answer))}")
    choice = choices[0] if choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        raise WireError("a completion without choices" if not choices else "a choice without a message")
    if choice.get("error"):
        raise WireError(f"an error: {_error_text(choice)}")
    if broke_off(choice.get("finish_reason")):
        raise BrokenJsonError(f"a reply that broke off: {_shown(str(choice['finish_reason']))}")
    reply = _reply(message, choice.get("finish_reason"), answer)
    return replace(reply, mended=(Mending.STREAM, *reply.mended)) if is_stream else reply


def _reply(message: Mapping[str, Any], finish_reason: object, answer: Mapping[str, Any]) -> ChatReply:
    tool_calls, mended = _tool_calls(message.get("tool_calls")), ()
    legacy = message.get("function_call")
    if not tool_calls and isinstance(legacy, dict) and legacy.get("name"):
        tool_calls, mended = (_tool_call({"function": legacy}),), (Mending.FUNCTION_CALL,)
    content, refusal = _content(message.get("content")), message.get("refusal")
    is_refused = (
        isinstance(refusal, str) and refusal.strip() and not tool_calls and not (content or "").strip()
    )
    usage = answer.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    return ChatReply(
        content=_whole(str(refusal)) if is_refused else content,
        tool_calls=tool_calls,
        model=_text(answer.get("model")),
        finish_reason=_whole(finish_reason_of(finish_reason, bool(tool_calls))),
        prompt_tokens=_count(counts.get("prompt_tokens")),
        completion_tokens=_count(counts.get("completion_tokens")),
        reasoning=_whole(thoughts_in(message)).strip() or None,
        problem=ReplyProblem.REFUSED if is_refused else None,
        mended=mended,
    )


def server_message(raw: bytes) -> str:
    """A server's own words about what went wrong, on one line and at most 300 characters of them."""
    try:
        answer = _load(raw)
    except PageError as error:
        return str(error)
    except WireError:
        return _shown(raw.decode(errors="replace"))
    return _error_text(answer)


def _load(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        pass
    if not raw.strip():
        raise BrokenJsonError("an empty body")
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise PageError("an HTML page")
    raise BrokenJsonError(f"broken JSON that ends in {_ending(raw)}")


def _stream(raw: bytes) -> dict[str, Any]:
    try:
        return assembled(raw)
    except (ValueError, RecursionError):
        raise BrokenJsonError(f"a stream of events that breaks off at {_ending(raw)}") from None


def _ending(raw: bytes) -> str:
    return repr(_shown(raw[-60:].decode(errors="replace")))


def _error_text(answer: object) -> str:
    """The text in `{"error": {"message": ...}}`, `{"error": ...}`, `{"message": ...}` or `{"detail": ...}`."""
    error = answer.get("error", answer) if isinstance(answer, dict) else answer
    named = (error.get("message") or error.get("detail") or error) if isinstance(error, dict) else error
    return _shown(named if isinstance(named, str) else json.dumps(named))


def _content(content: object) -> str | None:
    """The text of a message; the text parts of a list are joined, others (images, thoughts) left out."""
    if content is None:
        return None
    if isinstance(content, str):
        return _whole(content)
    if isinstance(content, list):
        texts = [_part(part) for part in content]
        return _whole("".join(text for text in texts if isinstance(text, str)))
    raise WireError(f"a message whose content is {_kind(content)}")


def _part(part: object) -> object:
    if not isinstance(part, dict):
        return part
    return None if part.get("type") in THINKING_PARTS else part.get("text")


def _tool_calls(calls: object) -> tuple[ChatToolCall, ...]:
    if calls is None:
        return ()
    if not isinstance(calls, list):
        raise WireError(f"a message whose tool_calls are {_kind(calls)}")
    return tuple(_tool_call(call) for call in calls)


def _tool_call(call: object) -> ChatToolCall:
    function = call.get("function", call) if isinstance(call, dict) else None
    if not isinstance(call, dict) or not isinstance(function, dict):
        raise WireError("a tool call without a function")
    name, arguments, call_id = function.get("name"), function.get("arguments"), call.get("id")
    if not isinstance(name, str) or not name:
        raise WireError("a tool call without the name of a function")
    if not isinstance(arguments, str):
        arguments = json.dumps(
            {} if arguments is None else arguments, separators=(",", ":"), ensure_ascii=False
        )
    return ChatToolCall(_whole(name), _whole(arguments), None if call_id is None else _whole(str(call_id)))


def _count(tokens: object) -> int | None:
    return (
        tokens if isinstance(tokens, int) and not isinstance(tokens, bool) and 0 <= tokens < 2**31 else None
    )


def _text(value: object) -> str:
    return _whole(value) if isinstance(value, str) else ""


def _whole(text: str) -> str:
    return (
        text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    )


def _shown(text: str) -> str:
    line = _whole(" ".join(text.split()))
    return line if len(line) <= SHOWN_CHARACTERS else line[:SHOWN_CHARACTERS] + "..."


def _kind(value: object) -> str:
    names = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
