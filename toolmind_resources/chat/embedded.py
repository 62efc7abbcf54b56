"""The embedded model: a deterministic simulator without weights that answers from the typed context.

It makes the platform run without a key and without a network, and makes mistakes at given rates, so that
filters have something real to catch. It stands in for a model and is never sold as one: rows that it made
say `embedded`. What each role answers is a rule of its stage; this module only draws and dispatches. No I/O.
"""

import random
from collections.abc import Callable, Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field

from toolmind_resources.chat.model import ChatReply, ChatRequest, Role
from toolmind_resources.chat.reading.reply_reader import read_reply
from toolmind_resources.errors import ChatError

EMBEDDED = "embedded"
"""The model name that rows made by the embedded model carry."""


class EmbeddedErrors(BaseModel):
    """How often the embedded model makes which mistake, as a share of the turns where it could (0 to 1)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    assistant_unknown_function: float = Field(
        default=0.01, ge=0, le=1, description="calls a function that is not offered"
    )
    assistant_invalid_arguments: float = Field(
        default=0.02, ge=0, le=1, description="arguments that break the schema"
    )
    assistant_ungrounded_value: float = Field(
        default=0.02, ge=0, le=1, description="invents a value nobody stated"
    )
    assistant_wrong_function: float = Field(
        default=0.01, ge=0, le=1, description="calls an offered function that does not fit"
    )
    assistant_repeated_call: float = Field(
        default=0.01, ge=0, le=1, description="repeats a call that already succeeded"
    )
    assistant_ignored_error: float = Field(
        default=0.3, ge=0, le=1, description="reports success after a failed call"
    )
    assistant_empty_turn: float = Field(default=0.005, ge=0, le=1, description="says nothing at all")
    assistant_role_confusion: float = Field(default=0.005, ge=0, le=1, description="speaks as the user")
    tool_failure: float = Field(default=0.02, ge=0, le=1, description="a transient error instead of a result")
    tool_mismatch: float = Field(default=0.01, ge=0, le=1, description="a result that does not fit its call")
    user_early_stop: float = Field(
        default=0.01, ge=0, le=1, description="ends the dialogue before all is done"
    )
    spec_unparseable: float = Field(
        default=0.005, ge=0, le=1, description="a completed spec that is not the JSON asked for"
    )
    intent_unparseable: float = Field(
        default=0.005, ge=0, le=1, description="an intent that is not the JSON asked for"
    )
    judge_unparseable: float = Field(default=0.005, ge=0, le=1, description="a verdict that cannot be parsed")
    judge_wrong: float = Field(default=0.01, ge=0, le=1, description="the opposite of the right verdict")


Rule = Callable[[ChatRequest, random.Random, EmbeddedErrors], ChatReply]
"""What a role answers: a function of the request (its typed context above all) and a generator seeded by it."""


class EmbeddedChat:
    """Answers each role by its rule; the same request always gets the same reply."""

    def __init__(self, rules: Mapping[Role, Rule], errors: EmbeddedErrors | None = None) -> None:
        self._rules = dict(rules)
        self._errors = errors or EmbeddedErrors()

    def model_name(self, role: Role) -> str:  # noqa: ARG002 (every role has the same model)
        """`embedded`, for every role."""
        return EMBEDDED

    async def complete(self, request: ChatRequest) -> ChatReply:
        """The rule's reply, read as that of any model.

        Raises:
            ChatError: the role has no rule.
        """
        rule = self._rules.get(request.role)
        if rule is None:
            raise ChatError(f"the embedded model has no rule for the role {request.role!r}")
        return read_reply(rule(request, random.Random(request.seed), self._errors), request)

    def rate(self, request: ChatRequest, reply: ChatReply, fault: str) -> None:
        """Nothing: its replies are computed, and no run is stopped for them."""

    def give_up(self, requests: Sequence[ChatRequest]) -> None:
        """Nothing: the same request would get the same reply."""
