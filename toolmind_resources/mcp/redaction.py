"""Values that a server may know and that no message of ours, and no table, may show."""

from collections.abc import Iterable
from typing import Any

_HIDDEN = "***"
_MIN_CHARS_IN_ANSWER = 8
"""Shorter values are no keys, and blanking them would tear up what a server says of its tools."""


class Secrets:
    """Blanks values out of texts and answers.

    Attributes:
        n_bytes: Size of the longest value.
    """

    def __init__(self, values: Iterable[str] = ()) -> None:
        # Longest first: a value may hold another.
        self._values = sorted({value for value in values if value}, key=lambda value: (-len(value), value))
        self.n_bytes = max(
            (len(value.encode("utf-8", "surrogateescape")) for value in self._values), default=0
        )

    def hide(self, text: str) -> str:
        """`text` without any of the values."""
        for value in self._values:
            text = text.replace(value, _HIDDEN)
        return text

    def excerpt(self, text: str, n_chars: int = 300) -> str:
        """The start of `text` in one line, without any of the values."""
        # Hidden before it is cut: half a key is still a key.
        words = "".join(char if char.isprintable() else " " for char in self.hide(text)).strip()
        return words if len(words) <= n_chars else words[:n_chars] + " ..."

    def hide_in(self, value: Any) -> Any:
        """A JSON value without any of the values, save those too short for a key."""
        keys = [secret for secret in self._values if len(secret) >= _MIN_CHARS_IN_ANSWER]
        return Secrets(keys)._hidden(value) if keys else value

    def _hidden(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.hide(value)
        if isinstance(value, list):
            return [self._hidden(member) for member in value]
        if isinstance(value, dict):
            return {self.hide(key): self._hidden(member) for key, member in value.items()}
        return value


class Tail:
    """The end of what a process wrote, without secrets."""

    def __init__(self, n_bytes: int, secrets: Secrets) -> None:
        self._n_bytes = n_bytes
        self._secrets = secrets
        self._kept = bytearray()
        self._is_cut = False

    def add(self, content: bytes) -> None:
        """Takes what was written next."""
        self._kept += content
        # What is cut away may be half of a secret: its other half must be known when the text is shown.
        excess = len(self._kept) - self._n_bytes - 2 * self._secrets.n_bytes
        if excess > 0:
            del self._kept[:excess]
            self._is_cut = True

    @property
    def text(self) -> str:
        """What was kept, as a person can read it."""
        text = self._secrets.hide(self._kept.decode("utf-8", "replace"))
        if self._is_cut:
            text = text[self._secrets.n_bytes :]
        text = "".join(char for char in text if char.isprintable() or char in "\n\t")
        return text[-self._n_bytes :].strip() if self._n_bytes else ""
