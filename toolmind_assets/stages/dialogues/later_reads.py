"""What later calls will read of a result: told to the tool agent, and looked for in what it answers.

A person who says `the newest one` means one that there is: so the service that is played has to hold exactly one.
"""

from collections.abc import Iterator
from typing import Any

from toolmind_assets.model.call_status import status_of
from toolmind_assets.model.choices import choice_words, chosen_values
from toolmind_assets.model.dialogues import CallStatus
from toolmind_assets.model.ids import compact_json
from toolmind_assets.model.paths import values_at
from toolmind_assets.model.tasks import Choice, ChoiceKind
from toolmind_assets.stages.dialogues.contexts import ServedCall

LISTED_MIN = 2
"""Members that a list has at least of which several are read."""


def needs_of(call: ServedCall) -> list[str]:
    """What the result of a call has to hold, in sentences."""
    chosen = dict(call.chosen_later)
    needs = [_choice_need(choice, path) for path, choice in dict.fromkeys(call.chosen_later)]
    for path in call.read_later:
        if path in call.listed_later:
            needs.append(f"there are two different values of `{path}` at least")
        elif path in chosen and "[]" in path:
            needs.append(f"every entry has its own `{path}`")
        else:
            needs.append(f"`{path}` is there")
    return list(dict.fromkeys(needs))


def _choice_need(choice: Choice, path: str) -> str:
    if choice.path is None:
        listed = path[: path.rfind("[]") + 2]
        return f"`{listed}` has exactly one entry"
    if choice.kind is ChoiceKind.MATCH:
        return (
            f"the `{choice.path}` of exactly one entry, not always the first, is {compact_json(choice.value)}; "
            "the others have another one"
        )
    return f"every entry has a `{choice.path}`, no two the same"


def lacks(call: ServedCall, result: Any) -> str:
    """What a result lacks of what later calls will read of it, in words; empty where it lacks nothing, or is an error."""
    if status_of(result) is CallStatus.ERROR:
        return ""
    return next(_lacking(call, result), "")


def _lacking(call: ServedCall, result: Any) -> Iterator[str]:
    chosen = dict(call.chosen_later)
    for path in call.read_later:
        found = {compact_json(value) for _, value in values_at(result, path) if value is not None}
        if len(found) < (LISTED_MIN if path in call.listed_later and path not in chosen else 1):
            yield f"{path} has {len(found)} values"
    for path, choice in call.chosen_later:
        n_meant = len(chosen_values(result, path, choice))
        if n_meant != 1:
            yield f"{n_meant} values of {path} are those of {choice_words(choice)}"
