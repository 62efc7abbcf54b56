"""The one reader of replies, before any role sees them."""

from dataclasses import replace

from toolmind_resources.chat.model import ChatReply, ChatRequest, ReplyProblem

_ENDS = {"length": ReplyProblem.CUT_OFF, "content_filter": ReplyProblem.CONTENT_FILTER}
"""What is wrong with a reply that ended for such a reason."""


def read_reply(reply: ChatReply, request: ChatRequest) -> ChatReply:
    """The reply as roles read it: what can be put right is, and what no role could use has its problem."""
    problem = _ENDS.get(reply.finish_reason) or _lack(reply, request)
    return replace(reply, problem=problem) if problem else reply


def _lack(reply: ChatReply, request: ChatRequest) -> ReplyProblem | None:  # noqa: ARG001
    is_empty = not reply.tool_calls and not (reply.content or "").strip()
    return ReplyProblem.EMPTY if is_empty else None
