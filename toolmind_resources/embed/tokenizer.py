"""The words of a text as vectors take them: identifiers split, lower-case, singular; and which of them say little.

Only general English and programming words stand here, never names of one catalog.
"""

import re
import unicodedata

from toolmind_resources.language.plurals import singular
from toolmind_resources.language.word_sets import word_set

_CHUNK = re.compile(r"[^\W_]+")
_TURNS = re.compile(
    r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-rt-z]|[A-Z]s[a-z])|(?<=\D)(?=\d)|(?<=\d)(?=\D)"
)
"""Where `camelCase`, `HTTPServer` and `line2` turn; the plural `IDs` is one word."""


STOP_WORDS = word_set(
    """
    a about after all also an and any are as at be been before being between both but by can could did do does
    each either every for from had has have he her his how if in into is it its me may more most must my no nor not
    of off on once only onto or other our out over own per shall she should so some such than that the their them then
    there these they this those through to too under until up upon us via was we were what when where whether
    which while who whom whose why will with within without would you your
    """
)
"""Words that tie a sentence together."""
WEAK_WORDS = word_set(
    """
    api array associated attribute available boolean bool call code contain containing corresponding current
    data default denote describe description detail element entry example field float following format get
    give given id identifier identify include including indicate indicating info information input int integer item
    json key kind list method name new number object option optional output param parameter property provide
    provided record represent representing request required response result retrieve return returned set specific
    specified specify specifying str string text type unique use used using valid value
    """
)
"""Words that texts about any function are full of; digits are as weak."""


def chunks_of(text: str) -> list[str]:
    """What stands between punctuation, underscores and spaces, in order and as written."""
    return _CHUNK.findall(text if text.isascii() else unicodedata.normalize("NFKC", text))


def split_chunk(chunk: str) -> list[str]:
    """The words of one chunk, in order: split where letter case or digits turn, lower-case, singular."""
    return [singular(word.lower()) for word in _TURNS.split(chunk)]
