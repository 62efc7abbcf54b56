"""The same call again although nothing has happened that could change its answer."""

import re
from collections.abc import Iterator

from toolmind_assets.model.dialogues import Speaker
from toolmind_assets.model.ids import canonical_json
from toolmind_assets.model.verdicts import Outcome, Severity, SubjectKind
from toolmind_assets.stages.trajectories.call_effects import CallEffect, effect_of
from toolmind_assets.stages.trajectories.rule import Finding, Rule, cut
from toolmind_assets.stages.trajectories.trajectory import Call, Trajectory

_ASKED_TWICE = re.compile(
    r"\b(twice|again|times|another|repeat\w*|thrice|copies|each|both|duplicate)\b", re.I
)


def check(trajectory: Trajectory) -> Iterator[Finding]:
    """One finding a clear repetition: same function, equal arguments, earlier success, same user turn.

    Left alone: whatever follows a call that may have changed something, functions that mean something else
    each time (`next_page`, `roll_dice`), polling (a read whose answer changed), and what the user asked to
    be done several times. A function whose name does not tell its effect is only a warning.
    """
    earlier: dict[str, Call] = {}
    is_asked_twice = False
    for index, message in enumerate(trajectory.messages):
        if message.role is Speaker.USER:
            earlier.clear()
            is_asked_twice = bool(_ASKED_TWICE.search(message.content or ""))
        for call in trajectory.calls_of(index):
            key = _key(call)
            before = earlier.get(key)
            if before is not None and not is_asked_twice and _is_pointless(before, call):
                yield _finding(index, before, call)
            if effect_of(call.name) is not CallEffect.READ and call.has_succeeded:
                earlier = {key: call}
            elif call.has_succeeded:
                earlier[key] = call


def _key(call: Call) -> str:
    return canonical_json([call.name, call.tool_call.arguments])


def _is_pointless(before: Call, call: Call) -> bool:
    effect = effect_of(call.name)
    if effect is CallEffect.WRITE:
        return True
    if effect is CallEffect.STEP or call.result is None or before.result is None:
        return False
    return call.result.value == before.result.value


def _finding(index: int, before: Call, call: Call) -> Finding:
    effect = effect_of(call.name)
    code = "repeated_write" if effect is CallEffect.WRITE else "repeated_call"
    severity = Severity.WARNING if effect is CallEffect.UNKNOWN else Severity.ERROR
    detail = f"{call.name} with equal arguments already succeeded in message {before.message_index}"
    return Finding(SubjectKind.CALL, index, call.call_index, Outcome.FAIL, severity, code, detail=cut(detail))


REPEATED_CALL = Rule(
    name="repeated_call",
    version=1,
    codes={
        "repeated_call": "the same call succeeded before, and nothing has happened since",
        "repeated_write": "the same change was already made, and nothing has happened since",
    },
    check=check,
)
