"""JSON as the standard has it: what Python's parser accepts beyond it is refused."""

from typing import Any

from toolmind_assets.model.strict_json import JSON_DECODER

MAX_NESTING = 100
"""Levels of arrays and objects that are read: far more than any function has, far fewer than the stack holds."""


def parse_json(text: str) -> Any:
    """The value of a JSON text.

    Raises:
        ValueError: it is no JSON, or holds NaN, an infinity or a number too large to hold.
        RecursionError: it is nested deeper than `MAX_NESTING`.
    """
    return _bounded(JSON_DECODER.decode(text))


def parse_json_at(text: str, place: int) -> tuple[Any, int]:
    """The value of the JSON text that begins at `place`, and where it ends.

    Raises:
        ValueError, RecursionError: as `parse_json`.
    """
    value, end = JSON_DECODER.raw_decode(text, place)
    return _bounded(value), end


def _bounded(value: Any) -> Any:
    level = [value]
    for _ in range(MAX_NESTING + 1):
        level = [member for outer in level for member in _members(outer)]
        if not level:
            return value
    raise RecursionError(f"nested deeper than {MAX_NESTING} levels")


def _members(value: Any) -> list[Any]:
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [member for member in members if isinstance(member, dict | list)]
