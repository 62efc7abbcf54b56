"""JSON that breaks the grammar, where there is one way to read it.

Comments, commas at the end, names without quotation marks and line breaks in strings are allowed, and what is a
literal of Python's is read as that. For the rest there is the library `json-repair`, which reads nearly anything
and makes something up where a text breaks off. What it reads counts only where it says what the text says: the
same letters and digits in the same order, strings and numbers that the text ends, strings that it quotes and that
hold nothing of what stands between strings, nothing left out by an ellipsis.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import json_repair

from toolmind_resources.chat.reading.python_literals import python_value
from toolmind_resources.chat.reading.strict_values import MISSING, whole_value

_LONGEST = 100_000
_DEEPEST = 64
"""Levels of nesting beyond which nothing is guessed."""
_STRING_OR_COMMENT = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\\n]|\\.)*')|//[^\n]*|/\*.*?\*/|\#[^\n]*""", re.S
)
_STRING = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\\n]|\\.)*'""", re.S)
_NO_NUMBER = re.compile(r"\b(?:NaN|Infinity|nan|inf|undefined)\b")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.S)
_FRACTION = re.compile(r"(\d\.\d*?)0+\b")
_QUOTES = ('"', "'", "“", "”", "`")
_STRUCTURE = re.compile(r"""["'“”\[\]{}:,\n]""")
_SWALLOWED = re.compile(r"""["']\s*[:,]\s*["'\d\[{tfnTFN]|[\[{]\s*["']|["']\s*[\]}]""")
"""What stands between the strings of JSON, and in a string only where it is part of it."""
_PLAIN = re.compile(r"[\w.:-]+", re.A)
_NAME_OR_COMMA = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\\n]|\\.)*')|([{,]\s*)([A-Za-z_$][\w$-]*)(?=\s*:)|,(?=\s*[}\]])""", re.S
)
_SIGNS = re.compile(r"\W+")
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
    tidy = _NAME_OR_COMMA.sub(_tidied, source)
    for value in (whole_value(tidy, is_strict=False), python_value(source)):
        if value is not MISSING:
            return value
    return _guessed(tidy) if _depth(bare) <= _DEEPEST else MISSING


def _depth(bare: str) -> int:
    """The most brackets that are open at once in a text without strings."""
    depth = deepest = 0
    for character in bare:
        if character in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "}]":
            depth -= 1
    return deepest


def _tidied(found: re.Match[str]) -> str:
    """Strings as they are, names with quotation marks, and no comma before a closing bracket."""
    return found[1] or (f'{found[2]}"{found[3]}"' if found[3] else "")


def _guessed(source: str) -> Any:
    try:
        value = json_repair.repair_json(source, return_objects=True, skip_json_loads=True)
    except (ValueError, RecursionError):
        return MISSING
    return value if isinstance(value, dict | list) and _says_the_same(source, value) else MISSING


def _says_the_same(source: str, value: Any) -> bool:
    leaves = list(_leaves(value))
    texts = [leaf for leaf in leaves if isinstance(leaf, str)]
    return (
        _is_closed(source, leaves[-1:])
        and texts.count("") <= source.count('""') + source.count("''")
        and all(_is_name(name) for name in _names(value))
        and all(_is_quoted(text, source) for text in texts)
        and _letters(_unescaped(source)) == _letters(" ".join(map(_written, [*_flat(value)])))
    )


def _is_closed(source: str, last: list[Any]) -> bool:
    """Whether the text ends what it says last: a string by a quotation mark, a number by anything."""
    if last and isinstance(last[0], str):
        return source.rstrip(" \t\r\n,:{}[]")[-1:] in _QUOTES
    return not source.rstrip()[-1:].isdigit()


def _is_name(name: str) -> bool:
    """Whether a name has swallowed nothing of what stands around it."""
    return bool(name) and name == name.strip() and not _STRUCTURE.search(name)


def _is_quoted(text: str, source: str) -> bool:
    """Whether a string is one in the text, too, and has swallowed nothing of what follows it."""
    beginning = _PLAIN.match(text)
    begins = not beginning or any(mark + beginning.group() in source for mark in _QUOTES)
    if not begins or not _SWALLOWED.search(text):
        return begins
    encoded = (json.dumps(text, ensure_ascii=is_ascii)[1:-1] for is_ascii in (False, True))
    return any(one in source for one in encoded) or ("'" not in text and f"'{text}'" in source)


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _names(member)


def _leaves(value: Any) -> Iterator[Any]:
    """The scalars of a value, without names."""
    if isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from _leaves(member)
    else:
        yield value


def _flat(value: Any) -> Iterator[Any]:
    """Names and scalars of a value, in the order in which they are written."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from _flat(member)
    elif isinstance(value, list):
        for member in value:
            yield from _flat(member)
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
