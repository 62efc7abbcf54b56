"""How one member of a list is told from the others."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.model.choices import choice_words, chosen_values
from toolmind_assets.model.tasks import Choice, ChoiceKind

ONLY = Choice(ChoiceKind.ONLY)


def match(path: str, value: Any, label: str = "name") -> Choice:
    return Choice(ChoiceKind.MATCH, path, value, label)


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (ONLY, "the only one"),
        (match("x[].name", "Berlin office"), "the one whose name is Berlin office"),
        (Choice(ChoiceKind.NEWEST, "x[].due", label="due date"), "the one with the latest due date"),
        (Choice(ChoiceKind.OLDEST, "x[].start", label="start at"), "the one with the earliest start"),
        (Choice(ChoiceKind.NEWEST, "x[].createdAt", label="created at"), "the one created last"),
        (Choice(ChoiceKind.OLDEST, "x[].modified", label="last modified"), "the one modified first"),
        (Choice(ChoiceKind.HIGHEST, "x[].price", label="price"), "the one with the highest price"),
        (Choice(ChoiceKind.LOWEST, "x[].fare", label="fare"), "the one with the lowest fare"),
    ],
)
def test_a_choice_is_said_in_plain_words(choice: Choice, words: str) -> None:
    assert choice_words(choice) == words


@given(st.lists(st.dates(), min_size=1, max_size=6, unique=True), st.booleans(), st.booleans())
def test_the_newest_and_the_oldest_are_found_wherever_they_stand(
    days: list[dt.date], is_newest: bool, is_written_out: bool
) -> None:
    when = [day.isoformat() + ("T00:00:00Z" if is_written_out else "") for day in days]
    result = {"posts": [{"id": day.toordinal(), "at": text} for day, text in zip(days, when, strict=True)]}
    choice = Choice(ChoiceKind.NEWEST if is_newest else ChoiceKind.OLDEST, "posts[].at", label="at")
    wanted = max(days) if is_newest else min(days)
    assert chosen_values(result, "posts[].id", choice) == [wanted.toordinal()]


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=6, unique=True), st.booleans())
def test_the_highest_and_the_lowest_are_found_whether_numbers_are_texts_or_not(
    prices: list[int], is_text: bool
) -> None:
    rows = [{"id": f"i{price}", "price": f"{price:,}" if is_text else price} for price in prices]
    for kind, wanted in ((ChoiceKind.HIGHEST, max(prices)), (ChoiceKind.LOWEST, min(prices))):
        assert chosen_values(rows, "[].id", Choice(kind, "[].price", label="price")) == [f"i{wanted}"]


@given(
    st.lists(st.text(max_size=5), min_size=1, max_size=6, unique_by=lambda name: name.strip().casefold()),
    st.data(),
)
def test_the_one_of_a_name_is_found_whatever_its_case(names: list[str], data: Any) -> None:
    place = data.draw(st.integers(0, len(names) - 1))
    rows = {"of": [{"id": n, "name": name} for n, name in enumerate(names)]}
    assert chosen_values(rows, "of[].id", match("of[].name", f" {names[place]} ")) == [place]


def test_two_that_a_choice_cannot_tell_apart_are_both_given() -> None:
    rows = {"of": [{"id": 1, "name": "a", "at": "2025-06-02"}, {"id": 2, "name": "A", "at": "2025-06-02"}]}
    for choice in (match("of[].name", "a"), Choice(ChoiceKind.NEWEST, "of[].at", label="at"), ONLY, None):
        assert chosen_values(rows, "of[].id", choice) == [1, 2]


def test_what_is_not_there_is_not_found() -> None:
    rows = {"of": [{"id": None, "name": "a"}, {"id": 2, "name": "b"}, {"name": "c"}]}
    assert chosen_values(rows, "of[].id", match("of[].name", "a")) == []
    assert chosen_values(rows, "of[].id", match("of[].name", "z")) == []
    assert chosen_values(rows, "of[].id", Choice(ChoiceKind.HIGHEST, "of[].name", label="name")) == []
    assert chosen_values("text", "of[].id", ONLY) == []


def test_what_cannot_be_compared_is_passed_over() -> None:
    whens = ["soon", True, None, "2025-02-31", "nan", "2025-06-02", 10**400]
    rows = [{"id": n, "at": when} for n, when in enumerate(whens)]
    assert chosen_values(rows, "[].id", Choice(ChoiceKind.NEWEST, "[].at", label="at")) == [5]


def test_a_field_of_the_outer_member_belongs_to_the_inner_one_that_is_meant() -> None:
    result = {
        "sites": [
            {"id": 1, "rooms": [{"id": 10, "name": "a"}]},
            {"id": 2, "rooms": [{"id": 20, "name": "b"}]},
        ]
    }
    choice = match("sites[].rooms[].name", "b")
    assert chosen_values(result, "sites[].rooms[].id", choice) == [20]
    assert chosen_values(result, "sites[].id", choice) == [2]
