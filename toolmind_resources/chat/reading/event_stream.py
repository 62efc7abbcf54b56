"""One completion out of a stream of server-sent events, which some servers and proxies send unasked."""

import json
import re
from collections.abc import Iterator
from typing import Any

_BEGINNINGS = (b"data:", b"event:", b"id:", b"retry:", b":")
_LINE_END = re.compile(r"\r\n|\n|\r")
_DONE = "[DONE]"
_JOINED = ("content", "reasoning_content", "reasoning", "thinking", "refusal")
_KEPT = ("model", "usage", "id")


def is_event_stream(raw: bytes) -> bool:
    """Whether a body is a stream of events."""
    return raw.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_BEGINNINGS)


def assembled(raw: bytes) -> dict[str, Any]:
    """The completion that a stream of chunks comes to; an error among them is given back as it is.

    Raises:
        ValueError: an event is no JSON, or the stream breaks off before the reply is over.
    """
    completion: dict[str, Any] = {}
    message: dict[str, Any] = {}
    reason, is_done = None, False
    for text in _events(raw.decode("utf-8", "replace")):
        if text == _DONE:
            is_done = True
            break
        chunk = json.loads(text)
        if not isinstance(chunk, dict) or ("choices" not in chunk and chunk.get("error")):
            return chunk if isinstance(chunk, dict) else {"choices": [], "event": chunk}
        completion.update({key: chunk[key] for key in _KEPT if chunk.get(key) is not None})
        for choice in chunk.get("choices") or ():
            if isinstance(choice, dict) and not choice.get("index"):
                _add(message, choice.get("delta") or choice.get("message"))
                reason = choice.get("finish_reason") or reason
    if not is_done and reason is None:
        raise ValueError("the stream breaks off")
    return {**completion, "choices": [{"message": message, "finish_reason": reason}]}


def _events(text: str) -> Iterator[str]:
    """What the events say, each in one piece, comments and other fields left out."""
    data: list[str] = []
    for line in (*_LINE_END.split(text.removeprefix("\ufeff")), ""):
        if line.startswith("data:"):
            data.append(line.removeprefix("data:").strip())
        elif not line.strip():
            yield from _said(data)
            data = []


def _said(lines: list[str]) -> Iterator[str]:
    """One event of several lines, or, where a server leaves the blank lines out, an event a line."""
    whole = "\n".join(lines)
    if len(lines) > 1 and all(line == _DONE or line.startswith("{") for line in lines):
        yield from lines
    elif whole:
        yield whole


def _add(message: dict[str, Any], delta: object) -> None:
    if not isinstance(delta, dict):
        return
    for key, value in delta.items():
        if key == "tool_calls":
            for call in value or ():
                _add_call(message.setdefault("tool_calls", []), call)
        elif key == "function_call":
            _add_function(message.setdefault("function_call", {}), value)
        elif key in _JOINED and value is not None:
            message[key] = _joined(message.get(key), value)


def _joined(before: Any, value: Any) -> Any:
    if isinstance(before, str) and isinstance(value, str):
        return before + value
    if isinstance(before, list) or isinstance(value, list):
        lists = [one if isinstance(one, list) else [one] for one in (before, value) if one is not None]
        return [part for some in lists for part in some]
    return value


def _add_call(calls: list[dict[str, Any]], delta: object) -> None:
    """Adds a piece to the call of its index; one that states another id begins another call."""
    if not isinstance(delta, dict):
        raise ValueError("a piece of a call that is no object")
    index, call_id = delta.get("index"), delta.get("id")
    same = [call for call in calls if (index is None or call["index"] == index)]
    call = same[-1] if same else None
    if call is None or (call_id and call["id"] and call["id"] != call_id):
        call = {"index": index, "id": call_id, "function": {}}
        calls.append(call)
    call["id"] = call["id"] or call_id
    _add_function(call["function"], delta.get("function"))


def _add_function(function: dict[str, Any], delta: object) -> None:
    if not isinstance(delta, dict):
        return
    if not function.get("name") and delta.get("name"):
        function["name"] = delta["name"]
    if delta.get("arguments") is not None:
        function["arguments"] = _joined(function.get("arguments"), delta["arguments"])
