"""The short form of a description."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.stages.specs.short import shorten


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Gets a user.", "Gets a user."),
        ("Gets a user. It is slow, and it needs a key of the kind that nobody has.", "Gets a user."),
        (
            "Reads e.g. Paris or Rome. And much more that is too long to be shown.",
            "Reads e.g. Paris or Rome.",
        ),
        (
            "See https://a.example/b.html for v1.2.3 of it. Then more and more text.",
            "See https://a.example/b.html for v1.2.3 of it.",
        ),
        ("Makes a list:\n- one\n- two", "Makes a list"),
        ("Makes it.\n\nMore of it.", "Makes it."),
        ("Has two\nlines.", "Has two lines."),
        ("", ""),
        (" \n ", ""),
    ],
)
def test_first_sentences_stay_whole(text: str, short: str) -> None:
    assert shorten(text, 48) == short


def test_as_many_sentences_as_fit() -> None:
    assert shorten("One. Two. Three is longer than the rest.", 12) == "One. Two."


def test_a_long_first_sentence_is_cut_between_words() -> None:
    assert shorten("A sentence that goes on and on without any end", 20) == "A sentence that…"
    assert shorten("x" * 50, 20) == "x" * 19 + "…"


@given(st.text(max_size=400), st.integers(20, 200))
def test_never_empty_never_too_long_and_short_already(text: str, max_chars: int) -> None:
    short = shorten(text, max_chars)
    assert bool(short) == bool(text.strip())
    assert len(short) <= max_chars
    assert shorten(short, max_chars) == short
