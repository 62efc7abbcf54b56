"""LLaMA-Factory: ShareGPT rows and their `dataset_info.json`.

LLaMA-Factory drops, with a warning, every row in which human or observation does not alternate with gpt or
function_call, human first. Ours hold that without losing or inventing words:

- Results that follow one another are one observation: a JSON list in the order of the calls.
- Several calls of a message are one function_call: a JSON list.
- Where two messages of one side meet, or the assistant speaks first, an empty message of the other side
  stands between. Joining them would train on a turn that was not chosen.
- A message with text beside its calls is a function_call `text<tool_call>[...]</tool_call>`: LLaMA-Factory
  takes the calls out of the tags and keeps the text before them. As `<think>` it would become reasoning,
  which templates strip from earlier turns.
- What the model thought stands in front of all else, in the `<think>` of its templates. Tags that it looks for
  are written `&lt;` inside of it, where they would end the thoughts or begin the calls.
"""

import json
import re
from collections.abc import Iterator, Sequence

from toolmind_assets.model.dialogues import Dialogue, Message, Speaker
from toolmind_assets.model.ids import JsonObject, compact_json
from toolmind_assets.model.verdicts import MixedSample
from toolmind_assets.stages.exports.formats import ExportFormat, RowWriter, bare, first_thinking, trace_fields
from toolmind_assets.stages.exports.params import ExportParams

_TAG, _END_TAG = "<tool_call>", "</tool_call>"
_THINK, _END_THINK = "<think>\n", "\n</think>\n\n"
"""Its default `thought_words`, line ends and all: it finds thoughts in no other form."""
_READ_TAG = re.compile("<(?=/?(?:think|tool_call)>)")
_ASKING, _SPEAKING = ("human", "observation"), ("gpt", "function_call")
_FILE = "toolmind.jsonl"
_DATASET = {
    "toolmind": {
        "file_name": _FILE,
        "formatting": "sharegpt",
        "columns": {"messages": "conversations", "system": "system", "tools": "tools"},
    }
}
_USAGE = """Set `dataset_dir` to the folder `llamafactory`, `dataset: toolmind`, and **`mask_history: true`**:
without it every earlier turn is trained on as well, the failed ones too. Rows with text beside a tool call
need a version that reads `<tool_call>` tags in `function_call` messages; older ones stop with `Invalid JSON
format in function message`."""

_REASONING = """What the model thought stands before the turn in `<think>` tags, and is trained on with it. Take a
template of a reasoning model (`qwen3`, `glm4_moe`, …) with `enable_thinking: true`. Such a template writes an empty
thought before turns without one, and drops those of earlier turns where `mask_history` is on, unless
`preserve_thinking` is. Before tool calls thoughts are text beside them, for which the above holds; the templates of
Gemma, LFM2, Llama 2 and Mistral stop at such rows."""


def prepare(dialogue: Dialogue, params: ExportParams) -> RowWriter:
    """What writes the rows of one dialogue."""
    system, turns, ends = share_gpt(dialogue.messages)
    thinking = [compact_json(turn) for turn in turns]
    silent = thinking
    if any(message.reasoning for message in dialogue.messages):
        silent = [compact_json(turn) for turn in share_gpt(bare(dialogue.messages))[1]]
    shared = f'"system":{compact_json(system)},"tools":{compact_json(compact_json(_tools(dialogue)))}'

    def write(sample: MixedSample) -> str:
        first = first_thinking(dialogue.messages, sample.message_index, params)
        n_silent = ends[first - 1] if first else 0
        conversations = ",".join(silent[:n_silent] + thinking[n_silent : ends[sample.message_index]])
        return f'{{"conversations":[{conversations}],{shared},{trace_fields(sample)}}}'

    return write


def share_gpt(messages: Sequence[Message]) -> tuple[str, list[JsonObject], list[int]]:
    """System text, alternating ShareGPT turns, and for each message how many turns there are up to it."""
    system, turns, ends = "", [], [0] * len(messages)
    for start, group in _groups(messages):
        if start == 0 and group[0].role is Speaker.SYSTEM:
            system = group[0].content or ""
            continue
        turn = _turn(group, messages[:start])
        sides = (_ASKING, _SPEAKING)
        if turn["from"] not in sides[len(turns) % 2]:
            turns.append({"from": sides[len(turns) % 2][0], "value": ""})
        turns.append(turn)
        ends[start : start + len(group)] = [len(turns)] * len(group)
    return system, turns, ends


def _groups(messages: Sequence[Message]) -> Iterator[tuple[int, Sequence[Message]]]:
    """`(index of the first, messages)`: results that follow one another, every other message alone."""
    start = 0
    while start < len(messages):
        end = start + 1
        if messages[start].role is Speaker.TOOL:
            while end < len(messages) and messages[end].role is Speaker.TOOL:
                end += 1
        yield start, messages[start:end]
        start = end


def _turn(group: Sequence[Message], earlier: Sequence[Message]) -> JsonObject:
    message = group[0]
    if message.role is Speaker.TOOL:
        return {"from": "observation", "value": _results(group, earlier)}
    if message.tool_calls:
        return {"from": "function_call", "value": _calls(message)}
    speaker = "gpt" if message.role is Speaker.ASSISTANT else "human"
    return {"from": speaker, "value": _thoughts(message) + (message.content or "")}


def _thoughts(message: Message) -> str:
    if not message.reasoning:
        return ""
    return _THINK + _READ_TAG.sub("&lt;", message.reasoning) + _END_THINK


def _calls(message: Message) -> str:
    calls = [{"name": call.name, "arguments": call.arguments} for call in message.tool_calls]
    # LLaMA-Factory looks for tags before it parses the JSON: none may stand in an argument.
    text = compact_json(calls if len(calls) > 1 else calls[0]).replace("<", "\\u003c")
    thoughts, said = _thoughts(message), message.content or ""
    if not thoughts and not said:
        return text
    tagged = f"{_TAG}{text}{_END_TAG}"
    # The first pair of tags counts: where the text itself has some, the calls go first.
    return thoughts + (tagged + said if _TAG in said else said + tagged)


def _results(group: Sequence[Message], earlier: Sequence[Message]) -> str:
    if len(group) == 1:
        return group[0].content or ""
    calling = next((message for message in reversed(earlier) if message.tool_calls), None)
    order = {call.call_id: place for place, call in enumerate(calling.tool_calls)} if calling else {}
    answers = sorted(group, key=lambda message: order.get(message.tool_call_id or "", len(order)))
    return f"[{','.join(_json_text(answer.content or '') for answer in answers)}]"


def _json_text(text: str) -> str:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return compact_json(text)
    return text


def _tools(dialogue: Dialogue) -> list[JsonObject]:
    """Bare definitions with `properties`, which its default template reads without asking."""
    return [
        {**function, "parameters": {"properties": {}, **function["parameters"]}}
        for function in (tool["function"] for tool in dialogue.tools)
    ]


LLAMAFACTORY = ExportFormat(
    name="llamafactory",
    file=f"llamafactory/{_FILE}",
    title="LLaMA-Factory ShareGPT",
    usage=_USAGE,
    reasoning=_REASONING,
    prepare=prepare,
    side_files=(("llamafactory/dataset_info.json", json.dumps(_DATASET, indent=2) + "\n"),),
)
