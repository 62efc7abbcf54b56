"""Calls that are written as expressions of Python: `[f(a=1), g(b="x")]`.

So do Llama 3.2 and 4, ToolACE, LFM2 and OLMo 3.
"""

import ast
import re
from collections.abc import Sequence

from toolmind_resources.chat.model import ChatToolCall
from toolmind_resources.chat.reading.call_values import Offered, function_name
from toolmind_resources.chat.reading.python_literals import value_of
from toolmind_resources.chat.reading.strict_values import compact

_BEGINNING = re.compile(r"\s*\[?\s*[A-Za-z_][\w.]*\s*\(")
_LONGEST = 20_000


def calls_in_python(text: str, offered: Offered) -> Sequence[ChatToolCall] | None:
    """The calls of a text that is a list of calls, or one a line; None where anything in it is no literal."""
    if len(text) > _LONGEST or _BEGINNING.match(text) is None:
        return None
    try:
        statements = ast.parse(text.strip()).body
        values = [_literal(one.value) for one in statements if isinstance(one, ast.Expr)]
        calls = [_call(node, offered) for value in values for node in value]
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None
    return calls if len(values) == len(statements) else None


def _literal(node: ast.expr) -> Sequence[ast.expr]:
    return node.elts if isinstance(node, ast.List | ast.Tuple) else [node]


def _call(node: ast.expr, offered: Offered) -> ChatToolCall:
    if not isinstance(node, ast.Call) or node.args:
        raise ValueError("no call with named arguments")
    arguments = {keyword.arg or "": value_of(keyword.value) for keyword in node.keywords}
    if "" in arguments:
        raise ValueError("arguments of another object")
    return ChatToolCall(function_name(ast.unparse(node.func), offered), compact(arguments))
