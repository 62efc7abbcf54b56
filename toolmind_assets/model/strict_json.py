"""JSON and text from models and strangers, refused or mended before anything else sees them."""

import json
import math
from typing import Any, NoReturn

MAX_LEVELS = 64
"""Levels of nesting beyond which a value is refused; what validates and stores it recurses."""


def parse_strict(text: str | None) -> Any:
    """The JSON value of a text.

    Raises:
        ValueError: the text is no JSON, holds NaN, an infinity, a number too large to hold or text that is no
            Unicode, or is nested deeper than `MAX_LEVELS`.
    """
    try:
        value = JSON_DECODER.decode(text := text or "")
        (json.dumps(value, ensure_ascii=False) if "\\u" in text else text).encode()
    except UnicodeEncodeError as error:
        raise ValueError("holds text that is not Unicode") from error
    except RecursionError as error:
        raise ValueError("is nested too deep") from error
    if _is_deeper(value, MAX_LEVELS):
        raise ValueError(f"is nested deeper than {MAX_LEVELS} levels")
    return value


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"holds {name}, which JSON does not know")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"holds the number {text[:40]}, which is too large")
    return number


JSON_DECODER = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)
"""JSON as the standard has it. Raises ValueError for anything else, RecursionError where it is nested too deep."""


def _is_deeper(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            member
            for container in level
            if isinstance(container, dict | list)
            for member in (container.values() if isinstance(container, dict) else container)
        ]
        if not level:
            return False
    return any(isinstance(member, dict | list) for member in level)


def clean_text(text: str) -> str:
    """The text with a replacement character for whatever cannot be stored as UTF-8."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
