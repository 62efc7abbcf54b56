"""The assistant goes on as if a failed call had succeeded."""

import re
from collections.abc import Iterator

from toolmind_assets.model.dialogues import Speaker
from toolmind_assets.stages.trajectories.rule import Finding, Rule, cut, message_finding
from toolmind_assets.stages.trajectories.trajectory import Call, Trajectory

_ADMITS = re.compile(
    r"unable|n['’]t\b|cannot|\bnot\b|no longer|\bno\b|error|fail|issue|problem|trouble|unfortunately|sorry|apolog|"
    r"invalid|incorrect|wrong|missing|already|again|retry|however|instead|unsuccessful|denied|unavailable|"
    r"unauthori|clarif|require|\bneeds?\b|must|only|unless|another|please|double.check|mistake",
    re.I,
)
_ENGLISH = re.compile(r"\b(the|is|you|your|to|for|a|of|and|I|that|done|now)\b", re.I)
"""Words without which a text is not English, or not a sentence: then nothing can be said of it."""
_COURTESY = re.compile(
    r"\b(anything else|let me know|feel free|if you (need|have|would|want)|would you like|do you (need|want)|"
    r"how (else )?(can|may) I|can I (help|assist)|hope (this|that)|don['’]t hesitate)\b",
    re.I,
)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?|[.!?\n]")


def check(trajectory: Trajectory) -> Iterator[Finding]:
    """One finding an assistant text right after failed calls that neither speaks of the failure nor asks.

    Clear cases only: no later message of the same user turn made a call that succeeded (a retry, another
    way), and the text is English.
    """
    failed: list[Call] = []
    for index, message in enumerate(trajectory.messages):
        if message.role is Speaker.USER:
            failed = []
        elif message.role is Speaker.ASSISTANT and message.tool_calls:
            now = trajectory.calls_of(index)
            if any(call.has_succeeded for call in now):
                failed = []
            failed += [call for call in now if call.result is not None and call.result.is_error]
        elif message.role is Speaker.ASSISTANT and failed:
            if _goes_on(message.content or ""):
                yield message_finding(index, "ignored_error", _detail(failed[-1]))
            failed = []


def _goes_on(text: str) -> bool:
    """Whether a text, its closing courtesies aside, admits nothing and asks nothing."""
    said = "".join(sentence for sentence in _SENTENCE.findall(text) if not _COURTESY.search(sentence))
    return "?" not in said and bool(_ENGLISH.search(said)) and not _ADMITS.search(said)


def _detail(call: Call) -> str:
    said = call.result.text if call.result else ""
    return f"{call.name} (message {call.message_index}) failed: {cut(said, 120)}; the turn does not say so"


IGNORED_ERROR = Rule(
    name="ignored_error",
    version=1,
    codes={"ignored_error": "the turn goes on as if a failed call had succeeded"},
    check=check,
)
