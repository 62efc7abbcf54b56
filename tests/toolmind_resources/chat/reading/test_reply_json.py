"""The JSON of a reply is found, mended where there is one way to, and never made up."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_resources.chat.reading.mending import Mending
from toolmind_resources.chat.reading.reply_json import is_clean_json, json_in
from toolmind_resources.chat.reading.strict_values import MISSING, whole_value

OBJECT = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
ANY_OBJECT = {"type": "object"}
LIST = {"type": "array", "items": {"type": "integer"}}
TEXT = {"type": "string"}
UNION = {"anyOf": [{"type": "integer"}, {"type": "null"}]}


def read(text: str, schema: Any) -> Any:
    found = json_in(text, schema)
    return None if found is None else (json.loads(found.text), [str(name) for name in found.mended])


@pytest.mark.parametrize(
    ("text", "value", "mended"),
    [
        ('"{\\"a\\": 1}"', {"a": 1}, ["json_twice"]),
        ('"[1, 2]"', [1, 2], ["json_twice"]),
        ('"12"', "12", []),
        ('"gone"', "gone", []),
    ],
)
def test_where_anything_fits_a_text_that_encodes_an_object_or_a_list_is_meant_to_be_that(text, value, mended):
    assert read(text, {}) == (value, mended)


@pytest.mark.parametrize(
    ("text", "value", "mended"),
    [
        ('{"a": 1}', {"a": 1}, []),
        ('\ufeff{"a": 1}', {"a": 1}, []),
        ('```json\n{"a": 1}\n```', {"a": 1}, ["code_fence"]),
        ('```\n{"a": 1}```', {"a": 1}, ["code_fence"]),
        ('~~~JSON\r\n{"a": 1}\r\n~~~', {"a": 1}, ["code_fence"]),
        ('Sure:\n```json\n{"a": 1}\n```\nDone.', {"a": 1}, ["code_fence", "text_around"]),
        ('Answer: {"a": 1}. Is it right?', {"a": 1}, ["text_around"]),
        ('"{\\"a\\": 1}"', {"a": 1}, ["json_twice"]),
        ('{"reply": {"a": 1}}', {"a": 1}, ["json_unwrapped"]),
        ('{"a": 1,}', {"a": 1}, ["json_repaired"]),
        ("{'a': 1}", {"a": 1}, ["json_repaired"]),
        ("{a: 1}", {"a": 1}, ["json_repaired"]),
        ('{"a": 1 // one\n}', {"a": 1}, ["json_repaired"]),
        ('{"a": 1 /* one */}', {"a": 1}, ["json_repaired"]),
        ('```json\n{"a": 1,}\n```', {"a": 1}, ["code_fence", "json_repaired"]),
        ('So:\n{"a": 1,}\nDone.', {"a": 1}, ["text_around", "json_repaired"]),
    ],
)
def test_json_is_found_and_mended(text: str, value: Any, mended: list[str]):
    assert read(text, OBJECT) == (value, mended)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"b": True, "c": None}', {"b": True, "c": None}),
        ('{"b": "two\nlines"}', {"b": "two\nlines"}),
        ('{"b": "he said "hi" to me"}', {"b": 'he said "hi" to me'}),
        ('{"b": ["x"', {"b": ["x"]}),
        ('```json\n{"b": "x"', {"b": "x"}),
        ('{"b": "```py\\nx```"}', {"b": "```py\nx```"}),
        ('```json\n{"b": "```py\\nx```"}\n```', {"b": "```py\nx```"}),
        ('{"b": 1.50,}', {"b": 1.5}),
        ('{"b: "x", "c": 1}', {"b": "x", "c": 1}),
        ('{_id: 1, "b": {}}', {"_id": 1, "b": {}}),
        ('{ // as asked\n"b": {}}', {"b": {}}),
        ("{'b': 'it }', 'c': {'d': 1}}", {"b": "it }", "c": {"d": 1}}),
        ("{'b': '\\x41', 'c': True}", {"b": "A", "c": True}),
        ("""{'b': '{"c": "x"}'}""", {"b": '{"c": "x"}'}),
        ('{"user": {"id": 1}, "ok": True}', {"user": {"id": 1}, "ok": True}),
        ("{'b': 'http://x/y',}", {"b": "http://x/y"}),
        ('{"b": "print(\\"a\\", \\"b\\")", "c": [1,],}', {"b": 'print("a", "b")', "c": [1]}),
    ],
)
def test_a_repair_says_what_the_text_says(text: str, value: Any):
    found = read(text, ANY_OBJECT)
    assert found is not None
    assert found[0] == value


@pytest.mark.parametrize(
    "text",
    [
        "I would say so.",
        '{"b": "half a sen',
        '{"b": tru',
        '{"b": 12',
        '{"b": }',
        '{"b": 3 km}',
        '{"b": "x", ...}',
        '{"b": NaN}',
        '{"b": -Infinity,}',
        '{"b": "he said "hi", "c" to me"}',
        '{"b": yes, "c": 1}',
        '{"b", ["x"], "c": 1}',
        "{smile}",
        "So says [1].",
        "{'b': 'it' }', 'c': {'d': 1}}",
        '{"b": "x" "y"}',
        "{'b': 1e999}",
        "",
    ],
)
def test_what_could_only_be_made_up_is_not_read(text: str):
    assert json_in(text, ANY_OBJECT) is None


def test_a_repaired_value_must_fit():
    assert json_in("{'b': 1}", OBJECT) is None


def test_a_whole_value_that_does_not_fit_is_handed_on_so_that_its_role_says_what_is_wrong():
    assert read('It is {"b": 1}.', OBJECT) == ({"b": 1}, ["text_around"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('Such as {"a": 1}; so {"a": 2}.', 2),
        ('{"a": 2}, not {"b": 3} [1] {smile}.', 2),
        ('```json\n{"a": 2}\n```\nor {"a": 3}', 2),
        ('```json\n{"a": 1}\n```\n```json\n{"a": 2}\n```', 2),
    ],
)
def test_of_several_values_the_last_that_fits_counts_and_one_in_a_fence_first(text: str, value: int):
    found = read(text, OBJECT)
    assert found is not None
    assert found[0] == {"a": value}


@pytest.mark.parametrize(
    ("text", "schema", "value"),
    [
        ('{"result": [1, 2]}', LIST, [1, 2]),
        ('{"items": [1, 2]}', LIST, [1, 2]),
        ('```json\n{"result": [1, 2]}\n```', LIST, [1, 2]),
        ('{"result": "hi"}', TEXT, "hi"),
        ('"hi"', TEXT, "hi"),
        ('{"result": null}', UNION, None),
        ("null", UNION, None),
        ('{"result": 5}', {"minimum": 0}, 5),
        ('{"result": 5}', {}, {"result": 5}),
        ('{"error": "none left"}', TEXT, {"error": "none left"}),
        ('```json\n{"error": "none left"}\n```', LIST, {"error": "none left"}),
        ('{"result": {"error": "none left"}}', LIST, {"error": "none left"}),
        ('{"result": 5}', ANY_OBJECT, {"result": 5}),
        ("[1, 2,]", LIST, [1, 2]),
    ],
)
def test_a_result_that_is_no_object_is_taken_out_of_the_object_around_it(text: str, schema: Any, value: Any):
    found = read(text, schema)
    assert found is not None
    assert found[0] == value


def test_a_schema_that_is_none_or_refers_elsewhere_holds_nothing_up():
    assert read('{"a": 1}', {"type": "object", "pattern": "["}) == ({"a": 1}, [])
    assert read('{"a": 1}', {"$ref": "http://nowhere.invalid/schema"}) == ({"a": 1}, [])


@pytest.mark.parametrize(
    ("text", "schema", "is_clean"),
    [
        ('{"a": 1}', OBJECT, True),
        ("[1]", LIST, True),
        ("[1]", OBJECT, False),
        ('{"result": 1}', LIST, False),
        ('"x"', TEXT, False),
        ('```{"a": 1}```', OBJECT, False),
        ("5", {"type": "integer"}, True),
        ("5", {"type": ["integer", "null"]}, True),
    ],
)
def test_json_that_needs_nothing_is_seen_at_once(text: str, schema: Any, is_clean: bool):
    assert is_clean_json(text, schema) is is_clean


TEXTS = st.text(max_size=8) | st.sampled_from(
    ["it's", 'a "b"', "a, b: c", "{x}", "// no", "C:\\d", "`c`", "3 km"]
)
MEMBERS = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
AROUND = st.sampled_from(["", "Here it is: ", "As asked,\n\n", "\n\nIs that all?", "(see [1])", "  "])


@given(
    st.fixed_dictionaries({"a": st.integers(), "b": MEMBERS}),
    AROUND,
    AROUND,
    st.sampled_from(["", "```", "```json", "~~~"]),
)
def test_any_value_survives_any_wrapping(value: Any, before: str, after: str, fence: str):
    inner = json.dumps(value, ensure_ascii=False)
    wrapped = f"{fence}\n{inner}\n{fence[:3]}" if fence else inner
    found = read(f"{before}{wrapped}{after}", OBJECT)
    assert found is not None
    assert found[0] == value


@given(st.dictionaries(st.text("ab_", min_size=1, max_size=4), MEMBERS, min_size=1, max_size=3))
def test_any_value_survives_any_habit_of_writing_it(value: Any):
    plain = json.dumps(value, ensure_ascii=False)
    for text in (
        repr(value),
        f"{plain[:-1]},}}",
        f"{{ // as asked\n{plain[1:]}",
        json.dumps(plain),
    ):
        found = read(text, ANY_OBJECT)
        assert found is not None, text
        assert found[0] == value


@given(st.text(st.sampled_from("{}[]\"':,ab1 \n`\\/#.-"), max_size=40) | st.text())
def test_any_text_holds_json_or_none(text: str):
    found = json_in(text, ANY_OBJECT)
    assert found is None or whole_value(found.text) is not MISSING


def test_each_mending_has_a_name_of_its_own():
    assert len({str(one) for one in Mending}) == len(Mending)
