"""Which reason a row is dropped for whose replies were of no use."""

import pytest

from toolmind_assets.model.drops import LOST_REPLIES, DropReason
from toolmind_assets.model.lost_replies import reason_of
from toolmind_resources.chat.asking import Unusable, Unused
from toolmind_resources.chat.model import ChatReply, ReplyProblem


def unused(*problems: ReplyProblem | None) -> Unused:
    return Unused(tuple(Unusable("wrong", ChatReply("", problem=problem)) for problem in problems))


@pytest.mark.parametrize("problem", ReplyProblem)
def test_a_problem_of_a_reply_is_a_reason_for_which_it_is_asked_anew(problem: ReplyProblem) -> None:
    reason = reason_of(unused(problem), DropReason.INVALID_PLAN)
    assert reason in LOST_REPLIES
    own = {ReplyProblem.CUT_OFF: DropReason.CUT_OFF, ReplyProblem.CONTENT_FILTER: DropReason.CONTENT_FILTER}
    assert reason is own.get(problem, DropReason.UNUSABLE_REPLY)


def test_what_only_the_role_finds_wrong_has_the_roles_own_reason() -> None:
    assert reason_of(unused(None)) is DropReason.UNUSABLE_REPLY
    assert reason_of(unused(None), DropReason.INVALID_PLAN) is DropReason.INVALID_PLAN


def test_the_last_reply_decides() -> None:
    assert reason_of(unused(ReplyProblem.CUT_OFF, None)) is DropReason.UNUSABLE_REPLY
    assert reason_of(unused(None, ReplyProblem.CUT_OFF)) is DropReason.CUT_OFF
