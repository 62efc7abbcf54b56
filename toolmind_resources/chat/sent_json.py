"""A request's body as the bytes that are sent. No I/O."""

import json
from collections.abc import Mapping
from typing import Any

import orjson


def sent_json(value: Mapping[str, Any] | list[Any]) -> bytes:
    """Compact JSON in UTF-8, several times as fast as the standard library.

    What the fast writer refuses, which are integers beyond 64 bits and halves of surrogate pairs, is written in
    ASCII by the standard library.
    """
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":")).encode()
