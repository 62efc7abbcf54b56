"""Dialogues, simulated or from an open set, in one form."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from toolmind_assets.model.ids import LEFT_OUT_WHERE_NONE, JsonObject, compact_json


class Speaker(StrEnum):
    """The role of a message."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


class StopReason(StrEnum):
    """Why a dialogue ended."""

    USER_SATISFIED = "user_satisfied"
    """The user said that everything asked for was done."""
    USER_GAVE_UP = "user_gave_up"
    """The user accepted that the assistant cannot do it."""
    TURN_LIMIT = "turn_limit"
    """The configured limit of messages was reached."""
    RECORDED = "recorded"
    """The dialogue comes from an open set and ends where it ends."""


class CallStatus(StrEnum):
    """How a call ended."""

    OK = "ok"
    ERROR = "error"


class ValueSource(StrEnum):
    """Where the value of a call's argument came from."""

    USER = "user"
    RESULT = "result"
    SYSTEM = "system"
    PROFILE = "profile"
    DEFAULT = "default"
    ENUM = "enum"
    CONSTANT = "constant"
    INFERRED = "inferred"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call inside an assistant message; `arguments` is the parsed object, or the text if it is none."""

    call_id: str
    name: str
    arguments: JsonObject | str


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a dialogue.

    A tool message answers `tool_call_id`; its content is the JSON text of the result. `reasoning` is what the
    assistant thought before it spoke, apart from what it said: no user ever sees it.
    """

    role: Speaker
    content: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None
    reasoning: str | None = field(default=None, metadata={LEFT_OUT_WHERE_NONE: True})

    def as_openai(self) -> JsonObject:
        """The OpenAI chat message, with arguments as JSON text."""
        message: JsonObject = {"role": self.role, "content": self.content}
        if self.tool_calls:
            message["tool_calls"] = [
                {
                    "id": call.call_id,
                    "type": "function",
                    "function": {
                        "name": call.name,
                        "arguments": call.arguments
                        if isinstance(call.arguments, str)
                        else compact_json(call.arguments),
                    },
                }
                for call in self.tool_calls
            ]
        if self.tool_call_id is not None:
            message["tool_call_id"] = self.tool_call_id
        if self.reasoning is not None:
            message["reasoning_content"] = self.reasoning
        return message


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One whole dialogue.

    Attributes:
        dialogue_id: Hashes task, models, prompts, and the parameters that differ from their defaults; for an open set,
            the set and its row.
        shard: The partition.
        task_id: The task, or None for an open set.
        source: `simulated`, or the name of the open set.
        licence: Licence of the open set; empty for simulated ones, whose functions carry theirs.
        scenario: The task's scenario kind, or empty.
        domain: The task's domain, or empty.
        language: BCP 47 tag.
        function_ids: Functions offered, in the order of `tools`; empty for an open set.
        tools: OpenAI tool definitions offered.
        messages: The system message, if any, comes first.
        stop_reason: Why it ended.
        models: `role=model` for each agent.
        prompt_digest: Digest of the agents' prompts; empty for an open set.
        n_turns: Number of assistant messages.
        content_digest: Hashes tools and messages.
    """

    dialogue_id: str
    shard: str
    task_id: str | None
    source: str
    licence: str
    scenario: str
    domain: str
    language: str
    function_ids: tuple[str, ...]
    tools: tuple[JsonObject, ...]
    messages: tuple[Message, ...]
    stop_reason: StopReason
    models: tuple[str, ...]
    prompt_digest: str
    n_turns: int
    content_digest: str


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call of a dialogue and how it ended.

    Attributes:
        call_id: Unique over all dialogues: hashes dialogue, message and position.
        tool_call_id: The id that the messages use.
        plan_step_id: The planned step that it carries out, or None.
        function_id: The function called, or None where no offered function has that name.
        arguments_json: As sent.
        result_json: What the tool message says, or None where it has no answer.
        environment_kind: `simulated`, `recorded`, later others.
        injected_fault: Name of a fault injected on purpose, or None.
        corrects_call_id: The failed call that this one repeats corrected, or None.
    """

    call_id: str
    shard: str
    dialogue_id: str
    message_index: int
    call_index: int
    tool_call_id: str
    plan_step_id: str | None
    function_id: str | None
    name: str
    arguments_json: str
    result_json: str | None
    status: CallStatus
    environment_kind: str
    state_before_digest: str | None
    state_after_digest: str | None
    injected_fault: str | None
    corrects_call_id: str | None


@dataclass(frozen=True, slots=True)
class ArgumentSource:
    """Where one argument's value came from; several rows where it has several origins.

    Attributes:
        path: Concrete dotted path in the arguments, such as `items[0].sku`.
        source_message_index: The message that holds the value, or None.
        source_call_id: The call whose result holds it, or None.
        source_path: Concrete path in that result, or None.
        transform: How the text was turned into the value (`verbatim`, `number`, `case`), or None.
    """

    call_id: str
    shard: str
    path: str
    origin_index: int
    value: Any
    source_kind: ValueSource
    source_message_index: int | None
    source_call_id: str | None
    source_path: str | None
    transform: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A losing candidate or vote: kept, since it cannot be had again.

    Attributes:
        candidate_id: Hashes dialogue, message and attempt.
        role: The role that was asked.
        attempt: 0-based.
        reason: Why it was not taken.
        reply: The reply's text, or its calls as JSON.
    """

    candidate_id: str
    shard: str
    dialogue_id: str
    message_index: int
    role: str
    attempt: int
    reason: str
    reply: str
