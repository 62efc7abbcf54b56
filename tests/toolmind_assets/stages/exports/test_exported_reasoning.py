"""What a model thought before the trained turn is in its export, in the place that trainers read, and nowhere else."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.model.dialogues import Dialogue, Message, Speaker, StopReason, ToolCall
from toolmind_assets.model.verdicts import MixedSample
from toolmind_assets.stages.exports.formats import ExportFormat
from toolmind_assets.stages.exports.llamafactory import LLAMAFACTORY
from toolmind_assets.stages.exports.openai import OPENAI
from toolmind_assets.stages.exports.params import ExportParams
from toolmind_assets.stages.exports.trl import TRL
from toolmind_assets.stages.exports.write import FORMATS
from toolmind_assets.tables.dialogues import DIALOGUES
from toolmind_assets.tables.rows import decode_rows, encode_rows

TRICKY = [
    '{"name": "f", "arguments": {"a": 1}}',
    '<tool_call>{"name": "f"}</tool_call>',
    "so </think> what\n</think>\n\n",
    "<think>\nagain",
    "```json\n{}\n```",
    'he said "no"\\n\u2028 é 漢字 🙂 }}{{',
    "&lt;think> a < b",
]
PIECE = st.sampled_from(TRICKY) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
THOUGHTS = st.lists(PIECE, min_size=1, max_size=4).map("".join).filter(lambda text: bool(text.strip()))
CALLS = (ToolCall("call_1", "f", {"a": "<think>"}), ToolCall("call_2", "f", {}))


def dialogue_of(*messages: Message) -> Dialogue:
    tool = {"type": "function", "function": {"name": "f", "description": "", "parameters": {}}}
    return Dialogue(
        "dialogue_1", "sim-0000", None, "simulated", "", "", "", "en", (), (tool,), messages,
        StopReason.USER_SATISFIED, (), "", 1, "",
    )  # fmt: skip


def row(export_format: ExportFormat, dialogue: Dialogue, anchor: int, **params: Any) -> dict[str, Any]:
    weights = (0.0,) * anchor + (1.0,)
    sample = MixedSample(
        "sample_1", "sim-0000", "dialogue_1", anchor, weights, "simulated", "", "", 1, 1, 1.0
    )
    return json.loads(export_format.prepare(dialogue, ExportParams(**params))(sample))


def messages_of(export_format: ExportFormat, written: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages of a row, each with `reasoning_content` where it has thoughts; fillers are left out."""
    if export_format is TRL:
        return written["prompt"] + written["completion"]
    if export_format is OPENAI:
        return written["messages"]
    return [_taken_apart(turn) for turn in written["conversations"] if turn["value"]]


def _taken_apart(turn: dict[str, str]) -> dict[str, Any]:
    """A turn as LLaMA-Factory reads it: calls in the first pair of tags, thoughts by its `thought_words`."""
    text, calls = turn["value"], []
    if turn["from"] == "function_call":
        tagged = re.search(r"<tool_call>(.*?)</tool_call>", text, re.DOTALL)
        text, listed = (text.replace(tagged[0], "", 1), tagged[1]) if tagged else ("", text)
        calls = json.loads(listed)
    thought = re.match(r"<think>\n(.*?)\n</think>\n\n", text, re.DOTALL)
    found: dict[str, Any] = {"content": text[thought.end() :] if thought else text, "calls": calls}
    # A tag in thoughts is written as `&lt;`; the thoughts themselves may have held that.
    return found | ({"reasoning_content": thought[1]} if thought else {})


def thoughts_of(export_format: ExportFormat, written: dict[str, Any]) -> list[str | None]:
    return [message.get("reasoning_content") for message in messages_of(export_format, written)]


def as_written(export_format: ExportFormat, thoughts: str) -> str:
    is_tagged = export_format is LLAMAFACTORY
    return re.sub("<(?=/?(?:think|tool_call)>)", "&lt;", thoughts) if is_tagged else thoughts


@pytest.mark.parametrize("export_format", FORMATS, ids=lambda each: each.name)
@given(thoughts=THOUGHTS, text=st.sampled_from(["", "I look.", "a <tool_call>{}</tool_call> b"]))
@pytest.mark.parametrize("calls", [(), CALLS[:1], CALLS])
def test_what_was_thought_before_the_trained_turn_is_read_back_and_its_content_is_free_of_it(
    export_format: ExportFormat, calls: tuple[ToolCall, ...], thoughts: str, text: str
) -> None:
    said = text if text or calls else "Done."
    anchor = Message(Speaker.ASSISTANT, said or None, calls, reasoning=thoughts)
    made = dialogue_of(Message(Speaker.USER, "Go"), anchor)
    (kept,) = decode_rows(Dialogue, encode_rows(DIALOGUES, [made]))
    written = row(export_format, kept, 1)
    *_, last = messages_of(export_format, written)
    assert last["reasoning_content"] == as_written(export_format, thoughts)
    assert (last["content"] or "") == said
    if export_format is LLAMAFACTORY and calls:
        expected = [{"name": call.name, "arguments": call.arguments} for call in calls]
        assert last["calls"] == (expected if len(calls) > 1 else expected[0])


TURNS = dialogue_of(
    Message(Speaker.USER, "one"),
    Message(Speaker.ASSISTANT, "uno", reasoning="first"),
    Message(Speaker.USER, "two"),
    Message(Speaker.ASSISTANT, None, CALLS[:1], reasoning="second"),
    Message(Speaker.TOOL, "{}", tool_call_id="call_1"),
    Message(Speaker.ASSISTANT, "dos", reasoning="third"),
)


@pytest.mark.parametrize("export_format", FORMATS, ids=lambda each: each.name)
@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ["third"]),
        ({"earlier_reasoning": "since_user"}, ["second", "third"]),
        ({"earlier_reasoning": "all"}, ["first", "second", "third"]),
        ({"reasoning": "left_out"}, []),
        ({"reasoning": "left_out", "earlier_reasoning": "all"}, []),
    ],
)
def test_thoughts_before_earlier_turns_are_there_where_they_are_wanted(
    export_format: ExportFormat, params: dict[str, Any], expected: list[str]
) -> None:
    written = row(export_format, TURNS, 5, **params)
    assert [text for text in thoughts_of(export_format, written) if text] == expected
    for text in {"first", "second", "third"} - set(expected):
        assert text not in json.dumps(written)


@pytest.mark.parametrize("export_format", FORMATS, ids=lambda each: each.name)
def test_a_dialogue_without_thoughts_is_written_as_if_there_were_none_in_any(
    export_format: ExportFormat,
) -> None:
    silent = dialogue_of(Message(Speaker.USER, "Go"), Message(Speaker.ASSISTANT, "Done."))
    rows = [row(export_format, silent, 1, reasoning=reasoning) for reasoning in ("trained", "left_out")]
    assert rows[0] == rows[1]
    assert "reasoning_content" not in json.dumps(rows[0]) and "think" not in json.dumps(rows[0])


def test_openai_rows_train_on_the_thoughts_of_the_trained_message_alone() -> None:
    messages = row(OPENAI, TURNS, 5, earlier_reasoning="all")["messages"]
    weights = [message["weight"] for message in messages if message["role"] == "assistant"]
    assert weights == [0, 0, 1]


def test_where_the_assistant_speaks_first_all_that_was_thought_since_is_since_the_user() -> None:
    opening = [Message(Speaker.ASSISTANT, text, reasoning=f"{text}?") for text in ("Hi", "Well")]
    written = row(TRL, dialogue_of(*opening), 1, earlier_reasoning="since_user")
    assert thoughts_of(TRL, written) == ["Hi?", "Well?"]
