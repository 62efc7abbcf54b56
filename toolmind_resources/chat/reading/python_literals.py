"""Values that are written in Python's notation, with the words of JSON allowed beside its own."""

import ast
import math
import re
from typing import Any

from toolmind_resources.chat.reading.strict_values import MISSING

_JSON_WORDS = {"true": True, "false": False, "null": None}
_ESCAPE = re.compile(
    r"\\(?:[nrtbf\"'\\]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}|U00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})|(\\)",
    re.S,
)
"""Escapes of strings that mean the same in both; a backslash of any other is a group of its own."""
_STRING = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""", re.S)
_JOINED = re.compile(r"\0\s*\0")


def python_value(text: str) -> Any:
    """The value of a literal of dicts, lists, strings, numbers and words, or MISSING.

    Strings that stand side by side, which Python joins, and names that come twice leave open what is meant.
    """
    if any(escape[1] for escape in _ESCAPE.finditer(text)) or _JOINED.search(_STRING.sub("\0", text)):
        return MISSING
    try:
        return value_of(ast.parse(text.strip(), mode="eval").body)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return MISSING


def value_of(node: ast.expr) -> Any:
    """What a node is.

    Raises:
        ValueError: it is nothing that JSON knows.
    """
    if isinstance(node, ast.Name) and node.id in _JSON_WORDS:
        return _JSON_WORDS[node.id]
    if isinstance(node, ast.List | ast.Tuple):
        return [value_of(one) for one in node.elts]
    if isinstance(node, ast.Dict):
        names = [ast.literal_eval(key) if key else None for key in node.keys]
        if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
            raise ValueError("names that are none, or come twice")
        return dict(zip(names, map(value_of, node.values), strict=True))
    value = ast.literal_eval(node)
    if not (value is None or isinstance(value, str | int | float)) or not math.isfinite(_number(value)):
        raise ValueError("a value that JSON does not know")
    return value


def _number(value: Any) -> float:
    return value if isinstance(value, float) else 0.0
