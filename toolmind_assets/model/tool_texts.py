"""Texts that tell a model which functions there are -> the functions, as the text defines them.

Open sets teach with such texts, and catalogs are read from them: Glaive writes JSON objects one after the other,
ToolACE one JSON list, Hermes JSON between `<tools>` tags, ToolRL a numbered list. What is said beside them is
each reader's own affair.
"""

import re
from dataclasses import dataclass
from typing import Any

from toolmind_assets.model.json_text import parse_json, parse_json_at

LIST_ANNOUNCEMENT = re.compile(r"Here is a list of functions in JSON format that you can invoke\s*[:.]?\s*\Z")
"""What ToolACE says just before its list."""
_LIST = re.compile(r"\[\s*(?=[{\]])")
_TAGGED = re.compile(r"<tools>(.*?)</tools>", re.DOTALL)
_NUMBERED = re.compile(
    r"^\d+\. Name: (?P<name>[^\n]+)\nDescription: (?P<description>.*?)\nParameters: (?=\{)",
    re.DOTALL | re.MULTILINE,
)
_OBJECTS_FOLLOW = re.compile(r"(?i)\b(functions|tools|apis?)\b[^{}\[\]]{0,200}\Z")
_MAX_ANNOUNCEMENT = 300


@dataclass(frozen=True, slots=True)
class FunctionList:
    """A JSON list of functions inside of a text.

    Attributes:
        start: Where what announces it begins, or the list itself where nothing does.
        end: Where it ends.
        functions: Its members.
    """

    start: int
    end: int
    functions: list[Any]


@dataclass(frozen=True, slots=True)
class FunctionTexts:
    """The functions that a text defines.

    Attributes:
        functions: Definitions, in order.
        problem: Why the text could not be read to the end of its definitions; empty where it could.
    """

    functions: tuple[Any, ...]
    problem: str = ""


def read_objects(text: str) -> list[Any]:
    """JSON objects that follow each other, with blanks or commas between, to the end of the text.

    Raises:
        ValueError, RecursionError: what stands there is no JSON, or is nested too deep.
    """
    objects: list[Any] = []
    rest = text
    while rest:
        value, end = parse_json_at(rest, 0)
        objects.append(value)
        rest = rest[end:].lstrip(" \t\r\n,")
    return objects


def find_list(text: str) -> FunctionList | None:
    """The first JSON list in a text that is announced as one of functions, or whose members all have a name.

    Raises:
        ValueError, RecursionError: an announced list cannot be read.
    """
    for opening in _LIST.finditer(text):
        start = opening.start()
        announced = LIST_ANNOUNCEMENT.search(text, max(0, start - 200), start)
        try:
            functions, end = parse_json_at(text, start)
        except ValueError:
            if announced:
                raise
            continue
        if announced or (
            functions and all(isinstance(member, dict) and "name" in member for member in functions)
        ):
            return FunctionList(announced.start() if announced else start, end, functions)
    return None


def functions_in(text: str) -> FunctionTexts:
    """The functions that a text defines, in whichever of the ways; none where it defines none."""
    try:
        if tagged := _TAGGED.search(text):
            return FunctionTexts(tuple(_tagged(tagged[1].strip())))
        if _NUMBERED.search(text):
            return _numbered(text)
        if (found := find_list(text)) is not None:
            return FunctionTexts(tuple(found.functions))
    except (ValueError, RecursionError) as error:
        return FunctionTexts((), str(error)[:300])
    start = text.find("{")
    if start < 0 or not _OBJECTS_FOLLOW.search(text, max(0, start - _MAX_ANNOUNCEMENT), start):
        return FunctionTexts(())
    return _objects(text, start)


def _tagged(text: str) -> list[Any]:
    """What stands between the tags: one list, or objects."""
    if not text:
        return []
    if text.startswith("["):
        value = parse_json(text)
        return value if isinstance(value, list) else [value]
    return read_objects(text)


def _numbered(text: str) -> FunctionTexts:
    functions: list[Any] = []
    for found in _NUMBERED.finditer(text):
        try:
            parameters, _ = parse_json_at(text, found.end())
        except (ValueError, RecursionError) as error:
            return FunctionTexts(tuple(functions), f"parameters of {found['name'][:80]!r}: {error}"[:300])
        stated = {key: found[key].strip() for key in ("name", "description")}
        functions.append({**stated, "parameters": parameters})
    return FunctionTexts(tuple(functions))


def _objects(text: str, start: int) -> FunctionTexts:
    """Objects from `start` on, up to the first text that is none of them."""
    functions: list[Any] = []
    place = start
    while text[place : place + 1] == "{":
        try:
            value, place = parse_json_at(text, place)
        except (ValueError, RecursionError) as error:
            return FunctionTexts(tuple(functions), str(error)[:300])
        functions.append(value)
        place += len(text[place:]) - len(text[place:].lstrip(" \t\r\n,"))
    return FunctionTexts(tuple(functions))
