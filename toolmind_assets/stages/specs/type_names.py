"""Type names of many languages -> JSON types.

Collected from the BFCL catalogs (Python, Java, JavaScript), the function lists that ToolMind released
(`str, optional`, `List[int]`) and RapidAPI entries.
"""

import re
from typing import Any

JSON_TYPES = frozenset({"object", "array", "string", "number", "integer", "boolean", "null"})

_WORDS = {
    "object": "object dict dictionary map hashmap hashtable mapping record struct json",
    "array": "array list arraylist linkedlist tuple set vector sequence iterable collection",
    "string": "string str text char character varchar charsequence password file",
    "number": "number float double decimal numeric real bigdecimal",
    "integer": "integer int long short byte bigint biginteger int32 int64 uint",
    "boolean": "boolean bool",
    "null": "null none nil void",
    "": "any anything unknown mixed variant",
}
_TYPE_OF = {word: json_type for json_type, words in _WORDS.items() for word in words.split()} | {"": ""}
_FORMAT_OF = {"date": "date", "datetime": "date-time", "date-time": "date-time", "time": "time"}
_OPTIONAL = re.compile(r"(?i)\boptional\Z|\?\Z")
_GENERIC = re.compile(r"(?is)([\w.]+)\s*[\[<](.*)[\]>]")
_UNION = re.compile(r"(?i)\s*\|\s*|\s+or\s+")
_MAX_CHARS = 200


def is_optional(text: str) -> bool:
    """Whether a type name says of itself that the value may be left out, as `str, optional`."""
    if len(text) > _MAX_CHARS:
        return False
    text = text.strip()
    return bool(_OPTIONAL.search(text)) or text.lower().startswith("optional[")


def read_type(text: str) -> dict[str, Any] | None:
    """The schema that a type name stands for; `{}` for any value, None for a name that is not known.

    Understands `List[int]`, `Map<String, Long>`, `string[]`, `int | None` and `Optional[str]`.
    """
    if len(text) > _MAX_CHARS:
        return None
    text = _without_optional(text.strip())
    word = text.lower()
    if word in _TYPE_OF:
        return _of_type(_TYPE_OF[word])
    if word in _FORMAT_OF:
        return {"type": "string", "format": _FORMAT_OF[word]}
    if text.endswith("[]"):
        return _array_of(text[:-2])
    if generic := _GENERIC.fullmatch(text):
        return _read_generic(generic.group(1).lower().rsplit(".", 1)[-1], generic.group(2))
    if len(parts := _UNION.split(text)) > 1:
        return _union_of(parts)
    return None


def _without_optional(text: str) -> str:
    """`str` for `str, optional`; what stands before the word is cut off without a pattern that could retry."""
    marked = _OPTIONAL.search(text)
    return text[: marked.start()].rstrip().removesuffix(",").rstrip() if marked else text


def _read_generic(outer: str, inner: str) -> dict[str, Any] | None:
    if outer == "optional":
        return _union_of([inner, "null"])
    if outer == "union":
        return _union_of(inner.split(",")) if "[" not in inner else {}
    json_type = _TYPE_OF.get(outer)
    if json_type == "array":
        return _array_of(inner)
    return _of_type(json_type) if json_type else None


def _of_type(json_type: str) -> dict[str, Any]:
    if json_type == "array":
        return {"type": "array", "items": {}}
    return {"type": json_type} if json_type else {}


def _array_of(inner: str) -> dict[str, Any]:
    return {"type": "array", "items": read_type(inner) or {}}


def _union_of(parts: list[str]) -> dict[str, Any] | None:
    schemas = [read_type(part) for part in parts]
    if any(schema is None for schema in schemas):
        return None
    if any(set(schema or {}) - {"type"} or not schema for schema in schemas):
        return schemas[0] if len(parts) == 2 and parts[1] == "null" else {}
    types = list(dict.fromkeys(schema["type"] for schema in schemas if schema))
    return {"type": types[0] if len(types) == 1 else types}
