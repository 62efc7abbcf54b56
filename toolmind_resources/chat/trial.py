"""Whether the replies to a role are of any use, so that no run pays for hundreds that are not.

Until the first reply is of use, few are asked for at a time; where none of the first ones is, and where many in
a row are not, nothing more is asked.
"""

import asyncio

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
SHOWN_CHARACTERS = 300
"""Most of a reply that is shown as an example."""

_ADVICE = {
    ReplyProblem.CUT_OFF: "give it more room (`reply_tokens_max` of the stage, `reasoning_tokens` of the model)",
    ReplyProblem.CONTENT_FILTER: "its endpoint filters what it says: name another model for this role",
    ReplyProblem.NO_JSON: "name a model that writes JSON for this role, or one whose endpoint takes `response_format`",
}
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
        self._n_in_a_row = 0
        self._example = ""
        self._problem: ReplyProblem | None = None
        self._useless: list[ChatRequest] = []

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
        if not fault:
            self._is_proven, self._n_in_a_row = True, 0
            self._useless.clear()
            return
        self._n_in_a_row += 1
        self._useless.append(request)
        said = " ".join((reply.content or reply.reasoning or "").split())[:SHOWN_CHARACTERS]
        self._example = f"{fault}. It said: {said or '(nothing)'}"
        self._problem = reply.problem

    def useless_taken(self) -> list[ChatRequest]:
        """The requests of the last replies in a row that were of no use, told once."""
        taken, self._useless = self._useless, []
        return taken

    def note_refusal(self, words: str) -> None:
        """Takes note of a request to which no reply came."""
        self._n_in_a_row += 1
        self._example, self._problem = words, None

    def _stop_where_useless(self) -> None:
        if self._n_in_a_row < (ROW_MAX if self._is_proven else FIRST_MAX):
            return
        advice = (self._problem and _ADVICE.get(self._problem)) or _ADVICE_ELSE
        raise UselessRoleError(
            f"{self._where} gave {self._n_in_a_row} answers in a row that the role {self._role} cannot use. "
            f"The last one: {self._example}\nWhat to do: {advice}; then `toolmind run --retry-failed`"
        )
