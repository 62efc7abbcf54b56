"""Digests, ids and seeds: all derived from content, never from order, time or a global generator."""

import hashlib
import json
from typing import Any

JsonObject = dict[str, Any]


def canonical_json(value: Any) -> str:
    """One text for one JSON value: sorted keys, no spaces, UTF-8 kept as it is."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def compact_json(value: Any) -> str:
    """JSON without spaces whose keys keep their order, for text that a model or a person reads."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(*parts: Any) -> str:
    """SHA-256 of JSON-able parts, as 64 hex digits."""
    return hashlib.sha256(canonical_json(parts).encode("utf-8", "surrogatepass")).hexdigest()


def make_id(noun: str, *parts: Any) -> str:
    """An id `<noun>_<20 hex digits>` that hashes what determined the row."""
    return f"{noun}_{digest(noun, *parts)[:20]}"


def seed_from(*parts: Any) -> int:
    """A 63-bit seed that hashes its parts."""
    return int(digest("seed", *parts)[:16], 16) >> 1
