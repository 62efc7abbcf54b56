"""What an export format is.

A format writes one line of JSON a sample. All that a dialogue's samples share is written out once a
dialogue: `prepare` takes the dialogue and returns what writes the row of one of its samples.
"""

from collections.abc import Callable
from dataclasses import dataclass

from toolmind_assets.model.dialogues import Dialogue
from toolmind_assets.model.ids import compact_json
from toolmind_assets.model.verdicts import MixedSample

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
        prepare: From a dialogue to what writes its rows.
        side_files: Further files, `(path, text)`, that do not depend on the samples.
    """

    name: str
    file: str
    title: str
    usage: str
    prepare: Callable[[Dialogue], RowWriter]
    side_files: tuple[tuple[str, str], ...] = ()


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
