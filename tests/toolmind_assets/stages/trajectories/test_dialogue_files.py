"""Anybody's dialogues in, verdicts out; a bad line is one problem and costs its neighbours nothing."""

import json
from typing import Any

import pytest

from toolmind_assets.model.dialogues import Dialogue
from toolmind_assets.model.drops import Drop
from toolmind_assets.stages.trajectories.dialogue_files import check_lines, parse_dialogue


def line_of(make: Any, messages: Any, **fields: Any) -> str:
    return json.dumps({"id": "d1", "tools": make.tools, "messages": messages, **fields})


def test_there_is_one_line_for_the_dialogue_each_message_and_each_call(make: Any, good: Any) -> None:
    verdicts = list(check_lines([line_of(make, good)]))
    places = [(verdict["message_index"], verdict["call_index"]) for verdict in verdicts]
    assert places == [(None, None), (1, None), (1, 0), (2, None), (3, None), (3, 0), (4, None), (5, None)]
    assert all(verdict == {**verdict, "id": "d1", "outcome": "pass", "reasons": []} for verdict in verdicts)
    assert list(verdicts[0]) == ["id", "message_index", "call_index", "outcome", "reasons"]


def test_a_call_that_the_user_makes_has_its_line_too_and_no_pass(make: Any, good: Any) -> None:
    good[0]["tool_calls"] = make.call("roll_dice", "u1")["tool_calls"]
    verdicts = {(v["message_index"], v["call_index"]): v for v in check_lines([line_of(make, good)])}
    assert [place for place in verdicts if place[1] is not None] == [(0, 0), (1, 0), (3, 0)]
    assert (0, None) not in verdicts
    assert [reason["code"] for reason in verdicts[0, 0]["reasons"]] == ["unanswered_call"]
    assert [place for place, verdict in verdicts.items() if verdict["outcome"] != "pass"] == [(0, 0)]


def test_reasons_name_code_severity_pointer_and_detail(make: Any, good: Any) -> None:
    good[3]["tool_calls"][0]["function"]["arguments"] = '{"order_id": "W-60417", "reason": "bored"}'
    verdicts = {(v["message_index"], v["call_index"]): v for v in check_lines([line_of(make, good)])}
    (reason,) = [r for r in verdicts[3, 0]["reasons"] if r["code"] == "not_in_enum"]
    assert (reason["severity"], reason["path"]) == ("error", "/reason")
    assert "bored" in reason["detail"]
    assert verdicts[3, 0]["outcome"] == verdicts[3, None]["outcome"] == "fail"
    assert verdicts[None, None]["outcome"] == "pass"


DEEP = '{"id": "d", "messages": ' + "[" * 100_000 + "]" * 100_000 + "}"
BAD = [
    "{",
    "[]",
    "3",
    '"x"',
    '{"id": "d"}',
    '{"id": "d", "messages": "none"}',
    '{"id": "d", "messages": [3]}',
    '{"id": "d", "messages": [{"role": "robot", "content": ""}]}',
    '{"id": "d", "messages": [{"role": ["user"], "content": ""}]}',
    '{"id": "d", "messages": [{"role": "user", "content": {"a": 1}}]}',
    '{"id": "d", "messages": [{"role": "assistant", "tool_calls": [{}]}]}',
    '{"id": "d", "messages": [{"role": "assistant", "tool_calls": {"a": 1}}]}',
    '{"id": "d", "tools": [{"type": "function"}], "messages": []}',
    '{"id": "d", "messages": [{"role": "user", "content": "\\ud800"}]}',
    '{"id": "d", "messages": [{"role": "user", "content": NaN}]}',
    '{"id": "d", "messages": [{"role": "user", "content": 1e999}]}',
    '{"id": "d\\ud800", "messages": 0}',
    "\x00",
    DEEP,
]


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_a_malformed_line_is_one_problem_and_loses_no_neighbour(bad: str, make: Any, good: Any) -> None:
    line = line_of(make, good)
    verdicts = list(check_lines([line, bad, "", line]))
    assert len(verdicts) == 8 + 1 + 8
    problem = verdicts[8]
    assert (problem["outcome"], problem["message_index"], len(problem["reasons"])) == ("fail", None, 1)
    assert "line 2" in problem["reasons"][0]["detail"]
    json.dumps(verdicts, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "arguments",
    [
        "[" * 100_000,
        '{"a": ' * 900 + "1" + "}" * 900,
        '{"order_id": ' + "9" * 5000 + "}",
        '{"order_id": NaN}',
        '{"order_id": 1e999}',
        '{"order_id": "\\u0000"}',
        "",
        "null",
    ],
    ids=range(8),
)
def test_hostile_arguments_are_judged_or_refused_but_raise_nothing(
    arguments: str, make: Any, good: Any
) -> None:
    good[1]["tool_calls"][0]["function"]["arguments"] = arguments
    verdicts = list(check_lines([line_of(make, good)]))
    assert len(verdicts) in (1, 8)
    assert "\\u0000" in arguments or any(verdict["outcome"] == "fail" for verdict in verdicts)


@pytest.mark.parametrize(
    "content",
    [
        "[" * 100_000,
        '{"a": ' * 5_000 + "1" + "}" * 5_000,
        "9" * 5_000,
        '{"n": 1e999, "m": ' + "9" * 4_400 + "}",
    ],
    ids=range(4),
)
def test_hostile_results_raise_nothing(content: str, make: Any, good: Any) -> None:
    good[2]["content"] = content
    assert list(check_lines([line_of(make, good)]))


@pytest.mark.parametrize(
    "parameters",
    [
        None,
        3,
        [],
        {"type": 7},
        {"properties": 3},
        {"required": "x"},
        {"$ref": "#/nowhere"},
        {"$ref": "file:///etc/hostname"},
        {"$ref": "#/$defs/a", "$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}]}}},
        {"type": "object", "properties": {"order_id": True}},
        {"properties": {"order_id": 5}},
    ],
)
def test_broken_definitions_raise_nothing(parameters: Any, make: Any, good: Any) -> None:
    tools = make.tools
    tools[0]["function"]["parameters"] = parameters
    tools[0]["function"]["returns"] = parameters
    assert len(list(check_lines([line_of(make, good, tools=tools)]))) == 8


def test_text_parts_bare_definitions_and_missing_ids_are_understood(make: Any, good: Any) -> None:
    good[0]["content"] = [{"type": "text", "text": "Cancel"}, {"type": "text", "text": "W-60417"}]
    line = json.dumps({"tools": [tool["function"] for tool in make.tools], "messages": good})
    dialogue = parse_dialogue(line, 7)
    assert not isinstance(dialogue, Drop)
    assert dialogue.dialogue_id == "line 7"
    assert dialogue.messages[0].content == "Cancel\nW-60417"
    assert {verdict["outcome"] for verdict in check_lines([line])} == {"pass"}


def test_the_call_of_2023_is_read_as_a_tool_call_and_its_result_as_the_result(make: Any, good: Any) -> None:
    for place in (1, 3):
        good[place]["function_call"] = good[place].pop("tool_calls")[0]["function"]
        good[place + 1] = {"role": "function", "name": "f", "content": good[place + 1]["content"]}
    verdicts = list(check_lines([line_of(make, good)]))
    assert {verdict["outcome"] for verdict in verdicts} == {"pass"}
    assert [verdict["message_index"] for verdict in verdicts if verdict["call_index"] is not None] == [1, 3]


def test_a_wrong_call_of_2023_is_told_from_a_right_one(make: Any, good: Any) -> None:
    good[3]["function_call"] = {"name": "no_such", "arguments": "{}"}
    del good[3]["tool_calls"]
    codes = [
        reason["code"] for verdict in check_lines([line_of(make, good)]) for reason in verdict["reasons"]
    ]
    assert "unknown_function" in codes


def test_an_empty_function_call_beside_tool_calls_is_nothing(make: Any, good: Any) -> None:
    good[1]["function_call"] = None
    assert {verdict["outcome"] for verdict in check_lines([line_of(make, good)])} == {"pass"}


def test_thoughts_in_a_field_of_their_own_are_kept_apart(make: Any, good: Any) -> None:
    good[5]["reasoning_content"] = "The refund is there."
    dialogue = parse_dialogue(line_of(make, good), 1)
    assert isinstance(dialogue, Dialogue)
    assert dialogue.messages[5].reasoning == "The refund is there."
    assert {verdict["outcome"] for verdict in check_lines([line_of(make, good)])} == {"pass"}
