"""The ToolACE adapter: functions out of the system text, calls out of text, results by name."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.model.dialogues import Speaker
from toolmind_assets.model.drops import DropReason
from toolmind_assets.stages.opensets.adapter import UnfitRowError
from toolmind_assets.stages.opensets.adapters.toolace import read_calls, read_row

RATES = {
    "name": "Get Rates",
    "description": "Get rates",
    "parameters": {"type": "dict", "properties": {"base": {"type": "string"}}, "required": ["base"]},
    "required": None,
}
NEWS = {"name": "news/v2 (all, or one)", "parameters": {"type": "dict", "properties": {}}}
BEHAVIOUR = "Point it out where no function fits. Today is 2024-05-06."
FORMAT = (
    ". \nShould you decide to return the function call(s). \nPut it in the format of "
    "[func1(params_name=params_value, params_name2=params_value2...), func2(params)]\n\n"
    "NO other text MUST be included. \n"
)
NAMES = ["Get Rates", "news/v2 (all, or one)"]


def _system(before: str = BEHAVIOUR, functions: Any = (RATES, NEWS), after: str = FORMAT) -> str:
    listed = json.dumps(functions)
    return f"{before} Here is a list of functions in JSON format that you can invoke:\n{listed}{after}"


def _row(*turns: tuple[str, str], system: str | None = None) -> dict:
    spoken = [{"from": speaker, "value": value} for speaker, value in turns]
    return {"system": _system() if system is None else system, "conversations": spoken}


def _said(*turns: tuple[str, str], **row: Any) -> list[tuple[str, Any]]:
    """Role and text, or calls, of each message but the system text."""
    messages = [message for message in read_row(_row(*turns, **row)).messages if message.role != "system"]
    return [
        (message.role, [(call.name, call.arguments) for call in message.tool_calls] or message.content)
        for message in messages
    ]


def test_functions_calls_and_results_are_read():
    call = '[Get Rates(base="USD"), news/v2 (all, or one)()]'
    results = [
        {"name": "news/v2 (all, or one)", "results": ["a"]},
        {"name": "Get Rates", "results": {"eur": 0.9}},
    ]
    read = read_row(
        _row(("user", "Go"), ("assistant", call), ("tool", json.dumps(results)), ("assistant", "Done."))
    )
    assert [tool["function"]["name"] for tool in read.tools] == NAMES
    system, user, calling, news, rates, answer = read.messages
    assert (system.role, user.content, answer.content) == (Speaker.SYSTEM, "Go", "Done.")
    assert [(c.call_id, c.name, c.arguments) for c in calling.tool_calls] == [
        ("call_1", "Get Rates", {"base": "USD"}),
        ("call_2", "news/v2 (all, or one)", {}),
    ]
    assert (news.tool_call_id, news.content) == ("call_2", '["a"]')
    assert (rates.tool_call_id, rates.content) == ("call_1", '{"eur":0.9}')


@pytest.mark.parametrize(
    ("system", "kept"),
    [
        (_system(), BEHAVIOUR),
        (_system(before=""), None),
        (_system(after=f"{FORMAT}Answer in German."), f"{BEHAVIOUR}\nAnswer in German."),
        (_system(after=". Be brief."), f"{BEHAVIOUR}\nBe brief."),
        (f"Use [1] or [] of these: {json.dumps([RATES])}", "Use [1] or [] of these:"),
    ],
)
def test_of_the_system_text_stays_what_tools_and_calls_do_not_say(system: str, kept: str | None):
    first = read_row(_row(("user", "Hi"), ("assistant", "Hello"), system=system)).messages[0]
    assert (first.content if first.role is Speaker.SYSTEM else None) == kept


@pytest.mark.parametrize("system", ["", _system(before="", functions=[])])
def test_a_row_may_offer_no_function(system: str):
    read = read_row(_row(("user", "Hi"), ("assistant", "Hello"), system=system))
    assert (read.tools, len(read.messages)) == ((), 2)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"a, (b) [c] = \\"d\\""', 'a, (b) [c] = "d"'),
        ("'it\\'s'", "it's"),
        ('"it\'s"', "it's"),
        ('"two\nlines\\n\\ttab \\\\ \\d"', "two\nlines\n\ttab \\ \\d"),
        ('"\\u00fc \\ud83d\\ude00"', "ü 😀"),
        ("-1.5e3", -1500.0),
        ("0", 0),
        ("True", True),
        ("false", False),
        ("None", None),
        ("null", None),
        ("[]", []),
        ("[1, [2, {'a': None}]]", [1, [2, {"a": None}]]),
        ('{ "a" : {"b": [true]} }', {"a": {"b": [True]}}),
    ],
)
def test_a_literal_of_python_or_json_is_read(text: str, value: object):
    assert read_calls(f"[f( x = {text} , y=1)]", []) == [("f", {"x": value, "y": 1})]


def test_a_name_that_is_not_offered_is_read_up_to_the_bracket():
    assert read_calls("[Get Other/v1.2 (id=1)]", NAMES) == [("Get Other/v1.2", {"id": 1})]


def test_the_longest_offered_name_is_taken():
    names = ["Get (a)", "Get (a)(b)"]
    assert read_calls("[Get (a)(b)(x=1), Get (a)(x=2)]", names) == [
        ("Get (a)(b)", {"x": 1}),
        ("Get (a)", {"x": 2}),
    ]


def test_a_parameter_may_have_any_name():
    assert read_calls('[f(from="a", start-date="b", filter[name]=1)]', []) == [
        ("f", {"from": "a", "start-date": "b", "filter[name]": 1})
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[Get Rates(base=USD)]",
        '[Get Rates("USD")]',
        '[Get Rates(base="USD")',
        '[Get Rates(base="USD)]',
        '[Get Rates(base="USD", base="EUR")]',
        '[Get Rates(base="USD")] and more',
        '[Get Rates(base=open("file"))]',
        "[Get Rates(base=1 + 1)]",
        "[Get Rates(base=007)]",
        "[Get Rates(base=[1,])]",
        "[Get Rates(base=(1, 2))]",
        "[Get Rates(base={1: 2})]",
        "[other()(x)]",
        "[]",
        '{Get Rates:{"base"--"USD"}}',
        "(Get Rates|{'base'/'USD'})",
        '[Get Rates-["base"-"USD"]]',
        '["Get Rates"]=>("base": "USD")',
        'I look it up: [Get Rates(base="USD")]',
    ],
)
def test_what_would_be_a_call_and_cannot_be_read_is_refused(text: str):
    with pytest.raises(UnfitRowError) as refused:
        read_calls(text, NAMES)
    assert refused.value.reason is DropReason.UNKNOWN_FORM


@pytest.mark.parametrize(
    "text", ["", "Hello.", "[1] is the source.", "[Note]", "(Rates are low.)", "Get Rates is missing `base`."]
)
def test_other_text_is_no_call(text: str):
    assert read_calls(text, NAMES) is None


def test_a_value_nested_too_deep_is_told_from_others():
    with pytest.raises(RecursionError):
        read_calls(f"[f(x={'[' * 5000})]", [])


def test_long_runs_of_space_take_no_time():
    space = " " * 200_000
    assert read_calls(f"[Get Rates(base{space}={space}1)]", NAMES) == [("Get Rates", {"base": 1})]
    for text in (f"[Get Rates(base{space}", f"[{space}", f"[a{space}", f'[f(x="{space}'):
        with_end = text + "!"
        with suppress(UnfitRowError):
            read_calls(with_end, NAMES)
    row = _row(("user", "Hi"), ("assistant", "Hello"), system=f"{space}{_system()}{space}")
    assert read_row(row).messages[0].content == BEHAVIOUR


def test_results_may_stay_away_and_may_be_other_text():
    call = '[Get Rates(base="USD"), Get Rates(base="EUR")]'
    one = json.dumps([{"name": "Get Rates", "results": 1}])
    assert _said(("user", "Go"), ("assistant", call), ("tool", one), ("assistant", "Half."))[2:] == [
        ("tool", "1"),
        ("assistant", "Half."),
    ]
    assert _said(("user", "Go"), ("assistant", call), ("tool", one), ("tool", one))[2:] == [("tool", "1")] * 2
    plain = ("assistant", '[Get Rates(base="USD")]'), ("tool", "service down")
    assert _said(("user", "Go"), *plain)[2:] == [("tool", '"service down"')]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a text", DropReason.UNKNOWN_FORM),
        ({"text": "x"}, DropReason.UNKNOWN_FORM),
        ({"system": 1, "conversations": []}, DropReason.UNKNOWN_FORM),
        (_row(("user", "Hi")), DropReason.UNKNOWN_FORM),
        (_row(("user", "Hi"), ("alien", "Hello")), DropReason.UNKNOWN_FORM),
        ({"system": "", "conversations": [{"from": "user"}]}, DropReason.UNKNOWN_FORM),
        (_row(("user", "Hi"), ("assistant", "Hello"), ("tool", "{}")), DropReason.UNKNOWN_FORM),
        (
            _row(("user", "Go"), ("assistant", '[Get Rates(base="USD")]'), ("tool", '[{"name": "other", "results": 1}]')),
            DropReason.UNKNOWN_FORM,
        ),
        (_row(("user", "Hi"), ("assistant", "Hello"), system="<table>Get Rates</table>"), DropReason.UNKNOWN_FORM),
        (_row(("user", "Hi"), ("assistant", "Hello"), system=_system(after="").replace('"', "'")), DropReason.MALFORMED_JSON),
        (_row(("user", "Hi"), ("assistant", "Hello"), system=_system(functions=[RATES, RATES])), DropReason.UNKNOWN_FORM),
        (_row(("user", "Hi"), ("assistant", "Hello"), system=_system(functions=[{}])), DropReason.MISSING_NAME),
    ],
)  # fmt: skip
def test_what_does_not_fit_says_why(row: object, reason: DropReason):
    with pytest.raises(UnfitRowError) as refused:
        read_row(row)
    assert refused.value.reason is reason
    assert refused.value.detail


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.from_regex(r"[a-z][a-z0-9_.-]{0,8}", fullmatch=True), _VALUES, max_size=4))
def test_whatever_json_writes_as_a_value_is_read_back(arguments: dict[str, Any]):
    written = ", ".join(f"{name}={json.dumps(value)}" for name, value in arguments.items())
    assert read_calls(f"[Get Rates({written})]", NAMES) == [("Get Rates", arguments)]


@given(st.text(alphabet="[](){}<>=,\"'\\ Get Rates1tn\n", max_size=40))
def test_no_text_ends_in_another_exception(text: str):
    with suppress(UnfitRowError):
        read_calls(text, NAMES)


def test_what_the_assistant_thought_is_read_from_its_field_in_turns_with_and_without_calls():
    row = _row(
        ("user", "Go"), ("assistant", '[Get Rates(base="USD")]'), ("tool", "{}"), ("assistant", "Done.")
    )
    for turn, thought in zip(
        row["conversations"], ("not ours", "I look.", "not ours", "I say so."), strict=True
    ):
        turn["reasoning_content"] = thought
    thoughts = [message.reasoning for message in read_row(row).messages if message.role != "system"]
    assert thoughts == [None, "I look.", None, "I say so."]


def test_thoughts_between_tags_stand_before_calls_and_are_no_part_of_what_is_said():
    calling = '<think>[Get Rates(base="EUR")]?</think>[Get Rates(base="USD")]'
    row = _row(
        ("user", "Go"), ("assistant", calling), ("tool", "{}"), ("assistant", "<think>Well.</think>Done.")
    )
    _, called, _, said = [message for message in read_row(row).messages if message.role != "system"]
    assert (called.reasoning, called.tool_calls[0].arguments) == ('[Get Rates(base="EUR")]?', {"base": "USD"})
    assert (said.reasoning, said.content) == ("Well.", "Done.")
