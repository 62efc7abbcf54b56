"""What a chat model is asked and what it answers. No I/O."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, NewType, Protocol, runtime_checkable

Role = NewType("Role", str)
"""Who is speaking through the model: a model, its prompt and its sampling are set per role. Stages name their own."""


@dataclass(frozen=True, slots=True)
class ChatToolCall:
    """One call of a function as a model wrote it; `arguments_json` is unparsed text."""

    name: str
    arguments_json: str
    call_id: str | None = None


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message in the OpenAI chat form; `role` is system, user, assistant or tool."""

    role: str
    content: str | None = None
    tool_calls: tuple[ChatToolCall, ...] = ()
    tool_call_id: str | None = None


@dataclass(frozen=True, slots=True)
class Sampling:
    """Sampling settings of one request."""

    temperature: float = 0.0
    max_tokens: int = 2048


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """Everything that determines a reply.

    Attributes:
        role: Who is speaking.
        messages: The rendered prompt.
        tools: OpenAI tool definitions that the reply may call.
        response_schema: JSON Schema that the reply's text must fit, or None for free text.
        sampling: Sampling settings.
        seed: Seed of this one request, derived from the ids of what is being made.
        context: What the role knows, as an object of its stage. Only the embedded model reads it; it is
            never sent to an endpoint.
    """

    role: Role
    messages: tuple[ChatMessage, ...]
    tools: tuple[Mapping[str, Any], ...] = ()
    response_schema: Mapping[str, Any] | None = None
    sampling: Sampling = field(default_factory=Sampling)
    seed: int = 0
    context: object = None


@dataclass(frozen=True, slots=True)
class ChatReply:
    """What came back. Token counts are None where the model does not report them."""

    content: str | None
    tool_calls: tuple[ChatToolCall, ...] = ()
    model: str = ""
    finish_reason: str = "stop"
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


@runtime_checkable
class ChatModel(Protocol):
    """Answers chat requests."""

    def model_name(self, role: Role) -> str:
        """Name of the model that answers for this role; it stands in every row made with it."""
        ...

    async def complete(self, request: ChatRequest) -> ChatReply:
        """The reply to one request.

        Raises:
            ChatError: no reply could be had.
        """
        ...


@dataclass(frozen=True, slots=True)
class Charge:
    """Whom a call is charged to.

    Attributes:
        period: What one budget is for: a `toolmind run`, a backfill, or a run launched in the UI.
        stage: What is being made.
        partition: Which part of it; empty for a table that is written whole.
        is_added: What is made comes on top of rows made before, whose replies stay those that rows rest on.
    """

    period: str
    stage: str
    partition: str = ""
    is_added: bool = False


@runtime_checkable
class ChatProvider(Protocol):
    """Hands out chat models that know whom their calls are charged to."""

    def model_name(self, role: Role) -> str:
        """Name of the model that answers for this role; it stands in every row made with it."""
        ...

    def charged_to(self, charge: Charge) -> AbstractContextManager[ChatModel]:
        """The chat model whose calls are charged to `charge`.

        Left without an exception, the replies used since are those that the rows of `charge` rest on; beside
        those used before, where it is added to them.
        """
        ...
