import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_resources.plausible.legible_strings import WORDS, spell

CHARACTERS = st.sampled_from(
    [
        string.ascii_lowercase,
        string.ascii_uppercase,
        f"{string.ascii_lowercase}{string.digits}-",
        f"{string.ascii_letters}{string.digits}",
        string.digits,
        "0123456789abcdef",
        "0123456789ABCDEF",
        "abcdefghijklmnop",
        "ab",
        "-",
        "é",
        string.printable,
    ]
)


@given(CHARACTERS, st.integers(0, 40), st.integers(0, 80), st.integers(0, 2**32))
def test_a_string_is_of_the_characters_and_of_a_length_that_is_wanted(
    characters: str, low: int, more: int, seed: int
) -> None:
    text = spell(characters, low, low + more, random.Random(seed))
    assert set(text) <= set(characters) and low <= len(text) <= low + more
    assert text or not low + more


@pytest.mark.parametrize("characters", [string.ascii_letters, f"{string.ascii_lowercase}{string.digits}-"])
def test_where_there_are_letters_for_it_a_word_stands_first(characters: str) -> None:
    assert all(spell(characters, 3, 20, random.Random(seed)).startswith(WORDS) for seed in range(50))


def test_a_hexadecimal_id_counts_on_like_those_of_documentation() -> None:
    assert spell("0123456789abcdef", 12, 12, random.Random(1))[4:] == "01234567"
    assert spell("0123456789ABCDEF", 17, 17, random.Random(1))[4:] == "0123456789ABC"


def test_strings_of_many_seeds_differ_so_that_ids_can_be_told_apart() -> None:
    for characters, length in (("0123456789abcdef", 17), (f"{string.ascii_letters}{string.digits}", 16)):
        assert len({spell(characters, length, length, random.Random(seed)) for seed in range(200)}) > 190
