"""Rows of a data set: functions in a column, maybe as JSON text, or in the text that a model is told them with.

A row that is a dialogue, or a message of one, and defines no function is an entry with that problem.
"""

from collections.abc import Iterator
from typing import Any

from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.functions import CatalogForm
from toolmind_assets.model.json_text import parse_json
from toolmind_assets.model.tool_texts import functions_in
from toolmind_assets.stages.catalogs.readers.entry import Entry, Reader
from toolmind_assets.stages.catalogs.readers.functions import entries_in, function_entries

_COLUMNS = ("tools", "functions", "available_tools", "available_functions", "function")
_ALWAYS_ROWS = ("available_tools", "available_functions")
_DIALOGUES = ("conversations", "conversation", "messages", "dialogue", "dialog")
_BESIDE = (*_DIALOGUES, "query", "question", "answers", "chat", "instruction")
_TEXTS = ("system", "system_prompt", "instruction", "prompt")
_SPEAKERS = ("role", "from")
_SAID = ("content", "value", "text")


def recognises(value: dict[str, Any]) -> bool:
    """Whether `value` has functions in a column beside a dialogue or a question, or as text, or is a dialogue."""
    if any(isinstance(value.get(key), list) for key in ("tools", "functions")) and "messages" in value:
        return False  # the request of a chat endpoint
    if any(_is_json_text(value.get(key)) for key in _COLUMNS):
        return True
    if any(isinstance(value.get(key), list) for key in _COLUMNS):
        return any(key in value for key in (*_BESIDE, *_ALWAYS_ROWS))
    if any(isinstance(value.get(key), list) for key in _DIALOGUES) or isinstance(value.get("chat"), str):
        return True
    return any(_defines(value.get(key)) for key in _TEXTS) or _is_message(value)


def entries(value: dict[str, Any]) -> Iterator[Entry]:
    """Each function of the first column that holds any, else of the texts."""
    column = next(
        (key for key in _COLUMNS if isinstance(value.get(key), list) or _is_json_text(value.get(key))), None
    )
    if column is not None:
        yield from _column_entries(f"/{column}", value[column])
        return
    found = False
    for pointer, text in _texts(value):
        read = functions_in(text)
        for index, function in enumerate(read.functions):
            found = True
            yield from function_entries(f"{pointer}/{index}", function)
        if read.problem:
            found = True
            problem = f"the definitions in the text cannot be read: {read.problem}"
            reason = DropReason.MALFORMED_JSON
            yield Entry(f"{pointer}/{len(read.functions)}", None, None, problem, reason, text)
    if not found:
        kind = "a message" if _is_message(value) else "a dialogue"
        yield Entry(
            "", None, None, f"{kind} without function definitions, in a column or in a text", found=value
        )


def _column_entries(pointer: str, stated: Any) -> Iterator[Entry]:
    if isinstance(stated, str):
        try:
            stated = parse_json(stated)
        except (ValueError, RecursionError) as error:
            problem = f"the column is no JSON: {error!s:.200}"
            yield Entry(pointer, None, None, problem, DropReason.MALFORMED_JSON, stated)
            return
    if isinstance(stated, list):
        yield from entries_in(pointer, stated)
    else:
        yield from function_entries(pointer, stated)


def _texts(value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The texts that a model is told its functions with, with where they stand."""
    for key in _TEXTS:
        if isinstance(value.get(key), str):
            yield f"/{key}", value[key]
    for key in _DIALOGUES:
        turns = value.get(key)
        for index, turn in enumerate(turns if isinstance(turns, list) else []):
            if isinstance(turn, dict) and any(turn.get(speaker) == "system" for speaker in _SPEAKERS):
                said = next((said for said in _SAID if isinstance(turn.get(said), str)), None)
                if said is not None:
                    yield f"/{key}/{index}/{said}", turn[said]


def _is_json_text(value: Any) -> bool:
    return isinstance(value, str) and value.lstrip()[:1] in ("[", "{")


def _defines(text: Any) -> bool:
    if not isinstance(text, str) or "{" not in text:
        return False
    read = functions_in(text)
    return bool(read.functions or read.problem)


def _is_message(value: dict[str, Any]) -> bool:
    return isinstance(value.get("role"), str) and any(
        key in value for key in (*_SAID, "api_name", "tool_calls")
    )


READER = Reader(CatalogForm.ROWS, recognises, entries)
