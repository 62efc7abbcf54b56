"""Schemas and tools in a form that endpoints take, and replies back in the form of the functions. No I/O.

Endpoints refuse a whole request for one schema in it: a wanted reply that is no object, a tool whose parameters are
a union at their root, a parameter whose name holds a blank. What has nothing of this is offered as it is.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from toolmind_resources.chat.model import ChatReply, ChatRequest, ChatToolCall
from toolmind_resources.chat.plain_parameters import as_plain, is_plain
from toolmind_resources.chat.schema_walk import Node, property_names, walked, with_references

RESULT_KEY = "result"
"""Under which a wanted reply stands that is no object by itself."""
NAME_CHARACTERS = 64
"""The longest name of a parameter that endpoints take."""

_NAME = re.compile(r"[a-zA-Z0-9_.-]{1,64}")
_REFUSED_CHARACTER = re.compile(r"[^a-zA-Z0-9_.-]")
_DEFINITIONS = ("$defs", "definitions")

_KNOWN_MAX = 4096
"""Parameters whose names are known without another look: those of functions that are offered again and again."""

Tool = Mapping[str, Any]


class _Same:
    """Parameters, told apart by which object they are: to compare them takes as long as to look through them."""

    __slots__ = ("parameters",)

    def __init__(self, parameters: object) -> None:
        self.parameters = parameters

    def __hash__(self) -> int:
        return id(self.parameters)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.parameters is self.parameters


def offered_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a wanted reply; one that is no plain object stands in one, under `result`."""
    if is_plain(schema):
        return dict(schema)
    inner, definitions = dict(schema), {}
    if "$id" not in inner:  # what has a name of its own is where references within it lead
        inner = with_references(inner, _under_result)
        definitions = {name: inner.pop(name) for name in _DEFINITIONS if name in inner}
    return {"type": "object", "properties": {RESULT_KEY: inner}, "required": [RESULT_KEY], **definitions}


def offered_tool(tool: Tool) -> dict[str, Any]:
    """The tool with parameters that are a plain object, and under names that endpoints take."""
    function = tool.get("function", {})
    parameters = function.get("parameters")
    if not isinstance(parameters, Mapping):
        return dict(tool)
    names = offered_names(tool)
    if is_plain(parameters) and not names:
        return dict(tool)
    description = function.get("description")
    if not is_plain(parameters):
        parameters, words = as_plain(parameters)
        description = "\n\n".join(text for text in (description, words) if text)
    if names:
        parameters = walked(parameters, lambda node: _renamed(node, names))
    changed = {"description": description} if description else {}
    return {**tool, "function": {**function, **changed, "parameters": parameters}}


def offered_names(tool: Tool) -> Mapping[str, str]:
    """The names of parameters, at any depth, that endpoints refuse, with those that are offered for them."""
    return _offered_names(_Same(tool.get("function", {}).get("parameters")))


@lru_cache(_KNOWN_MAX)
def _offered_names(same: _Same) -> Mapping[str, str]:
    found = dict.fromkeys(property_names(same.parameters))
    refused = [name for name in found if not _NAME.fullmatch(name)]
    taken, names = found.keys() - refused, {}
    for name in refused:
        names[name] = _free(_REFUSED_CHARACTER.sub("_", name)[:NAME_CHARACTERS] or "_", taken)
        taken = {*taken, names[name]}
    return names


def offered_call(call: ChatToolCall, tools: Sequence[Tool]) -> ChatToolCall:
    """An earlier call, with the names under which its function's parameters are offered."""
    return _with_names(call, _names_of(call, tools))


def restored(reply: ChatReply, request: ChatRequest) -> ChatReply:
    """The reply with calls whose arguments have the names that their functions know."""
    calls = tuple(_restored(call, request.tools) for call in reply.tool_calls)
    return reply if calls == reply.tool_calls else replace(reply, tool_calls=calls)


def _restored(call: ChatToolCall, tools: Sequence[Tool]) -> ChatToolCall:
    return _with_names(call, {offered: name for name, offered in _names_of(call, tools).items()})


def _names_of(call: ChatToolCall, tools: Sequence[Tool]) -> Mapping[str, str]:
    tool = next((one for one in tools if one.get("function", {}).get("name") == call.name), None)
    return {} if tool is None else offered_names(tool)


def _with_names(call: ChatToolCall, names: Mapping[str, str]) -> ChatToolCall:
    if not names:
        return call
    try:
        arguments = json.loads(call.arguments_json)
    except (ValueError, RecursionError):
        return call  # as it was written: what is broken is for whoever asked to judge
    changed = _with_keys(arguments, names)
    if changed == arguments:
        return call
    return replace(call, arguments_json=json.dumps(changed, separators=(",", ":"), ensure_ascii=False))


def _with_keys(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {names.get(key, key): _with_keys(part, names) for key, part in value.items()}
    return [_with_keys(part, names) for part in value] if isinstance(value, list) else value


def _free(name: str, taken: set[str]) -> str:
    """A name that is not taken yet: this one, or it with a number."""
    place, free = 1, name
    while free in taken:
        place += 1
        free = f"{name[: NAME_CHARACTERS - len(str(place)) - 1]}_{place}"
    return free


def _under_result(reference: str) -> str:
    is_kept = reference.startswith(tuple(f"#/{name}/" for name in _DEFINITIONS))
    is_here = reference == "#" or reference.startswith("#/")
    return f"#/properties/{RESULT_KEY}{reference[1:]}" if is_here and not is_kept else reference


def _renamed(node: Node, names: Mapping[str, str]) -> Node:
    """One schema with its properties under the names that are offered for them."""
    changed = dict(node)
    for keyword in ("properties", "dependentSchemas"):
        if isinstance(node.get(keyword), Mapping):
            changed[keyword] = {names.get(name, name): part for name, part in node[keyword].items()}
    if isinstance(node.get("required"), list):
        changed["required"] = [names.get(name, name) for name in node["required"]]
    if isinstance(node.get("dependentRequired"), Mapping):
        changed["dependentRequired"] = {
            names.get(name, name): [names.get(one, one) for one in needed]
            for name, needed in node["dependentRequired"].items()
        }
    if isinstance(node.get("$ref"), str):
        changed["$ref"] = _renamed_reference(node["$ref"], names)
    return changed


def _renamed_reference(reference: str, names: Mapping[str, str]) -> str:
    tokens = reference.split("/")
    for place in range(1, len(tokens)):
        name = tokens[place].replace("~1", "/").replace("~0", "~")
        if tokens[place - 1] == "properties" and name in names:
            tokens[place] = names[name]
    return "/".join(tokens)
