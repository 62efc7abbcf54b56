"""A string that matches a pattern and could stand in a field of a name."""

import random
import re
from collections.abc import Iterator

from toolmind_resources.plausible.field_values import fill, plausible_string
from toolmind_resources.plausible.pattern_strings import drawer

_COMMON = (
    "{slug}", "{project}", "{project}_{digits2}", "{project}{digits2}",
    "{day}", "{moment}", "{clock}", "{clock}:00", "{digits5}", "{digit}.{digit}.{digit}",
    "{email}", "https://www.example.com/{project}", "{project}.example.com", "{uuid}", "+120255501{digits2}",
)  # fmt: skip
"""Forms that patterns often describe: names first, then what is stricter."""
_SIGNS = re.compile(r"[^A-Za-z0-9]+")


def matching(pattern: str, name: str, owner: str, rng: random.Random) -> str:
    """A string that matches: what the name suggests where that does, else a common form, else one made of the pattern.

    Empty where the pattern is beyond Python's `re`.
    """
    try:
        compiled = re.compile(pattern)
        for text in _suggested(name, owner, rng):
            if compiled.search(text):
                return text
        for template in _COMMON:
            if compiled.fullmatch(text := fill(template, rng)):
                return text
        draw = drawer(pattern)
        made = [draw(rng, {}) for _ in range(6)]
        fitting = [text for text in made if compiled.search(text) and text] or made
        return next((text for text in fitting if text.isprintable() and len(text) <= 200), fitting[0])
    except (re.error, ValueError, KeyError, IndexError, OverflowError, RecursionError):
        return ""


def matches(pattern: str, text: str) -> bool:
    """Whether a text matches; not where the pattern is beyond Python's `re`."""
    try:
        return re.search(pattern, text) is not None
    except (re.error, OverflowError, RecursionError):
        return False


def _suggested(name: str, owner: str, rng: random.Random) -> Iterator[str]:
    """What the name suggests, as it is and in the spellings that patterns ask for."""
    drawn = [plausible_string(name, owner, rng) for _ in range(3)]
    yield from drawn
    for text in drawn[:1]:
        plain = _SIGNS.sub("-", text).strip("-")
        yield from (text.replace(" ", ""), plain.lower(), plain.lower().replace("-", "_"))
        yield from (plain.upper(), plain.replace("-", ""), plain.lower().replace("-", ""))
