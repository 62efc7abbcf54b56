"""A call has no result although the dialogue goes on."""

from collections.abc import Iterator

from toolmind_assets.model.dialogues import Speaker
from toolmind_assets.model.verdicts import Outcome
from toolmind_assets.stages.trajectories.rule import Finding, Rule, call_finding
from toolmind_assets.stages.trajectories.trajectory import Trajectory


def check(trajectory: Trajectory) -> Iterator[Finding]:
    """One finding a call without a result that is not in the dialogue's last message.

    Where a dialogue records no results at all and the user speaks next, nothing can be said.
    """
    messages = trajectory.messages
    has_results = any(message.role is Speaker.TOOL for message in messages)
    for call in trajectory.calls:
        if call.result is not None or call.message_index == len(messages) - 1:
            continue
        is_recorded = has_results or messages[call.message_index + 1].role is Speaker.ASSISTANT
        outcome = Outcome.FAIL if is_recorded else Outcome.UNVERIFIABLE
        yield call_finding(call, "unanswered_call", "no tool message answers it", outcome=outcome)


UNANSWERED_CALL = Rule(
    name="unanswered_call",
    version=1,
    codes={"unanswered_call": "no tool message answers the call, and the dialogue goes on"},
    check=check,
)
