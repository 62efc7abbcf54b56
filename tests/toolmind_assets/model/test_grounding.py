from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.model.dialogues import Message, Speaker, ToolCall, ValueSource
from toolmind_assets.model.grounding import Origin, Sources, Transform, locate_in_schema, schema_at


def sources_of(*messages: Message) -> Sources:
    sources = Sources()
    for index, message in enumerate(messages):
        sources.add_message(index, message)
    return sources


def test_a_value_in_a_result_is_located_by_message_and_path() -> None:
    result = '{"orders": [{"id": "W-1"}, {"id": "W-22", "a.b": 7.50}]}'
    sources = sources_of(Message(Speaker.USER, "my orders"), Message(Speaker.TOOL, result, tool_call_id="c"))
    assert sources.locate("W-22") == (Origin(ValueSource.RESULT, 1, "orders[1].id", Transform.VERBATIM),)
    assert sources.locate(7.5) == (Origin(ValueSource.RESULT, 1, "orders[1].a\\.b", Transform.NUMBER),)


def test_every_place_is_named_in_the_order_of_the_messages() -> None:
    sources = sources_of(
        Message(Speaker.SYSTEM, "You serve Rome."),
        Message(Speaker.USER, "I am in ROME"),
        Message(Speaker.TOOL, '["rome"]'),
    )
    assert [(origin.kind.value, origin.transform.value) for origin in sources.locate("Rome")] == [
        ("system", "verbatim"),
        ("user", "case"),
        ("result", "case"),
    ]


def test_the_assistants_own_words_count_only_where_nobody_else_said_it() -> None:
    call = ToolCall("c", "f", {"name": "draft-77"})
    messages = [Message(Speaker.ASSISTANT, None, (call,)), Message(Speaker.USER, "fine")]
    assert [origin.kind for origin in sources_of(*messages).locate("draft-77")] == [ValueSource.INFERRED]
    messages.append(Message(Speaker.USER, "draft-77"))
    assert [origin.kind for origin in sources_of(*messages).locate("draft-77")] == [ValueSource.USER]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("W-60417", "W-6041"),
        ("W-60417", "60"),
        ("carpet", "car"),
        ("15.5 km", 16),
        ("5 June 2024", "2025-06-05"),
    ],
)
def test_parts_of_words_and_other_numbers_are_not_found(text: str, value: Any) -> None:
    assert sources_of(Message(Speaker.USER, text)).locate(value) == ()


@pytest.mark.parametrize(
    ("text", "value", "transform"),
    [
        ("order W-60417", "#W60417", Transform.FORMAT),
        ("the 3rd of May 2024", "2024-05-03", Transform.DATE),
        ("twenty-five people", 25, Transform.NUMBER),
        ("at noon", "12:00", Transform.TIME),
        ("reports in archive", "archive/report", Transform.JOINED),
        ("the index of our movie", "movies/indices", Transform.JOINED),
        ("1,250.00 USD", 1250, Transform.NUMBER),
        ("3.5k", "3500", Transform.NUMBER),
    ],
)
def test_other_spellings_are_found_and_named(text: str, value: Any, transform: Transform) -> None:
    assert [origin.transform for origin in sources_of(Message(Speaker.USER, text)).locate(value)] == [
        transform
    ]


@given(st.lists(st.text(max_size=30), min_size=1, max_size=4), st.data())
def test_whatever_a_user_said_as_a_whole_is_found(texts: list[str], data: st.DataObject) -> None:
    sources = sources_of(*(Message(Speaker.USER, text) for text in texts))
    text = data.draw(st.sampled_from(texts))
    if any(char.isascii() and char.isalnum() for char in text):
        assert sources.locate(text)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)))  # fmt: skip
def test_any_json_value_can_be_indexed_and_looked_for(value: Any) -> None:
    sources = Sources()
    sources.add_result(0, value)
    sources.locate(value)


def test_parameters_are_found_by_path_and_their_words_locate_values() -> None:
    inner = {"type": "object", "properties": {"unit": {"enum": ["C", "F"], "default": "C"}}}
    parameters = {
        "properties": {"days": {"type": "array", "items": {"$ref": "#/$defs/day"}}},
        "$defs": {"day": inner},
    }
    unit = schema_at(parameters, "days[2].unit")
    assert [origin.kind for origin in locate_in_schema(unit, "f")] == [ValueSource.ENUM]
    assert locate_in_schema(unit, "K") == ()
    assert schema_at(parameters, "nights[0]") == {}
