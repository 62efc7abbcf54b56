"""JSON as the standard has it, out of texts that models write."""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

MISSING: Any = object()
"""No value; None is one."""
_REGIONS_MAX = 200
"""Most places of a text where JSON is tried to begin."""
_START = re.compile(
    r"""\{\s*(?:["'“{}]|//|/\*|\#|[\w$]+["']?\s*:)|\[\s*(?:["'“\[{\]\d-]|//|/\*|(?:true|false|null|True|False|None)\b)"""
)
"""What JSON begins with, well formed or nearly so; other brackets are those of prose."""
_BRACKET_OR_STRING = re.compile(
    r"""[\[{]|[\]}]|"(?:[^"\\]|\\.)*"|(?<=[\[{:,\s])'(?:[^'\\]|\\.|'(?!\s*[\]}:,])){0,300}'(?=\s*[\]}:,])""",
    re.S,
)
_GOES_ON = re.compile(r"""\s*[,:\]}"']""")
"""What follows brackets that have closed too early, since one stood in a string that is broken."""


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a text that is an object or an array, or looks like one: then its value is MISSING."""

    start: int
    end: int
    value: Any


def whole_value(text: str, is_strict: bool = True) -> Any:
    """The JSON value that the text is, or MISSING; NaN, infinities and numbers beyond all floats are none.

    Strings hold line breaks and other control characters only where it is not strict.
    """
    try:
        return (_DECODER if is_strict else _LENIENT).decode(text)
    except (ValueError, RecursionError):
        return MISSING


def json_regions(text: str) -> Iterator[Region]:
    """Where objects and arrays stand in a text, in order, none within another."""
    place = 0
    for _ in range(_REGIONS_MAX):
        found = _START.search(text, place)
        if found is None:
            return
        start = found.start()
        try:
            value, place = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            value, place = MISSING, _end_of_brackets(text, start)
        yield Region(start, place, value)


def compact(value: Any) -> str:
    """The JSON text of a value, without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _end_of_brackets(text: str, start: int) -> int:
    """Where as many brackets have closed as opened since `start`; the end of the text where they never do."""
    depth = 0
    for found in _BRACKET_OR_STRING.finditer(text, start):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found.group(), 0)
        if depth == 0:
            return len(text) if _GOES_ON.match(text, found.end()) else found.end()
    return len(text)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse(text)


_DECODER = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)
_LENIENT = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite, strict=False)
