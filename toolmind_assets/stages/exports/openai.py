"""OpenAI messages: the fine-tuning form of the OpenAI API, read by many trainers.

Messages end with the trained turn. `weight` of an assistant message says whether it is trained on: 1 for the
trained turn, 0 for those before it. Arguments are JSON text, `tools` a list, and what the model thought is
`reasoning_content`.
"""

from toolmind_assets.model.dialogues import Dialogue, Message, Speaker
from toolmind_assets.model.ids import compact_json
from toolmind_assets.model.verdicts import MixedSample
from toolmind_assets.stages.exports.formats import ExportFormat, RowWriter, message_texts, trace_fields
from toolmind_assets.stages.exports.params import ExportParams

_NO_LOSS, _LOSS = '"weight":0}', '"weight":1}'
_USAGE = """One chat a line with `messages` and `tools`. Only assistant messages with `"weight": 1` are to be
trained on: a trainer that does not read `weight` has to be told to train on the last message alone."""

_REASONING = """What the model thought is `reasoning_content` of its message, and trained on like the message: `weight`
is of whole messages. NeMo Automodel takes the loss off it where `mask_reasoning_content` is set. The fine-tuning
API of OpenAI has no such field: leave it out for it."""


def prepare(dialogue: Dialogue, params: ExportParams) -> RowWriter:
    """What writes the rows of one dialogue."""
    untrained = message_texts(dialogue.messages, _untrained, params)
    tools = compact_json(dialogue.tools)

    def write(sample: MixedSample) -> str:
        shown = untrained(sample.message_index)
        for index, loss_weight in enumerate(sample.loss_weights):
            if loss_weight:
                shown[index] = shown[index].removesuffix(_NO_LOSS) + _LOSS
        # The API refuses an empty list of tools.
        offered = f'"tools":{tools},' if dialogue.tools else ""
        return f'{{"messages":[{",".join(shown)}],{offered}{trace_fields(sample)}}}'

    return write


def _untrained(message: Message) -> str:
    text = compact_json(message.as_openai())
    return f"{text[:-1]},{_NO_LOSS}" if message.role is Speaker.ASSISTANT else text


OPENAI = ExportFormat(
    name="openai",
    file="openai/train.jsonl",
    title="OpenAI messages",
    usage=_USAGE,
    reasoning=_REASONING,
    prepare=prepare,
)
