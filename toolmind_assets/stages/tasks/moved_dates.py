"""Made-up dates, moved to around the day of a task: generators make them around one fixed day."""

import datetime as dt
import re
from typing import Any

from toolmind_resources.plausible.field_values import REFERENCE_DATE

_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(T\d\d:\d\d.*)?", re.DOTALL)
REACH = 60
"""Days around the fixed day in which dates are made up; what lies outside was stated by a schema, and stays."""
CLOSER = 4
"""How much closer they are brought: to two weeks around the day, of which people speak in most requests."""


def moved_days(reference_time: str) -> int:
    """Days from the fixed day to that of a time in ISO 8601; 0 for none."""
    return (dt.date.fromisoformat(reference_time[:10]) - REFERENCE_DATE).days if reference_time else 0


def moved(value: Any, days: int) -> Any:
    """The value with the dates that its texts are, members included, moved by so many days; their order stays."""
    if isinstance(value, list):
        return [moved(member, days) for member in value]
    if isinstance(value, dict):
        return {key: moved(member, days) for key, member in value.items()}
    match = _DATE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return value
    try:
        day = dt.date.fromisoformat(match.group(1))
        away = (day - REFERENCE_DATE).days
        near = REFERENCE_DATE + dt.timedelta(days=days + away // CLOSER)
        return f"{near}{match.group(2) or ''}" if abs(away) <= REACH else value
    except (ValueError, OverflowError):  # no day of the calendar
        return value
