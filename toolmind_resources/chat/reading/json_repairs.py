"""JSON that breaks the grammar, where there is one way to read it.

The library `json-repair` reads nearly anything, and where a text breaks off, or a value lacks, makes
something up. So what it reads counts only where it says what the text says: the same letters and digits in
the same order, no string or number that the text does not end, no empty string that it does not hold,
nothing left out by an ellipsis.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import json_repair

from toolmind_resources.chat.reading.strict_values import MISSING

_LONGEST = 100_000
_STRING_OR_COMMENT = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\\n]|\\.)*')|//[^\n]*|/\*.*?\*/|\#[^\n]*""", re.S
)
_STRING = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\\n]|\\.)*'""", re.S)
_NO_NUMBER = re.compile(r"\b(?:NaN|Infinity|nan|inf|undefined)\b")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.S)
_FRACTION = re.compile(r"(\d\.\d*?)0+\b")
_SIGNS = re.compile(r"[\W_]+")
_LITERALS = (
    (re.compile(r"\bNone\b"), "null"),
    (re.compile(r"\bTrue\b"), "true"),
    (re.compile(r"\bFalse\b"), "false"),
)


def repaired(text: str) -> Any:
    """The value that a broken JSON text can only mean, or MISSING."""
    source = _STRING_OR_COMMENT.sub(lambda found: found[1] or "", text.strip().removeprefix("\ufeff"))
    bare = _STRING.sub("", source)
    if len(source) > _LONGEST or source[:1] not in ("{", "[") or _NO_NUMBER.search(bare) or "..." in bare:
        return MISSING
    try:
        value = json_repair.repair_json(source, return_objects=True, skip_json_loads=True)
    except (ValueError, RecursionError):
        return MISSING
    return value if isinstance(value, dict | list) and _says_the_same(source, value) else MISSING


def _says_the_same(source: str, value: Any) -> bool:
    leaves = list(_leaves(value))
    last = leaves[-1] if leaves else None
    end = source.rstrip(" \t\r\n,:{}[]") if isinstance(last, str) else source.rstrip()
    is_closed = end[-1:] in ('"', "'", "”") if isinstance(last, str) else not end[-1:].isdigit()
    n_empty = sum(leaf == "" for leaf in leaves)
    return (
        is_closed
        and n_empty <= source.count('""') + source.count("''")
        and _letters(_unescaped(source)) == _letters(" ".join(map(_written, leaves)))
    )


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from _leaves(member)
    elif isinstance(value, list):
        for member in value:
            yield from _leaves(member)
    else:
        yield value


def _written(leaf: Any) -> str:
    return leaf if isinstance(leaf, str) else json.dumps(leaf)


def _unescaped(source: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else "", source)


def _letters(text: str) -> str:
    for word, literal in _LITERALS:
        text = word.sub(literal, text)
    return _SIGNS.sub("", _FRACTION.sub(r"\1", text)).lower()
