"""Calls that are written as markup: an element a parameter, each value as text.

Qwen3-Coder and Seed-OSS: `<function=f><parameter=a>1</parameter></function>`; MiniMax-M2, DeepSeek-V3.2 and
Anthropic's prompts: `<invoke name="f"><parameter name="a">1</parameter></invoke>`; GLM-4.5:
`f<arg_key>a</arg_key><arg_value>1</arg_value>`; Llama 3.1: `<function=f>{"a": 1}</function>`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from toolmind_resources.chat.model import ChatToolCall
from toolmind_resources.chat.reading.call_values import Offered, function_name
from toolmind_resources.chat.reading.strict_values import MISSING, compact, whole_value

_ELEMENT = re.compile(
    r"<(?:function=[\"']?(?P<name>[^>\"']+?)[\"']?|(?:invoke|function) name=[\"'](?P<named>[^\"']+)[\"'])\s*>"
    r"(?P<inner>.*?)(?:</(?:function|invoke)>\s*)?\Z",
    re.S,
)
_PARAMETER = re.compile(
    r"<parameter(?:=[\"']?(?P<key>[^>\"']+?)[\"']?|\s+name=[\"'](?P<named>[^\"']+)[\"'][^>]*)\s*>"
    r"(?P<value>.*?)(?:</parameter>|(?=<parameter[= ])|\Z)",
    re.S,
)
_GLM = re.compile(r"\s*(?P<name>[\w.:-]+)\s*(?P<inner>(?:<arg_key>.*)?)\Z", re.S)
_GLM_PARAMETER = re.compile(
    r"<arg_key>(?P<key>.*?)</arg_key>\s*<arg_value>(?P<value>.*?)(?:</arg_value>|(?=<arg_key>)|\Z)", re.S
)
_PYTHON_WORDS = {"True": "true", "False": "false", "None": "null"}
_KINDS = {dict: "object", list: "array", bool: "boolean", int: "integer", float: "number", type(None): "null"}


def call_in_markup(text: str, offered: Offered) -> ChatToolCall | None:
    """The call that a text in markup is; None where it is none, or holds anything that is no parameter."""
    element = _ELEMENT.match(text.strip())
    found = element or _GLM.match(text)
    if found is None:
        return None
    name = function_name((found["name"] or found["named"] if element else found["name"]).strip(), offered)
    inner = found["inner"]
    if not element and not inner and name not in offered:
        return None
    stated = whole_value(inner) if element and inner.lstrip().startswith("{") else MISSING
    if isinstance(stated, dict):
        return ChatToolCall(name, compact(stated))
    pattern = _PARAMETER if element else _GLM_PARAMETER
    if pattern.sub("", inner).strip():
        return None
    properties = offered.get(name, {}).get("properties") or {}
    return ChatToolCall(name, compact(dict(_arguments(pattern, inner, properties))))


def _arguments(
    pattern: re.Pattern[str], inner: str, properties: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    for found in pattern.finditer(inner):
        groups = found.groupdict()
        key = (groups["key"] or groups.get("named") or "").strip()
        yield key, typed_value(found["value"], properties.get(key))


def typed_value(text: str, schema: Any) -> Any:
    """The value that a text is for a parameter: what it spells, where the schema takes such a value."""
    line = text.removeprefix("\n").removesuffix("\n")
    kinds = _kinds_of(schema)
    word = line.strip()
    value = whole_value(_PYTHON_WORDS.get(word, word))
    if value is MISSING or isinstance(value, str):
        return value if isinstance(value, str) and kinds and "string" not in kinds else line
    kind = _KINDS[type(value)]
    fits = kind in kinds or (kind == "integer" and "number" in kinds)
    return value if fits else line


def _kinds_of(schema: Any) -> set[str]:
    """The JSON types that a schema names, in itself and in its alternatives."""
    if not isinstance(schema, dict):
        return set()
    stated = schema.get("type", [])
    kinds = {stated} if isinstance(stated, str) else {kind for kind in stated if isinstance(kind, str)}
    for key in ("anyOf", "oneOf", "allOf"):
        for branch in schema.get(key) or ():
            kinds |= _kinds_of(branch)
    return kinds | (
        {_KINDS.get(type(one), "string") for one in schema["enum"]} if "enum" in schema else set()
    )
