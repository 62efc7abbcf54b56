"""Choices: how one member of a list is told from the others, in words and in a result."""

import datetime as dt
from math import isfinite
from typing import Any

from toolmind_assets.model.paths import Key, parse_path, values_at
from toolmind_assets.model.spellings import date_of
from toolmind_assets.model.tasks import Choice, ChoiceKind

EXTREMES = {
    ChoiceKind.NEWEST: "latest",
    ChoiceKind.OLDEST: "earliest",
    ChoiceKind.HIGHEST: "highest",
    ChoiceKind.LOWEST: "lowest",
}
"""Choices that compare all members, and how a person says what the chosen one has."""
DATED = frozenset({ChoiceKind.NEWEST, ChoiceKind.OLDEST})
"""Choices that compare dates or times."""
_LAST = frozenset({ChoiceKind.NEWEST, ChoiceKind.HIGHEST})
_NOT_SAID = frozenset({"at", "on", "date", "time", "timestamp", "last"})
"""Words of labels that nobody says of what was created, updated, or paid."""


def choice_words(choice: Choice) -> str:
    """What a person calls the chosen member: `the one whose name is Berlin office`, `the one created last`."""
    if choice.kind is ChoiceKind.ONLY:
        return "the only one"
    if choice.kind is ChoiceKind.MATCH:
        return f"the one whose {choice.label} is {choice.value}"
    *whose, happened = [word for word in choice.label.split() if word not in _NOT_SAID] or [""]
    if choice.kind in DATED and happened.endswith("ed"):
        place = "last" if choice.kind is ChoiceKind.NEWEST else "first"
        return (
            f"the one whose {' '.join(whose)} was {happened} {place}"
            if whose
            else f"the one {happened} {place}"
        )
    return f"the one with the {EXTREMES[choice.kind]} {choice.label.removesuffix(' at')}"


def chosen_values(result: Any, path: str, choice: Choice | None) -> list[Any]:
    """The different values, null aside, that a path leads to in the members which a choice means.

    One value where the choice can be told; none where no member is meant or it lacks the value; several where
    more than one is meant, such as two of the same date. Without a choice, and for the only one, every member
    is meant.

    Args:
        result: A JSON value.
        path: Path of the wanted values; its lists are the first of those that the choice's path leads through.
        choice: How the member is told.
    """
    found = [(_positions(place), value) for place, value in values_at(result, path) if value is not None]
    if choice is not None and choice.path is not None:
        meant = _meant(values_at(result, choice.path), choice)
        found = [(place, value) for place, value in found if any(one[: len(place)] == place for one in meant)]
    different: list[Any] = []
    for _, value in found:
        if value not in different:
            different.append(value)
    return different


def _meant(told: list[tuple[str, Any]], choice: Choice) -> list[tuple[int, ...]]:
    """Positions in the lists that lead to the members which the choice means."""
    if choice.kind is ChoiceKind.MATCH:
        return [_positions(place) for place, value in told if is_same(value, choice.value)]
    ranked = [
        (rank, _positions(place)) for place, value in told if (rank := rank_of(value, choice)) is not None
    ]
    if not ranked:
        return []
    best = (max if choice.kind in _LAST else min)(rank for rank, _ in ranked)
    return [place for rank, place in ranked if rank == best]


def _positions(path: str) -> tuple[int, ...]:
    keys: tuple[Key, ...] = parse_path(path)
    return tuple(key for key in keys if isinstance(key, int))


def is_same(value: Any, wanted: Any) -> bool:
    """Whether a field has the value that a person names: texts may differ in case and in spaces around them."""
    if isinstance(value, str) and isinstance(wanted, str):
        return value.strip().casefold() == wanted.strip().casefold()
    return isinstance(value, bool) is isinstance(wanted, bool) and value == wanted


def rank_of(value: Any, choice: Choice) -> float | None:
    """Where a value stands among others for a choice that compares: a number, or seconds since 1970; None for neither."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    rank = _moment(value.strip()) if isinstance(value, str) and choice.kind in DATED else _number(value)
    return rank if rank is not None and isfinite(rank) else None


def _number(value: str | int | float) -> float | None:
    try:
        return float(value.replace(",", "") if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None


def _moment(text: str) -> float | None:
    """Seconds since 1970 of a date or a time that is written out; UTC where no zone is named."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        day = date_of(text)
        return _number(text) if day is None else _midnight(*day)
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp()


def _midnight(year: int, month: int, day: int) -> float | None:
    try:
        return dt.datetime(year, month, day, tzinfo=dt.UTC).timestamp()
    except ValueError:  # such as the 31st of February
        return None
