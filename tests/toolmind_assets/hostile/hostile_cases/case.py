"""Hostile and broken catalogs as code, each with what has to become of it. Nothing here is a test.

A case writes its files beside a good neighbour. `dropped` says how many rows go for which reason, `kept` which
functions come out beside the neighbour's.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

GOOD = {
    "name": "good_neighbour",
    "description": "Stays, whatever lies beside it",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
}
F = {"name": "f", "description": "d", "parameters": {"type": "object", "properties": {}}}
Content = bytes | str | dict[str, Any] | list[Any]


@dataclass(frozen=True)
class Case:
    """One hostile catalog.

    Attributes:
        name: What it is.
        write: Puts its files into a folder.
        dropped: Reason -> rows.
        kept: Names of the functions that come out of it.
        path: What is normalised, relative to the folder.
        repairs: Codes of which each is noted on the functions that are kept.
    """

    name: str
    write: Callable[[Path], None]
    dropped: Mapping[str, int] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    path: str = "."
    repairs: tuple[str, ...] = ()


CASES: list[Case] = []
WRONG: list[Any] = [None, True, 0, -1.5, "text", [], [1], {}, {"a": 1}]
"""A value of each kind, for places where another kind belongs."""


def case(name: str, file: str, content: Content | Callable[[], Content], *kept: str, **expected: Any) -> None:
    """Adds a case of one file; `expected` are reasons with counts, `path`, `repairs`."""

    def write(folder: Path) -> None:
        made = content() if callable(content) else content
        text = made if isinstance(made, bytes | str) else json.dumps(made)
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(
            text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        )

    written(name, write, *kept, **expected)


def written(name: str, write: Callable[[Path], None], *kept: str, **expected: Any) -> None:
    """Adds a case that writes for itself."""
    path, repairs = expected.pop("path", "."), tuple(expected.pop("repairs", ()))
    CASES.append(Case(name, write, expected, kept, path, repairs))


def function(parameters: Any, name: str = "f") -> dict[str, Any]:
    return {"name": name, "description": "d", "parameters": parameters}


def of(properties: Any, **further: Any) -> dict[str, Any]:
    return function({"type": "object", "properties": properties, **further})


def nested(levels: int, inner: Any, key: str = "items") -> Any:
    for _ in range(levels):
        inner = {"type": "array", key: inner}
    return inner


def openapi(schema: Any, /, **further: Any) -> dict[str, Any]:
    """A document with one operation `op`, whose body is `{p: schema}`."""
    body = {"content": {"application/json": {"schema": {"type": "object", "properties": {"p": schema}}}}}
    operation = {"operationId": "op", "requestBody": body}
    return {"openapi": "3.0.3", "info": {"title": "T"}, "paths": {"/a": {"post": operation}}, **further}


def schemas(**members: Any) -> dict[str, Any]:
    return {"components": {"schemas": members}}


def to(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
