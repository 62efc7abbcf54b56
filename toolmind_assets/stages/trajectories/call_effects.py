"""What a call does to the world, as far as its function's name tells."""

import re
from enum import StrEnum
from functools import lru_cache

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_READ_WORDS = (
    "get list search find lookup look fetch read query describe count compare estimate convert validate "
    "verify retrieve show display view check calculate compute analyze analyse browse recommend ls cat grep "
    "sort diff wc tail head du pwd is has think translate detect identify track inspect summarize explain "
    "determine predict locate preview mean logarithm"
)
_WRITE_WORDS = (
    "create book order place pay send transfer purchase buy sell cancel delete remove return exchange refund "
    "submit register post add update modify set schedule reserve invite assign close fund withdraw deposit "
    "make insert append rename upload publish reply share subscribe unsubscribe enroll edit archive mv cp mkdir "
    "touch rm rmdir comment retweet follow unfollow resolve"
)
_STEP_WORDS = (
    "cd chdir next previous back forward scroll press click tap type undo redo step increment decrement toggle "
    "roll draw flip random randomize generate wait sleep poll refresh retry heartbeat ping move turn navigate "
    "play skip pause echo shuffle spin screenshot snapshot tick monitor status now"
)
_READS, _WRITES, _STEPS = (frozenset(words.split()) for words in (_READ_WORDS, _WRITE_WORDS, _STEP_WORDS))


class CallEffect(StrEnum):
    """What a function's name says about a call of it."""

    READ = "read"
    """Looks something up or computes."""
    WRITE = "write"
    """Changes something."""
    STEP = "step"
    """Means something else each time, such as `next_page`, `roll_dice` or `cd`."""
    UNKNOWN = "unknown"
    """The name does not tell."""


@lru_cache(maxsize=20_000)
def effect_of(name: str) -> CallEffect:
    """The effect that a function's name tells: any word that names a step, else the first known verb."""
    words = [word.lower() for word in _WORD.findall(name[:200])]
    if any(word in _STEPS for word in words):
        return CallEffect.STEP
    for word in words:
        if word in _READS:
            return CallEffect.READ
        if word in _WRITES:
            return CallEffect.WRITE
    return CallEffect.UNKNOWN
