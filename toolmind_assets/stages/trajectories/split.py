"""Passing turns -> samples: each turn with its whole prefix, by reference."""

from collections.abc import Iterable
from dataclasses import replace

from toolmind_assets.model.dialogues import Dialogue, Message, Speaker
from toolmind_assets.model.ids import JsonObject, canonical_json, compact_json, digest_of_json, make_id
from toolmind_assets.model.verdicts import Sample

CHARACTERS_PER_TOKEN = 4


def split_samples(dialogue: Dialogue, anchors: Iterable[int]) -> list[Sample]:
    """The samples anchored at some assistant messages; the loss is on that message alone (ToolMind 3.4)."""
    tools_json, n_characters = canonical_json(dialogue.tools), len(compact_json(dialogue.tools))
    return [_sample(dialogue, anchor, tools_json, n_characters) for anchor in anchors]


def _sample(dialogue: Dialogue, anchor: int, tools_json: str, n_characters: int) -> Sample:
    """The sample anchored at one message; the tools come as JSON, and by their characters."""
    prefix = dialogue.messages[: anchor + 1]
    reasoning = prefix[-1].reasoning
    messages_json = canonical_json(without_call_ids(_anchored(prefix)))
    return Sample(
        sample_id=make_id("sample", dialogue.dialogue_id, anchor),
        shard=dialogue.shard,
        dialogue_id=dialogue.dialogue_id,
        message_index=anchor,
        loss_weights=(*(0.0,) * anchor, 1.0),
        source=dialogue.source,
        scenario=dialogue.scenario,
        domain=dialogue.domain,
        n_turns=sum(message.role is Speaker.ASSISTANT for message in prefix),
        n_tokens=_tokens(n_characters + _characters(prefix)),
        content_digest=digest_of_json(tools_json, messages_json),
        n_reasoning_tokens=_tokens(len(reasoning)) if reasoning else None,
    )


def _anchored(prefix: tuple[Message, ...]) -> tuple[Message, ...]:
    """The messages with the reasoning of the last alone: what was thought earlier is no part of a sample."""
    earlier = (replace(one, reasoning=None) if one.reasoning is not None else one for one in prefix[:-1])
    return (*earlier, prefix[-1])


def without_call_ids(messages: tuple[Message, ...]) -> list[JsonObject]:
    """OpenAI messages whose call ids are numbered in order, so that equal content is equal."""
    numbers: dict[str, str] = {}
    plain: list[JsonObject] = []
    for message in messages:
        openai = message.as_openai()
        for place, call in enumerate(openai.get("tool_calls", ())):
            number = f"call_{len(plain)}_{place}"
            numbers[call["id"]] = number
            call["id"] = number
        if message.tool_call_id is not None:
            openai["tool_call_id"] = numbers.get(message.tool_call_id, "")
        plain.append(openai)
    return plain


def _characters(messages: tuple[Message, ...]) -> int:
    """The characters of texts, calls and results; reasoning is counted apart."""
    characters = 0
    for message in messages:
        characters += len(message.content or "")
        for call in message.tool_calls:
            arguments = call.arguments if isinstance(call.arguments, str) else compact_json(call.arguments)
            characters += len(call.name) + len(arguments)
    return characters


def _tokens(characters: int) -> int:
    """An estimate: 4 characters a token."""
    return -(-characters // CHARACTERS_PER_TOKEN)
