"""Whether the replies to a role are of any use, so that no run pays for hundreds that are not.

Until the first reply is of use, few are asked for at a time; where none of the first ones is, and where many in
a row are not, nothing more is asked. Replies that call functions and those in words are counted apart: an
assistant whose every answer in words is cut off finishes no dialogue, however well it calls.
"""

import asyncio
from collections import Counter
from enum import StrEnum

from toolmind_resources.chat.asking import example_of
from toolmind_resources.chat.model import ChatReply, ChatRequest, ReplyProblem, Role
from toolmind_resources.errors import UselessRoleError

FIRST_IN_FLIGHT = 2
"""Requests of a role under way at once until one of its replies was of use."""
FIRST_MAX = 6
"""Replies of which one has to be of use."""
ROW_MAX = 20
"""Replies in a row of which one has to be of use later on."""
LOOK_SECONDS = 0.02
"""Between two looks whether a first reply has come."""


class _Kind(StrEnum):
    """What came of a request, in the words of messages."""

    WORDS = "answers without calls"
    CALLS = "answers with calls"
    REFUSED = "refusals"


_ADVICE = {
    ReplyProblem.CUT_OFF: "give it more room (`reply_tokens_max` of the stage, `reasoning_tokens` of the model)",
    ReplyProblem.CONTENT_FILTER: "its endpoint filters what it says: name another model for this role",
    ReplyProblem.EMPTY: "give it more room (`reasoning_tokens` of the model) if it thinks, or start its server with the "
    "reasoning parser of this model, or name another model for this role in `chat.roles`",
    ReplyProblem.NO_JSON: "name a model that writes JSON for this role, or one whose endpoint takes `response_format`",
}
_ADVICE_REFUSED = "look at the server, or at the account with its provider, or name another model for this role in `chat.roles`"
_ADVICE_ELSE = "name another model for this role in `chat.roles`, or look at how the server was started"


class Trial:
    """What one role's replies were worth so far; for use in any loop of one process."""

    def __init__(self, role: Role, where: str) -> None:
        """Nothing is known yet.

        Args:
            role: The role.
            where: Its model and address, for messages.
        """
        self._role = role
        self._where = where
        self._is_proven = False
        self._n_open = 0
        self._in_a_row: Counter[_Kind] = Counter()
        self._seen: set[_Kind] = set()
        self._last: dict[_Kind, tuple[str, ReplyProblem | None]] = {}
        self._useless: dict[_Kind, list[ChatRequest]] = {}

    async def begin(self) -> None:
        """Waits until a request may be made.

        Raises:
            UselessRoleError: the replies so far were of no use.
        """
        self._stop_where_useless()
        while not self._is_proven and self._n_open >= FIRST_IN_FLIGHT:
            await asyncio.sleep(LOOK_SECONDS)
            self._stop_where_useless()
        self._n_open += 1

    def end(self) -> None:
        """Says that a request is over, whatever came of it."""
        self._n_open -= 1

    def rate(self, request: ChatRequest, reply: ChatReply, fault: str) -> None:
        """Takes note of the reply to a request: what was wrong with it, or an empty text."""
        kind = _Kind.CALLS if reply.tool_calls else _Kind.WORDS
        self._seen.add(kind)
        if not fault:
            self._is_proven = True
            self._in_a_row[kind] = self._in_a_row[_Kind.REFUSED] = 0
            self._useless.pop(kind, None)
            return
        self._in_a_row[kind] += 1
        self._useless.setdefault(kind, []).append(request)
        self._last[kind] = f"{fault}. {example_of(reply)}", reply.problem

    def useless_taken(self) -> list[ChatRequest]:
        """The requests of the last replies in a row that were of no use, told once."""
        taken = [request for requests in self._useless.values() for request in requests]
        self._useless.clear()
        return taken

    def note_refusal(self, words: str) -> None:
        """Takes note of a request to which no reply came."""
        self._in_a_row[_Kind.REFUSED] += 1
        self._last[_Kind.REFUSED] = words, None

    def _stop_where_useless(self) -> None:
        kind, number = max(self._in_a_row.items(), key=lambda item: item[1], default=(_Kind.WORDS, 0))
        if not self._is_proven:
            number = self._in_a_row.total()
        if number < (ROW_MAX if self._is_proven else FIRST_MAX):
            return
        what = kind.value if self._is_proven and len(self._seen) > 1 else "answers"
        example, problem = self._last[kind]
        otherwise = _ADVICE_REFUSED if kind is _Kind.REFUSED else _ADVICE_ELSE
        advice = _ADVICE.get(problem, otherwise) if problem else otherwise
        raise UselessRoleError(
            f"{self._where} gave {number} {what} in a row that the role {self._role} cannot use. "
            f"The last one: {example}\nWhat to do: {advice}; then `toolmind run --retry-failed`"
        )
