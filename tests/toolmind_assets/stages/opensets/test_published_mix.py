"""Rows of ToolACE, xLAM and Hammer, published as one mix in a form of its own, written in the forms of the sets."""

import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from toolmind_assets.stages.opensets.adapt import OpenSetRead, adapt_rows
from toolmind_assets.stages.opensets.sources import OpenSetSource, shard_rows

MIX = Path(__file__).parents[5] / "shared/data/test_only/dialogues/toolrl_rlla_sft_400.json"
FUNCTION = re.compile(r"^\d+\. Name: (.*)\nDescription: ([\s\S]*?)\nParameters: (.*)$", re.MULTILINE)
SPOKEN = re.compile(r"<(user|tool_call|obs|response)>([\s\S]*?)</\1>")

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not MIX.exists(), reason="the ToolRL sample of ../shared/data is absent"),
]


def _functions(row: dict[str, str]) -> list[dict[str, Any]]:
    """The functions that a row's instruction describes; an empty default means that there is none."""
    offered = row["instruction"].split("**Steps for Each Turn**")[0]
    functions = []
    for name, description, stated in FUNCTION.findall(offered):
        parameters = json.loads(stated)
        for parameter in parameters.values():
            if parameter.get("default") == "":
                del parameter["default"]
        functions.append({"name": name, "description": description, "parameters": parameters})
    return functions


def _turns(row: dict[str, str]) -> list[tuple[str, str]]:
    text = row["input"] + re.sub(r"<think>[\s\S]*?</think>", "", row["output"])
    return [(kind, said.strip()) for kind, said in SPOKEN.findall(text)]


def _calls(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def _read(name: str, rows: list[dict[str, Any]]) -> OpenSetRead:
    source = OpenSetSource(name=name, set=name, path="mix.json", licence="test")
    shard = source.shards[0]
    return adapt_rows(source, shard, shard_rows(source, shard, BytesIO(json.dumps(rows).encode())))


def _mix() -> list[dict[str, str]]:
    return json.loads(MIX.read_text(encoding="utf-8"))


def test_questions_with_calls_are_read_in_the_form_of_xlam():
    rows = []
    for row in _mix():
        turns = _turns(row)
        if [kind for kind, _ in turns][:2] == ["user", "tool_call"] and "<obs>" not in row["input"]:
            answers = [{"name": c["name"], "arguments": c["parameters"]} for c in _calls(turns[1][1])]
            stated = {"answers": json.dumps(answers), "tools": json.dumps(_functions(row))}
            rows.append({"query": turns[0][1], **stated})
    read = _read("xlam", rows)
    assert (len(rows), len(read.dialogues), len(read.calls)) == (339, 338, 566)
    assert ["several functions are called" in drop.detail for drop in read.drops] == [True]


def _in_text(call: dict[str, Any]) -> str:
    return f"{call['name']}({', '.join(f'{name}={value!r}' for name, value in call['parameters'].items())})"


def test_whole_dialogues_are_read_in_the_form_of_toolace():
    rows = []
    for row in _mix():
        turns = []
        for kind, said in _turns(row):
            speaker = {"user": "user", "obs": "tool"}.get(kind, "assistant")
            is_call = kind == "tool_call"
            turns.append((speaker, f"[{', '.join(map(_in_text, _calls(said)))}]" if is_call else said))
        functions = [{**f, "parameters": {"properties": f["parameters"]}} for f in _functions(row)]
        announced = "Here is a list of functions in JSON format that you can invoke:\n"
        spoken = [{"from": speaker, "value": value} for speaker, value in turns]
        rows.append({"system": announced + json.dumps(functions), "conversations": spoken})
    read = _read("toolace", rows)
    # Ten rows of the mix have calls whose arguments were cut at commas inside of a value.
    assert (len(rows), len(read.dialogues), len(read.calls), len(read.drops)) == (400, 389, 607, 11)
    assert sum(message.role == "tool" for d in read.dialogues for message in d.messages) >= 35
