"""Days as English speakers tell them relative to today, and back: `this coming Friday` and the date it stands for.

Only what has one reading is told: `next Friday` means two days to two readers, so it is neither said nor read.
Weeks begin on Monday (ISO 8601).
"""

import datetime as dt
import re
from collections.abc import Iterator

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_COUNTS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NEAR = {
    "the day before yesterday": -2,
    "yesterday": -1,
    "today": 0,
    "tomorrow": 1,
    "the day after tomorrow": 2,
    "a week ago today": -7,
    "a week from today": 7,
    "two weeks from today": 14,
    "two weeks ago today": -14,
}
FARTHEST = 14
"""Days beyond which people name the date."""
_DAYS = "|".join(WEEKDAYS)
_TOLD = re.compile(
    rf"\b(?:(?P<near>{'|'.join(sorted(_NEAR, key=len, reverse=True))})"
    rf"|in (?P<ahead>{'|'.join(_COUNTS)}) days|(?P<back>{'|'.join(_COUNTS)}) days ago"
    rf"|this coming (?P<coming>{_DAYS})|this past (?P<past>{_DAYS})"
    rf"|(?P<after>{_DAYS}) of next week|(?P<before>{_DAYS}) of last week)\b",
    re.IGNORECASE,
)


def day_expressions(day: dt.date, today: dt.date) -> tuple[str, ...]:
    """The ways in which a near day is told, the plainest first; none for a day that is too far away."""
    away = (day - today).days
    if abs(away) > FARTHEST:
        return ()
    weekday = WEEKDAYS[day.weekday()]
    weeks = _week_of(day) - _week_of(today)
    found = [text for text, days in _NEAR.items() if days == away]
    if 2 <= abs(away) <= 6:
        found.append(f"this {'coming' if away > 0 else 'past'} {weekday}")
    if abs(weeks) == 1 and abs(away) > 2:
        found.append(f"{weekday} of {'next' if weeks > 0 else 'last'} week")
    if 2 < abs(away) <= 1 + len(_COUNTS):
        count = _COUNTS[abs(away) - 2]
        found.append(f"in {count} days" if away > 0 else f"{count} days ago")
    return tuple(found)


def _week_of(day: dt.date) -> int:
    """The number of the day's week since the beginning of the calendar."""
    return (day.toordinal() - 1) // 7


def days_told(text: str, today: dt.date) -> Iterator[dt.date]:
    """The days that a text tells relative to today, in its order."""
    for match in _TOLD.finditer(text):
        away = _days_away(match, today)
        yield today + dt.timedelta(days=away)


def _days_away(match: re.Match[str], today: dt.date) -> int:
    kind, said = next((kind, said.lower()) for kind, said in match.groupdict().items() if said)
    if kind == "near":
        return _NEAR[said]
    if kind in ("ahead", "back"):
        count = _COUNTS.index(said) + 2
        return count if kind == "ahead" else -count
    ahead = WEEKDAYS.index(said.capitalize()) - today.weekday()
    if kind == "coming":
        return ahead % 7 or 7
    if kind == "past":
        return ahead % 7 - 7
    return ahead + (7 if kind == "after" else -7)
