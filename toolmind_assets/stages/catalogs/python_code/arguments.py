"""Functions of Python source: which are meant for callers, what their decorators say, what they take by name."""

import ast
from collections.abc import Iterator
from typing import Any

from toolmind_assets.stages.catalogs.python_code.literals import (
    MISSING,
    json_literal,
    keyword_of,
    last_name,
    text_of,
    word_set,
)

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

_TOOL_DECORATORS = word_set(
    "tool function_tool tool_plain kernel_function beta_tool beta_async_tool register_tool mcp_tool ai_function llm_tool agent_tool register_function"
)
_NO_FUNCTIONS = word_set(
    "property cached_property overload setter deleter getter fixture validator field_validator model_validator"
)
_CONTEXTS = word_set(
    "Context RequestContext RunContext RunContextWrapper ToolContext ToolRuntime CallbackContext InvocationContext RunnableConfig "
    "CallbackManagerForToolRun AsyncCallbackManagerForToolRun AgentContext ReadonlyContext FunctionInvocationContext KernelArguments"
)
_CONTEXT_NAMES = frozenset(("ctx", "context", "run_manager", "tool_context", "runtime", "callbacks"))


def is_tool(decorator: ast.expr) -> bool:
    """Whether a decorator makes a function a tool."""
    return last_name(decorator) in _TOOL_DECORATORS


def is_public(node: FunctionNode) -> bool:
    """Whether a function is meant for callers: no private name, no property, no fixture."""
    return not node.name.startswith("_") and not any(
        last_name(mark) in _NO_FUNCTIONS for mark in node.decorator_list
    )


def decorated(node: FunctionNode) -> tuple[str, str, dict[str, Any]]:
    """Name, description and hints that a tool's decorator gives; empty where it gives none."""
    for mark in node.decorator_list:
        if not isinstance(mark, ast.Call) or not is_tool(mark):
            continue
        name = text_of(keyword_of(mark, "name", "name_override")) or (
            text_of(mark.args[0]) if mark.args else ""
        )
        description = text_of(keyword_of(mark, "description", "description_override"))
        stated = keyword_of(mark, "annotations")
        hints = json_literal(stated) if isinstance(stated, ast.Dict) else MISSING
        if isinstance(stated, ast.Call):
            hints = {word.arg: json_literal(word.value) for word in stated.keywords if word.arg}
            hints = {key: value for key, value in hints.items() if value is not MISSING}
        return name.strip(), description.strip(), hints if isinstance(hints, dict) else {}
    return "", "", {}


def named_arguments(node: FunctionNode, is_method: bool) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """Parameters that take one value each, with their defaults; without the instance or class of a method."""
    arguments = [*node.args.posonlyargs, *node.args.args]
    defaults: list[ast.expr | None] = [None] * (len(arguments) - len(node.args.defaults)) + list(
        node.args.defaults
    )
    pairs = list(zip(arguments, defaults, strict=True))
    is_static = any(last_name(mark) == "staticmethod" for mark in node.decorator_list)
    if pairs and ((is_method and not is_static) or pairs[0][0].arg in ("self", "cls")):
        pairs = pairs[1:]
    yield from pairs
    yield from zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)


def is_context(argument: ast.arg) -> bool:
    """Whether a parameter is the context that a framework hands in."""
    annotation = argument.annotation
    if isinstance(annotation, ast.Subscript) and last_name(annotation) == "Optional":
        annotation = annotation.slice
    if isinstance(annotation, ast.BinOp):
        annotation = annotation.left
    name = text_of(annotation).split("[")[0].split("|")[0].strip().rsplit(".", 1)[-1] or last_name(annotation)
    if name in _CONTEXTS:
        return True
    if name.endswith("Context"):
        return argument.arg in _CONTEXT_NAMES
    # Without a type, `context` may as well be a text.
    return annotation is None and argument.arg in _CONTEXT_NAMES and argument.arg != "context"
