"""The judged form of a dialogue: what is visible in it, looked up once for all rules.

No plan, no intent, no label: a rule judges what a reader of the dialogue could see.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from toolmind_assets.model.call_status import status_of
from toolmind_assets.model.dialogues import CallStatus, Dialogue, Message, Speaker, ToolCall
from toolmind_assets.model.grounding import parse_result
from toolmind_assets.model.ids import JsonObject

_RETURNS_KEYS = ("returns", "response", "output_schema", "outputSchema")


@dataclass(frozen=True, slots=True)
class ToolResult:
    """One tool message: its text, the JSON value in it (the text, where it is none), and how it ended."""

    message_index: int
    text: str
    value: Any
    is_error: bool

    @property
    def is_json(self) -> bool:
        """Whether the text is a JSON object or array."""
        return isinstance(self.value, (dict, list))


@dataclass(frozen=True, slots=True)
class Call:
    """One call with its place, the function that it names (None if not offered) and its result."""

    message_index: int
    call_index: int
    tool_call: ToolCall
    function: JsonObject | None
    result: ToolResult | None

    @property
    def name(self) -> str:
        """Name of the function called."""
        return self.tool_call.name

    @property
    def has_succeeded(self) -> bool:
        """Whether it has a result that is no error."""
        return self.result is not None and not self.result.is_error

    @property
    def parameters(self) -> JsonObject:
        """Schema of the function's parameters; empty where unknown."""
        parameters = (self.function or {}).get("parameters")
        return parameters if isinstance(parameters, dict) else {}


@dataclass(frozen=True, slots=True)
class Trajectory:
    """A dialogue as rules see it.

    Attributes:
        dialogue: The dialogue.
        functions: Offered functions by name.
        calls: Every call in order, whoever makes it, with its result.
        orphans: Indices of tool messages that answer no call.
        returns: Schemas of results by function name, where they are known.
    """

    dialogue: Dialogue
    functions: Mapping[str, JsonObject]
    calls: tuple[Call, ...]
    orphans: tuple[int, ...]
    returns: Mapping[str, JsonObject] = field(default_factory=dict)

    @property
    def messages(self) -> tuple[Message, ...]:
        """The dialogue's messages."""
        return self.dialogue.messages

    def calls_of(self, message_index: int) -> tuple[Call, ...]:
        """The calls that a message makes; rules that read messages in order ask here, and count nothing themselves."""
        first = bisect_left(self.calls, message_index, key=lambda call: call.message_index)
        return self.calls[first : first + len(self.messages[message_index].tool_calls)]


def trajectory_of(dialogue: Dialogue, returns: Mapping[str, JsonObject] | None = None) -> Trajectory:
    """The judged form of a dialogue.

    Args:
        dialogue: What is to be judged.
        returns: Schemas of results by function name, over those that the definitions themselves state.
    """
    functions = {
        function["name"]: function for tool in dialogue.tools if (function := tool.get("function", tool))
    }
    results, orphans = _pair(dialogue.messages)
    calls = tuple(
        Call(index, place, call, functions.get(call.name), results.get((index, place)))
        for index, message in enumerate(dialogue.messages)
        for place, call in enumerate(message.tool_calls)
    )
    stated = {name: schema for name, function in functions.items() if (schema := _stated_returns(function))}
    return Trajectory(dialogue, functions, calls, tuple(orphans), {**stated, **(returns or {})})


def _stated_returns(function: JsonObject) -> JsonObject | None:
    """The schema of the result where the definition has one; OpenAI's form has no place for it."""
    found = [schema for key in _RETURNS_KEYS if isinstance(schema := function.get(key), dict) and schema]
    return found[0] if found else None


def _pair(messages: tuple[Message, ...]) -> tuple[dict[tuple[int, int], ToolResult], list[int]]:
    """Results by the place of their call, and the tool messages that answer none.

    By `tool_call_id` among the calls still open, the latest message first (ids may start again at each
    turn); a tool message without an id answers the first open call of the latest message that calls.
    """
    results: dict[tuple[int, int], ToolResult] = {}
    orphans: list[int] = []
    open_calls: list[tuple[int, int, str]] = []
    for index, message in enumerate(messages):
        if message.role is Speaker.ASSISTANT:
            open_calls = [
                *((index, place, call.call_id) for place, call in enumerate(message.tool_calls)),
                *open_calls,
            ]
        elif message.role is Speaker.TOOL:
            wanted = message.tool_call_id
            matches = [call for call in open_calls if not wanted or call[2] == wanted]
            if not matches:
                orphans.append(index)
                continue
            open_calls.remove(matches[0])
            results[matches[0][:2]] = _result(index, message.content or "")
    return results, orphans


def _result(index: int, text: str) -> ToolResult:
    value = parse_result(text)
    return ToolResult(index, text, value, status_of(value) is CallStatus.ERROR)
