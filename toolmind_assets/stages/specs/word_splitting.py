"""Names and sentences as words, for the rules that derive effect, domain, marks and identifiers."""

import re
from functools import lru_cache

_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-rt-z]|[A-Z]s[a-z])")
"""Where `camelCase` and `HTTPServer` turn; the plural `IDs` is one word."""
_WORD = re.compile(r"[a-z]+")
_CHUNK = re.compile(r"[a-z0-9]+")


def mentions(text: str, cues: tuple[str, ...]) -> bool:
    """Whether one of the cues stands in a text; cheap, to be asked before a pattern is tried."""
    for cue in cues:  # noqa: SIM110, a generator costs half as much again
        if cue in text:
            return True
    return False


def words_of(text: str) -> list[str]:
    """Lower-case words, in order; `camelCase`, `snake_case` and `dotted.names` are split."""
    return _WORD.findall(_HUMPS.sub(" ", text).lower())


@lru_cache(maxsize=100_000)
def name_words(name: str) -> tuple[str, ...]:
    """The words of a name as `words_of` gives them, with the digits that belong to them (`ec2`, `s3`)."""
    return tuple(_CHUNK.findall(_HUMPS.sub(" ", name).lower()))
