"""Where the arguments of a dialogue's calls came from, as far as what was said before tells."""

from collections.abc import Iterator, Mapping
from typing import Any

from toolmind_assets.model.dialogues import ArgumentSource, Dialogue, ToolCall, ValueSource
from toolmind_assets.model.grounding import Origin, Sources, locate_in_schema, schema_at
from toolmind_assets.model.ids import JsonObject, make_id
from toolmind_assets.model.paths import leaves


def call_row_id(dialogue_id: str, message_index: int, call_index: int) -> str:
    """The id of the row of one call."""
    return make_id("call", dialogue_id, message_index, call_index)


def argument_sources(dialogue: Dialogue) -> list[ArgumentSource]:
    """One row an origin of every argument, as far as earlier messages or the schema tell; else `unknown`."""
    schemas = {tool["function"]["name"]: tool["function"]["parameters"] for tool in dialogue.tools}
    said, rows = Sources(), []
    call_ids: dict[str, str] = {}
    answered: dict[int, str] = {}
    last = max((index for index, one in enumerate(dialogue.messages) if one.tool_calls), default=-1)
    for index, message in enumerate(dialogue.messages[: last + 1]):
        for call_index, call in enumerate(message.tool_calls):
            call_id = call_row_id(dialogue.dialogue_id, index, call_index)
            call_ids[call.call_id] = call_id
            for path, value, origins in _origins(call, said, schemas.get(call.name, {})):
                rows += _rows(dialogue.shard, call_id, path, value, origins, answered)
        if message.tool_call_id in call_ids:
            answered[index] = call_ids[message.tool_call_id]
        said.add_message(index, message)
    return rows


def _origins(
    call: ToolCall, said: Sources, parameters: JsonObject
) -> Iterator[tuple[str, Any, tuple[Origin, ...]]]:
    if not isinstance(call.arguments, dict) or not call.arguments:
        return
    for path, value in leaves(call.arguments):
        origins = said.locate(value)
        if not origins and not isinstance(value, dict | list):
            origins = locate_in_schema(schema_at(parameters, path), value)
        yield path, value, origins


def _rows(
    shard: str, call_id: str, path: str, value: Any, origins: tuple[Origin, ...], answered: Mapping[int, str]
) -> list[ArgumentSource]:
    if not origins:
        unknown = ValueSource.UNKNOWN
        return [ArgumentSource(call_id, shard, path, 0, value, unknown, None, None, None, None)]
    return [
        ArgumentSource(
            call_id=call_id,
            shard=shard,
            path=path,
            origin_index=origin_index,
            value=value,
            source_kind=origin.kind,
            source_message_index=origin.message_index,
            source_call_id=None if origin.message_index is None else answered.get(origin.message_index),
            source_path=origin.path,
            transform=origin.transform.value,
        )
        for origin_index, origin in enumerate(origins)
    ]
