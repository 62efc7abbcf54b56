"""Typed Python functions, read from source that is never executed.

What counts as a function: where the file decorates functions as tools (`@tool`, `@mcp.tool()`,
`@function_tool`), those alone, at any depth; else public functions at the top and public methods of public
classes. An entry is a function definition like OpenAI's, with `returns` and a `namespace` (class or module).

Parameters that a caller cannot give by name are left out: `self` and `cls`, `*args`, and what a framework hands
in (a `Context` of any MCP or agent framework, `ctx` without another type, `Depends(...)`, injected state).
`**kwargs` allows further properties of its type; `**kwargs: Unpack[...]` names them.
"""

import ast
from collections.abc import Iterator
from typing import Any

from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.functions import CatalogForm
from toolmind_assets.model.pointers import escape
from toolmind_assets.stages.catalogs.python_code.annotations import Annotations, Schema, is_injected
from toolmind_assets.stages.catalogs.python_code.arguments import (
    FunctionNode,
    decorated,
    is_context,
    is_public,
    is_tool,
    named_arguments,
)
from toolmind_assets.stages.catalogs.python_code.class_fields import add_metadata, default_of
from toolmind_assets.stages.catalogs.python_code.classes import Classes
from toolmind_assets.stages.catalogs.python_code.docstrings import Docstring, parse_docstring
from toolmind_assets.stages.catalogs.python_code.literals import (
    MISSING,
    SourceProblemError,
    json_literal,
    keyword_of,
    last_name,
    parse_source,
    text_of,
)
from toolmind_assets.stages.catalogs.readers.entry import Entry, Reader

MAX_CHARS = 4_000_000
"""A longer file is generated data rather than code."""


def entries(text: str, module: str = "") -> Iterator[Entry]:
    """The functions of a file; one entry with a problem where it is no Python that can be read.

    Args:
        text: Source of the file.
        module: Name of the module, the namespace of functions outside of classes.
    """
    if len(text) > MAX_CHARS:
        yield Entry("", None, None, f"source of {len(text):,} characters, the limit is {MAX_CHARS:,}")
        return
    try:
        source = _Source(parse_source(text), module)
    except SourceProblemError as problem:
        yield Entry("", None, None, str(problem))
        return
    yield from source.entries()


class _Source:
    """One module, taken apart."""

    def __init__(self, tree: ast.Module, module: str) -> None:
        self._module = module
        self._tree = tree
        statements = list(_top_level(tree))
        self._constants = {
            name: value for name, value in _assignments(statements) if json_literal(value) is not MISSING
        }
        nodes = {node.name: node for node in statements if isinstance(node, ast.ClassDef)}
        self._classes = Classes(nodes, self._constants)
        self._aliases = {
            name: alias
            for name, value in _assignments(statements)
            if name not in self._constants and (alias := _alias_of(value)) is not None
        }
        self._statements = statements

    def entries(self) -> Iterator[Entry]:
        """An entry a function, of one name in one class the last, as Python has it."""
        tools = list(self._tools())
        found = {(owner, node.name): node for owner, node in tools or self._public()}
        for (owner, name), node in found.items():
            pointer = f"/{escape(owner)}/{escape(name)}" if owner else f"/{escape(name)}"
            try:
                value = self._function(node, owner)
                yield Entry(pointer, value["name"], value)
            except (SourceProblemError, RecursionError) as problem:
                yield Entry(pointer, name, None, str(problem)[:200], DropReason.SCHEMA_TOO_LARGE)

    def _tools(self) -> Iterator[tuple[str, FunctionNode]]:
        """Functions that are decorated as tools, wherever they stand, each with its class."""
        waiting: list[tuple[str, ast.AST]] = [("", self._tree)]
        while waiting:
            owner, parent = waiting.pop(0) if len(waiting) < 3 else waiting.pop()
            inner: list[tuple[str, ast.AST]] = []
            for node in ast.iter_child_nodes(parent):
                if isinstance(node, FunctionNode) and any(is_tool(mark) for mark in node.decorator_list):
                    yield owner, node
                if isinstance(node, ast.ClassDef):
                    inner.append((node.name, node))
                elif isinstance(node, (ast.stmt, ast.ExceptHandler)):
                    inner.append((owner, node))
            waiting += inner[::-1]

    def _public(self) -> Iterator[tuple[str, FunctionNode]]:
        for node in self._statements:
            if isinstance(node, FunctionNode) and is_public(node):
                yield "", node
            elif (
                isinstance(node, ast.ClassDef)
                and not node.name.startswith("_")
                and not self._classes.is_data(node)
            ):
                yield from (
                    (node.name, inner)
                    for inner in node.body
                    if isinstance(inner, FunctionNode) and is_public(inner)
                )

    def _function(self, node: FunctionNode, owner: str) -> dict[str, Any]:
        docstring = parse_docstring(ast.get_docstring(node))
        name, description, hints = decorated(node)
        value: dict[str, Any] = {
            "name": name or node.name,
            "namespace": owner or self._module,
            "description": description or docstring.description,
            "parameters": self._parameters(node, docstring, is_method=bool(owner)),
        }
        returns = self._returns(node, docstring)
        if returns:
            value["returns"] = returns
        if hints:
            value["annotations"] = hints
        return value

    def _parameters(self, node: FunctionNode, docstring: Docstring, *, is_method: bool) -> Schema:
        annotations = Annotations(self._aliases, self._constants, self._classes)
        properties: dict[str, Schema] = {}
        required: list[str] = []
        for argument, default in named_arguments(node, is_method):
            if is_injected(argument.annotation) or is_injected(default) or is_context(argument):
                continue
            name, schema, can_be_left_out = self._parameter(argument, default, docstring, annotations)
            properties[name] = schema
            if not can_be_left_out:
                required.append(name)
        schema: Schema = {"type": "object", "properties": properties, "required": required}
        if node.args.kwarg is not None:
            _add_further(schema, node.args.kwarg, annotations)
        return {**schema, "$defs": annotations.used} if annotations.used else schema

    def _parameter(
        self, argument: ast.arg, default: ast.expr | None, docstring: Docstring, annotations: Annotations
    ) -> tuple[str, Schema, bool]:
        can_be_left_out, given, call = default_of(default)
        documented = docstring.parameters.get(argument.arg)
        schema = dict(annotations.schema(argument.annotation))
        if argument.annotation is None and documented is not None:
            schema = dict(annotations.documented(documented.type_text))
        if call is not None:
            add_metadata(schema, call, self._constants)
        if documented is not None and documented.description:
            schema.setdefault("description", documented.description)
        value = self._default(given)
        if value is not MISSING and (value is not None or _takes_null(schema)):
            schema["default"] = value
            if argument.annotation is None and "type" not in schema and "enum" not in schema:
                schema = {**_type_of(value), **schema}
        alias = text_of(keyword_of(call, "alias")) if call is not None else ""
        return alias or argument.arg, schema, can_be_left_out

    def _default(self, node: ast.expr | None) -> Any:
        if isinstance(node, ast.Attribute):
            owner = (
                node.value
                if node.attr != "value" or not isinstance(node.value, ast.Attribute)
                else node.value.value
            )
            name = node.attr if owner is node.value else last_name(node.value)
            return self._classes.member(last_name(owner), name)
        return json_literal(node, self._constants)

    def _returns(self, node: FunctionNode, docstring: Docstring) -> Schema:
        """The schema of the result; empty where nothing is returned or nothing is said of it."""
        annotations = Annotations(self._aliases, self._constants, self._classes)
        schema = dict(annotations.schema(node.returns))
        if node.returns is None and docstring.returns_type:
            schema = dict(annotations.documented(docstring.returns_type))
        if schema == {"type": "null"}:
            return {}
        if docstring.returns_description and (schema or node.returns is not None or docstring.returns_type):
            schema.setdefault("description", docstring.returns_description)
        return {**schema, "$defs": annotations.used} if annotations.used else schema


def _top_level(tree: ast.Module) -> Iterator[ast.stmt]:
    """Statements of a module, those behind its `if`, `try` and `with` too."""
    waiting: list[ast.stmt] = list(reversed(tree.body))
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, (ast.If, ast.Try, ast.With)):
            inner = [*node.body, *getattr(node, "orelse", ()), *getattr(node, "finalbody", ())]
            inner += [statement for handler in getattr(node, "handlers", ()) for statement in handler.body]
            waiting += reversed(inner)


def _assignments(statements: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    for node in statements:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.value
        elif type(node).__name__ == "TypeAlias":
            alias: Any = node  # Known to `ast` from Python 3.12 on.
            yield alias.name.id, alias.value


def _alias_of(value: ast.expr) -> ast.expr | None:
    """What a name stands for as a type; None where it is no type."""
    if isinstance(value, ast.Call):
        if last_name(value) == "NewType" and len(value.args) == 2:
            return value.args[1]
        return value if last_name(value).startswith("con") else None
    is_union = isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr)
    return value if is_union or isinstance(value, (ast.Subscript, ast.Name, ast.Attribute)) else None


def _add_further(schema: Schema, argument: ast.arg, annotations: Annotations) -> None:
    """Adds what `**kwargs` takes."""
    further = annotations.schema(argument.annotation)
    if last_name(argument.annotation) == "Unpack" and further.get("$ref", "").startswith("#/$defs/"):
        definition = annotations.used[further["$ref"].rsplit("/", 1)[-1]]
        schema["properties"] |= definition.get("properties", {})
        schema["required"] += definition.get("required", [])
    else:
        schema["additionalProperties"] = further or True


def _takes_null(schema: Schema) -> bool:
    types = schema.get("type", ())
    return not schema or "null" in types or {"type": "null"} in schema.get("anyOf", ())


def _type_of(value: Any) -> Schema:
    for kind, name in (
        (bool, "boolean"),
        (int, "integer"),
        (float, "number"),
        (str, "string"),
        (list, "array"),
        (dict, "object"),
    ):
        if isinstance(value, kind):
            return {"type": name}
    return {}


def recognises(value: dict[str, Any]) -> bool:
    """Whether `value` is the source of a module, as `toolmind_assets.stages.catalogs.documents` hands it on."""
    return value.keys() == {"python_source", "module"} and all(
        isinstance(text, str) for text in value.values()
    )


READER = Reader(
    CatalogForm.PYTHON, recognises, lambda value: entries(value["python_source"], value["module"])
)
