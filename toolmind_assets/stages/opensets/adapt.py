"""Rows of an open set -> dialogues, calls and origins of arguments, in the form of simulated ones."""

from collections.abc import Iterable
from dataclasses import dataclass

from toolmind_assets.errors import InputError
from toolmind_assets.model.call_status import status_of
from toolmind_assets.model.dialogues import (
    ArgumentSource,
    CallRecord,
    Dialogue,
    Speaker,
    StopReason,
    ToolCall,
)
from toolmind_assets.model.drops import Drop, DropReason
from toolmind_assets.model.grounding import parse_result
from toolmind_assets.model.ids import compact_json, digest, make_id
from toolmind_assets.model.origins import argument_sources, call_row_id
from toolmind_assets.stages.opensets.adapter import Adapter, Conversation, UnfitRowError
from toolmind_assets.stages.opensets.adapters import ADAPTERS
from toolmind_assets.stages.opensets.sources import OpenRow, OpenSetSource

STAGE = "opensets"
MAX_RAW_CHARACTERS = 2000
"""Length to which the text of a dropped row is cut."""


@dataclass(frozen=True, slots=True)
class OpenSetRead:
    """What the rows of one shard became: each row is one dialogue or one dropped row."""

    dialogues: tuple[Dialogue, ...]
    calls: tuple[CallRecord, ...]
    arguments: tuple[ArgumentSource, ...]
    drops: tuple[Drop, ...]


def find_adapter(name: str) -> Adapter:
    """The adapter of an open set.

    Raises:
        InputError: there is none of that name.
    """
    for adapter in ADAPTERS:
        if adapter.name == name:
            return adapter
    known = ", ".join(adapter.name for adapter in ADAPTERS)
    raise InputError(f"no open set is called {name!r}; known sets: {known}")


def adapt_rows(source: OpenSetSource, shard: str, rows: Iterable[OpenRow]) -> OpenSetRead:
    """The dialogues of one shard's rows, in the order of the rows.

    Raises:
        InputError: the source names no known adapter.
    """
    adapter = find_adapter(source.set)
    dialogues: list[Dialogue] = []
    calls: list[CallRecord] = []
    arguments: list[ArgumentSource] = []
    drops: list[Drop] = []
    for row in rows:
        dialogue_id = make_id("dialogue", source.name, row.row_index, row.text)
        try:
            dialogue = _dialogue(source, shard, dialogue_id, _conversation(adapter, row))
        except UnfitRowError as error:
            drops.append(_drop(shard, dialogue_id, row, error))
            continue
        dialogues.append(dialogue)
        calls += call_records(dialogue)
        arguments += argument_sources(dialogue)
    return OpenSetRead(tuple(dialogues), tuple(calls), tuple(arguments), tuple(drops))


def _conversation(adapter: Adapter, row: OpenRow) -> Conversation:
    if row.problem is not None:
        raise UnfitRowError(row.problem, row.detail)
    try:
        conversation = adapter.read_row(row.value)
        compact_json([conversation.tools, [m.as_openai() for m in conversation.messages]]).encode()
    except RecursionError as error:
        raise UnfitRowError(DropReason.TOO_DEEP, "nested too deep to be read") from error
    except UnicodeEncodeError as error:
        raise UnfitRowError(DropReason.INVALID_TEXT, f"text that is not Unicode: {error.reason}") from error
    return conversation


def _drop(shard: str, dialogue_id: str, row: OpenRow, error: UnfitRowError) -> Drop:
    return Drop(
        stage=STAGE,
        partition=shard,
        subject_id=dialogue_id,
        parent_ids=(),
        reason=error.reason,
        detail=_legible(f"row {row.row_index}: {error.detail}"),
        raw=_legible(row.text[:MAX_RAW_CHARACTERS]),
    )


def _legible(text: str) -> str:
    """The text with a `?` for whatever cannot be stored as UTF-8."""
    return text.encode("utf-8", "replace").decode()


def _dialogue(source: OpenSetSource, shard: str, dialogue_id: str, conversation: Conversation) -> Dialogue:
    tools, messages = conversation.tools, conversation.messages
    return Dialogue(
        dialogue_id=dialogue_id,
        shard=shard,
        task_id=None,
        source=source.name,
        licence=source.licence,
        scenario="",
        domain="",
        language="en",
        function_ids=(),
        tools=tools,
        messages=messages,
        stop_reason=StopReason.RECORDED,
        models=(),
        prompt_digest="",
        n_turns=sum(message.role is Speaker.ASSISTANT for message in messages),
        content_digest=digest(tools, [message.as_openai() for message in messages]),
    )


def call_records(dialogue: Dialogue) -> list[CallRecord]:
    """One row a call of the dialogue, in order; what a recorded dialogue cannot tell is None."""
    results = {message.tool_call_id: message.content for message in dialogue.messages if message.tool_call_id}
    return [
        _call_record(dialogue, message_index, call_index, call, results.get(call.call_id))
        for message_index, message in enumerate(dialogue.messages)
        for call_index, call in enumerate(message.tool_calls)
    ]


def _call_record(
    dialogue: Dialogue, message_index: int, call_index: int, call: ToolCall, result: str | None
) -> CallRecord:
    arguments = call.arguments
    return CallRecord(
        call_id=call_row_id(dialogue.dialogue_id, message_index, call_index),
        shard=dialogue.shard,
        dialogue_id=dialogue.dialogue_id,
        message_index=message_index,
        call_index=call_index,
        tool_call_id=call.call_id,
        plan_step_id=None,
        function_id=None,
        name=call.name,
        arguments_json=arguments if isinstance(arguments, str) else compact_json(arguments),
        result_json=result,
        status=status_of(parse_result(result)),
        environment_kind="recorded",
        state_before_digest=None,
        state_after_digest=None,
        injected_fault=None,
        corrects_call_id=None,
    )
