"""A message in which somebody speaks out of role."""

import json
import re
from collections.abc import Iterator

from toolmind_assets.model.dialogues import Speaker
from toolmind_assets.model.spellings import words_of
from toolmind_assets.model.verdicts import Outcome, Severity, SubjectKind
from toolmind_assets.stages.trajectories.rule import Finding, Rule, cut, message_finding, shown
from toolmind_assets.stages.trajectories.trajectory import Trajectory
from toolmind_resources.chat.reading.quoted import Marks
from toolmind_resources.chat.reading.thoughts import holds_thoughts
from toolmind_resources.chat.reading.written_calls import may_hold_calls, written_calls

_SPECIAL = Marks(
    r"<\|/?[a-z_0-9]{2,40}\|>|<｜[^<>\s]{2,40}｜>|###STOP###|\[/?INST\]|\[TOOL_CALLS\]|</?s>|<</?SYS>>"
    r"|</?(?:[a-z]{2,12}:)?(?:tool_calls?|tool_response|function_calls?|functioncalls?|func_return|toolcall"
    r"|start_of_turn|end_of_turn)>|<(?:function|parameter)=[^<>\s]{1,64}>|<invoke name=|</?arg_(?:key|value)>"
    r"|^FUNCTION RESPONSE:",
    re.I | re.M,
)
_LABEL = re.compile(
    r"^[ \t]*(user|human|customer|tool|function|observation|assistant|system)[ \t]*:", re.I | re.M
)
_FENCE = re.compile(r"\A```(?:json)?\s*")
_FOREIGN = ("user", "human", "customer", "tool", "function", "observation")
_SHORTEST_ECHO = 4
_LONGEST_CALL = 20_000


def check(trajectory: Trajectory) -> Iterator[Finding]:
    """Findings about assistant messages that speak as somebody else, and about the order of speakers."""
    last_user = ""
    for index, message in enumerate(trajectory.messages):
        if message.role is Speaker.USER:
            last_user = message.content or ""
        elif message.role is Speaker.ASSISTANT and message.content:
            yield from _check_text(index, message.content, last_user, trajectory)
    yield from _check_order(trajectory)


def _check_text(index: int, text: str, last_user: str, trajectory: Trajectory) -> Iterator[Finding]:
    if token := next(_SPECIAL.used_in(text), None):
        yield message_finding(index, "special_token", f"control text {shown(token.group())} in the message")
    if holds_thoughts(text):
        yield message_finding(index, "thoughts_in_content", f"thoughts stand in the message: {shown(text)}")
    labels = [label.lower() for label in _LABEL.findall(text)] if ":" in text else []
    if labels and (starts := _LABEL.match(text)) and starts.group(1).lower() in _FOREIGN:
        yield message_finding(index, "foreign_speaker", f"speaks as {labels[0]}: {shown(text)}")
    elif "assistant" in labels and set(labels) & set(_FOREIGN):
        yield message_finding(index, "foreign_speaker", "holds several speakers' lines")
    if may_hold_calls(text) and _is_written_call(text, trajectory):
        yield message_finding(index, "call_as_text", f"a call written as text: {shown(text)}")
    words = words_of(text) if last_user and abs(len(text) - len(last_user)) < 20 else []
    if len(words) >= _SHORTEST_ECHO and words == words_of(last_user):
        yield message_finding(index, "echoed_user", "repeats the user's message as its own")


def _is_written_call(text: str, trajectory: Trajectory) -> bool:
    """Whether the text holds a call: of an offered function in any notation, or of any in JSON alone."""
    offered = {name: function.get("parameters") or {} for name, function in trajectory.functions.items()}
    return written_calls(text, offered) is not None or ("{" in text and _is_json_call(text, trajectory))


def _is_json_call(text: str, trajectory: Trajectory) -> bool:
    """Whether the whole text, or what stands in braces, is a call in JSON rather than an answer."""
    start = text.find("{")
    if len(text) > _LONGEST_CALL or '"name"' not in text[start:]:
        return False
    stripped = _FENCE.sub("", text.strip(), count=1)
    try:
        value, _ = json.JSONDecoder().raw_decode(stripped[stripped.find("{") :])
    except (ValueError, RecursionError):
        return False
    is_call = isinstance(value.get("name"), str) and ("arguments" in value or "parameters" in value)
    return is_call and (value["name"] in trajectory.functions or stripped[:1] in "{[")


def _check_order(trajectory: Trajectory) -> Iterator[Finding]:
    messages = trajectory.messages
    for index in range(1, len(messages)):
        before, message = messages[index - 1], messages[index]
        if message.role is Speaker.SYSTEM:
            yield _order_finding("late_system", f"message {index} is a system message amid the dialogue")
        elif message.role is Speaker.USER and before.role is Speaker.USER:
            detail = f"messages {index - 1} and {index} are both the user's"
            yield _order_finding("consecutive_users", detail)
        elif message.role is Speaker.ASSISTANT and before.role is Speaker.ASSISTANT and not before.tool_calls:
            yield message_finding(
                index, "consecutive_assistants", "the assistant has just spoken", severity=Severity.WARNING
            )


def _order_finding(code: str, detail: str) -> Finding:
    return Finding(SubjectKind.DIALOGUE, None, None, Outcome.FAIL, Severity.WARNING, code, detail=cut(detail))


ROLE_CONFUSION = Rule(
    name="role_confusion",
    version=2,
    codes={
        "special_token": "control text of a model or a simulation stands in the message",
        "thoughts_in_content": "what the model thought stands in what it says",
        "foreign_speaker": "the assistant writes a line of the user or of a tool",
        "call_as_text": "a call is written as text instead of being made",
        "echoed_user": "the assistant repeats the user's message as its own",
        "consecutive_assistants": "two assistant texts in a row",
        "consecutive_users": "two user messages in a row",
        "late_system": "a system message amid the dialogue",
    },
    check=check,
)
