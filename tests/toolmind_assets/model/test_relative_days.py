"""Days told relative to today have one reading, and are read back as they were meant."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.model.dialogues import Message, Speaker
from toolmind_assets.model.grounding import Sources, Transform
from toolmind_assets.model.relative_days import FARTHEST, day_expressions, days_told

FRIDAY = dt.date(2026, 3, 6)
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2060, 1, 1))


@given(today=DAYS, away=st.integers(-FARTHEST - 3, FARTHEST + 3))
def test_every_expression_stands_for_its_day(today: dt.date, away: int) -> None:
    day = today + dt.timedelta(days=away)
    expressions = day_expressions(day, today)
    assert abs(away) <= FARTHEST or not expressions
    for expression in expressions:
        assert list(days_told(f"Please book it for {expression}, not later.", today)) == [day]
        assert list(days_told(expression.upper(), today)) == [day]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("today and tomorrow", [0, 1]),
        ("the day after tomorrow", [2]),
        ("this coming Friday", [7]),
        ("this past Friday", [-7]),
        ("Monday of next week", [3]),
        ("a week from today", [7]),
        ("next Friday, or on Friday, or todayish", []),
        ("in eleven days", []),
    ],
)
def test_what_has_one_reading_is_read_and_nothing_else(text: str, days: list[int]) -> None:
    assert [(day - FRIDAY).days for day in days_told(text, FRIDAY)] == days


def located(system: str, said: str, value: object) -> list[tuple[str, Transform]]:
    sources = Sources()
    sources.add_message(0, Message(Speaker.SYSTEM, system))
    sources.add_message(1, Message(Speaker.USER, said))
    return [(origin.kind.value, origin.transform) for origin in sources.locate(value)]


NOW = "It is Friday, 2026-03-06T09:14:00+01:00 (Europe/Paris)."


def test_a_date_that_the_user_tells_relative_to_the_date_of_the_system_text_has_its_origin_there() -> None:
    assert located(NOW, "For tomorrow, please.", "2026-03-07") == [("user", Transform.RELATIVE)]
    assert located(NOW, "For tomorrow, please.", "2026-03-07T00:00:00Z") == [("user", Transform.RELATIVE)]
    assert located(NOW, "For tomorrow, please.", "2026-03-08") == []
    assert located("Be brief.", "For tomorrow, please.", "2026-03-07") == []
    assert located(NOW, "For tomorrow, please.", "2026-13-07") == []


def test_the_clock_of_a_system_text_is_no_source_of_counts() -> None:
    assert located(NOW, "Order some.", 9) == located(NOW, "Order some.", 14) == []
    assert located("At most 14 calls.", "Order some.", 14) == [("system", Transform.NUMBER)]
    assert located(NOW, "Order some.", "2026-03-06")[0][0] == "system"
