"""What servers send, in the fields where they put it."""

from typing import Any

import pytest

from toolmind_resources.chat.reading.reply_fields import broke_off, finish_reason_of, thoughts_in


@pytest.mark.parametrize(
    "message",
    [
        {"reasoning_content": "Hm."},
        {"reasoning": "Hm."},
        {"reasoning": {"content": "Hm."}},
        {"reasoning": [{"text": "H"}, {"text": "m."}]},
        {"thinking": "Hm."},
        {"reasoning_content": "", "reasoning": "Hm."},
        {"reasoning_content": "Hm.", "reasoning": "Hm."},
        {"reasoning_details": [{"type": "reasoning.text", "text": "Hm."}]},
        {"thinking_blocks": [{"type": "thinking", "thinking": "Hm.", "signature": "x"}]},
        {
            "content": [
                {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]},
                {"type": "text", "text": "Yes."},
            ]
        },
        {"content": [{"type": "reasoning", "text": "Hm."}]},
    ],
)
def test_thoughts_are_found_in_the_field_of_every_server(message: dict[str, Any]):
    assert thoughts_in(message) == "Hm."


@pytest.mark.parametrize(
    "message", [{}, {"reasoning": None}, {"reasoning": 3}, {"reasoning": {"effort": 1}}, {"content": ["x"]}]
)
def test_a_message_without_thoughts_has_none(message: dict[str, Any]):
    assert thoughts_in(message) == ""


@pytest.mark.parametrize(
    ("stated", "reason"),
    [
        ("stop", "stop"), ("length", "length"), ("tool_calls", "tool_calls"), ("content_filter", "content_filter"),
        ("max_tokens", "length"), ("MAX_TOKENS", "length"), ("FinishReason.MAX_TOKENS", "length"),
        ("eos", "stop"), ("eos_token", "stop"), ("end_turn", "stop"), ("STOP", "stop"), ("COMPLETE", "stop"),
        ("function_call", "tool_calls"), ("tool_use", "tool_calls"), ("SAFETY", "content_filter"),
        (None, "stop"), ("", "stop"), (3, "stop"), ("a new word", "a new word"),
    ],
)  # fmt: skip
def test_why_a_reply_ended_is_told_in_the_words_of_the_openai_form(stated: object, reason: str):
    assert finish_reason_of(stated, has_calls=False) == reason


@pytest.mark.parametrize(
    ("stated", "is_broken"), [("error", True), ("ABORT", True), ("stop", False), (None, False)]
)
def test_a_reply_that_the_server_gave_up_is_seen(stated: object, is_broken: bool):
    assert broke_off(stated) is is_broken


def test_a_reply_with_calls_that_says_nothing_ended_for_them():
    assert finish_reason_of(None, has_calls=True) == "tool_calls"
