"""Digests, ids and seeds: all derived from content, never from order, time or a global generator."""

import hashlib
import json
import re
from collections.abc import Collection
from typing import Any

import orjson
from pydantic import BaseModel

from toolmind_assets.model.strict_json import JSON_DECODER

JsonObject = dict[str, Any]
_LONG_NUMBER = re.compile(r"(?:^|[:\[,])\s*-?[1-9][0-9]{18}")
"""What the fast parser might round: an integer beyond 64 bits."""
LEFT_OUT_WHERE_NONE = "left_out_where_none"
"""Metadata of a dataclass's field that is not stored where it is None, so that it changes no row that lacks it."""
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
_COMPACT = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical_json(value: Any) -> str:
    """One text for one JSON value: sorted keys, no spaces, UTF-8 kept as it is."""
    return _CANONICAL.encode(value)


def compact_json(value: Any) -> str:
    """JSON without spaces whose keys keep their order, for text that a model or a person reads."""
    return _COMPACT.encode(value)


def sorted_json(value: Any) -> bytes:
    """One text for one JSON value that holds no NaN, as UTF-8; many times faster than `canonical_json`.

    The two write some numbers in other ways, so that a digest keeps to one of them.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # an integer beyond 64 bits, nesting beyond 254 levels, or text that is no Unicode
        return canonical_json(value).encode("utf-8", "surrogatepass")


def stored_json(value: Any) -> str:
    """What `compact_json` says, many times faster, of a value that is known to hold no NaN: one that was parsed.

    A blank before it says that it holds what the fast parser would not read back as it is.

    Raises:
        UnicodeEncodeError: it holds text that is no Unicode, which no table can hold.
    """
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # an integer beyond 64 bits, nesting beyond 254 levels, or text that is no Unicode
        text = compact_json(value)
        text.encode()
        return f" {text}"


def parse_stored_json(text: str) -> Any:
    """The value of a text that `stored_json` wrote.

    Raises:
        ValueError: the text is no JSON, or holds what JSON does not know.
        RecursionError: it is nested too deep.
    """
    return _parse_fast(text) if text[:1] != " " else JSON_DECODER.decode(text.strip())


def parse_json(text: str) -> Any:
    """The value of a text that anybody wrote; what is raised is that of `parse_stored_json`."""
    return JSON_DECODER.decode(text) if _LONG_NUMBER.search(text) else _parse_fast(text)


def _parse_fast(text: str) -> Any:
    try:
        return orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        # Nested deeper than orjson goes, or no JSON: the strict decoder says which.
        return JSON_DECODER.decode(text)


def digest(*parts: Any) -> str:
    """SHA-256 of JSON-able parts, as 64 hex digits."""
    return _sha256(canonical_json(parts))


def digest_of_json(*parts: str) -> str:
    """`digest` of parts that `canonical_json` has written, for parts that go into many digests."""
    return _sha256(f"[{','.join(parts)}]")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def make_id(noun: str, *parts: Any) -> str:
    """An id `<noun>_<20 hex digits>` that hashes what determined the row."""
    return f"{noun}_{digest(noun, *parts)[:20]}"


def chosen_params(params: BaseModel, leaves_out: Collection[str] = ()) -> JsonObject:
    """The parameters that differ from their defaults, for an id to hash: one that is new renumbers nothing.

    A default is that of the class that declares the parameter. Run configurations derive from it, with what
    toolmind.yaml states as their own defaults, and would leave that out.

    Args:
        params: Flat parameters of a stage.
        leaves_out: Names of those that decide nothing of the row.
    """
    values = params.model_dump(exclude=set(leaves_out))
    return {name: value for name, value in values.items() if value != _declared_default(type(params), name)}


def _declared_default(kind: type[BaseModel], name: str) -> Any:
    declaring = next(one for one in reversed(kind.__mro__) if name in getattr(one, "model_fields", {}))
    return declaring.model_fields[name].get_default(call_default_factory=True)


def seed_from(*parts: Any) -> int:
    """A 63-bit seed that hashes its parts."""
    return int(digest("seed", *parts)[:16], 16) >> 1
