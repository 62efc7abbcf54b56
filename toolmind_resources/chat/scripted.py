"""A chat model that answers from a script, for tests and demonstrations. No I/O."""

from collections.abc import Iterable, Mapping, Sequence

from toolmind_resources.chat.model import ChatReply, ChatRequest, Role
from toolmind_resources.errors import ChatError


class ScriptedChat:
    """Answers each role with its replies in turn; keeps requests, those given up, and what was wrong with replies."""

    def __init__(self, replies: Mapping[Role, Iterable[ChatReply | str]], name: str = "scripted") -> None:
        self._replies = {role: iter(list(script)) for role, script in replies.items()}
        self._name = name
        self.requests: list[ChatRequest] = []
        self.faults: list[str] = []
        self.given_up: list[ChatRequest] = []

    def model_name(self, role: Role) -> str:  # noqa: ARG002 (every role has the same model)
        """The name given, for every role."""
        return self._name

    async def complete(self, request: ChatRequest) -> ChatReply:
        """The role's next reply.

        Raises:
            ChatError: the role's script is used up, or has none.
        """
        self.requests.append(request)
        reply = next(self._replies.get(request.role, iter(())), None)
        if reply is None:
            raise ChatError(f"no scripted reply is left for the role {request.role!r}")
        return ChatReply(reply, model=self._name) if isinstance(reply, str) else reply

    def rate(self, request: ChatRequest, reply: ChatReply, fault: str) -> None:  # noqa: ARG002 (the script knows)
        """Keeps the fault in `faults`."""
        self.faults.append(fault)

    def give_up(self, requests: Sequence[ChatRequest]) -> None:
        """Keeps them in `given_up`."""
        self.given_up += requests
