"""xLAM-function-calling-60k: one question, and the calls that answer it.

A row has `query`, and two JSON texts: `tools`, whose `parameters` are a plain map of names to types in the manner
of Python (`str, optional`, `List[int]`), and `answers`, the calls. There are no results: the dialogue ends with
the calls.
"""

from typing import Any

from toolmind_assets.model.dialogues import Speaker
from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.stages.opensets.adapter import Adapter, Conversation, UnfitRowError
from toolmind_assets.stages.opensets.tool_definitions import is_optional, tool_definitions
from toolmind_assets.stages.opensets.transcript import Transcript, call_of, load_json


def read_row(row: Any) -> Conversation:
    """The conversation of a row: the question, and one assistant message with all calls.

    Raises:
        UnfitRowError: the row has another form, or its functions or calls cannot be read.
    """
    query = row.get("query") if isinstance(row, dict) else None
    if not isinstance(query, str) or not query.strip():
        keys = sorted(row) if isinstance(row, dict) else type(row).__name__
        raise UnfitRowError(DropReason.UNKNOWN_FORM, f"no `query` in the row: {keys}")
    tools = tool_definitions([_with_schema(function) for function in _list_in(row, "tools")])
    transcript = Transcript()
    transcript.say(Speaker.USER, query.strip())
    if calls := [call_of(answer) for answer in _list_in(row, "answers")]:
        transcript.call(None, calls)
    return Conversation(tools, transcript.messages())


def _list_in(row: JsonObject, key: str) -> list[Any]:
    """The list in a column, which is JSON text in the published file."""
    stated = row.get(key)
    value = load_json(stated, f"`{key}`") if isinstance(stated, str) else stated
    if not isinstance(value, list):
        raise UnfitRowError(DropReason.UNKNOWN_FORM, f"`{key}` is a {type(value).__name__}, not a list")
    return value


def _with_schema(function: Any) -> Any:
    """The function with an object schema in the place of the map of its parameters.

    Required is what has no default and does not call itself optional.
    """
    stated = function.get("parameters") if isinstance(function, dict) else None
    if not isinstance(stated, dict) or isinstance(stated.get("type"), str):
        return function
    required = [name for name, parameter in stated.items() if _is_required(parameter)]
    schema = {"type": "object", "properties": stated} | ({"required": required} if required else {})
    return {**function, "parameters": schema}


def _is_required(parameter: Any) -> bool:
    stated = parameter if isinstance(parameter, dict) else {}
    return "default" not in stated and not is_optional(stated.get("type"))


XLAM = Adapter("xlam", "Salesforce/xlam-function-calling-60k", read_row)
