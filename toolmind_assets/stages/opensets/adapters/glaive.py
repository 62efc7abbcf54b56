"""Glaive-function-calling-v2, in both forms in which it goes round.

The original has two texts a row, `system` (announcement and JSON definitions) and `chat` (`USER:`,
`ASSISTANT:`, `FUNCTION RESPONSE:`, calls as `<functioncall>` with the arguments in single quotes). The
LLaMA-Factory form has `conversations` (human, gpt, function_call, observation) and `tools` as JSON text.
"""

import re
from typing import Any

from toolmind_assets.model.dialogues import Speaker
from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.model.tool_texts import read_objects
from toolmind_assets.stages.opensets.adapter import Adapter, Conversation, UnfitRowError
from toolmind_assets.stages.opensets.tool_definitions import tool_definitions
from toolmind_assets.stages.opensets.transcript import Transcript, arguments_of, call_of, load_json, spoken

_ASSISTANTS = ("gpt", "function_call")
_TURN = re.compile(r"^[ \t]*(USER|ASSISTANT|FUNCTION RESPONSE):", re.MULTILINE)
_CALL = "<functioncall>"
_END = "<|endoftext|>"
_QUOTED_ARGUMENTS = re.compile(
    r"""\{\s*"name"\s*:\s*"(?P<name>[^"]+)"\s*,\s*"arguments"\s*:\s*'(?P<arguments>.*)'\s*\}""", re.DOTALL
)
_ANNOUNCEMENT = re.compile(
    r"\s*You are a helpful assistant,? with (access to the following functions|no access to external functions)"
    r"\.( Use them if required -)?\s*"
)


def read_row(row: Any) -> Conversation:
    """The conversation of a row in either form.

    Raises:
        UnfitRowError: the row has neither form, or its definitions, calls or results cannot be read.
    """
    if isinstance(row, dict) and isinstance(row.get("chat"), str):
        return _read_texts(str(row.get("system") or ""), row["chat"])
    if isinstance(row, dict) and isinstance(row.get("conversations"), list):
        return _read_turns(row)
    keys = sorted(row) if isinstance(row, dict) else type(row).__name__
    raise UnfitRowError(DropReason.UNKNOWN_FORM, f"neither `chat` nor `conversations` in the row: {keys}")


def _read_texts(system: str, chat: str) -> Conversation:
    policy, functions = _split_system(system)
    transcript = Transcript()
    if policy:
        transcript.say(Speaker.SYSTEM, policy)
    lead, *parts = _TURN.split(chat)
    if lead.strip():
        raise UnfitRowError(DropReason.UNKNOWN_FORM, f"text before the first turn: {lead.strip()[:200]!r}")
    for speaker, part in zip(parts[::2], parts[1::2], strict=True):
        said = part.replace(_END, "").strip()
        if speaker == "USER":
            transcript.say(Speaker.USER, said)
        elif speaker == "FUNCTION RESPONSE":
            transcript.answer(said)
        else:
            _add_spoken(transcript, *spoken({}, said))
    return Conversation(tool_definitions(functions), transcript.messages())


def _add_spoken(transcript: Transcript, said: str, reasoning: str | None) -> None:
    beside, *calls = said.split(_CALL)
    if calls:
        transcript.call(beside.strip(), [_quoted_call(call.strip()) for call in calls], reasoning)
    else:
        transcript.say(Speaker.ASSISTANT, said, reasoning)


def _split_system(system: str) -> tuple[str, list[Any]]:
    """What the system text says beyond announcing functions, and the definitions that follow it."""
    system = system.removeprefix("SYSTEM:").strip()
    start = system.find("{")
    head, rest = (system, "") if start < 0 else (system[:start], system[start:])
    try:
        functions = read_objects(rest)
    except ValueError as error:
        raise UnfitRowError(DropReason.MALFORMED_JSON, f"a function definition: {error}") from error
    return _ANNOUNCEMENT.sub("", head).strip(), functions


def _quoted_call(text: str) -> tuple[str, JsonObject | str]:
    """`(name, arguments)` of `{"name": ..., "arguments": '{...}'}`, or of the same as proper JSON."""
    if match := _QUOTED_ARGUMENTS.fullmatch(text):
        # An apostrophe inside the single quotes may be escaped, which JSON does not know.
        return match["name"], arguments_of(match["arguments"].replace("\\'", "'"))
    return call_of(load_json(text, "a call"))


def _read_turns(row: JsonObject) -> Conversation:
    transcript = Transcript()
    system = row.get("system")
    if isinstance(system, str) and system.strip():
        transcript.say(Speaker.SYSTEM, system.strip())
    for turn in row["conversations"]:
        speaker, value = (turn.get("from"), turn.get("value")) if isinstance(turn, dict) else (None, None)
        if not isinstance(value, str):
            raise UnfitRowError(DropReason.UNKNOWN_FORM, f"a turn without text: {str(turn)[:200]}")
        said, reasoning = spoken(turn, value) if speaker in _ASSISTANTS else (value, None)
        _add_turn(transcript, speaker, said, reasoning)
    tools = row.get("tools") or "[]"
    functions = load_json(tools, "the tools") if isinstance(tools, str) else tools
    return Conversation(tool_definitions(functions), transcript.messages())


def _add_turn(transcript: Transcript, speaker: Any, value: str, reasoning: str | None) -> None:
    if speaker == "human":
        transcript.say(Speaker.USER, value.strip())
    elif speaker == "gpt":
        transcript.say(Speaker.ASSISTANT, value.strip(), reasoning)
    elif speaker == "system":
        transcript.say(Speaker.SYSTEM, value.strip())
    elif speaker == "function_call":
        calls = load_json(value, "a call")
        listed = calls if isinstance(calls, list) else [calls]
        transcript.call(None, [call_of(call) for call in listed], reasoning)
    elif speaker == "observation":
        transcript.answer(value)
    else:
        raise UnfitRowError(DropReason.UNKNOWN_FORM, f"a turn of the unknown speaker {speaker!r}")


GLAIVE = Adapter("glaive", "glaiveai/glaive-function-calling-v2", read_row)
