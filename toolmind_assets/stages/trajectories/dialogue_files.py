"""`DIALOGUES.jsonl` in, `VERDICTS.jsonl` out: the rules on anybody's dialogues.

In: a JSON object a line, `{"id", "tools": [OpenAI tool definitions], "messages": [OpenAI chat messages]}`. The
form of 2023 is read too: `function_call` as one tool call, the role `function` as `tool`.
Out: `{"id", "message_index", "call_index", "outcome", "reasons"}`, one line for the dialogue, each assistant
and tool message, and each call; one line for a line that is no dialogue.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from toolmind_assets.model.dialogues import Dialogue, Message, Speaker, StopReason, ToolCall
from toolmind_assets.model.drops import Drop, DropReason
from toolmind_assets.model.ids import JsonObject, digest
from toolmind_assets.model.strict_json import JSON_DECODER
from toolmind_assets.model.verdicts import Outcome, Severity
from toolmind_assets.stages.trajectories.outcomes import RuleFinding, run_rules
from toolmind_assets.stages.trajectories.trajectory import trajectory_of
from toolmind_resources.chat.reading.reply_fields import thoughts_in

STAGE = "trajectories"
SOURCE = "file"
_RAW_LENGTH = 500


class _MalformedError(ValueError):
    """A line is no dialogue; says why, and where."""

    def __init__(self, reason: DropReason, detail: str, dialogue_id: str = "") -> None:
        super().__init__(detail)
        self.reason = reason
        self.dialogue_id = dialogue_id


def parse_dialogue(line: str, line_number: int) -> Dialogue | Drop:
    """The dialogue that a line holds, or the drop that says what is wrong with it."""
    try:
        return _dialogue(line, line_number)
    except _MalformedError as error:
        subject_id, reason, detail = error.dialogue_id, error.reason, str(error)
    except RecursionError:
        subject_id, reason, detail = "", DropReason.TOO_DEEP, "nested too deep to be read"
    return Drop(
        stage=STAGE,
        partition="",
        subject_id=_legible(subject_id) or f"line {line_number}",
        parent_ids=(),
        reason=reason,
        detail=_legible(f"line {line_number}: {detail}"),
        raw=_legible(line[:_RAW_LENGTH]),
    )


def check_lines(lines: Iterable[str]) -> Iterator[JsonObject]:
    """The lines of VERDICTS.jsonl for the lines of DIALOGUES.jsonl, in order; blank lines are skipped."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        dialogue = parse_dialogue(line, number)
        if isinstance(dialogue, Drop):
            yield drop_line(dialogue)
            continue
        try:
            yield from list(verdict_lines(dialogue))
        except RecursionError:
            detail = f"line {number}: nested too deep to be judged"
            yield drop_line(Drop(STAGE, "", dialogue.dialogue_id, (), DropReason.TOO_DEEP, detail))


def verdict_lines(dialogue: Dialogue) -> Iterator[JsonObject]:
    """What the rules say of one dialogue: of the whole, each assistant and tool message, and each call."""
    judged = run_rules(trajectory_of(dialogue))
    for place, outcome in judged.outcomes.items():
        reasons = [_reason(found) for found in judged.findings.get(place, ())]
        yield _line(dialogue.dialogue_id, place[0], place[1], outcome, reasons)


def drop_line(drop: Drop) -> JsonObject:
    """The one line that says why a line could not be judged; it is never a pass."""
    reason = {"code": drop.reason.value, "severity": Severity.ERROR.value, "path": "", "detail": drop.detail}
    return _line(drop.subject_id, None, None, Outcome.FAIL, [reason])


def _line(
    dialogue_id: str,
    message_index: int | None,
    call_index: int | None,
    outcome: Outcome,
    reasons: list[JsonObject],
) -> JsonObject:
    return {
        "id": dialogue_id,
        "message_index": message_index,
        "call_index": call_index,
        "outcome": outcome.value,
        "reasons": reasons,
    }


def _reason(found: RuleFinding) -> JsonObject:
    finding = found.finding
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "path": finding.path,
        "detail": finding.detail,
    }


def _legible(text: str) -> str:
    """The text with a `?` for whatever cannot be written as UTF-8."""
    return text.encode("utf-8", "replace").decode()


def _dialogue(line: str, line_number: int) -> Dialogue:
    value = _loads(line, "the line")
    if not isinstance(value, dict):
        raise _MalformedError(DropReason.UNKNOWN_FORM, "the line is no JSON object")
    stated = value.get("id")
    dialogue_id = str(stated) if isinstance(stated, (str, int)) and stated != "" else f"line {line_number}"
    try:
        tools = tuple(_tool(tool, place) for place, tool in enumerate(_list(value, "tools", default=[])))
        messages = tuple(_message(message, place) for place, message in enumerate(_list(value, "messages")))
        content = digest(tools, [message.as_openai() for message in messages])
    except _MalformedError as error:
        raise _MalformedError(error.reason, str(error), dialogue_id) from error
    return Dialogue(
        dialogue_id=dialogue_id,
        shard="",
        task_id=None,
        source=SOURCE,
        licence="",
        scenario="",
        domain="",
        language="",
        function_ids=(),
        tools=tools,
        messages=messages,
        stop_reason=StopReason.RECORDED,
        models=(),
        prompt_digest="",
        n_turns=sum(message.role is Speaker.ASSISTANT for message in messages),
        content_digest=content,
    )


def _loads(text: str, what: str) -> Any:
    try:
        value = JSON_DECODER.decode(text)
    except ValueError as error:
        raise _MalformedError(DropReason.MALFORMED_JSON, f"{what} is not JSON: {error}") from error
    if "\\u" in text or not text.isascii():
        _require_unicode(value)
    return value


def _require_unicode(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise _MalformedError(DropReason.INVALID_TEXT, f"text that is not Unicode: {error.reason}") from error


def _list(value: JsonObject, key: str, default: list[Any] | None = None) -> list[Any]:
    found = value.get(key, default)
    if found is None and default is not None:
        return default
    if not isinstance(found, list):
        raise _MalformedError(DropReason.UNKNOWN_FORM, f"{key!r} is missing or no list")
    return found


def _tool(tool: Any, place: int) -> JsonObject:
    function = tool.get("function", tool) if isinstance(tool, dict) else None
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise _MalformedError(DropReason.UNKNOWN_FORM, f"tools[{place}] is no function with a name")
    return {"type": "function", "function": function}


def _message(message: Any, place: int) -> Message:
    if not isinstance(message, dict):
        raise _MalformedError(DropReason.UNKNOWN_FORM, f"messages[{place}] is no object")
    role = message.get("role")
    role = {"developer": "system", "function": "tool"}.get(role, role) if isinstance(role, str) else role
    if role not in tuple(Speaker):
        raise _MalformedError(DropReason.UNKNOWN_FORM, f"messages[{place}] has the role {role!r}")
    calls = message.get("tool_calls") or []
    if not isinstance(calls, list):
        raise _MalformedError(DropReason.UNKNOWN_FORM, f"messages[{place}].tool_calls is no list")
    if not calls and message.get("function_call"):
        calls = [{"function": message["function_call"]}]
    call_id = message.get("tool_call_id")
    return Message(
        role=Speaker(role),
        content=_content(message.get("content"), place),
        tool_calls=tuple(_call(call, place, position) for position, call in enumerate(calls)),
        tool_call_id=str(call_id) if isinstance(call_id, (str, int)) else None,
        reasoning=(thoughts_in(message).strip() or None) if role == Speaker.ASSISTANT else None,
    )


def _content(content: Any, place: int) -> str | None:
    """The text of a message; the parts of a list of text parts joined."""
    if content is None or isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        texts = [text for text in parts if isinstance(text, str)]
        if len(texts) == len(content):
            return "\n".join(texts)
    raise _MalformedError(DropReason.UNKNOWN_FORM, f"messages[{place}].content is no text")


def _call(call: Any, place: int, position: int) -> ToolCall:
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        where = f"messages[{place}].tool_calls[{position}]"
        raise _MalformedError(DropReason.UNKNOWN_FORM, f"{where} names no function")
    call_id = call.get("id")
    return ToolCall(
        call_id=str(call_id) if isinstance(call_id, (str, int)) else f"call_{place}_{position}",
        name=function["name"],
        arguments=_arguments(function.get("arguments", {})),
    )


def _arguments(given: Any) -> JsonObject | str:
    """The parsed object; text that is none stays as it is, for the rules to judge."""
    if isinstance(given, dict):
        return given
    if not isinstance(given, str):
        return json.dumps(given)
    try:
        value = _loads(given, "arguments") if given.strip() else {}
    except _MalformedError as error:
        if error.reason is DropReason.INVALID_TEXT:
            raise
        return given
    return value if isinstance(value, dict) else given
