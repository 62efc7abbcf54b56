"""How roles ask: a question, a reader that says what it wants of the reply, and the next try where it is of no use.

Every question of a stage goes through here, so that a role whose replies are never of use is seen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from toolmind_resources.chat.model import ChatModel, ChatReply, ChatRequest, ReplyProblem

T = TypeVar("T")

WORDS = {
    ReplyProblem.CUT_OFF: "the reply is cut off at the token limit",
    ReplyProblem.CONTENT_FILTER: "the endpoint's content filter held the reply back",
    ReplyProblem.REFUSED: "the model declines to answer",
    ReplyProblem.EMPTY: "the reply is empty",
    ReplyProblem.NO_JSON: "the reply holds no JSON that could be read",
}
"""What is wrong with a reply that no role can use."""
SHOWN_CHARACTERS = 200
"""Most of a reply that an error repeats."""
EXAMPLE_CHARACTERS = 300
"""Most of a reply that is shown as an example."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """A reply that was of no use, and why."""

    reason: str
    reply: ChatReply


@dataclass(frozen=True, slots=True)
class Doubtful(Generic[T]):
    """What a reader takes all the same, and what is wrong with it; replies that are all so stop a run."""

    value: T
    fault: str


Reader = Callable[[ChatReply], T | Doubtful[T] | Unusable]
"""What a role makes of a reply."""


@dataclass(frozen=True, slots=True)
class Used(Generic[T]):
    """What a role read, from which reply, and the replies before it that were of no use."""

    value: T
    reply: ChatReply
    rejected: tuple[Unusable, ...] = ()


@dataclass(frozen=True, slots=True)
class Unused:
    """Replies of which none was of use, one at least, and the requests that they answer."""

    rejected: tuple[Unusable, ...]
    requests: tuple[ChatRequest, ...] = ()

    @property
    def last(self) -> Unusable:
        """The last of them."""
        return self.rejected[-1]

    @property
    def words(self) -> str:
        """How many there were, what was wrong with the last one, and how it begins."""
        n, said = len(self.rejected), " ".join((self.last.reply.content or "").split())
        shown = said if len(said) <= SHOWN_CHARACTERS else f"{said[:SHOWN_CHARACTERS]}..."
        return f"no usable reply in {n} {'try' if n == 1 else 'tries'}: {self.last.reason}" + (
            f"; it says: {shown}" if shown else ""
        )


def example_of(reply: ChatReply) -> str:
    """The beginning of what a reply says, or of what was thought where it says nothing, as a sentence."""
    said, thought = (
        " ".join((text or "").split())[:EXAMPLE_CHARACTERS] for text in (reply.content, reply.reasoning)
    )
    return f"It only thought: {thought}" if thought and not said else f"It said: {said or '(nothing)'}"


async def ask(chat: ChatModel, request: ChatRequest, read: Reader[T]) -> Used[T] | Unused:
    """What `read` makes of the reply to one request; a reply with a problem never reaches it.

    Raises:
        ChatError: no reply could be had.
    """
    return await ask_until_used(chat, lambda _: request, read, 1)


async def ask_until_used(
    chat: ChatModel,
    request_of: Callable[[Sequence[Unusable]], ChatRequest],
    read: Reader[T],
    replies_max: int,
) -> Used[T] | Unused:
    """The first reply that is of use, of at most `replies_max`.

    Args:
        chat: Who is asked.
        request_of: From the replies before that were of no use to the request.
        read: What the role makes of a reply, or why it can make nothing of it.
        replies_max: Most replies asked for; one at least.

    Raises:
        ChatError: no reply could be had.
    """
    rejected: list[Unusable] = []
    asked: list[ChatRequest] = []
    while len(rejected) < replies_max:
        request = request_of(rejected)
        reply = await chat.complete(request)
        found = Unusable(WORDS[reply.problem], reply) if reply.problem else read(reply)
        if not isinstance(found, Unusable):
            value, fault = (found.value, found.fault) if isinstance(found, Doubtful) else (found, "")
            chat.rate(request, reply, fault)
            return Used(cast("T", value), reply, tuple(rejected))
        asked.append(request)
        chat.rate(request, reply, found.reason)
        rejected.append(found)
    return Unused(tuple(rejected), tuple(asked))
