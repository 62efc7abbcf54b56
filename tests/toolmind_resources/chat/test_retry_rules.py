from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_resources.chat.retry_rules import LONGEST_STATED_SECONDS, may_pass, stated_wait, wait_seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "Mon, 02 Jan 2006 15:04:05 GMT"}, 0.0),
    ],
)
def test_a_stated_wait_is_read_or_none_is_stated(headers: dict[str, str], seconds: float | None) -> None:
    assert stated_wait(headers) == seconds


def test_a_date_in_retry_after_is_waited_for() -> None:
    at = datetime.now(UTC) + timedelta(seconds=30)
    seconds = stated_wait({"retry-after": format_datetime(at, usegmt=True)})
    assert seconds is not None
    assert 27 < seconds <= 30


@given(st.text())
def test_no_text_in_retry_after_is_an_error_and_no_wait_is_endless(text: str) -> None:
    assert 0 <= wait_seconds(1, {"retry-after": text}) <= LONGEST_STATED_SECONDS


@given(st.integers(1, 10_000))
def test_waits_double_from_half_a_second_to_eight(n_failed: int) -> None:
    middle = min(0.5 * 2 ** min(n_failed - 1, 4), 8.0)
    assert 0.75 * middle <= wait_seconds(n_failed, {}) <= 1.25 * middle


@pytest.mark.parametrize(
    ("status", "headers", "wanted"),
    [
        (429, {}, True),
        (429, {"retry-after": "120"}, True),
        (429, {"retry-after": "121"}, False),
        (429, {"x-should-retry": "false"}, False),
        (400, {"x-should-retry": "true"}, True),
        (400, {}, False),
        (408, {}, True),
        (409, {}, True),
        (500, {}, True),
        (529, {}, True),
    ],
)
def test_what_may_pass_follows_from_status_and_headers(
    status: int, headers: dict[str, str], wanted: bool
) -> None:
    assert may_pass(status, headers) is wanted
