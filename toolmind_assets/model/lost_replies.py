"""What replies that nobody could use cost: which dropped row they become."""

from toolmind_assets.model.drops import DropReason
from toolmind_resources.chat.asking import Unused
from toolmind_resources.chat.model import ReplyProblem


def reason_of(unused: Unused, otherwise: DropReason = DropReason.UNUSABLE_REPLY) -> DropReason:
    """Why something is dropped for which no reply could be used; `otherwise` where its role found the fault."""
    problem = unused.last.reply.problem
    if problem is None:
        return otherwise
    is_own = problem in (ReplyProblem.CUT_OFF, ReplyProblem.CONTENT_FILTER)
    return DropReason(problem.value) if is_own else DropReason.UNUSABLE_REPLY
