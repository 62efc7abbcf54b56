"""What each agent knows: the typed context of its requests, and calls as they were carried out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from toolmind_assets.model.dialogues import CallStatus, Message, ToolCall
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.tasks import Choice, Task


@dataclass(frozen=True, slots=True)
class Execution:
    """One call as it was carried out.

    Attributes:
        message_index, call_index: Where the call stands.
        call: The call.
        function_id: The function, or None where no offered one has the name.
        step_id: The planned step that it carries out, or None.
        status: How it ended.
        result: The result, a JSON value.
        injected_fault: Name of the error that was made to happen, or None.
    """

    message_index: int
    call_index: int
    call: ToolCall
    function_id: str | None
    step_id: str | None
    status: CallStatus
    result: Any
    injected_fault: str | None = None


@dataclass(frozen=True, slots=True)
class UserContext:
    """What the user agent knows: its own task, and what was said."""

    task: Task
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class AssistantContext:
    """What the embedded assistant knows: the plan too, which no prompt shows."""

    task: Task
    offered: Mapping[str, FunctionSpec]
    messages: tuple[Message, ...]
    executions: tuple[Execution, ...]


@dataclass(frozen=True, slots=True)
class ServedCall:
    """A valid call, and what later calls will read of its result.

    Attributes:
        function, arguments: The call.
        read_later: Paths in the result that later calls will read.
        listed_later: Those of them of which several members of a list will be read.
        chosen_later: Those of them of which one member of a list will be read, each with the choice that tells it.
    """

    function: FunctionSpec
    arguments: Mapping[str, Any]
    read_later: tuple[str, ...] = ()
    listed_later: tuple[str, ...] = ()
    chosen_later: tuple[tuple[str, Choice], ...] = ()


@dataclass(frozen=True, slots=True)
class ToolContext:
    """What the tool agent knows: calls that are made at once, and the session before them."""

    calls: tuple[ServedCall, ...]
    session: tuple[Execution, ...]

    @property
    def names(self) -> list[str]:
        """What each call is called in prompt and reply."""
        return [f"call_{place}" for place in range(1, len(self.calls) + 1)]
