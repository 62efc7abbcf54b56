"""OpenAI messages: the fine-tuning form of the OpenAI API, read by many trainers.

Messages end with the trained turn. `weight` of an assistant message says whether it is trained on: 1 for the
trained turn, 0 for those before it. Arguments are JSON text, `tools` a list.
"""

from toolmind_assets.model.dialogues import Dialogue, Message, Speaker
from toolmind_assets.model.ids import compact_json
from toolmind_assets.model.verdicts import MixedSample
from toolmind_assets.stages.exports.formats import ExportFormat, RowWriter, trace_fields

_USAGE = """One chat a line with `messages` and `tools`. Only assistant messages with `"weight": 1` are to be
trained on: a trainer that does not read `weight` has to be told to train on the last message alone."""


def prepare(dialogue: Dialogue) -> RowWriter:
    """What writes the rows of one dialogue."""
    untrained = [_message(message, is_trained=False) for message in dialogue.messages]
    tools = compact_json(dialogue.tools)

    def write(sample: MixedSample) -> str:
        shown = untrained[: sample.message_index + 1]
        for index, loss_weight in enumerate(sample.loss_weights):
            if loss_weight:
                shown[index] = _message(dialogue.messages[index], is_trained=True)
        # The API refuses an empty list of tools.
        offered = f'"tools":{tools},' if dialogue.tools else ""
        return f'{{"messages":[{",".join(shown)}],{offered}{trace_fields(sample)}}}'

    return write


def _message(message: Message, is_trained: bool) -> str:
    written = message.as_openai()
    if message.role is Speaker.ASSISTANT:
        written["weight"] = int(is_trained)
    return compact_json(written)


OPENAI = ExportFormat(
    name="openai",
    file="openai/train.jsonl",
    title="OpenAI messages",
    usage=_USAGE,
    prepare=prepare,
)
