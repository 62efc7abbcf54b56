"""What the embedded service makes so that later calls find what they read: fields that are there, lists that can be told.

Of the entries of a list one is what the person means, and stands anywhere in it.
"""

import json
import random
import re
from collections.abc import Sequence
from typing import Any

from toolmind_assets.model.choices import chosen_values, is_same, rank_of
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.model.paths import Key, parse_path, set_at, values_at
from toolmind_assets.model.schemas import misfits, resolve, schemas_at
from toolmind_assets.model.tasks import Choice, ChoiceKind
from toolmind_assets.stages.dialogues.contexts import ServedCall
from toolmind_resources.plausible.values import plausible

UNWANTED = re.compile(
    r"fail|error|invalid|denied|unavailable|delet|expired|reject|unknown|not found|no such", re.IGNORECASE
)
"""Values that a service rarely gives where all is well."""
TRIES = 8
"""Draws of a value, or of a list, until one serves."""
MEMBERS = (2, 4)
"""Between which the length of a list is drawn of which one member is meant."""
_SAMPLES = frozenset({"example", "examples", "default"})
"""Keywords whose values would come back in every member."""


def with_read_later(result: Any, call: ServedCall, rng: random.Random) -> Any:
    """The result with the optional fields that the task will read made too, and lists of which it reads several."""
    returns = call.function.returns or {}
    for path in call.read_later:
        n_members = 2 if path in call.listed_later else 1
        for _ in range(4):
            fuller = _filled(result, returns, returns, parse_path(path), n_members, rng)
            if not misfits(returns, fuller):
                result = fuller
                break
    return result


def _filled(
    value: Any, schema: Any, root: JsonObject, keys: tuple[Key, ...], n_members: int, rng: random.Random
) -> Any:
    """A copy of the value with what a path names made where it is missing, in the first members of each list."""
    if value is None:
        name = next((key for key in reversed(keys) if isinstance(key, str)), "")
        value = plausible(schema, rng, name=name, root=root, optional_share=0.4, avoid=UNWANTED)
    if not keys:
        return value
    key, inner = keys[0], resolve(schema, root)
    if isinstance(key, str) and isinstance(value, dict):
        member = inner.get("properties", {}).get(key, {})
        return {**value, key: _filled(value.get(key), member, root, keys[1:], n_members, rng)}
    if key is None and isinstance(value, list):
        members = [*value, *([None] * (n_members - len(value)))]
        item = inner.get("items", {})
        filled = [_filled(one, item, root, keys[1:], n_members, rng) for one in members[:n_members]]
        return filled + members[n_members:]
    return value


def with_chosen(result: Any, call: ServedCall, rng: random.Random) -> Any:
    """The result with lists in which each choice of later calls means one member; as it is where none can be made.

    A list of several where that can be, else of the one that is meant.
    """
    returns = call.function.returns
    if returns is None:
        return result
    for paths, choice in _by_choice(call):
        for n_members in (*(rng.randint(*MEMBERS) for _ in range(TRIES)), 1):
            if _is_told(result, paths, choice, min(n_members, MEMBERS[0])):
                break
            made = _with_list(result, returns, paths, choice, n_members, rng)
            if _is_told(made, paths, choice, 1) and not misfits(returns, made):
                result = made
                break
    return result


def _by_choice(call: ServedCall) -> list[tuple[list[str], Choice]]:
    """The choices of later calls, each with all paths that are read of the member which it means."""
    groups: dict[tuple[Choice, str], list[str]] = {}
    for path, choice in call.chosen_later:
        listed = path[: path.rfind("[]")] if choice.path is None else ""
        groups.setdefault((choice, listed), []).append(path)
    return [(paths, choice) for (choice, _), paths in groups.items()]


def _is_told(result: Any, paths: Sequence[str], choice: Choice, members_min: int) -> bool:
    n_members = max(len(values_at(result, path)) for path in paths)
    is_long_enough = n_members == 1 if choice.path is None else n_members >= members_min
    return is_long_enough and all(len(chosen_values(result, path, choice)) == 1 for path in paths)


def _with_list(
    result: Any, returns: JsonObject, paths: Sequence[str], choice: Choice, n_members: int, rng: random.Random
) -> Any:
    """A copy of the result with so many members in the list, told apart by the choice, each with its own values."""
    n_members = 1 if choice.path is None else n_members
    made = json.loads(json.dumps(result))
    for read in (*paths, *([choice.path] if choice.path else [])):
        made = _filled(made, returns, returns, parse_path(read), n_members, rng)
        made = _cut(made, parse_path(read), n_members)
    for path in paths:
        _make_different(made, returns, path, rng)
    if choice.path is None:
        return made
    if choice.kind is not ChoiceKind.MATCH:
        _make_different(made, returns, choice.path, rng, choice)
    elif told := [place for place, _ in values_at(made, choice.path)]:
        meant = rng.choice(told)
        for place in told:
            set_at(made, place, choice.value if place == meant else _other(returns, choice, rng))
    return made


def _cut(value: Any, keys: Sequence[Key], n_members: int) -> Any:
    """The value with the lists on the way of a path cut: the outer ones to one member, the innermost to so many."""
    if not keys:
        return value
    key, rest = keys[0], keys[1:]
    if isinstance(key, str) and isinstance(value, dict) and key in value:
        return {**value, key: _cut(value[key], rest, n_members)}
    if key is None and isinstance(value, list):
        kept = value[:1] if None in rest else value[:n_members]
        return [_cut(member, rest, n_members) for member in kept]
    return value


def _make_different(
    made: Any, returns: JsonObject, path: str, rng: random.Random, choice: Choice | None = None
) -> None:
    """Puts another value where one at a path stands a second time, or ranks like another one for a choice."""
    seen: list[Any] = []
    for place, value in values_at(made, path):
        for _ in range(TRIES):
            rank = value if choice is None else rank_of(value, choice)
            if rank is not None and rank not in seen:
                break
            value = _drawn(returns, path, rng)
        set_at(made, place, value)
        seen.append(value if choice is None else rank_of(value, choice))


def _other(returns: JsonObject, choice: Choice, rng: random.Random) -> Any:
    """A value of the field that tells which is not the one that is meant."""
    for _ in range(TRIES):
        value = _drawn(returns, choice.path or "", rng)
        if not is_same(value, choice.value):
            return value
    return choice.value


def _drawn(returns: JsonObject, path: str, rng: random.Random) -> Any:
    """A value for the field at a path, which no sample of the schema decides."""
    names = [key for key in parse_path(path) if isinstance(key, str)]
    schema = {
        key: value for key, value in next(iter(schemas_at(returns, path)), {}).items() if key not in _SAMPLES
    }
    name, owner = (names[-1] if names else ""), (names[-2] if len(names) > 1 else "")
    return plausible(schema, rng, name=name, owner=owner, root=returns, avoid=UNWANTED)
