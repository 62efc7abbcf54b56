"""Made-up dates lie around the day of their task."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.stages.tasks.moved_dates import moved, moved_days
from toolmind_resources.plausible.field_values import REFERENCE_DATE

OFFSETS = st.integers(-60, 60)


@given(first=OFFSETS, second=OFFSETS, days=st.integers(-3000, 3000))
def test_dates_come_near_and_keep_their_order(first: int, second: int, days: int) -> None:
    today = REFERENCE_DATE + dt.timedelta(days=days)
    dates = [str(REFERENCE_DATE + dt.timedelta(days=one)) for one in sorted((first, second))]
    near = moved(dates, days)
    assert near == sorted(near)
    assert all(abs((dt.date.fromisoformat(one) - today).days) <= 15 for one in near)


def test_the_time_of_day_stays_and_members_are_moved_as_well() -> None:
    assert moved({"at": [f"{REFERENCE_DATE}T10:15:00Z"]}, 1) == {"at": ["2025-06-03T10:15:00Z"]}


@pytest.mark.parametrize(
    "value", ["2019-01-01", "2025-06-40", "about 2025-06-02", "9999-12-31", 7, True, None]
)
def test_what_nobody_made_up_around_the_day_stays(value: object) -> None:
    assert moved(value, 100) == value


def test_days_are_counted_from_the_day_around_which_dates_are_made_up() -> None:
    assert moved_days("2025-06-05T23:00:00+02:00") == 3
    assert moved_days("") == 0
