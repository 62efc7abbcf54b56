"""What sort of thing in the world a value is: money, a text, a place, a moment. By the words of its name.

A class joins names that share no word (`monthly_payment` fills `amount`), and keeps apart what shares one
(`file_name` and `file_content`). General English only, never names of one catalog.
"""

from enum import StrEnum
from functools import lru_cache

from toolmind_assets.stages.graph.name_words import split_words
from toolmind_resources.language.word_sets import word_set


class ValueClass(StrEnum):
    """Classes of values."""

    MONEY = "money"
    """An amount of money, or a price."""
    TEXT = "text"
    """Something written, to be read."""
    PLACE = "place"
    """Somewhere on earth."""
    MOMENT = "moment"
    """A date, a time of day, or both."""
    DURATION = "duration"
    """How long something takes."""
    LENGTH = "length"
    """A distance, or the size of something."""
    MASS = "mass"
    """A weight."""
    TEMPERATURE = "temperature"
    """How warm something is."""
    SPEED = "speed"
    """How fast something moves."""
    RATIO = "ratio"
    """A share, a rate or a percentage."""
    FILE = "file"
    """A file, or its path."""
    FOLDER = "folder"
    """Where files lie."""
    MEDIA = "media"
    """A picture, a recording, or where to get it."""
    PERSON = "person"
    """Somebody, by name or identifier."""
    SECURITY = "security"
    """Something traded on an exchange."""
    ADDRESS = "address"
    """Where to reach somebody or something on the net: a mail address, a URL, a host, a number to dial."""
    NOTHING = ""
    """No word says so."""


QUANTITIES = frozenset(
    (
        ValueClass.MONEY,
        ValueClass.DURATION,
        ValueClass.LENGTH,
        ValueClass.MASS,
        ValueClass.TEMPERATURE,
        ValueClass.SPEED,
    )
)
"""Classes of what is measured: a number, for a parameter that takes any number."""

_WORDS = {
    ValueClass.MONEY: """amount price cost fee salary payment tax revenue profit income budget balance expense wage
        charge fare bill discount premium deposit fund worth sale emi interest principal loan tip allowance refund
        earning debt money cash mortgage spending""",
    ValueClass.TEXT: """text message lyric joke sentence summary description definition translation transcript
        headline caption comment quote answer response story poem content note news explanation paragraph article
        tweet line output report difference diff""",
    ValueClass.PLACE: """location city country address destination region state town venue airport zipcode postcode
        street origin place departure arrival province county capital""",
    ValueClass.MOMENT: "date day month year deadline birthday birthdate timestamp datetime",
    ValueClass.DURATION: "duration minute hour second period time age",
    ValueClass.LENGTH: "distance length width height radius mileage depth altitude perimeter diameter",
    ValueClass.MASS: "weight mass",
    ValueClass.TEMPERATURE: "temperature",
    ValueClass.SPEED: "speed velocity pace",
    ValueClass.RATIO: "ratio percent percentage rate share",
    ValueClass.FILE: "file path document",
    ValueClass.FOLDER: "folder directory",
    ValueClass.MEDIA: "image photo audio video picture song track recording",
    ValueClass.PERSON: """user employee customer person author member contact patient student recipient receiver
        sender participant attendee""",
    ValueClass.SECURITY: "stock symbol ticker",
    ValueClass.ADDRESS: "url email website phone telephone uri hostname",
}
_CLASS_OF = {word: kind for kind, text in _WORDS.items() for word in text.split()}
_ANY_TEXT = word_set(
    "text message data content input string sentence query word note body comment keyword prompt"
)
_ANY_NUMBER = word_set("number num value x y z a b n digit operand figure amount")


@lru_cache(maxsize=200_000)
def class_of_name(label: str) -> ValueClass:
    """The class that a label's last telling word names."""
    found = (_CLASS_OF.get(word) for word in reversed(label.split()))
    return next((kind for kind in found if kind is not None), ValueClass.NOTHING)


@lru_cache(maxsize=200_000)
def class_of_text(description: str) -> ValueClass:
    """The class that the first telling word of a description names."""
    found = (_CLASS_OF.get(word) for word in split_words(description))
    return next((kind for kind in found if kind is not None), ValueClass.NOTHING)


def takes_any(label: str, types: tuple[str, ...]) -> bool:
    """Whether a parameter takes whatever text, or whatever number, somebody has: `text`, `message`, `number`."""
    words = label.split()
    head = words[-1].rstrip("0123456789") if words else ""
    if types == ("string",):
        return head in _ANY_TEXT
    return bool(types) and set(types) <= {"integer", "number"} and head in _ANY_NUMBER
