"""Where messages of others state what the assistant thought, and where ours do."""

from typing import Any

import pytest

from toolmind_assets.model.dialogues import Message, Speaker, stated_reasoning


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"reasoning_content": " I look.\n"}, "I look."),
        ({"reasoning": "I look."}, "I look."),
        ({"thinking": "I look."}, "I look."),
        ({"reasoning_content": " ", "reasoning": "I look."}, "I look."),
        ({"reasoning": {"effort": "high"}}, None),
        ({"content": "Hello"}, None),
    ],
)
def test_thoughts_are_read_from_the_fields_in_which_they_are_stated(
    message: dict[str, Any], expected: str | None
) -> None:
    assert stated_reasoning(message) == expected


def test_thoughts_are_read_back_from_our_own_form_and_a_message_without_has_no_such_field() -> None:
    thoughtful = Message(Speaker.ASSISTANT, "Hello", reasoning='{"a": "<think>"}')
    assert stated_reasoning(thoughtful.as_openai()) == thoughtful.reasoning
    assert "reasoning_content" not in Message(Speaker.ASSISTANT, "Hello").as_openai()
