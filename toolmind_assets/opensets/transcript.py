"""Builds the messages of a recorded dialogue that knows no call ids: results answer calls in order."""

from collections import deque
from collections.abc import Sequence

from toolmind_assets.model.dialogues import Message, Speaker, ToolCall
from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.ids import JsonObject, compact_json
from toolmind_assets.opensets.adapter import UnfitRowError
from toolmind_assets.opensets.json_text import parse_json


class Transcript:
    """Collects messages in order; ids `call_1`, `call_2`, ... are given as calls come."""

    def __init__(self) -> None:
        self._messages: list[Message] = []
        self._waiting: deque[str] = deque()
        self._n_calls = 0

    def say(self, role: Speaker, text: str) -> None:
        """Adds a message without calls. Calls that are still unanswered stay so."""
        self._waiting.clear()
        self._messages.append(Message(role, text))

    def call(self, text: str | None, calls: Sequence[tuple[str, JsonObject | str]]) -> None:
        """Adds an assistant message with calls, each `(name, arguments)`, and what is said beside them."""
        self._waiting.clear()
        numbered = []
        for name, arguments in calls:
            self._n_calls += 1
            numbered.append(ToolCall(f"call_{self._n_calls}", name, arguments))
        self._waiting.extend(call.call_id for call in numbered)
        self._messages.append(Message(Speaker.ASSISTANT, text or None, tuple(numbered)))

    def answer(self, text: str) -> None:
        """Adds the result of the oldest call without one; a list with one member a waiting call answers all.

        Raises:
            UnfitRowError: no call is waiting, or one result stands for several calls.
        """
        if not self._waiting:
            raise UnfitRowError(DropReason.UNKNOWN_FORM, f"a result that answers no call: {text[:200]!r}")
        results = [_json_text(text)] if len(self._waiting) == 1 else _members(text, len(self._waiting))
        for result in results:
            self._messages.append(Message(Speaker.TOOL, result, tool_call_id=self._waiting.popleft()))

    def messages(self) -> tuple[Message, ...]:
        """All messages so far.

        Raises:
            UnfitRowError: nobody asks, or the assistant never speaks.
        """
        for role in (Speaker.USER, Speaker.ASSISTANT):
            if not any(message.role is role for message in self._messages):
                raise UnfitRowError(DropReason.UNKNOWN_FORM, f"no message of the {role.value}")
        return tuple(self._messages)


def _json_text(text: str) -> str:
    """The text itself where it is JSON, else the JSON string that says it."""
    text = text.strip()
    try:
        parse_json(text)
    except ValueError:
        return compact_json(text)
    return text


def _members(text: str, count: int) -> list[str]:
    try:
        results = parse_json(text)
    except ValueError:
        results = None
    if isinstance(results, list) and len(results) == count:
        return [compact_json(result) for result in results]
    raise UnfitRowError(DropReason.UNKNOWN_FORM, f"one result for {count} calls: {text[:200]!r}")
