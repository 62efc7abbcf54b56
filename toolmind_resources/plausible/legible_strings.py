"""Strings of given characters and lengths that a person can read."""

import random
import string

PROJECTS = (
    "aurora", "northwind", "helios", "atlas", "juniper", "meridian", "cobalt", "harbor", "lumen", "sierra",
)  # fmt: skip
FILES = ("report", "notes", "budget", "summary", "invoice", "inventory", "schedule", "draft")
WORDS = (*PROJECTS, *FILES)
_HEXADECIMAL = "0123456789abcdef"
_SEPARATORS = "-_ ./"
FEW_LETTERS = 4
"""Characters up to which a code is meant and no word: `USD`, `NX`."""
MOST_DIGITS = 6
"""Digits of a number that may have more."""


def spell(characters: str, low: int, high: int, rng: random.Random) -> str:
    """A string of `low` to `high` of the characters: words, where they can be spelled, numbers that count on, or a code.

    It is empty only where `high` is 0.
    """
    usable = set(characters)
    letters = usable.intersection(string.ascii_letters)
    if len({letter.lower() for letter in letters}) >= 16 and high > FEW_LETTERS:
        return _words(usable, low, high, rng)
    if (
        {letter.lower() for letter in letters} == set("abcdef")
        and usable.issuperset(string.digits)
        and low >= 8
    ):
        return _counted_on(usable, low, rng)
    longest = max(low, min(high, MOST_DIGITS if not letters else FEW_LETTERS))
    chosen = [one for one in characters if one.isalnum()] or [*characters]
    return "".join(rng.choice(chosen) for _ in range(rng.randint(max(low, min(longest, 1)), longest)))


def _words(usable: set[str], low: int, high: int, rng: random.Random) -> str:
    """A word and a number, and more words until it is long enough."""
    cased = [word if usable.issuperset(word) else word.upper() for word in WORDS]
    words = [word for word in cased if usable.issuperset(word)] or ["".join(sorted(usable))[:8]]
    text = rng.choice([word for word in words if len(word) <= high] or words)
    separator = next((one for one in _SEPARATORS if one in usable), "")
    number = f"{separator}{rng.randint(2, 99)}"
    while separator and len(text) + len(number) < low:
        text += separator + rng.choice(words)
    if usable.issuperset(number) and len(text) + len(number) <= high:
        text += number
        text += "".join(str(rng.randint(0, 9)) for _ in range(low - len(text)))
    return filled(text, words[0], low)[:high]


def filled(text: str, with_text: str, low: int) -> str:
    """The text, with the beginning of another one after it as often as is needed to have `low` characters."""
    missing = low - len(text)
    return text if missing <= 0 else text + (with_text * (missing // len(with_text) + 1))[:missing]


def _counted_on(usable: set[str], length: int, rng: random.Random) -> str:
    """A few hexadecimal digits, then all in their order, as the ids of documentation have them."""
    start = "".join(rng.choice(_HEXADECIMAL) for _ in range(4))
    text = filled(start, _HEXADECIMAL, length)
    return text if "a" in usable else text.upper()
