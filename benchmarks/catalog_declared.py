"""What source documents declare, counted without any code of the project: operations, and fields of their results.

A result's fields are told by the sets of property names of all objects that its schema leads to, through every
reference, circles cut; properties that are only written are left out. `schema_fields` reads the schemas of OpenAPI,
Swagger, discovery and MCP documents, and those that are compared with them; `shape_fields` those of AWS.
"""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import orjson

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
Fields = tuple[list[frozenset[str]], list[str]]
"""Property names of each object that a schema describes in its own text, and the references that it holds."""
_SCHEMA = ("items", "additionalProperties", "additionalItems", "contains", "then", "else", "unevaluatedItems")
_SCHEMAS = ("allOf", "anyOf", "oneOf", "prefixItems", "items")
_NAMED = ("patternProperties", "dependentSchemas")


def schema_fields(schema: Any) -> Fields:
    """The fields of a JSON Schema, or of one of the dialects of OpenAPI and discovery."""
    names: list[frozenset[str]] = []
    references: list[str] = []
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, dict):
            continue
        if isinstance(node.get("$ref"), str):
            references.append(node["$ref"])
        properties = node.get("properties")
        if isinstance(properties, dict):
            read = {name: one for name, one in properties.items() if not _is_written_only(one)}
            if read:
                names.append(frozenset(read))
            waiting += read.values()
        waiting += [node[key] for key in _SCHEMA if key in node]
        for key in _SCHEMAS:
            if isinstance(node.get(key), list):
                waiting += node[key]
        for key in _NAMED:
            if isinstance(node.get(key), dict):
                waiting += node[key].values()
    return names, references


def _is_written_only(schema: Any) -> bool:
    return isinstance(schema, dict) and schema.get("writeOnly") is True


def shape_fields(shape: Any) -> Fields:
    """The fields of an AWS shape, or of a use of one; references are names of shapes."""
    if not isinstance(shape, dict):
        return [], []
    members = shape.get("members") or {}
    uses = [*members.values(), shape.get("member"), shape.get("key"), shape.get("value"), shape]
    references = [use["shape"] for use in uses if isinstance(use, dict) and isinstance(use.get("shape"), str)]
    return ([frozenset(members)] if members else []), references


@dataclass
class Reach:
    """Follows the references of one document; what each leads to is looked at once.

    Attributes:
        target: What a reference leads to; None where it leads nowhere.
        fields: `schema_fields` or `shape_fields`.
    """

    target: Callable[[str], Any]
    fields: Callable[[Any], Fields]
    _known: dict[str, Fields] = field(default_factory=dict)

    def sets(self, schemas: list[Any], seen: set[str]) -> Iterator[frozenset[str]]:
        """The property names of every object within reach, nearest first; `seen` gathers the references."""
        level: list[str] = []
        for schema in schemas:
            names, references = self.fields(schema)
            yield from names
            level += references
        while level:
            following: list[str] = []
            for reference in level:
                if reference in seen:
                    continue
                seen.add(reference)
                if reference not in self._known:
                    self._known[reference] = self.fields(self.target(reference))
                names, references = self._known[reference]
                yield from names
                following += references
            level = following


@dataclass(frozen=True)
class Operation:
    """One operation, method or tool of a document.

    Attributes:
        pointer: Where it stands.
        returns: The schemas of its result; None where it declares none.
        reach: Follows their references.
        first: Those of `returns` that are of the first media type of each answer.
    """

    pointer: str
    returns: list[Any] | None
    reach: Reach
    first: list[Any] | None = None


def operations_in(value: Any) -> Iterator[Operation]:
    """The operations of a document of any of the forms; none of what is no such document."""
    if not isinstance(value, dict):
        return
    if str(value.get("openapi", "")).startswith("3") or str(value.get("swagger", "")).startswith("2"):
        yield from _openapi(value)
    elif isinstance(value.get("operations"), dict) and isinstance(value.get("shapes"), dict):
        shapes = value["shapes"]
        reach = Reach(shapes.get, shape_fields)
        for key, operation in value["operations"].items():
            output = operation.get("output")
            yield Operation(f"/operations/{_escaped(key)}", [output] if output else None, reach)
    elif "discoveryVersion" in value and "kind" in value and "items" not in value:
        yield from _discovery("", value, Reach((value.get("schemas") or {}).get, schema_fields))
    elif isinstance(tools := (value.get("tools") or (value.get("result") or {}).get("tools")), list):
        prefix = "/tools" if "tools" in value else "/result/tools"
        for number, tool in enumerate(tools):
            output = tool.get("outputSchema")
            reach = Reach(_pointers_into(output), schema_fields)
            yield Operation(f"{prefix}/{number}", [output] if output else None, reach)


def _openapi(value: dict[str, Any]) -> Iterator[Operation]:
    target = _pointers_into(value)
    reach = Reach(target, schema_fields)
    for path, members in (value.get("paths") or {}).items():
        while isinstance(members, dict) and isinstance(members.get("$ref"), str):
            members = {**(target(members["$ref"]) or {}), **{k: v for k, v in members.items() if k != "$ref"}}
        if path.startswith("x-") or not isinstance(members, dict):
            continue
        for method in METHODS:
            if isinstance(members.get(method), dict):
                answers = _success_schemas(members[method].get("responses") or {}, target)
                returns = [schema for schemas in answers for schema in schemas]
                first = [schemas[0] for schemas in answers]
                yield Operation(f"/paths/{_escaped(path)}/{method}", returns or None, reach, first)


def _success_schemas(answers: dict[str, Any], target: Callable[[str], Any]) -> list[list[Any]]:
    """Of each 2xx answer, or of `default` where no other is stated, the schemas of its JSON media types.

    Where none is JSON, that of its first media type; an answer without a schema is left out.
    """
    stated = {str(code): answer for code, answer in answers.items() if not str(code).startswith("x-")}
    codes = [code for code in stated if code.startswith("2")]
    codes = codes or [code for code in stated if set(stated) == {"default"}]
    answered: list[list[Any]] = []
    for code in codes:
        answer = stated[code]
        for _ in range(10):
            if isinstance(answer, dict) and isinstance(answer.get("$ref"), str):
                answer = target(answer["$ref"])
        if not isinstance(answer, dict):
            continue
        content = answer.get("content")
        content = content if isinstance(content, dict) else {}
        media = {kind: one.get("schema") for kind, one in content.items() if isinstance(one, dict)}
        found = [schema for kind, schema in media.items() if schema and ("json" in kind or kind == "*/*")]
        found = found or [schema for schema in media.values() if schema][:1]
        answered += [[answer["schema"]]] if answer.get("schema") else [found] if found else []
    return answered


def _discovery(pointer: str, holder: dict[str, Any], reach: Reach) -> Iterator[Operation]:
    for key, method in (holder.get("methods") or {}).items():
        returns = method.get("response")
        yield Operation(f"{pointer}/methods/{_escaped(key)}", [returns] if returns else None, reach)
    for key, resource in (holder.get("resources") or {}).items():
        yield from _discovery(f"{pointer}/resources/{_escaped(key)}", resource, reach)


def _pointers_into(root: Any) -> Callable[[str], Any]:
    def target(reference: str) -> Any:
        return _at(root, reference) if reference.startswith("#") else None

    return target


def _at(root: Any, reference: str) -> Any:
    for pointer in (reference[1:], unquote(reference[1:])):
        node = root
        for part in pointer.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            if isinstance(node, list) and key.isdecimal() and int(key) < len(node):
                node = node[int(key)]
            else:
                node = node.get(key) if isinstance(node, dict) else None
        if node is not None:
            return node
    return None


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def read_documents(root: Path, pattern: str) -> Iterator[tuple[str, Any]]:
    """Name below `root` and value of each JSON file that a glob finds; what is no JSON is passed over.

    Where `root` is a file, it is the only one, and `pattern` its name.
    """
    files = [root] if root.is_file() else sorted(root.glob(pattern))
    for file in files:
        opened = gzip.open if file.suffix == ".gz" else Path.open
        try:
            with opened(file, "rb") as stream:
                value = orjson.loads(stream.read())
        except (ValueError, OSError):
            continue
        yield (pattern if file == root else file.relative_to(root).as_posix()), value
