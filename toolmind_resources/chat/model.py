"""What a chat model is asked and what it answers. No I/O."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NewType, Protocol, runtime_checkable

Role = NewType("Role", str)
"""Who is speaking through the model: a model, its prompt and its sampling are set per role. Stages name their own."""

CHECK_ROLE = Role("endpoint_check")
"""Who asks an endpoint how it wants its requests, and whether it calls tools: no role of a stage."""


@dataclass(frozen=True, slots=True)
class ChatToolCall:
    """One call of a function as a model wrote it; `arguments_json` is unparsed text."""

    name: str
    arguments_json: str
    call_id: str | None = None


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message in the OpenAI chat form; `role` is system, user, assistant or tool.

    `reasoning` is what the model thought before an assistant message; it is sent to models alone whose rule is to
    be shown their thoughts.
    """

    role: str
    content: str | None = None
    tool_calls: tuple[ChatToolCall, ...] = ()
    tool_call_id: str | None = None
    reasoning: str | None = None


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
        response_schema: JSON Schema that the reply's text must fit; an empty one, which is sent to nobody, for JSON
            of any kind, and None for free text.
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


class ReplyProblem(StrEnum):
    """Why no role can use a reply, whatever it asked."""

    CUT_OFF = "cut_off"
    """It ends at the token limit."""
    CONTENT_FILTER = "content_filter"
    """The endpoint's filter has held it back, or a part of it."""
    REFUSED = "refused"
    """The model declines to play its role."""
    EMPTY = "empty"
    """It holds neither words nor calls."""
    NO_JSON = "no_json"
    """JSON was asked for, and there is none in it that could be read."""


@dataclass(frozen=True, slots=True)
class ChatReply:
    """What came back, as roles read it: thoughts apart, JSON bare where JSON was asked for, calls as calls.

    Attributes:
        content: The text that is meant for the one who asked.
        tool_calls: The calls, those included that stood in the text.
        model: Name of the model that answered.
        finish_reason: Why it ended, in the words of the OpenAI form.
        prompt_tokens, completion_tokens: None where the model does not report them.
        reasoning: What the model thought before it spoke, wherever it stood.
        problem: Why no role can use it; None where one can.
        mended: What was put right in it, each by its name.
    """

    content: str | None
    tool_calls: tuple[ChatToolCall, ...] = ()
    model: str = ""
    finish_reason: str = "stop"
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    reasoning: str | None = None
    problem: ReplyProblem | None = None
    mended: tuple[str, ...] = ()


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

    def rate(self, request: ChatRequest, reply: ChatReply, fault: str) -> None:
        """Takes note of whether the reply was of use to the role: what was wrong with it, or an empty text."""
        ...

    def give_up(self, requests: Sequence[ChatRequest]) -> None:
        """Takes note of requests whose replies a row was lost to: where lost rows are made again, they are asked anew.

        Of a row that stands, none is to be given up, whatever was wrong with some of them: it would become another.
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
