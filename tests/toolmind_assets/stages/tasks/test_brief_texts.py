"""Descriptions are cut where a sentence ends."""

import pytest

from toolmind_assets.stages.tasks.brief_texts import brief


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Find\n  an order.", "Find an order."),
        ("Find an order. Needs the right READ.", "Find an order."),
        ("Find v1.2 of an order by number", "Find v1.2 of an ..."),
    ],
)
def test_a_long_text_ends_with_a_whole_sentence_or_else_a_whole_word(text: str, told: str) -> None:
    assert brief(text, 18) == told
