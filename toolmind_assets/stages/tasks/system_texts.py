"""The system text of a task: what the assistant is told before anybody speaks."""

import datetime as dt

from toolmind_assets.model.relative_days import WEEKDAYS
from toolmind_assets.stages.tasks.circumstances import Circumstances


def system_text_of(begins: str, circumstances: Circumstances) -> str:
    """The text that the assistant sees: how it begins, the rules of its policy, the time and the language.

    The time stands there once, in ISO 8601, with its weekday, so that `next Friday` can be told.
    """
    rules = "\n".join(f"- {rule.text}" for rule in circumstances.policy)
    parts = (begins, rules, f"{_time(circumstances)} The user's language is {circumstances.language}.")
    return "\n\n".join(part for part in parts if part)


def _time(circumstances: Circumstances) -> str:
    weekday = WEEKDAYS[dt.datetime.fromisoformat(circumstances.reference_time).weekday()]
    zone = f" ({circumstances.time_zone})" if circumstances.time_zone else ""
    return f"It is {weekday}, {circumstances.reference_time}{zone}."
