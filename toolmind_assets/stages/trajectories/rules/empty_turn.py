"""An assistant turn without words and without calls."""

import re
from collections.abc import Iterator

from toolmind_assets.model.dialogues import Speaker
from toolmind_assets.stages.trajectories.rule import Finding, Rule, message_finding
from toolmind_assets.stages.trajectories.trajectory import Trajectory
from toolmind_resources.chat.reading.thoughts import thoughts_apart

_WORD = re.compile(r"\w|[^\x00-\x7f]")


def check(trajectory: Trajectory) -> Iterator[Finding]:
    """One finding an assistant message that neither says nor calls anything; thoughts do not count."""
    for index, message in enumerate(trajectory.messages):
        if message.role is not Speaker.ASSISTANT or message.tool_calls:
            continue
        content = message.content or ""
        apart = thoughts_apart(content)
        if not _WORD.search(apart.said if apart else content):
            yield message_finding(index, "empty_turn", "neither words nor calls")


EMPTY_TURN = Rule(
    name="empty_turn",
    version=2,
    codes={"empty_turn": "an assistant turn without words and without calls"},
    check=check,
)
