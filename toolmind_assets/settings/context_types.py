"""What a `toolmind serve-model` is sent of the typed contexts: the types that the stages declare, as JSON."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any, get_args, get_type_hints

from toolmind_assets.model.ids import JsonObject
from toolmind_assets.steps.pipeline import Pipeline
from toolmind_resources.chat.context_json import EXTENSION, ContextCodec
from toolmind_resources.chat.model import ChatRequest
from toolmind_resources.chat.openai import Extend


def context_codec(pipeline: Pipeline) -> ContextCodec:
    """Contexts to JSON and back; a request can build the types that stages declare, their parts, and no other."""
    return ContextCodec(_with_parts(pipeline.contexts))


def encoder_of(codec: ContextCodec) -> Extend:
    """From a request to the field that it has, for a `toolmind serve-model`, beside those of the OpenAI form."""

    def encode(request: ChatRequest) -> JsonObject:
        return {EXTENSION: {"role": request.role, "context": codec.encode(request.context)}}

    return encode


def _with_parts(types: Iterable[type]) -> list[type]:
    """The types, and all dataclasses and enums that their fields hold, each once."""
    found: dict[type, None] = {}
    waiting = list(types)
    while waiting:
        kind = waiting.pop(0)
        if kind not in found:
            found[kind] = None
            waiting += _parts(kind)
    return list(found)


def _parts(kind: type) -> Iterator[type]:
    """The dataclasses and enums in the annotations of a dataclass's fields."""
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        for field in fields(kind):
            yield from _types_in(hints[field.name])


def _types_in(hint: Any) -> Iterator[type]:
    if isinstance(hint, type) and (is_dataclass(hint) or issubclass(hint, StrEnum)):
        yield hint
    for argument in get_args(hint):
        yield from _types_in(argument)
