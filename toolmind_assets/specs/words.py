"""Names and sentences as words, for the rules that derive effect and domain."""

import re

_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[a-z]+")


def words_of(text: str) -> list[str]:
    """Lower-case words, in order; `camelCase`, `snake_case` and `dotted.names` are split."""
    return _WORD.findall(_HUMPS.sub(" ", text).lower())


def word_set(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())
