"""An argument's value that nobody stated."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from toolmind_assets.model.dialogues import ValueSource
from toolmind_assets.model.grounding import Sources, Transform, locate_in_schema, schema_at
from toolmind_assets.model.paths import leaves, parse_path, pointer_of
from toolmind_assets.model.spellings import MONTHS, date_of, words_of
from toolmind_assets.model.verdicts import Outcome
from toolmind_assets.stages.trajectories.identifier_kinds import IdentifierKind, identifier_kind
from toolmind_assets.stages.trajectories.rule import Finding, Rule, call_finding, shown
from toolmind_assets.stages.trajectories.trajectory import Call, Trajectory

_MAX_VALUES = 200
_RELATIVE_DAY_WORDS = (
    "today tonight tomorrow yesterday now current currently latest recent recently upcoming later until till "
    "night nights day days week weeks weekend weekly month months monthly year years quarter season spring "
    "summer autumn winter monday tuesday wednesday thursday friday saturday sunday christmas easter "
    "thanksgiving halloween birthday anniversary deadline morning afternoon evening daily hoy manana ayer "
    "heute morgen gestern demain hier oggi domani"
)
_RELATIVE_DAYS = tuple(_RELATIVE_DAY_WORDS.split())
_NUMBERED = (IdentifierKind.DATE, IdentifierKind.UUID, IdentifierKind.PHONE, IdentifierKind.IP)
"""What consists of short numbers, which are bound to have been said apart."""
_PLAIN_MONTHS = tuple(month for month in MONTHS if month not in ("may", "march"))
_MOST_NUMBERS = 2
"""Numbers in a code up to which it may have been put together from what was said."""


def check(trajectory: Trajectory) -> Iterator[Finding]:
    """One finding an argument's value that neither user, system text, results nor schema give.

    `fail` only for identifiers and dates of which there is no trace; anything else that the assistant may
    have worded, computed or known is `unverifiable`.
    """
    sources = Sources()
    for index, message in enumerate(trajectory.messages):
        for call in trajectory.calls_of(index):
            if isinstance(call.tool_call.arguments, dict):
                yield from _check_call(call, sources)
        sources.add_message(index, message)


def _check_call(call: Call, sources: Sources) -> Iterator[Finding]:
    for place, (path, value) in enumerate(leaves(call.tool_call.arguments)):
        if place == _MAX_VALUES:
            return
        if value is None or isinstance(value, (bool, dict, list)) or not words_of(str(value)):
            continue
        outcome, why = judge_value(call, path, value, sources)
        if outcome is not Outcome.PASS:
            code = "ungrounded_value" if outcome is Outcome.FAIL else "unverifiable_value"
            detail = f"{shown(value)}: {why}"
            yield call_finding(call, code, detail, pointer_of(path), outcome)


def judge_value(call: Call, path: str, value: object, sources: Sources) -> tuple[Outcome, str]:
    """Whether an argument's scalar is grounded in what was said before, and why not."""
    origins = locate_in_schema(schema_at(call.parameters, path), value) or sources.locate(value)
    name = next((key for key in reversed(parse_path(path)) if isinstance(key, str)), "")
    kind = identifier_kind(value, name)
    if any(origin.kind is not ValueSource.INFERRED for origin in origins):
        return Outcome.PASS, ""
    if any(origin.transform is not Transform.JOINED for origin in origins):
        return Outcome.UNVERIFIABLE, "only the assistant said it"
    if origins and kind is None:
        return Outcome.PASS, ""
    if origins and kind not in _NUMBERED:
        return Outcome.UNVERIFIABLE, "its parts were said, not the whole"
    if kind is None or _has_trace(kind, str(value), sources):
        return Outcome.UNVERIFIABLE, "worded, computed or known by the assistant"
    return Outcome.FAIL, f"this {kind} stands nowhere before"


def _has_trace(kind: IdentifierKind, text: str, sources: Sources) -> bool:
    """Whether something was said from which the value may follow."""
    if kind is IdentifierKind.DATE:
        return _date_has_trace(text, sources)
    if kind is IdentifierKind.URL:
        host = urlsplit(text).hostname or ""
        labels = [label for label in host.split(".") if len(label) > 3]
        return any(sources.says(("".join(words_of(label)),)) for label in labels)
    if kind is IdentifierKind.CODE:
        digits = [word for word in words_of(text) if word.isdigit()]
        return len(digits) <= _MOST_NUMBERS and all(sources.says((word,)) for word in digits)
    return False


def _date_has_trace(text: str, sources: Sources) -> bool:
    """Words for relative days, the month or the day's number alone, or the year of a first or last day.

    A date that no calendar has can have none.
    """
    day = date_of(text)
    if day is None:
        return False
    if sources.says(_RELATIVE_DAYS, ValueSource.USER):
        return True
    year, month, number = day
    name = MONTHS[month - 1]
    for before, after in (*sources.beside(name), *sources.beside(name[:3])):
        if not 0 < len(before) < 3 and not 0 < len(after) < 3:
            return True
    is_end_of_year = (month, number) in ((1, 1), (12, 31)) and sources.says((str(year),))
    return is_end_of_year or (not sources.says(_PLAIN_MONTHS) and sources.says(_ordinals(number)))


def _ordinals(number: int) -> tuple[str, ...]:
    return tuple(f"{number}{suffix}" for suffix in ("st", "nd", "rd", "th"))


UNGROUNDED_VALUE = Rule(
    name="ungrounded_value",
    version=1,
    codes={
        "ungrounded_value": "an identifier or a date of which there is no trace before the call",
        "unverifiable_value": "a value that the assistant worded, computed or knew",
    },
    check=check,
)
