"""Text of a catalog file -> the JSON values in it: one of a JSON or YAML document, one a line of JSONL.

What form a value has is the readers' affair.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.ids import parse_json
from toolmind_assets.stages.catalogs.plain_yaml import parse_yaml

_LINE_SUFFIXES = (".jsonl", ".ndjson")
_YAML_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something could not be read."""

    reason: DropReason
    detail: str


@dataclass(frozen=True, slots=True)
class Document:
    """One JSON value of a file.

    Attributes:
        line: Line from 1 where the file holds one value a line, else 0.
        value: What was read; None where there is a problem.
        text: The start of its text, to be shown where it is dropped.
        problem: Why it could not be read.
    """

    line: int
    value: Any
    text: str
    problem: Problem | None = None


def split_documents(name: str, text: str) -> Iterator[Document]:
    """The JSON values of a file, in order; a broken one carries its problem and costs no neighbour.

    The source of a Python module is one value, which holds its text. Any other file is JSON, else JSONL where most of its lines look like objects, else YAML. Of a key that stands
    twice in one object the last value counts.
    """
    if not text.strip():
        yield Document(0, None, "", Problem(DropReason.MALFORMED_JSON, "the file is empty"))
        return
    name = name.lower().removesuffix(".gz")  # expanded already
    if name.endswith(_LINE_SUFFIXES):
        yield from _lines(text)
        return
    if name.endswith(".py"):
        module = name.rpartition("/")[2].removesuffix(".py")
        yield Document(0, {"python_source": text, "module": module}, text[:2000])
        return
    whole = _parse(0, text, _json)
    if whole.problem is None or whole.problem.reason is DropReason.TOO_DEEP:
        yield whole
    elif _looks_like_lines(text):
        yield from _lines(text)
    elif text.lstrip()[:1] not in ("{", "[") or name.endswith(_YAML_SUFFIXES):
        yield _parse(0, text, parse_yaml)
    else:
        yield whole


def _lines(text: str) -> Iterator[Document]:
    # Not splitlines(): JSON strings may hold U+2028 and its like unescaped.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _parse(number, line, _json)


def _looks_like_lines(text: str) -> bool:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    objects = sum(line.startswith("{") and line.endswith("}") for line in lines)
    return len(lines) > 1 and 2 * objects >= len(lines)


def _parse(line: int, text: str, parse: Any) -> Document:
    try:
        return Document(line, parse(text), text[:2000])
    except RecursionError as error:
        problem = Problem(DropReason.TOO_DEEP, f"nested too deep to be read: {error}")
    except ValueError as error:
        problem = Problem(DropReason.MALFORMED_JSON, str(error)[:500])
    return Document(line, None, text[:2000], problem)


def _json(text: str) -> Any:
    try:
        return parse_json(text)
    except json.JSONDecodeError as error:
        raise ValueError(
            f"no valid JSON in line {error.lineno}, column {error.colno}: {error.msg}"
        ) from error


def is_deeper_than(value: Any, max_depth: int) -> bool:
    """Whether a value has more levels of arrays and objects than that."""
    # Level by level and not by recursion: the value may be nested as deep as the parser allows.
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(max_depth):
        if not level:
            return False
        inner: list[Any] = []
        for container in level:
            for member in container.values() if type(container) is dict else container:
                kind = type(member)
                if kind is dict or kind is list:
                    inner.append(member)
        level = inner
    return bool(level)
