"""Builds the messages of a recorded dialogue that knows no call ids.

Results answer calls by the name that they state, else in order. What open sets have in common in how they write
a call as JSON is read here too.
"""

from collections.abc import Sequence
from typing import Any

from toolmind_assets.model.dialogues import Message, Speaker, ToolCall
from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.ids import JsonObject, compact_json
from toolmind_assets.model.json_text import parse_json
from toolmind_assets.stages.opensets.adapter import UnfitRowError
from toolmind_resources.chat.reading.reply_fields import thoughts_in
from toolmind_resources.chat.reading.thoughts import thoughts_apart


class Transcript:
    """Collects messages in order; ids `call_1`, `call_2`, ... are given as calls come."""

    def __init__(self) -> None:
        self._messages: list[Message] = []
        self._waiting: list[ToolCall] = []
        self._n_calls = 0

    def say(self, role: Speaker, text: str, reasoning: str | None = None) -> None:
        """Adds a message without calls. Calls that are still unanswered stay so."""
        self._waiting.clear()
        self._messages.append(Message(role, text, reasoning=reasoning))

    def call(
        self, text: str | None, calls: Sequence[tuple[str, JsonObject | str]], reasoning: str | None = None
    ) -> None:
        """Adds an assistant message with calls, each `(name, arguments)`, and what is said beside them."""
        numbered = []
        for name, arguments in calls:
            self._n_calls += 1
            numbered.append(ToolCall(f"call_{self._n_calls}", name, arguments))
        self._waiting = list(numbered)
        self._messages.append(Message(Speaker.ASSISTANT, text or None, tuple(numbered), reasoning=reasoning))

    def answer(self, text: str) -> None:
        """Adds the result of the oldest call without one; a list with one member a waiting call answers all.

        Raises:
            UnfitRowError: no call is waiting, or one result stands for several calls.
        """
        if not self._waiting:
            raise UnfitRowError(DropReason.UNKNOWN_FORM, f"a result that answers no call: {text[:200]!r}")
        results = [_json_text(text)] if len(self._waiting) == 1 else _members(text, len(self._waiting))
        for result in results:
            self._add_result(self._waiting[0], result)

    def answer_by_name(self, name: str, result: Any) -> None:
        """Adds the result of the oldest call of that function without one; other calls may stay unanswered.

        Raises:
            UnfitRowError: no call of that function is waiting.
        """
        call = next((call for call in self._waiting if call.name == name), None)
        if call is None:
            raise UnfitRowError(DropReason.UNKNOWN_FORM, f"a result that answers no call of {name[:200]!r}")
        self._add_result(call, compact_json(result))

    def _add_result(self, call: ToolCall, content: str) -> None:
        self._waiting.remove(call)
        self._messages.append(Message(Speaker.TOOL, content, tool_call_id=call.call_id))

    def messages(self) -> tuple[Message, ...]:
        """All messages so far.

        Raises:
            UnfitRowError: nobody asks, or the assistant never speaks.
        """
        for role in (Speaker.USER, Speaker.ASSISTANT):
            if not any(message.role is role for message in self._messages):
                raise UnfitRowError(DropReason.UNKNOWN_FORM, f"no message of the {role}")
        return tuple(self._messages)


def spoken(turn: JsonObject, text: str) -> tuple[str, str | None]:
    """What the assistant says in a turn and what it thought, be it in a field of its own or between tags.

    Text that is JSON from its beginning is a call, whose arguments may hold anything: it stays as it is.
    """
    stated = thoughts_in(turn).strip()
    found = None if text.lstrip().startswith(("{", "[")) else thoughts_apart(text)
    if found is None:
        return text, stated or None
    thoughts = [*([stated] if stated else []), *found.thoughts]
    return found.said, "\n\n".join(thoughts) or None


def call_of(stated: Any) -> tuple[str, JsonObject | str]:
    """`(name, arguments)` of `{"name": ..., "arguments": ...}`, the arguments an object or its JSON text.

    Arguments that are no object stay as text: a call with broken arguments is a turn to be judged.

    Raises:
        UnfitRowError: it names no function.
    """
    name = stated.get("name") if isinstance(stated, dict) else None
    if not isinstance(name, str) or not name:
        raise UnfitRowError(DropReason.UNKNOWN_FORM, f"a call without a name: {str(stated)[:200]}")
    arguments = stated.get("arguments", {})
    return name, arguments if isinstance(arguments, dict) else arguments_of(arguments)


def arguments_of(stated: Any) -> JsonObject | str:
    """The parsed object of a call's arguments, or the text where it is none."""
    text = stated if isinstance(stated, str) else compact_json(stated)
    try:
        arguments = parse_json(text)
    except ValueError:
        return text
    return arguments if isinstance(arguments, dict) else text


def load_json(text: str, what: str) -> Any:
    """The value of a JSON text in a row.

    Raises:
        UnfitRowError: it is no JSON; the detail says `what` was to be read.
    """
    try:
        return parse_json(text)
    except ValueError as error:
        raise UnfitRowError(DropReason.MALFORMED_JSON, f"{what}: {error}: {text[:200]!r}") from error


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
