"""TRL: prompt-completion rows, the one shape in which TRL's loss is on a single turn.

The completion is the trained turn; the prompt is everything before it. Arguments of calls are objects, as
chat templates expect, and what the model thought is `reasoning_content`. `tools` is JSON text, which TRL's trainers decode: as a list, Arrow would fill the keys
of every row's schemas with nulls into all others'.
"""

from toolmind_assets.model.dialogues import Dialogue, Message, Speaker
from toolmind_assets.model.ids import JsonObject, compact_json
from toolmind_assets.model.verdicts import MixedSample
from toolmind_assets.stages.exports.formats import ExportFormat, RowWriter, message_texts, trace_fields
from toolmind_assets.stages.exports.params import ExportParams

_USAGE = """```python
import json
from datasets import Dataset  # 4.7 or newer; `use_json` keeps Arrow from filling arguments with nulls

rows = [json.loads(line) for line in open("trl/train.jsonl", encoding="utf-8")]
dataset = Dataset.from_list(rows, on_mixed_types="use_json")
```

`SFTTrainer` computes the loss on `completion` alone."""

_REASONING = """What the model thought is `reasoning_content` of its message. Of the 72 chat templates that TRL 1.16
ships, 27 write it before the turn (Qwen3, GLM-4.5, Nemotron 3, Gemma 4), and the loss is on it as on the turn; the
others drop it in silence (Llama 3, Qwen2.5, DeepSeek): look at one row as your template renders it."""


def prepare(dialogue: Dialogue, params: ExportParams) -> RowWriter:
    """What writes the rows of one dialogue."""
    names = {call.call_id: call.name for message in dialogue.messages for call in message.tool_calls}
    texts = message_texts(
        dialogue.messages, lambda message: compact_json(trl_message(message, names)), params
    )
    tools = compact_json(compact_json(dialogue.tools))

    def write(sample: MixedSample) -> str:
        *before, completion = texts(sample.message_index)
        prompt = ",".join(before)
        return f'{{"prompt":[{prompt}],"completion":[{completion}],"tools":{tools},{trace_fields(sample)}}}'

    return write


def trl_message(message: Message, names: dict[str, str]) -> JsonObject:
    """The message as chat templates read it: arguments as an object, a result with its function's name."""
    written: JsonObject = {"role": message.role, "content": message.content or ""}
    if message.reasoning is not None:
        written["reasoning_content"] = message.reasoning
    if message.tool_calls:
        written["tool_calls"] = [
            {
                "id": call.call_id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in message.tool_calls
        ]
    if message.role is Speaker.TOOL and message.tool_call_id is not None:
        written["tool_call_id"] = message.tool_call_id
        if name := names.get(message.tool_call_id):
            written["name"] = name
    return written


TRL = ExportFormat(
    name="trl",
    file="trl/train.jsonl",
    title="TRL prompt-completion rows",
    usage=_USAGE,
    reasoning=_REASONING,
    prepare=prepare,
)
