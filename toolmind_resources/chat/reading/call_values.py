"""Calls that stand in JSON, and the names and arguments of calls however they are written."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from toolmind_resources.chat.model import ChatToolCall
from toolmind_resources.chat.reading.json_repairs import repaired
from toolmind_resources.chat.reading.strict_values import MISSING, compact, json_regions, whole_value

Offered = Mapping[str, Mapping[str, Any]]
"""Schemas of parameters by the name of the function."""

_NAMES = ("name", "function", "tool_name", "tool", "function_name", "recipient_name")
_ARGUMENTS = ("arguments", "parameters", "args", "input", "tool_input")
_BESIDE = ("id", "type", "index", "call_id", "tool_call_id", "thought", "reasoning", "tool_call")
_LISTS = ("tool_calls", "function_call", "tool_call", "function_calls", "tool_uses")
_PREFIX_AND_PLACE = re.compile(r"(?:functions?[.:])?([^\s:]+?)(?::\d+)?")
_ENCODINGS_MAX = 3


def offered_in(tools: Iterable[Mapping[str, Any]]) -> Offered:
    """The functions of OpenAI tool definitions."""
    functions = (tool.get("function", tool) for tool in tools)
    return {
        function["name"]: function.get("parameters") or {} for function in functions if "name" in function
    }


def calls_of(value: Any, offered: Offered) -> Sequence[ChatToolCall] | None:
    """The calls that a JSON value is: one, a list, or either in the field of a message; None for others."""
    if isinstance(value, list):
        calls = [calls_of(one, offered) for one in value]
        return [call for found in calls for call in found or ()] if calls and all(calls) else None
    if not isinstance(value, dict):
        return None
    if len(value) == 1 and (held := value.get(next(iter(value)))) and next(iter(value)) in _LISTS:
        return calls_of(held, offered)
    call = _call(value, offered)
    return None if call is None else [call]


def calls_in_json(text: str, offered: Offered) -> Sequence[ChatToolCall] | None:
    """The calls in a text that is nothing but JSON values; None where one of them is no call."""
    regions = list(json_regions(text))
    between = [text[a.end : b.start] for a, b in pairwise(regions)]
    if not regions or (text[: regions[0].start] + "".join(between) + text[regions[-1].end :]).strip(
        " \t\r\n;,"
    ):
        return None
    values = [repaired(text[one.start : one.end]) if one.value is MISSING else one.value for one in regions]
    return calls_of(values, offered)


def function_name(written: str, offered: Offered) -> str:
    """The name of the function meant: `functions.f:0` (Kimi, gpt-oss) is `f` where that is offered."""
    found = _PREFIX_AND_PLACE.fullmatch(written)
    return found[1] if found and written not in offered and found[1] in offered else written


def decoded_arguments(arguments_json: str) -> str:
    """The arguments, out of as many JSON strings as an object stands in."""
    text = arguments_json
    for _ in range(_ENCODINGS_MAX):
        if not text.lstrip().startswith('"'):
            break
        value = whole_value(text)
        if not isinstance(value, str):
            break
        text = value
    return text if text is not arguments_json and isinstance(whole_value(text), dict) else arguments_json


def _call(value: Mapping[str, Any], offered: Offered) -> ChatToolCall | None:
    if isinstance(value.get("function"), dict):
        return _call(value["function"], offered) if set(value) <= {"function", *_BESIDE} else None
    name = next((key for key in _NAMES if isinstance(value.get(key), str)), None)
    arguments = next((key for key in _ARGUMENTS if key in value), None)
    if name is None or not value[name] or set(value) - {name, arguments, *_BESIDE}:
        return None
    given = value[arguments] if arguments else {}
    if isinstance(given, str):
        given = whole_value(decoded_arguments(given)) if given.strip() else {}
    if given is not None and not isinstance(given, dict):
        return None
    return ChatToolCall(function_name(value[name], offered), compact(given or {}))


def states_arguments(text: str) -> bool:
    """Whether a field of arguments stands in a text; a name alone is no call."""
    return any(f'"{key}"' in text or f"'{key}'" in text for key in _ARGUMENTS)
