"""What an adapter is: the reader of one open set's rows.

An adapter turns one row into tools and messages; ids, call rows and origins are made for all sets alike in
`adapt`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from toolmind_assets.model.dialogues import Message
from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.ids import JsonObject


class UnfitRowError(Exception):
    """A row cannot be brought into the dialogue form; `adapt` turns it into a dropped row."""

    def __init__(self, reason: DropReason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Conversation:
    """What an adapter makes of a row: OpenAI tool definitions, and messages with call ids."""

    tools: tuple[JsonObject, ...]
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Adapter:
    """One open set.

    Attributes:
        name: What `toolmind import --set` and the configuration call it.
        source: Where the set is published.
        read_row: The conversation of one parsed row; raises `UnfitRowError`.
    """

    name: str
    source: str
    read_row: Callable[[Any], Conversation]
