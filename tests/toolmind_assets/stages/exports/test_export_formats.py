"""What each format writes is what its trainer reads, and can be read back to the same messages."""

import json
import re
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from toolmind_assets.model.dialogues import Dialogue, Message, Speaker, StopReason, ToolCall
from toolmind_assets.model.verdicts import MixedSample
from toolmind_assets.stages.exports.llamafactory import LLAMAFACTORY
from toolmind_assets.stages.exports.openai import OPENAI
from toolmind_assets.stages.exports.params import ExportParams
from toolmind_assets.stages.exports.trl import TRL
from toolmind_assets.stages.exports.write import FORMATS

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    ["<tool_call>{}</tool_call>", "<think>no</think>", "a </tool_call> b", 'say "hi"\nthere', "é 漢字 \u2028"]
)
SAID = TEXT.filter(bool)
ARGUMENTS = st.dictionaries(TEXT, TEXT | st.integers() | st.lists(st.booleans(), max_size=2), max_size=3)


@st.composite
def dialogues(draw: st.DrawFn) -> Dialogue:
    """Dialogues with parallel calls, text beside calls, calls without results, one speaker twice in a row."""
    messages = [Message(Speaker.SYSTEM, draw(SAID))] if draw(st.booleans()) else []
    for number in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(["user", "text", "calls", "unanswered"]))
        if kind == "user":
            messages.append(Message(Speaker.USER, draw(SAID)))
        elif kind == "text":
            messages.append(Message(Speaker.ASSISTANT, draw(SAID)))
        else:
            count = draw(st.integers(1, 3))
            calls = tuple(ToolCall(f"call_{number}_{place}", "f", draw(ARGUMENTS)) for place in range(count))
            messages.append(Message(Speaker.ASSISTANT, draw(st.none() | SAID), calls))
            if kind == "calls":
                answered = draw(st.permutations(calls))
                messages += [
                    Message(Speaker.TOOL, json.dumps(draw(ARGUMENTS)), tool_call_id=c.call_id)
                    for c in answered
                ]
    messages.append(Message(Speaker.ASSISTANT, draw(SAID)))
    return dialogue_of(*messages)


def dialogue_of(*messages: Message, parameters: dict[str, Any] | None = None) -> Dialogue:
    parameters = {"type": "object", "properties": {}} if parameters is None else parameters
    tool = {"type": "function", "function": {"name": "f", "description": "F", "parameters": parameters}}
    return Dialogue(
        dialogue_id="dialogue_1",
        shard="sim-0000",
        task_id=None,
        source="simulated",
        licence="",
        scenario="chained",
        domain="travel",
        language="en",
        function_ids=(),
        tools=(tool,),
        messages=messages,
        stop_reason=StopReason.USER_SATISFIED,
        models=(),
        prompt_digest="",
        n_turns=1,
        content_digest="",
    )


def sample_of(dialogue: Dialogue, index: int) -> MixedSample:
    weights = (0.0,) * index + (1.0,)
    return MixedSample(f"sample_{index}", "sim-0000", dialogue.dialogue_id, index, weights, "simulated", "chained", "travel", 1, 1, 0.5)  # fmt: skip


def rows(export_format, dialogue: Dialogue, **params: Any) -> list[tuple[int, dict[str, Any]]]:
    """`(anchor, parsed row)` of every assistant message of the dialogue."""
    write = export_format.prepare(dialogue, ExportParams(**params))
    anchors = [index for index, message in enumerate(dialogue.messages) if message.role is Speaker.ASSISTANT]
    return [(index, json.loads(write(sample_of(dialogue, index)))) for index in anchors]


def plain(messages) -> list[tuple]:
    """Messages without ids: role, text, calls; results in the order of their calls."""
    order = {call.call_id: place for m in messages for place, call in enumerate(m.tool_calls)}
    said = []
    for message in messages:
        if message.role is Speaker.TOOL:
            result = (order[message.tool_call_id], json.loads(message.content))
            if said and said[-1][0] == "tool":
                said[-1][1].append(result)
                said[-1][1].sort(key=lambda pair: pair[0])
            else:
                said.append(("tool", [result]))
        else:
            calls = [(call.name, call.arguments) for call in message.tool_calls]
            said.append((message.role, message.content or "", calls))
    return [("tool", [r for _, r in turn[1]]) if turn[0] == "tool" else turn for turn in said]


def read_openai(messages: list[dict]) -> list[Message]:
    return [
        Message(
            Speaker(m["role"]),
            m["content"],
            tuple(
                ToolCall(c["id"], c["function"]["name"], _object(c["function"]["arguments"]))
                for c in m.get("tool_calls", [])
            ),
            m.get("tool_call_id"),
        )
        for m in messages
    ]


def _object(arguments: Any) -> Any:
    return json.loads(arguments) if isinstance(arguments, str) else arguments


def read_llamafactory(row: dict[str, Any]) -> list[tuple]:
    """The row as LLaMA-Factory takes it apart: tags first, then JSON; fillers left out."""
    said: list[tuple] = [("system", row["system"], [])] if row["system"] else []
    n_calls = 0
    for turn in row["conversations"]:
        value = turn["value"]
        if turn["from"] == "function_call":
            tagged = re.search(r"<tool_call>(.*?)</tool_call>", value, re.DOTALL)
            text = value.replace(tagged.group(0), "", 1) if tagged else ""
            calls = json.loads(tagged.group(1) if tagged else value)
            calls = calls if isinstance(calls, list) else [calls]
            n_calls = len(calls)
            said.append(("assistant", text, [(call["name"], call["arguments"]) for call in calls]))
        elif turn["from"] == "observation" and value:
            results = json.loads(value)
            said.append(("tool", results if n_calls > 1 else [results]))
        elif value:
            said.append(("user" if turn["from"] == "human" else "assistant", value, []))
    return said


@given(dialogues())
def test_trl_rows_are_the_prompt_and_the_trained_turn(dialogue: Dialogue):
    for anchor, row in rows(TRL, dialogue):
        assert len(row["completion"]) == 1
        assert row["completion"][0]["role"] == "assistant"
        read = read_openai(row["prompt"] + row["completion"])
        assert plain(read) == plain(dialogue.messages[: anchor + 1])
        assert json.loads(row["tools"]) == list(dialogue.tools)


def test_trl_arguments_are_objects_and_results_name_their_function():
    call = ToolCall("call_1", "f", {"a": 1})
    dialogue = dialogue_of(
        Message(Speaker.USER, "Go"),
        Message(Speaker.ASSISTANT, None, (call,)),
        Message(Speaker.TOOL, "{}", tool_call_id="call_1"),
        Message(Speaker.ASSISTANT, "Done"),
    )
    _, row = rows(TRL, dialogue)[-1]
    assert row["prompt"][1]["tool_calls"][0]["function"]["arguments"] == {"a": 1}
    assert row["prompt"][2] == {"role": "tool", "content": "{}", "tool_call_id": "call_1", "name": "f"}


@given(dialogues())
def test_openai_rows_hold_the_messages_and_train_on_the_last_alone(dialogue: Dialogue):
    for anchor, row in rows(OPENAI, dialogue):
        assert plain(read_openai(row["messages"])) == plain(dialogue.messages[: anchor + 1])
        weights = [message.get("weight") for message in row["messages"]]
        assert weights[-1] == 1
        assert 1 not in weights[:-1]
        assert all(
            (weight is None) == (m["role"] != "assistant")
            for weight, m in zip(weights, row["messages"], strict=True)
        )
        assert row["tools"] == list(dialogue.tools)
        for call in (call for message in row["messages"] for call in message.get("tool_calls", [])):
            assert isinstance(json.loads(call["function"]["arguments"]), dict)


@given(dialogues())
def test_llama_factory_rows_alternate_and_end_on_the_trained_turn(dialogue: Dialogue):
    for _, row in rows(LLAMAFACTORY, dialogue):
        speakers = [turn["from"] for turn in row["conversations"]]
        assert set(speakers[::2]) <= {"human", "observation"}
        assert set(speakers[1::2]) <= {"gpt", "function_call"}
        assert len(speakers) % 2 == 0
        assert all(isinstance(turn["value"], str) for turn in row["conversations"])


@settings(max_examples=300)
@given(dialogues())
def test_llama_factory_rows_are_read_back_to_the_same_messages(dialogue: Dialogue):
    for anchor, row in rows(LLAMAFACTORY, dialogue):
        assert read_llamafactory(row) == plain(dialogue.messages[: anchor + 1])


def test_llama_factory_keeps_text_beside_calls_in_front_of_the_tagged_calls():
    dialogue = dialogue_of(
        Message(Speaker.USER, "Go"),
        Message(Speaker.ASSISTANT, "Let me look.", (ToolCall("c", "f", {"a": "<b>"}),)),
    )
    _, row = rows(LLAMAFACTORY, dialogue)[0]
    assert row["conversations"][1] == {
        "from": "function_call",
        "value": 'Let me look.<tool_call>{"name":"f","arguments":{"a":"\\u003cb>"}}</tool_call>',
    }


def test_llama_factory_puts_an_empty_message_between_two_of_one_side():
    dialogue = dialogue_of(
        Message(Speaker.ASSISTANT, "Welcome."), Message(Speaker.ASSISTANT, "How can I help?")
    )
    _, row = rows(LLAMAFACTORY, dialogue)[1]
    assert [(turn["from"], turn["value"]) for turn in row["conversations"]] == [
        ("human", ""),
        ("gpt", "Welcome."),
        ("human", ""),
        ("gpt", "How can I help?"),
    ]


def test_llama_factory_gets_bare_definitions_that_state_their_properties():
    dialogue = dialogue_of(Message(Speaker.ASSISTANT, "Hi"), parameters={"type": "object"})
    _, row = rows(LLAMAFACTORY, dialogue)[0]
    parameters = {"properties": {}, "type": "object"}
    assert json.loads(row["tools"]) == [{"name": "f", "description": "F", "parameters": parameters}]


def test_llama_factory_finds_its_file_by_dataset_info():
    ((path, text),) = LLAMAFACTORY.side_files
    (entry,) = json.loads(text).values()
    assert f"{path.rpartition('/')[0]}/{entry['file_name']}" == LLAMAFACTORY.file
    _, row = rows(LLAMAFACTORY, dialogue_of(Message(Speaker.ASSISTANT, "Hi")))[0]
    assert set(entry["columns"].values()) <= row.keys()


def test_arguments_that_are_text_are_written_in_every_format():
    broken = Message(Speaker.ASSISTANT, None, (ToolCall("c", "f", '{"a": '),))
    dialogue = dialogue_of(Message(Speaker.USER, "Go"), broken, Message(Speaker.ASSISTANT, "Sorry."))
    written = {export_format: rows(export_format, dialogue)[-1][1] for export_format in FORMATS}
    in_trl = written[TRL]["prompt"][1]["tool_calls"][0]["function"]
    in_openai = written[OPENAI]["messages"][1]["tool_calls"][0]["function"]
    in_llamafactory = json.loads(written[LLAMAFACTORY]["conversations"][1]["value"])
    assert [call["arguments"] for call in (in_trl, in_openai, in_llamafactory)] == ['{"a": '] * 3


def test_every_row_says_which_sample_it_is():
    dialogue = dialogue_of(Message(Speaker.USER, "Go"), Message(Speaker.ASSISTANT, "Done"))
    for export_format in FORMATS:
        _, row = rows(export_format, dialogue)[0]
        assert {
            key: row[key] for key in ("sample_id", "dialogue_id", "message_index", "weight", "source")
        } == {
            "sample_id": "sample_1",
            "dialogue_id": "dialogue_1",
            "message_index": 1,
            "weight": 0.5,
            "source": "simulated",
        }


def test_where_nothing_is_offered_openai_rows_have_no_tools() -> None:
    bare = replace(dialogue_of(Message(Speaker.USER, "Hi"), Message(Speaker.ASSISTANT, "Hello")), tools=())
    ((_, row),) = rows(OPENAI, bare)
    assert "tools" not in row and len(row["messages"]) == 2
