"""Literals of Python source as JSON values, and the small questions that one asks of a syntax tree."""

import ast
import math
import warnings
from typing import Any

MISSING = object()
"""No value, where None would be one."""
MAX_INTEGER = 1 << 63


def word_set(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


class SourceProblemError(Exception):
    """Source that cannot be read; its text says why."""


def parse_source(text: str) -> ast.Module:
    """The syntax tree of a module.

    Raises:
        SourceProblemError: The text is no Python, or nested deeper than the parser goes.
    """
    try:
        # What the parser warns of, such as unknown escapes, is the author's affair.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        raise SourceProblemError(f"no valid Python in line {error.lineno}: {error.msg}") from error
    except (RecursionError, MemoryError) as error:
        raise SourceProblemError("nested deeper than the parser goes") from error
    except ValueError as error:
        raise SourceProblemError(f"no valid Python: {error}") from error


def parse_expression(text: str) -> ast.expr | None:
    """The expression that a text writes, as in a quoted annotation; None where it writes none."""
    if len(text) > 2000:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def json_literal(node: ast.expr | None, constants: dict[str, ast.expr] | None = None) -> Any:
    """The JSON value of a literal, or of a name that the module gives one; `MISSING` where it is none."""
    if isinstance(node, ast.Name) and constants and node.id in constants:
        node = constants[node.id]
    if node is None:
        return MISSING
    try:
        return _as_json(ast.literal_eval(node))
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return MISSING


def _as_json(value: Any) -> Any:
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if abs(value) < MAX_INTEGER else MISSING
    if isinstance(value, float):
        return value if math.isfinite(value) else MISSING
    if isinstance(value, (list, tuple)):
        members = [_as_json(member) for member in value]
        return MISSING if any(member is MISSING for member in members) else members
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        mapped = {key: _as_json(member) for key, member in value.items()}
        return MISSING if any(member is MISSING for member in mapped.values()) else mapped
    return MISSING


def last_name(node: ast.expr | None) -> str:
    """The last part of a dotted name: `tool` of `mcp.tool` and of `mcp.tool(...)`; empty where it is no name."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def text_of(node: ast.expr | None) -> str:
    """The text of a string literal, or the empty string."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def keyword_of(call: ast.Call, *names: str) -> ast.expr | None:
    """The value of the first of these keyword arguments that a call has."""
    return next((word.value for name in names for word in call.keywords if word.arg == name), None)
