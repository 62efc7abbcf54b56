"""Descriptions become plain text."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.stages.specs.describe import clean, split_owner


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ("  a \t b\r\n\r\n\r\n c ", "a b\n\nc"),
        ("<p>One <b>two</b> &amp; three.</p><ul><li>four</li></ul>", "One two & three.\n\nfour"),
        ("<!-- hidden -->Shown", "Shown"),
        ("See [the docs](/docs/a) and ![a picture](x.png).", "See the docs and a picture."),
        ("# Title\n**Bold** and __strong__ text", "Title\nBold and strong text"),
        ("```json\n{}\n```", "{}"),
        ("Send `<user_id>` if 1 < 2 and a > b", "Send `<user_id>` if 1 < 2 and a > b"),
        ("snake__case__name and 2 ** 3 ** 4", "snake__case__name and 2 ** 3 ** 4"),
        ("&lt;b&gt;x&lt;/b&gt;", "x"),
        (None, ""),
        (["a"], ""),
    ],
)
def test_markup_goes_and_text_stays(found: Any, wanted: str) -> None:
    assert clean(found) == wanted


@given(st.text(alphabet="ab <>&;/*_#[]()`!-\n\tplt", max_size=40))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    "text", ["<" * 50_000, "[" * 50_000, "&amp;" + "amp;" * 50_000, "<!--" * 50_000, "**a" * 20_000]
)
def test_hostile_text_takes_no_long_time(text: str) -> None:
    clean(text)


@pytest.mark.parametrize(
    ("found", "owner", "wanted"),
    [
        ("This tool belongs to the Math API, which adds. Tool description: Add two.", "Math API", "Add two."),
        (
            "This tool belongs to the Gorilla file system. It is simple. Tool description: Show a file.",
            "Gorilla file system",
            "Show a file.",
        ),
        (
            "This tool belongs to the ticketing system that is part of a firm, which helps. Tool description: Close.",
            "ticketing system",
            "Close.",
        ),
        ("Sorts. Note that the provided function is in Java 8 SDK syntax.", "", "Sorts."),
        ("Note that the provided function is useful.", "", "Note that the provided function is useful."),
    ],
)
def test_what_a_publisher_wraps_around_a_description_goes(found: str, owner: str, wanted: str) -> None:
    assert split_owner(found) == (owner, wanted)
