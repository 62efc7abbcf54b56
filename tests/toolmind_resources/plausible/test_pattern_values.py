import random
import re

import pytest

from toolmind_resources.plausible.pattern_values import matching
from toolmind_resources.plausible.real_values import real_values

SEEDS = range(20)


def drawn(pattern: str, name: str = "x") -> set[str]:
    return {matching(pattern, name, "", random.Random(seed)) for seed in SEEDS}


@pytest.mark.parametrize(
    ("pattern", "form"),
    [
        (r"^[a-z0-9-]{3,20}$", r"[a-z]{5,}-\d+"),
        (r"^[a-zA-Z][a-zA-Z0-9_]{0,62}$", r"[a-z]{5,}(_?\d+)?"),
        (r"^vpc-[0-9a-f]{17}$", r"vpc-[0-9a-f]{4}0123456789abc"),
        (r"^ord_[A-Za-z0-9]{16}$", r"ord_[a-z]{5,}\d+"),
        (r"^\d{4}-\d{2}-\d{2}$", r"2025-0\d-\d\d"),
        (r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$", r"\w+@example\.(com|org|net)"),
        (r"^https?://.*", r"https://www\.example\.com/\w+"),
        (r"arn:aws[a-z-]*:logs:[a-z0-9-]+:\d{12}:log-group:.+", r"arn:aws:logs:(eu|us|ap)-[a-z]+-\d:\d{12}:log-group:[a-z]+-\d+"),
        (r".*[0-9A-Za-z][-.0-9A-Z_a-z]*.*", r"[a-z]{5,}-\d+"),
    ],
)  # fmt: skip
def test_a_pattern_gives_what_a_person_can_read(pattern: str, form: str) -> None:
    texts = drawn(pattern)
    assert all(re.search(pattern, text) and re.fullmatch(form, text) for text in texts), texts
    assert len(texts) > 5


def test_a_phone_number_is_written_as_the_pattern_wants_it_and_is_nobodys() -> None:
    texts = drawn(r"^\+[1-9]\d{6,14}$", "phoneNumber")
    assert all(re.fullmatch(r"\+\d+", text) for text in texts)
    assert not [value for text in texts for value in real_values(text)]


def test_the_accounts_of_amazon_are_those_of_its_documentation() -> None:
    texts = drawn(r"^arn:aws:iam::\d{12}:role/\w+$")
    accounts = {text.split(":")[4] for text in texts}
    assert accounts <= {"111122223333", "444455556666", "123456789012"}


def test_a_region_that_the_pattern_fixes_stays_as_it_is() -> None:
    assert {text.split(":")[3] for text in drawn(r"^arn:aws:sns:local-1:\d{12}:\w+$")} == {"local-1"}


def test_twelve_digits_that_are_no_account_are_drawn_freely() -> None:
    assert len(drawn(r"^ref:\d{12}$")) > 15


@pytest.mark.parametrize("pattern", ["(", r"^\p{L}+$"])
def test_a_pattern_beyond_python_gives_nothing(pattern: str) -> None:
    assert drawn(pattern) == {""}
