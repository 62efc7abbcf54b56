r"""Dotted paths into JSON values: `a.b[].c` names a field, `a.b[0].c` one place.

Where a key holds a dot, a bracket or a backslash, these are escaped with a backslash; the empty key is `\e`.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

_PART = re.compile(r"((?:[^.\[\]\\]|\\.)+)|\[(\d*)\]")
EMPTY_KEY = "\\e"
_SPECIAL = re.compile(r"([.\[\]\\])")

Key = str | int | None
"""An object key, a position, or None for every member of an array."""


@lru_cache(maxsize=20_000)
def parse_path(path: str) -> tuple[Key, ...]:
    """The keys of a path; `[]` becomes None. The empty path is the whole value."""
    keys: list[Key] = []
    for match in _PART.finditer(path):
        name, position = match.groups()
        if name is not None:
            keys.append("" if name == EMPTY_KEY else re.sub(r"\\(.)", r"\1", name))
        else:
            keys.append(int(position) if position else None)
    return tuple(keys)


def format_path(keys: tuple[Key, ...]) -> str:
    """The dotted path of keys; the inverse of `parse_path`."""
    text = ""
    for key in keys:
        if key is None:
            text += "[]"
        elif isinstance(key, int):
            text += f"[{key}]"
        else:
            text += f".{_escaped(key)}" if text else _escaped(key)
    return text


@lru_cache(maxsize=20_000)
def _escaped(key: str) -> str:
    """A key as it stands in paths."""
    return _SPECIAL.sub(r"\\\1", key) or EMPTY_KEY


def child_path(path: str, key: Key) -> str:
    """The path of one member of the value at `path`."""
    if isinstance(key, str):
        return f"{path}.{_escaped(key)}" if path else _escaped(key)
    return f"{path}[]" if key is None else f"{path}[{key}]"


def pointer_of(path: str) -> str:
    """The RFC 6901 pointer of a concrete path."""
    parts = [str(key).replace("~", "~0").replace("/", "~1") for key in parse_path(path)]
    return "".join(f"/{part}" for part in parts)


def field_of(path: str) -> str:
    """The field that a concrete path is a place of: positions become `[]`."""
    return format_path(tuple(None if isinstance(key, int) else key for key in parse_path(path)))


def values_at(value: Any, path: str) -> list[tuple[str, Any]]:
    """`(concrete path, value)` of everything that `path` names in `value`, in order; empty if nothing."""
    found: list[tuple[tuple[Key, ...], Any]] = [((), value)]
    for key in parse_path(path):
        found = list(_members(found, key))
    return [(format_path(keys), member) for keys, member in found]


def _members(found: list[tuple[tuple[Key, ...], Any]], key: Key) -> Iterator[tuple[tuple[Key, ...], Any]]:
    for keys, value in found:
        if isinstance(key, str) and isinstance(value, dict) and key in value:
            yield (*keys, key), value[key]
        elif key is None and isinstance(value, list):
            yield from (((*keys, position), member) for position, member in enumerate(value))
        elif isinstance(key, int) and isinstance(value, list) and key < len(value):
            yield (*keys, key), value[key]


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """`(concrete path, value)` of every scalar and every empty container in a JSON value at `path`, in order."""
    if isinstance(value, dict) and value:
        for key, member in value.items():
            yield from leaves(member, child_path(path, key))
    elif isinstance(value, list) and value:
        for position, member in enumerate(value):
            yield from leaves(member, f"{path}[{position}]")
    else:
        yield path, value


def set_at(target: dict[str, Any], path: str, value: Any) -> None:
    """Puts `value` at `path`, making what is missing on the way; `[]` means the first member."""
    keys = [0 if key is None else key for key in parse_path(path)]
    place: Any = target
    for key, following in zip(keys, [*keys[1:], None], strict=True):
        fresh: Any = value if following is None else ([] if isinstance(following, int) else {})
        if isinstance(key, int):
            while len(place) <= key:
                place.append(None)
            if following is None or place[key] is None:
                place[key] = fresh
        elif following is None or key not in place:
            place[key] = fresh
        place = place[key]
