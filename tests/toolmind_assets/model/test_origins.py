from typing import Any

from toolmind_assets.model.dialogues import Dialogue, Message, Speaker, StopReason, ToolCall
from toolmind_assets.model.origins import argument_sources, call_row_id

PARAMETERS = {
    "type": "object",
    "properties": {"order_id": {"type": "string"}, "unit": {"enum": ["kg", "lb"]}, "page": {"default": 1}},
}


def dialogue_of(*messages: Message) -> Dialogue:
    tool = {"type": "function", "function": {"name": "get_order", "parameters": PARAMETERS}}
    return Dialogue(
        dialogue_id="d1",
        shard="s",
        task_id=None,
        source="set",
        licence="MIT",
        scenario="",
        domain="",
        language="en",
        function_ids=(),
        tools=(tool,),
        messages=messages,
        stop_reason=StopReason.RECORDED,
        models=(),
        prompt_digest="",
        n_turns=1,
        content_digest="",
    )


def call(call_id: str, arguments: Any) -> Message:
    return Message(Speaker.ASSISTANT, None, (ToolCall(call_id, "get_order", arguments),))


def sources(*messages: Message) -> list[tuple[Any, ...]]:
    return [
        (row.path, row.value, row.source_kind.value, row.source_message_index, row.source_path)
        for row in argument_sources(dialogue_of(*messages))
    ]


def test_each_value_is_traced_to_who_said_it() -> None:
    assert sources(
        Message(Speaker.USER, "order W-1 please"),
        call("c1", {"order_id": "W-1", "unit": "kg", "page": 1, "extra": "zzz-9"}),
    ) == [
        ("order_id", "W-1", "user", 0, None),
        ("unit", "kg", "enum", None, None),
        ("page", 1, "user", 0, None),
        ("extra", "zzz-9", "unknown", None, None),
    ]


def test_a_value_of_a_result_names_the_call_that_gave_it_and_the_place() -> None:
    rows = argument_sources(
        dialogue_of(
            Message(Speaker.USER, "my last order"),
            call("c1", {"page": 1}),
            Message(Speaker.TOOL, '{"orders": [{"id": "W-77"}]}', tool_call_id="c1"),
            call("c2", {"order_id": "W-77"}),
        )
    )
    row = next(row for row in rows if row.path == "order_id")
    assert (row.source_kind.value, row.source_path) == ("result", "orders[0].id")
    assert row.source_call_id == call_row_id("d1", 1, 0)
    assert row.call_id == call_row_id("d1", 3, 0)


def test_a_value_said_twice_has_two_rows_that_are_numbered() -> None:
    rows = argument_sources(
        dialogue_of(
            Message(Speaker.USER, "W-1"), Message(Speaker.USER, "yes, W-1"), call("c", {"order_id": "W-1"})
        )
    )
    assert [(row.origin_index, row.source_message_index) for row in rows] == [(0, 0), (1, 1)]


def test_nothing_that_is_said_later_is_an_origin() -> None:
    assert sources(call("c1", {"order_id": "W-1"}), Message(Speaker.USER, "W-1"))[0][2] == "unknown"


def test_arguments_that_are_no_object_or_empty_have_no_rows() -> None:
    assert sources(call("c1", "{broken"), call("c2", {})) == []
