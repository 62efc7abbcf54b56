"""What an export format is.

A format writes one line of JSON a sample. All that a dialogue's samples share is written out once a
dialogue: `prepare` takes the dialogue and returns what writes the row of one of its samples.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from toolmind_assets.model.dialogues import Dialogue, Message, Speaker
from toolmind_assets.model.ids import compact_json
from toolmind_assets.model.verdicts import MixedSample
from toolmind_assets.stages.exports.params import ExportParams

RowWriter = Callable[[MixedSample], str]
"""Writes one sample of a dialogue as a line of JSON without its end."""


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One export format.

    Attributes:
        name: What `toolmind export --format` calls it.
        file: The file of samples, below the folder of the exports.
        title: The format in a few words, for the dataset card.
        usage: How a trainer reads it, as Markdown, for the dataset card.
        reasoning: Where what the model thought stands in it and how trainers take it, for the dataset card.
        prepare: From a dialogue to what writes its rows.
        side_files: Further files, `(path, text)`, that do not depend on the samples.
    """

    name: str
    file: str
    title: str
    usage: str
    reasoning: str
    prepare: Callable[[Dialogue, ExportParams], RowWriter]
    side_files: tuple[tuple[str, str], ...] = ()


def first_thinking(messages: Sequence[Message], anchor: int, params: ExportParams) -> int:
    """From which message on a sample shows what was thought; beyond the anchor where it shows none of it."""
    if params.reasoning == "left_out":
        return anchor + 1
    if params.earlier_reasoning == "none":
        return anchor
    asked = (index for index in range(anchor, -1, -1) if messages[index].role is Speaker.USER)
    return next(asked, 0) if params.earlier_reasoning == "since_user" else 0


def message_texts(
    messages: Sequence[Message], write: Callable[[Message], str], params: ExportParams
) -> Callable[[int], list[str]]:
    """From an anchor to the messages up to it as `write` writes them, with what of the thoughts a sample shows."""
    silent = [write(message) for message in bare(messages)]
    thinking = [
        text if message.reasoning is None else write(message)
        for message, text in zip(messages, silent, strict=True)
    ]

    def up_to(anchor: int) -> list[str]:
        first = first_thinking(messages, anchor, params)
        return silent[:first] + thinking[first : anchor + 1]

    return up_to


def bare(messages: Sequence[Message]) -> tuple[Message, ...]:
    """The messages without what was thought."""
    return tuple(
        message if message.reasoning is None else replace(message, reasoning=None) for message in messages
    )


def trace_fields(sample: MixedSample) -> str:
    """The fields that every row ends with, without braces: from them `toolmind trace` finds the way back."""
    fields = {
        "sample_id": sample.sample_id,
        "dialogue_id": sample.dialogue_id,
        "message_index": sample.message_index,
        "weight": sample.weight,
        "source": sample.source,
        "scenario": sample.scenario,
        "domain": sample.domain,
    }
    return compact_json(fields)[1:-1]
