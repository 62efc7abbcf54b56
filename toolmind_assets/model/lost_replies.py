"""What replies that nobody could use cost: which dropped row they become."""

from toolmind_assets.model.drops import DropReason
from toolmind_resources.chat.asking import Unused
from toolmind_resources.chat.model import ReplyProblem

_REASONS = {
    ReplyProblem.CUT_OFF: DropReason.CUT_OFF,
    ReplyProblem.CONTENT_FILTER: DropReason.CONTENT_FILTER,
}
"""Problems of replies that are reasons of their own."""


def reason_of(unused: Unused, otherwise: DropReason = DropReason.UNUSABLE_REPLY) -> DropReason:
    """Why something is dropped for which no reply could be used; `otherwise` where its role found the fault."""
    problem = unused.last.reply.problem
    return otherwise if problem is None else _REASONS.get(problem, DropReason.UNUSABLE_REPLY)
