import os
import random
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_resources.plausible.pattern_strings import MORE_REPEATS, drawer

PATTERNS = [
    "",
    "^[A-Z]{3}$",
    r"\d{2,4}-\w+",
    "a|bc|d?",
    "(?:ab|c){2,}",
    r"(x|y)\1{2}",
    r"(?P<twice>\d+)-(?P=twice)",
    "x*?y+?",
    "[^a-z]{4}",
    "[^a]",
    r"[\d\s_-]{5}",
    r"\W\S\D",
    "(?=a)a(?!b)",
    r"\.é\t",
    "...",
]


@given(st.sampled_from(PATTERNS), st.integers(0, 2**32))
def test_what_is_drawn_matches_the_pattern(pattern: str, seed: int) -> None:
    assert re.fullmatch(pattern, drawer(pattern)(random.Random(seed), {})) or pattern.startswith("(?=")


def test_what_a_set_leaves_is_drawn_in_an_order_that_no_hash_decides() -> None:
    code = (
        "import random; from toolmind_resources.plausible.pattern_strings import drawer;"
        "print(drawer('[^a-z]{40}')(random.Random(1), {}).encode())"
    )
    drawn = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, check=True, stdout=subprocess.PIPE
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(drawn) == 1


def test_what_may_be_repeated_without_end_is_repeated_a_bounded_number_of_times() -> None:
    lengths = {len(drawer("(?:ab){2,}")(random.Random(seed), {})) // 2 for seed in range(100)}
    assert lengths == set(range(2, 3 + MORE_REPEATS))


@pytest.mark.parametrize(
    ("pattern", "drawn"),
    [
        ("a.*:", "a:"),
        (".*a", "a"),
        (":.*", ":x"),
        (":.*:", ":x:"),
        ("/[^/]*$", "/x"),
        (".*", "x"),
        ("(a).*", "a"),
    ],
)
def test_what_may_be_left_out_is_made_only_where_it_is_a_part_of_its_own(pattern: str, drawn: str) -> None:
    made = drawer(pattern)(random.Random(1), {})
    assert (len(made) > len(drawn)) if "x" in drawn else made == drawn


@pytest.mark.parametrize(("pattern", "error"), [("(?>a)", KeyError), ("(", re.error), (r"\p{L}", re.error)])
def test_a_pattern_that_cannot_be_drawn_is_refused(pattern: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        drawer(pattern)
